"""Registrations that a file no longer lists: of which organisations that can be said, and what closing does.

A file says something about what it does not list only where it covers an organisation wholly. The rule:

1. No row of the file was refused: any of them may have been a missing one.
2. The file lists at least half of the organisation's active registrations that were there before the run. A file with
   a few rows of an organisation is an excerpt, not its register.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from accounts.models import Organisation
from audit import record
from handover import custody, ending, notices
from handover.importing import telling
from handover.importing.reading import Seen
from handover.importing.writing import SYSTEM
from handover.models import Handover, ImportRun, Registration, Restriction

PIECE = 500
AT_LEAST = 0.5
"""Part of an organisation's registrations that a file must list to cover it."""


@dataclass(frozen=True)
class Missing:
    """An active registration that the file does not list. `is_protected`: a case is open, so it stays."""

    registration: Registration
    is_protected: bool


class Covered:
    """Which organisations a file covers, and how much of each: in a temporary database, so that memory stays flat."""

    def __init__(self, seen: Seen, before: datetime) -> None:
        self._database = sqlite3.connect("")
        self._database.execute("CREATE TABLE named (home INTEGER PRIMARY KEY, listed INTEGER)")
        active = Registration.objects.filter(status=Registration.Status.ACTIVE, registered_at__lt=before)
        for numbers in seen.pieces(PIECE):
            counted = active.filter(number__in=numbers).values_list("organisation_id").annotate(n=Count("pk"))
            self._database.executemany(
                "INSERT INTO named VALUES (?, ?) ON CONFLICT (home) DO UPDATE SET listed = listed + excluded.listed",
                list(counted.order_by()),
            )
        for homes in self._pieces():
            whole = dict(active.filter(organisation__in=homes).values_list("organisation_id").annotate(n=Count("pk")))
            few = [(home,) for home, listed in homes.items() if listed < whole.get(home, 0) * AT_LEAST]
            self._database.executemany("DELETE FROM named WHERE home = ?", few)

    def _pieces(self) -> Iterator[dict[int, int]]:
        last = 0
        query = "SELECT home, listed FROM named WHERE home > ? ORDER BY home LIMIT ?"
        while rows := dict(self._database.execute(query, (last, PIECE)).fetchall()):
            yield rows
            last = max(rows)

    def has(self, home: int) -> bool:
        """Whether the file covers the organisation with this key wholly."""
        found = self._database.execute("SELECT 1 FROM named WHERE home = ?", (home,)).fetchone()
        return found is not None


def missing(seen: Seen, covered: Covered, *, before: datetime, after_pk: int, at: datetime) -> Iterator[list[Missing]]:
    """Yield, in pieces, the missing registrations with a key above `after_pk`, in the order of their keys.

    An empty piece says that so many were looked at and none was missing.
    """
    rows = Registration.objects.filter(status=Registration.Status.ACTIVE, registered_at__lt=before)
    last = after_pk
    while piece := list(rows.filter(pk__gt=last).select_related("organisation").order_by("pk")[:PIECE]):
        last = piece[-1].pk
        listed = seen.known([one.number for one in piece])
        found = [one for one in piece if one.number not in listed and covered.has(one.organisation_id)]
        marks = Restriction.objects.in_force(at).filter(registration__in=found)
        protected = set(marks.values_list("registration_id", flat=True))
        yield [Missing(one, one.pk in protected) for one in found]


def close(found: list[Missing], run: ImportRun, *, at: datetime) -> int:
    """Close those of `found` that nothing protects, in the caller's transaction; returns how many.

    Custody stays as it is, open handovers end, alerts are set right; everybody concerned is told.
    """
    keys = [one.registration.pk for one in found if not one.is_protected]
    rows = Registration.objects.select_for_update(no_key=True, of=("self",)).filter(
        pk__in=keys, status=Registration.Status.ACTIVE
    )
    closing = list(rows.select_related("organisation").order_by("pk"))
    if not closing:
        return 0
    ended = ending.end_handovers(closing, reason="", at=at)
    ending.end_people(closing, at=at)
    ending.end_tasks(closing, at=at)
    ending.end_mandates(closing, at=at)
    closed = Registration.objects.filter(pk__in=[one.pk for one in closing])
    closed.update(status=Registration.Status.CLOSED, closed_at=at)
    for one in closing:
        # A closed registration needs nobody: its alert is over.
        custody.mind_gap(one, has_custodian=True, at=at)
    for home in Organisation.objects.filter(pk__in={one.organisation_id for one in closing}).order_by("pk"):
        custody.mind_administrator_gap(home, at=at)
    telling.note(run, closing, "closed")
    record.events("registration.closed", [_entry(one, run) for one in closing], actor=SYSTEM, at=at)
    for handover in ended:
        _tell_end(handover, run, at)
    return len(closing)


def _tell_end(handover: Handover, run: ImportRun, at: datetime) -> None:
    written = record.event(
        "handover.ended_by_closing",
        actor=SYSTEM,
        at=at,
        subject=handover.label,
        about=[run.label, *(one.registration.label for one in handover.items.filter(kind="registration"))],
        facts={"import": run.label, "status": handover.status},
    )
    # A successor learns of a handover by its offer.
    people = [handover.given_by, handover.offered_by, handover.given_to if handover.offered_at else None]
    notices.tell("handover_withdrawn", people, event=written, at=at, handover=handover)


def _entry(one: Registration, run: ImportRun) -> record.Entry:
    return record.Entry(
        subject=one.label,
        about=[f"organisation:{one.organisation_id}", run.label],
        facts={"import": run.label, "status": Registration.Status.CLOSED.value},
    )
