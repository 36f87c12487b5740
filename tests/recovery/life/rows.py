"""What the rows hold after each act, read with one query a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from audit.models import Event
from handover.models import Custody, RecoveryKit, Restriction
from recovery.models import (
    Appeal,
    Approval,
    CaseException,
    CaseRequest,
    Claim,
    ContactAttempt,
    Dispatch,
    Duty,
    Evidence,
    Objection,
    PhoneCall,
    Rollback,
    UrgentSetting,
    VouchRequest,
)
from tests.handover.life.rows import Period, Reader


class Case(NamedTuple):
    """A claim with what its inquiry tells."""

    pk: int
    number: str
    inquiry: int
    procedure: int
    began_with: int | None
    status: str
    received_at: datetime
    mailbox_verified_at: datetime | None
    registration: int | None
    accepted_at: datetime | None
    tier: int | None
    route: str
    head_office: Any
    frozen_at: datetime | None
    frozen_by: str
    proposed_by: int | None
    proposed_at: datetime | None
    proposal_hash: str
    window_begun_on: date | None
    window_ends_on: date | None
    needs_second_look: bool
    invitation: int | None
    claimant: int | None
    claimant_ready_at: datetime | None
    executed_by: int | None
    executed_at: datetime | None
    cooling_off_until: datetime | None
    cooled_off_at: datetime | None
    rolled_back_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    reopened_at: datetime | None
    reopenings: int
    holding_answered_at: datetime | None
    passed_on_at: datetime | None
    posed_at: datetime | None
    posing_told_at: datetime | None
    inquiry__receipt_number: str
    inquiry__status: str
    inquiry__turn: str
    inquiry__next_on: date | None

    @property
    def label(self) -> str:
        return f"claim:{self.number}"

    @property
    def is_open(self) -> bool:
        return self.status in Claim.OPEN

    @property
    def is_linked(self) -> bool:
        return self.status in Claim.LINKED

    @property
    def since(self) -> datetime:
        return self.reopened_at or self.received_at


class Proof(NamedTuple):
    """A piece of evidence."""

    pk: int
    claim: int
    code: str
    endpoint: str
    source: str
    issued_on: date | None
    contact_point: int | None
    contact_point__since: date | None
    contact_point__health: str | None
    one_time_code: int | None
    one_time_code__subject: str | None
    one_time_code__used_at: datetime | None
    one_time_code__expires_at: datetime | None
    departure_stated: bool
    checked_by: int | None
    second_checked_by: int | None
    checked_at: datetime
    taken_back_at: datetime | None


class Sent(NamedTuple):
    """A mail or letter that is owed."""

    pk: int
    claim: int
    purpose: str
    channel: str
    to: str
    contact_point: int | None
    code: int | None
    letter_number: str | None
    gives: str
    ordered_by: int | None
    queued_at: datetime
    printed_at: datetime | None
    printed_by: int | None
    delivered_at: datetime | None
    returned_at: datetime | None
    void_at: datetime | None
    notice__status: str
    notice__sent_at: datetime | None

    @property
    def arrived_at(self) -> datetime | None:
        return self.delivered_at or (self.notice__sent_at if self.channel == "mail" else None)


class Yes(NamedTuple):
    pk: int
    claim: int
    by: int
    role: str
    signed_hash: str
    at: datetime
    void_at: datetime | None


class No(NamedTuple):
    """An objection."""

    pk: int
    claim: int
    status: str
    at: datetime
    identify_by: datetime
    identified_at: datetime | None
    identified_by: int | None
    reviewed_by: int | None
    decided_by: int | None
    decided_at: datetime | None


class Try(NamedTuple):
    """A try to reach the predecessor."""

    pk: int
    claim: int
    medium: str
    result: str
    by: int
    at: datetime


class Bent(NamedTuple):
    """An exception."""

    pk: int
    claim: int
    rule: str
    status: str
    expires_on: date
    asked_by: int
    asked_at: datetime
    decided_at: datetime | None


class Back(NamedTuple):
    """A wish to put a recovery back."""

    pk: int
    claim: int
    status: str
    asked_by: int
    decided_by: int | None


class Appealed(NamedTuple):
    pk: int
    claim: int
    status: str
    at: datetime
    due_on: date
    decided_by: int | None
    ending__at: datetime


class Owed(NamedTuple):
    """A duty."""

    pk: int
    claim: int
    kind: str
    closed_at: datetime | None
    closed_by: int | None


class Asked(NamedTuple):
    """What an inquirer asked for on the page of the case."""

    pk: int
    claim: int
    act: str
    at: datetime
    done_at: datetime | None
    is_turned_down: bool


class Call(NamedTuple):
    """A call to a phone of record."""

    pk: int
    claim: int
    by: int
    until: datetime
    ended_at: datetime | None
    result: str


class Vouch(NamedTuple):
    """A colleague was asked about the claimant."""

    pk: int
    claim: int
    user: int
    asked_by: int
    status: str
    evidence: int | None


class Made(NamedTuple):
    """An urgent setting."""

    pk: int
    claim: int
    registration: int
    status: str
    made_by: int
    made_at: datetime
    remind_on: date
    confirmed_by: int | None


class Kit(NamedTuple):
    """A recovery kit, with the period of custody that it was made in."""

    pk: int
    custody: int
    custody__to_at: datetime | None
    void_at: datetime | None
    tries: int
    tried_at: datetime | None


class Mark(NamedTuple):
    """A mark of a case on a registration."""

    pk: int
    registration: int
    kind: str
    case: str
    blocks: Any
    since: datetime
    until: datetime | None
    ended_at: datetime | None


class Told(NamedTuple):
    sequence: int
    verb: str
    actor: str
    actor_organisation: str
    subject: str
    facts: dict[str, Any]
    at: datetime


@dataclass(frozen=True)
class Now:
    """What the rows hold after an act."""

    cases: dict[int, Case] = field(default_factory=dict)
    proofs: dict[int, Proof] = field(default_factory=dict)
    sent: dict[int, Sent] = field(default_factory=dict)
    yeses: dict[int, Yes] = field(default_factory=dict)
    noes: dict[int, No] = field(default_factory=dict)
    tries: dict[int, Try] = field(default_factory=dict)
    bent: dict[int, Bent] = field(default_factory=dict)
    backs: dict[int, Back] = field(default_factory=dict)
    appeals: dict[int, Appealed] = field(default_factory=dict)
    duties: dict[int, Owed] = field(default_factory=dict)
    requests: dict[int, Asked] = field(default_factory=dict)
    calls: dict[int, Call] = field(default_factory=dict)
    vouches: dict[int, Vouch] = field(default_factory=dict)
    settings: dict[int, Made] = field(default_factory=dict)
    kits: dict[int, Kit] = field(default_factory=dict)
    marks: dict[int, Mark] = field(default_factory=dict)
    held: dict[int, Period] = field(default_factory=dict)
    # Only what was written since the last look.
    told: list[Told] = field(default_factory=list)
    sequence: int = 0
    # What an area read besides, see `World.once`.
    memo: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, since: int) -> Now:
        told = [Told(*row) for row in _EVENTS.rows(since)]
        tables = {name: {row[0]: kind(*row) for row in reader.rows()} for name, (kind, reader) in _TABLES.items()}
        return cls(**tables, told=told, sequence=told[-1].sequence if told else since)  # type: ignore[arg-type]

    def same_rows(self, other: Now, *, but: str = "") -> str:
        """Return the name of the first table but one in which the two differ, "" where they hold the same."""
        return next((name for name in _TABLES if name != but and getattr(self, name) != getattr(other, name)), "")

    def open_cases(self, *statuses: str) -> list[Case]:
        return [one for one in self.cases.values() if (one.status in statuses if statuses else one.is_open)]

    def standing(self, claim: int) -> list[Proof]:
        return [one for one in self.proofs.values() if one.claim == claim and one.taken_back_at is None]

    def of(self, table: str, claim: int) -> list[Any]:
        return [one for one in getattr(self, table).values() if one.claim == claim]

    def current(self, registration: int) -> Period:
        return next(row for row in self.held.values() if row.registration == registration and row.to_at is None)

    def new(self, before: Now, table: str) -> Iterator[Any]:
        """Yield the rows that were not there or were different before."""
        old = getattr(before, table)
        for pk, row in getattr(self, table).items():
            if old.get(pk) != row:
                yield row


def _reader(model: Any, row: Any) -> Reader:
    return Reader(lambda: model.objects.order_by("pk").values_list(*row._fields))


_TABLES: dict[str, tuple[Any, Reader]] = {
    "cases": (Case, _reader(Claim, Case)),
    "proofs": (Proof, _reader(Evidence, Proof)),
    "sent": (Sent, _reader(Dispatch, Sent)),
    "yeses": (Yes, _reader(Approval, Yes)),
    "noes": (No, _reader(Objection, No)),
    "tries": (Try, _reader(ContactAttempt, Try)),
    "bent": (Bent, _reader(CaseException, Bent)),
    "backs": (Back, _reader(Rollback, Back)),
    "appeals": (Appealed, _reader(Appeal, Appealed)),
    "duties": (Owed, _reader(Duty, Owed)),
    "requests": (Asked, _reader(CaseRequest, Asked)),
    "calls": (Call, _reader(PhoneCall, Call)),
    "vouches": (Vouch, _reader(VouchRequest, Vouch)),
    "settings": (Made, _reader(UrgentSetting, Made)),
    "kits": (Kit, _reader(RecoveryKit, Kit)),
    "marks": (Mark, _reader(Restriction, Mark)),
    "held": (Period, _reader(Custody, Period)),
}
_EVENTS = Reader(lambda: Event.objects.filter(sequence__gt=0).order_by("sequence").values_list(*Told._fields))
