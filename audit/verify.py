"""Recomputing the chain from the rows alone."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from audit.chain import GENESIS, digest
from audit.models import Event, EventAbout

BATCH = 5_000


@dataclass(frozen=True)
class Result:
    """`count` events were read; `first_bad` is the first sequence that does not hold, None when all do."""

    count: int
    first_bad: int | None
    head: str


def run() -> Result:
    """Read the whole log in pieces of constant memory and recompute every hash, link and history entry."""
    expected, previous = 1, GENESIS
    for events in _batches():
        shown = _histories(events[0].sequence, events[-1].sequence)
        for event in events:
            if event.sequence != expected or not _holds(event, previous, shown.pop(event.sequence, [])):
                return Result(expected - 1, min(expected, event.sequence), previous)
            expected, previous = expected + 1, event.hash
    return Result(expected - 1, _stray(expected), previous)


def _stray(expected: int) -> int | None:
    """The first number outside the log that a history names; events that were appended meanwhile are inside it."""
    appended = Exists(Event.objects.filter(sequence=OuterRef("event_id")))
    outside = Q(event_id__lt=1) | Q(event_id__gte=expected) & ~appended
    return EventAbout.objects.filter(outside).order_by("event_id").values_list("event_id", flat=True).first()


def _holds(event: Event, previous: str, labels: list[str]) -> bool:
    return (
        event.previous_hash == previous
        and labels == event.about
        and event.hash
        == digest(
            sequence=event.sequence,
            previous_hash=event.previous_hash,
            verb=event.verb,
            actor=event.actor,
            actor_organisation=event.actor_organisation,
            subject=event.subject,
            about=event.about,
            facts=event.facts,
            at=event.at,
        )
    )


def _batches() -> Iterator[list[Event]]:
    rows = Event.objects.order_by("sequence")
    batch = list(rows[:BATCH])
    while batch:
        yield batch
        batch = list(rows.filter(sequence__gt=batch[-1].sequence)[:BATCH])


def _histories(first: int, last: int) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = EventAbout.objects.filter(event_id__gte=first, event_id__lte=last)
    for sequence, label in rows.values_list("event_id", "label"):
        found.setdefault(sequence, []).append(label)
    for labels in found.values():
        labels.sort()
    return found
