"""Rebuilding who held what from the log alone, and comparing that with the table (invariant 28).

A change of custody tells itself: every event whose facts hold `to`, `kind` and `basis`, either of the registration that
is its subject or, under `registrations`, of each one by number. Nothing depends on a list of verbs, so a new way to
change hands is understood here from its first day.

Older events say a little less, and what they leave out follows from the rest: see `_basis` and `_label`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from audit.models import Event
from handover.models import Custody
from handover.rules import LOOKS

REGISTERED = "registration.registered"
SUBJECT = "registration:"
ROUNDS = 5
"""How often a difference is looked at again while people go on changing custody: the log is read before the table."""
CHUNK = 2_000


class Told(NamedTuple):
    """A period of custody: as the log tells it, or as the table holds it."""

    holder: str
    kind: str
    basis: str
    basis_label: str
    from_at: datetime
    to_at: datetime | None


@dataclass(frozen=True)
class Difference:
    """A period (`place` counts from 1) on which log and table do not agree; None on the side that has none."""

    number: str
    place: int
    log: Told | None
    table: Told | None


@dataclass(frozen=True)
class Result:
    """What was compared. `registrations` and `periods` count what the log tells."""

    registrations: int
    periods: int
    differences: list[Difference]


class _Begun(NamedTuple):
    # A period without its end, which is where the next one begins: 300,000 of these are in memory at once.
    holder: str
    kind: str
    basis: str
    basis_label: str
    from_at: datetime


class _Log:
    """The periods that the log tells, by the registrations' numbers; can be read on from where it stopped."""

    def __init__(self) -> None:
        self.sequence = 0
        self.begun: dict[str, list[_Begun]] = {}
        # The same few words and holders come again and again: one copy of each.
        self._words: dict[str, str] = {}

    def read(self) -> int:
        """Read what was written since; returns how many changes of custody that were."""
        rows = Event.objects.filter(sequence__gt=self.sequence).exclude(verb__in=LOOKS).order_by("sequence")
        count = 0
        for event in rows.only("sequence", "verb", "subject", "actor", "facts", "at").iterator(chunk_size=CHUNK):
            self.sequence = event.sequence
            for number, facts in _changes(event):
                self.begun.setdefault(number, []).append(self._period(event, facts))
                count += 1
        return count

    def _period(self, event: Event, facts: dict[str, Any]) -> _Begun:
        words = (facts["to"], facts["kind"], _basis(facts), _label(event, facts))
        holder, kind, basis, label = (self._words.setdefault(word, word) for word in words)
        return _Begun(holder, kind, basis, label, event.at)

    def periods(self, number: str) -> list[Told]:
        begun = self.begun.get(number, [])
        ends = [*(each.from_at for each in begun[1:]), None]
        return [Told(*each, end) for each, end in zip(begun, ends, strict=bool(begun))]


def _changes(event: Event) -> Iterator[tuple[str, dict[str, Any]]]:
    facts = event.facts
    several = facts.get("registrations")
    if isinstance(several, dict):
        yield from ((number, each) for number, each in several.items() if _tells(event, each))
    elif event.subject.startswith(SUBJECT) and _tells(event, facts):
        yield event.subject.removeprefix(SUBJECT), facts


def _tells(event: Event, facts: Any) -> bool:
    wanted = {"to", "kind"} if event.verb == REGISTERED else {"to", "kind", "basis"}
    return isinstance(facts, dict) and wanted <= facts.keys()


def _basis(facts: dict[str, Any]) -> str:
    """Return the basis; imports of old did not say it, and knew only these two."""
    first = Custody.Basis.REGISTERED if facts["kind"] == Custody.Kind.CUSTODIAN else Custody.Basis.CARETAKER
    return str(facts.get("basis", first.value))


def _label(event: Event, facts: dict[str, Any]) -> str:
    """Return on what the change rests, which events of old leave to their other parts.

    An import names itself. A handover or claim is the subject of its own event. Whoever left is the one from whom it
    went; whoever took it into care did the act.
    """
    if "basis_label" in facts:
        return str(facts["basis_label"])
    if event.verb == REGISTERED:
        return str(facts.get("import", ""))
    if not event.subject.startswith(SUBJECT):
        return event.subject
    return str(facts.get("from", "")) if event.verb == "custody.passed_to_caretaker" else event.actor


def replay() -> Result:
    """Read the log from its first event, rebuild every period and compare all of them with the table.

    Changes nothing and holds nobody up. Memory grows with the number of periods, a few hundred bytes each; the log
    and the table are streamed. A change that comes in between log and table is read and compared again.
    """
    log = _Log()
    log.read()
    differences = list(_compare(log))
    for _round in range(ROUNDS):
        if not differences or not log.read():
            break
        differences = list(_compare(log))
    return Result(len(log.begun), sum(map(len, log.begun.values())), differences)


def _compare(log: _Log) -> Iterator[Difference]:
    seen: set[str] = set()
    for number, held in _table():
        seen.add(number)
        yield from _differences(number, log.periods(number), held)
    for number in log.begun.keys() - seen:
        yield from _differences(number, log.periods(number), [])


def _table() -> Iterator[tuple[str, list[Told]]]:
    columns = ("registration__number", "user_id", "kind", "basis", "basis_label", "from_at", "to_at")
    rows = Custody.objects.order_by("registration_id", "from_at", "pk").values_list(*columns)
    for number, periods in groupby(rows.iterator(chunk_size=CHUNK), key=lambda row: row[0]):
        yield number, [Told(_holder(user), *more) for _number, user, *more in periods]


def _holder(user: int | None) -> str:
    return f"user:{user}" if user else "provider"


def _differences(number: str, log: list[Told], table: list[Told]) -> Iterable[Difference]:
    if log == table:
        return
    for place in range(max(len(log), len(table))):
        told = log[place] if place < len(log) else None
        held = table[place] if place < len(table) else None
        if told != held:
            yield Difference(number, place + 1, told, held)
