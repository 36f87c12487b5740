"""Marks of other apps' cases on a registration. Plain functions: they run inside a transaction and write no event."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import WrongState
from accounts.models import User
from handover import canaries
from handover.models import CaseAccess, Registration, Restriction
from handover.printing.era import era_date

COOLING_OFF_BLOCKS = ("end_contact_point", "draft_handover", "offer", "switch", "export_package", "mandate_settings")
"""Actions that a recovered registration is kept from for its cooling-off (procedure.md A9)."""
CONTESTED_BLOCKS = ("end_contact_point",)
"""While a claim is contested nobody's channel disappears; everything else goes on: the service is not frozen (A7)."""
AUTHORITY_BLOCKS = ("draft_handover", "end_contact_point", "export_package", "offer", "switch")
"""Between notice and reassignment nothing leaves by the hand of who refuses it (B5: dangerous operations frozen)."""
BY_ADMINISTRATOR = frozenset({"draft_handover", "offer", "switch"})
"""Of these, what the organisation's own administrators may start all the same: A9 blocks a second change of custody
"outside the organisation's own admin". Not so while it is reassigned on proven authority: who refuses may well be
the only administrator."""


def restrict(
    registration: Registration,
    kind: str,
    *,
    case: str,
    at: datetime,
    blocks: Iterable[str] = (),
    until: datetime | None = None,
) -> Restriction:
    """Mark `registration` for the case numbered `case`, from `at`; `until` None lasts until it is lifted."""
    return Restriction.objects.create(
        registration=registration, kind=kind, case=case, blocks=sorted(blocks), since=at, until=until
    )


def restrict_each(
    registrations: Iterable[Registration], kind: str, *, case: str, at: datetime, blocks: Iterable[str] = ()
) -> list[Registration]:
    """Mark each of `registrations` that the case has not marked so already, until it is lifted; returns those.

    However many they are it takes two statements: whoever objects to a list of hundreds waits no longer.
    """
    marked = Restriction.objects.filter(case=case, kind=kind, ended_at=None).values_list("registration", flat=True)
    known = set(marked)
    new = [one for one in registrations if one.pk not in known]
    Restriction.objects.bulk_create(
        Restriction(registration=one, kind=kind, case=case, blocks=sorted(blocks), since=at) for one in new
    )
    return new


def lift(case: str, *, at: datetime, kinds: Iterable[str]) -> int:
    """End the marks of `kinds` that a case left; returns how many there were."""
    return Restriction.objects.filter(case=case, kind__in=list(kinds), ended_at=None).update(ended_at=at)


def may_pass(kind: str, action: str) -> bool:
    """Whether a mark of `kind` that blocks `action` lets an administrator of the holder pass all the same."""
    return kind != Restriction.Kind.AUTHORITY and action in BY_ADMINISTRATOR


def refuse_blocked(
    registration: Registration, action: str, *, at: datetime, by_administrator: bool = False, own_case: str = ""
) -> None:
    """Raise `WrongState` when a mark on `registration` blocks `action` at `at`, for whoever asks.

    `by_administrator`: whether an administrator of the holder stands behind it, see `BY_ADMINISTRATOR`. `own_case`:
    the case that asks; its own marks do not stop it.
    """
    marks = Restriction.objects.in_force(at).filter(registration=registration).exclude(case=own_case)
    for mark in marks.order_by("pk"):
        if action in mark.blocks and not (by_administrator and may_pass(mark.kind, action)):
            if mark.kind == Restriction.Kind.AUTHORITY:
                raise WrongState(
                    _("This registration is being reassigned on the decision of your organisation. Nothing changed.")
                )
            language = get_language() or "ja"
            until = era_date(timezone.localdate(mark.until), language) if mark.until else _("the case is settled")
            raise WrongState(
                _("This registration is protected after a recovery, until %(until)s. Nothing was changed.")
                % {"until": until}
            )


def refuse_contested(registration: Registration, *, at: datetime) -> None:
    """Raise `WrongState` while two sides claim `registration`: it stays as it is until that is settled (A7)."""
    marks = Restriction.objects.in_force(at).filter(registration=registration, kind=Restriction.Kind.CONTESTED)
    if marks.exists():
        raise WrongState(
            _(
                "More than one person claims to act for this organisation. Everything stays as it is until a joint"
                " statement or a decision of the representative or a court settles it."
            )
        )


def let_look(user: User, registration: Registration, *, case: str, at: datetime) -> CaseAccess:
    """Let one person of the staff look at `registration` for an open case; once, however often asked."""
    canaries.touched([registration.pk], "record.opened", by=user, at=at)
    access = CaseAccess.objects.in_force(at).filter(user=user, registration=registration, case=case).first()
    return access or CaseAccess.objects.create(user=user, registration=registration, case=case, since=at)


def end_looks(case: str, *, at: datetime) -> int:
    """End every permission to look that a case gave."""
    return CaseAccess.objects.filter(case=case, ended_at=None).update(ended_at=at)


def find_case(actor: Actor, registration: Registration, at: datetime) -> str | None:
    """Return the number of the open case for which `actor` may look at `registration`."""
    access = CaseAccess.objects.in_force(at).filter(user=actor.user, registration=registration)
    return access.order_by("-since").values_list("case", flat=True).first()
