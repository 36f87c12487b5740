"""What tests about packages begin with."""

from datetime import timedelta

from handover import transitions
from handover.models import Handover, Package, Registration
from tests.cast import Cast, actor
from tests.stock import NOW, TODAY

LAST_DAY = TODAY + timedelta(days=20)


def opened(cast: Cast, successors: dict[int, int] | None = None, *, by: str = "taro", kind: str = "leaves") -> Package:
    return transitions.open_package(
        person_pk=cast.taro.pk,
        kind=kind,
        last_day=LAST_DAY,
        effective_on=TODAY + timedelta(days=10),
        reason="退職",
        successors=successors or {},
        actor=actor(getattr(cast, by)),
        at=NOW,
    )


def split(cast: Cast, three: list[Registration], *, by: str = "taro") -> Package:
    """R-1 and R-2 to 次郎, R-3 to 三郎."""
    to = {three[0].pk: cast.jiro.pk, three[1].pk: cast.jiro.pk, three[2].pk: cast.saburo.pk}
    return opened(cast, to, by=by)


def share(package: Package, who: object) -> Handover:
    return package.handovers.filter(status__in=Handover.OPEN).get(given_to=who)


def numbers(handover: Handover) -> list[str]:
    rows = handover.items.standing().filter(kind="registration").order_by("registration__number")
    return list(rows.values_list("registration__number", flat=True))


def after(days: int) -> object:
    return NOW + timedelta(days=days)
