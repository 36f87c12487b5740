"""Contractors' mandates at a change of custodian. Plain functions: they run inside a transition and write no event."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.models import User
from handover.models import Handover, HandoverItem, Mandate, MandateRegistration, Registration

KEEP, END = "keep", "end"
CHOICES = (KEEP, END)


@dataclass(frozen=True)
class Settled:
    """Numbers of the mandates that a change of custodian kept on a registration, and of those it ended there."""

    kept: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()

    @property
    def facts(self) -> dict[str, object]:
        """What the event says; nothing where there was no mandate."""
        found = {"mandates_kept": list(self.kept), "mandates_ended": list(self.ended)}
        return {name: numbers for name, numbers in found.items() if numbers}


def settle(registration: Registration, *, kept: Collection[str], at: datetime) -> Settled:
    """End each mandate on a locked `registration` that is not among the numbers `kept`; nothing chosen is ended.

    A mandate that covers nothing any more has ended as a whole. One that is kept goes on as it is.
    """
    rows = MandateRegistration.objects.granted().filter(registration=registration).order_by("mandate_id")
    mandates = Mandate.objects.select_for_update(no_key=True).filter(pk__in=[row.mandate_id for row in rows])
    numbers = {mandate.pk: mandate.number for mandate in mandates.order_by("pk")}
    ended = [row for row in rows if numbers[row.mandate_id] not in kept]
    for row in ended:
        close_row(row, at=at)
    gone = {row.mandate_id for row in ended}
    return Settled(
        kept=tuple(sorted(number for pk, number in numbers.items() if pk not in gone)),
        ended=tuple(sorted(numbers[pk] for pk in gone)),
    )


def close_row(row: MandateRegistration, *, at: datetime) -> bool:
    """Take one registration out of its locked mandate; returns whether the mandate ended with it."""
    row.until = at
    row.save(update_fields=["until"])
    if MandateRegistration.objects.current().filter(mandate_id=row.mandate_id).exists():
        return False
    ended = Mandate.objects.filter(pk=row.mandate_id, status=Mandate.Status.ACTIVE)
    return bool(ended.update(status=Mandate.Status.ENDED, ended_at=at))


def close_rows(mandate: Mandate, *, at: datetime) -> list[MandateRegistration]:
    """Take every registration out of a locked mandate that ends; returns what was taken out."""
    rows = list(MandateRegistration.objects.current().filter(mandate=mandate).select_related("registration"))
    MandateRegistration.objects.filter(pk__in=[row.pk for row in rows]).update(until=at)
    return rows


def end_renewals(mandate: Mandate, *, by: User, at: datetime) -> list[str]:
    """End what would follow a locked mandate that somebody ends: who ends it means the time after as well.

    Returns the numbers of the renewals, asked for or granted.
    """
    rows = Mandate.objects.select_for_update(no_key=True).filter(renewed_from=mandate, status__in=Mandate.OPEN)
    following = list(rows.order_by("pk"))
    for renewal in following:
        close_rows(renewal, at=at)
        renewal.status, renewal.ended_at, renewal.ended_by = Mandate.Status.ENDED, at, by
        renewal.save(update_fields=["status", "ended_at", "ended_by"])
    return [renewal.number for renewal in following]


def to_choose(handover: Handover, *, taken_only: bool = False) -> list[Mandate]:
    """Return the granted mandates on what `handover` gives: each is to be kept or ended by the successor.

    `taken_only` leaves out what the successor marked as not theirs: it stays with the giver, and so do its mandates.
    """
    given = HandoverItem.objects.standing().filter(handover=handover, kind=HandoverItem.Kind.REGISTRATION)
    if taken_only:
        given = given.exclude(mark=HandoverItem.Mark.NOT_MINE)
    rows = MandateRegistration.objects.granted().filter(registration__in=given.values("registration"))
    return list(Mandate.objects.filter(pk__in=rows.values("mandate")).select_related("contractor").order_by("number"))


def choose(handover: Handover, choices: Mapping[str, str] | None) -> None:
    """Write down what the successor says so far of the mandates of a locked handover. Raises `Refused` for others."""
    if not choices:
        return
    known = {mandate.number for mandate in to_choose(handover)}
    if set(choices) - known or set(choices.values()) - set(CHOICES):
        raise Refused(_("This list no longer fits the handover. Open the page again."))
    handover.mandate_choices = {**handover.mandate_choices, **choices}
    handover.save(update_fields=["mandate_choices"])


def refuse_open(handover: Handover) -> None:
    """Raise `Refused` while a mandate on what is handed over has no answer."""
    if any(mandate.number not in handover.mandate_choices for mandate in to_choose(handover, taken_only=True)):
        raise Refused(_("Say of every contractor’s mandate whether you keep it or end it."))


def receipt_rows(handover: Handover) -> list[dict[str, Any]]:
    """Return the mandates and what was chosen, as the receipt says it; one granted after the answer was not chosen."""
    return [
        {
            "number": mandate.number,
            "contractor": mandate.contractor.legal_name,
            "scope": mandate.scope,
            "ends_on": mandate.ends_on.isoformat(),
            "choice": handover.mandate_choices.get(mandate.number, END),
        }
        for mandate in to_choose(handover)
    ]


def kept_by(handover: Handover) -> frozenset[str]:
    """Return the numbers of the mandates that the successor keeps."""
    return frozenset(number for number, choice in handover.mandate_choices.items() if choice == KEEP)


def state_of(registration: Registration) -> list[int]:
    """Return the rows granted on `registration` now, for a snapshot from which they can be put back."""
    rows = MandateRegistration.objects.granted().filter(registration=registration)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def put_back(registration: Registration, rows: Collection[int], *, ended_at: datetime, at: datetime) -> tuple[str, ...]:
    """Let the mandates of a snapshot (`state_of`) go on that were ended on a locked `registration` at `ended_at`.

    Only what that one act ended, and only what has not run out by the day of `at`: what somebody ended in person stays
    ended. Each goes on as the row it was, with its number, scope and days. Returns the numbers.
    """
    ended = MandateRegistration.objects.filter(pk__in=list(rows), registration=registration, until=ended_at)
    found = list(ended.filter(mandate__ends_on__gte=timezone.localdate(at)).order_by("mandate_id"))
    mandates = Mandate.objects.select_for_update(no_key=True).filter(pk__in=[row.mandate_id for row in found])
    numbers = []
    for mandate in mandates.order_by("pk"):
        if mandate.status == Mandate.Status.ENDED and mandate.ended_at == ended_at and mandate.ended_by_id is None:
            mandate.status, mandate.ended_at = Mandate.Status.ACTIVE, None
            mandate.save(update_fields=["status", "ended_at"])
        if mandate.status == Mandate.Status.ACTIVE:
            MandateRegistration.objects.filter(mandate=mandate, pk__in=[row.pk for row in found]).update(until=None)
            numbers.append(mandate.number)
    return tuple(sorted(numbers))
