"""Brings a request of change to any stage, through its transitions."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import User
from handover import transitions
from handover.changing import Proof, Wish
from handover.models import ChangeRequest, Registration
from handover.rules.changes import proofs_for, side_of, wanted_sides
from tests.cast import Cast, actor
from tests.stock import NOW

ISSUED = date(2026, 11, 2)
LATER = NOW + timedelta(hours=1)


def wish(kind: str, *held: Registration, **more: Any) -> Wish:
    """Return a complete wish of `kind`, with papers for it."""
    usual: dict[str, dict[str, Any]] = {
        "rename": {"new_name": "青空商事株式会社", "new_kana": "アオゾラショウジカブシキガイシャ"},
        "succession": {"receiver_name": "若葉省"},
        "transfer": {"receiver_name": "若葉省", "receiver_corporate_number": "1000012010003"},
    }
    proofs = tuple(Proof(one, ISSUED, "No. 1") for one in proofs_for(ChangeRequest(kind=kind)))
    given = {"reason": "登記のとおり", "proofs": proofs, **usual.get(kind, {}), **more}
    return Wish(kind, tuple(one.number for one in held), **given)


def asked(cast: Cast, kind: str, *held: Registration, by: User | None = None, **more: Any) -> ChangeRequest:
    """Ask for a change, by 太郎 unless told otherwise."""
    given = {"token": uuid.uuid4(), "actor": actor(by or cast.taro), "at": NOW}
    if kind == "cancellation":
        return transitions.ask_to_cancel(wish=wish(kind, *held, **more), has_read=True, **given)
    return transitions.request_change(wish=wish(kind, *held, **more), **given)


def ready(cast: Cast, change: ChangeRequest, at: datetime = NOW) -> ChangeRequest:
    """Let the operator find the receiver and tick the papers, and all sides agree."""
    pk, operator = change.pk, actor(cast.operator)
    if change.moves:
        transitions.find_receiver(change_pk=pk, organisation_pk=cast.wakaba.pk, actor=operator, at=at)
        change.refresh_from_db()
    for kind in proofs_for(change):
        transitions.check_proof(change_pk=pk, kind=kind, issued_on=ISSUED, reference="No. 1", actor=operator, at=at)
    for side in wanted_sides(change):
        people = (cast.hanako, cast.wakako, cast.taro, cast.jiro)
        by = next(one for one in people if side_of(actor(one), change) == side)
        transitions.consent(change_pk=pk, actor=actor(by), at=at)
    change.refresh_from_db()
    return change


def proposed(cast: Cast, change: ChangeRequest, at: datetime = NOW) -> ChangeRequest:
    ready(cast, change, at)
    return transitions.propose_change(change_pk=change.pk, reason="そろった", actor=actor(cast.operator), at=at)


def approved(cast: Cast, change: ChangeRequest, at: datetime = NOW) -> ChangeRequest:
    """Bring it to approved, with every yes that is wanted."""
    change = proposed(cast, change, at)
    for by in (cast.approver, cast.senior):
        if change.status == "proposed":
            change = yes(change, by, at)
    return change


def yes(change: ChangeRequest, by: User, at: datetime = NOW) -> ChangeRequest:
    return transitions.approve_change(
        change_pk=change.pk, signed_hash=change.proposal_hash, reason="よい", actor=actor(by), at=at
    )


def released(cast: Cast, change: ChangeRequest, at: datetime = LATER) -> ChangeRequest:
    return transitions.release_for_change(
        change_pk=change.pk, signed_hash=change.proposal_hash, actor=actor(cast.approver), at=at
    )


def executed(cast: Cast, change: ChangeRequest, at: datetime = LATER) -> ChangeRequest:
    """Carry out an approved change, with the step before where the holder changes."""
    if change.moves and change.status == "approved":
        change = released(cast, change, at)
    return transitions.execute_change(
        change_pk=change.pk, signed_hash=change.proposal_hash, actor=actor(cast.approver), at=at + timedelta(minutes=5)
    )
