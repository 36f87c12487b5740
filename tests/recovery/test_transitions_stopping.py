"""The custodian is still there: the claim stops. Who and when: test_table."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.errors import NotAllowed, WrongState
from accounts.models import User
from handover.models import Custody, Registration
from recovery import clock, transitions
from recovery.models import Claim
from tests import claims, seen
from tests.cast import Cast, actor
from tests.claims import PUBLIC, READY, later
from tests.desk.checked import pin_of, running, say_pin
from tests.recovery.decided import approves, proposes
from tests.stock import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_paper")]


@pytest.mark.parametrize("stage", ["linked", "accepted", "proven", "proposed", "notified", "approved", "ready"])
def test_custodian_signs_in_and_the_claim_stops(cast: Cast, lost: Registration, stage: str) -> None:
    claim: Claim = getattr(claims, stage)(cast, lost)
    claims.came(cast.taro, later(days=1))
    at = claims.decided_at(claim) if claim.window_ends_on else READY
    acts: dict[str, Any] = {
        "linked": lambda: transitions.accept(claim.pk, actor=actor(cast.operator), at=at),
        "proven": lambda: proposes(claim, cast.operator),
        "notified": lambda: approves(claim, cast.approver),
        "ready": lambda: transitions.execute(
            claim.pk, signed_hash=claim.proposal_hash, actor=actor(cast.approver), at=at
        ),
    }
    if stage in acts:
        with pytest.raises(WrongState):
            acts[stage]()
    before = seen.mark()
    assert clock.run(at=at)["claims_stopped"] == 1
    claim.refresh_from_db()
    assert (claim.status, claim.end_reason) == ("stopped", "custodian_active")
    assert seen.verbs(before) == ["claim.stopped"]
    told = [("claim_stopped", cast.taro.label), ("claim_stopped", cast.hanako.label)]
    closed = [("claim_closed", claim.label)] if claim.mailbox_verified_at else []
    assert seen.notices(before) == sorted(told + closed)
    assert Custody.objects.get().user == cast.taro
    assert not User.objects.filter(email="sho@new.example", is_active=True).exists()
    assert clock.run(at=at)["claims_stopped"] == 0


def test_custodian_who_was_here_before_the_claim_stops_nothing(cast: Cast, lost: Registration) -> None:
    claims.came(cast.taro, NOW - timedelta(days=60))
    claims.came(cast.jiro, NOW + timedelta(days=1))  # a colleague is not the custodian
    claim = claims.notified(cast, lost)
    assert clock.run(at=claims.decided_at(claim))["claims_stopped"] == 0
    with pytest.raises(WrongState):
        transitions.stop(claim.pk, actor=clock.CLOCK, at=claims.decided_at(claim))
    assert approves(claim, cast.approver).status == "approved"


def test_public_page_of_objections_is_no_way_to_approve(cast: Cast, lost: Registration) -> None:
    claim = claims.notified(cast, lost)
    for who in (PUBLIC, clock.CLOCK, actor(cast.agent), actor(cast.taro)):
        with pytest.raises(NotAllowed):
            transitions.approve(
                claim.pk,
                signed_hash=claim.proposal_hash,
                reason="",
                actor=who,  # type: ignore[arg-type]
                at=claims.decided_at(claim),
            )


def test_custodian_who_calls_with_a_pin_stops_the_claim(cast: Cast, lost: Registration) -> None:
    """A7: the PIN was made before the claim came in; it is the call that shows that the custodian is there."""
    number, pin = pin_of(cast.taro, NOW - timedelta(minutes=5))
    claim = claims.linked(cast, lost)
    call = running(cast.agent)
    say_pin(call, cast.agent, number, "000000" if pin != "000-000" else "000001", NOW)
    assert clock.run(at=NOW)["claims_stopped"] == 0
    assert say_pin(call, cast.agent, number, pin, NOW).result == "enough"
    assert clock.run(at=later(minutes=1))["claims_stopped"] == 1
    claim.refresh_from_db()
    assert (claim.status, claim.end_reason) == ("stopped", "custodian_active")
