"""What an inquirer asks for on the page of a case is taken down, and done by the worker as of that instant."""

from datetime import timedelta

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from audit.models import Event
from audit.record import System
from handover.models import Registration
from outbox import cipher
from recovery import clock, obstacles, transitions
from recovery.models import Appeal, CaseRequest, Claim
from recovery.models.inbox import WORDS_SIZE
from tests import claims, seen
from tests.cast import Cast, actor
from tests.claims import PUBLIC, later
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)
CLOCK = System("clock")


def refused(cast: Cast, claim: Claim) -> Claim:
    return transitions.refuse(claim.pk, reason="not_confirmed", words="足りない", actor=actor(cast.approver), at=NOW)


def test_claimant_asks_to_withdraw_and_the_worker_does_it(cast: Cast, lost: Registration) -> None:
    claim, before = claims.accepted(cast, lost), seen.mark()
    made = transitions.hand_in(claim.pk, act="withdraw", actor=PUBLIC, at=later(hours=1))
    written = Event.objects.get(verb="claim.request_handed_in")
    assert written.facts == {"request": made.pk, "act": "withdraw"}
    assert (written.actor, written.subject) == ("public", claim.label)
    assert seen.notices(before) == []
    claim.refresh_from_db()
    assert (claim.status, made.done_at) == ("collecting", None)
    assert clock.run(at=later(hours=2))["requests_answered"] == 1
    claim.refresh_from_db()
    made.refresh_from_db()
    assert (claim.status, made.done_at, made.is_turned_down) == ("withdrawn", later(hours=2), False)
    assert Event.objects.get(verb="claim.withdrawn").actor == "public"
    assert clock.run(at=later(hours=3))["requests_answered"] == 0


def test_every_request_is_of_one_size(cast: Cast) -> None:
    sizes = set()
    for words in ("", "短い", "長" * 1000):
        ended = refused(cast, claims.received(sender=words[:3], statement={"mail": f"m{len(words)}@new.example"}))
        made = transitions.hand_in(ended.pk, act="appeal", words=words, actor=PUBLIC, at=NOW)
        assert made.words == words and "長".encode() not in bytes(made.sealed_words)
        sizes.add(len(made.sealed_words))
    assert len(sizes) == 1
    assert len(cipher.decrypt(made.sealed_words).encode()) == WORDS_SIZE
    with pytest.raises(ValueError, match="longer"):
        CaseRequest.hand_in(ended, "appeal", "長" * 2000, at=NOW)


def test_second_press_gives_back_the_first_and_another_wish_waits(cast: Cast) -> None:
    ended = refused(cast, claims.received())
    first = transitions.hand_in(ended.pk, act="appeal", words="一", actor=PUBLIC, at=NOW)
    assert transitions.hand_in(ended.pk, act="appeal", words="二", actor=PUBLIC, at=NOW) == first
    with pytest.raises(WrongState):
        transitions.hand_in(ended.pk, act="reopen", sender="x", actor=PUBLIC, at=NOW)
    clock.run(at=NOW)
    assert Appeal.objects.get().words == "一"
    with pytest.raises(WrongState):
        transitions.hand_in(ended.pk, act="appeal", words="三", actor=PUBLIC, at=NOW)
    assert Event.objects.filter(verb="claim.request_handed_in").count() == 1


def test_days_count_from_when_it_was_asked_for(cast: Cast) -> None:
    ended = refused(cast, claims.received())
    last = ended.endings.get().appeal_until
    assert last is not None
    on_time = NOW + (last - NOW.date())
    transitions.hand_in(ended.pk, act="appeal", words="", actor=PUBLIC, at=on_time)
    # The worker was away for two days.
    assert clock.run(at=on_time + timedelta(days=2))["requests_answered"] == 1
    assert Appeal.objects.get().at == on_time + timedelta(days=2)
    other = refused(cast, claims.received(sender="b", statement={"mail": "b@new.example"}))
    with pytest.raises(WrongState):
        transitions.hand_in(other.pk, act="appeal", words="", actor=PUBLIC, at=on_time + timedelta(days=1))


def test_taking_up_again_is_counted_like_a_new_claim(cast: Cast) -> None:
    claim = claims.received(sender="192.0.2.7")
    transitions.withdraw(claim.pk, actor=PUBLIC, at=NOW)
    for number in range(4):
        claims.received(sender="192.0.2.7", statement={"mail": f"m{number}@new.example"})
    with pytest.raises(Refused):
        transitions.hand_in(claim.pk, act="reopen", sender="192.0.2.7", actor=PUBLIC, at=NOW)
    assert not CaseRequest.objects.exists()


def test_nobody_decides_while_a_withdrawal_waits(cast: Cast, lost: Registration) -> None:
    claim = claims.notified(cast, lost)
    day = claims.decided_at(claim)
    transitions.hand_in(claim.pk, act="withdraw", actor=PUBLIC, at=day)
    said = obstacles.to_approve(claim, day)
    with pytest.raises(WrongState) as caught:
        transitions.approve(claim.pk, signed_hash=claim.proposal_hash, reason="x", actor=actor(cast.approver), at=day)
    assert said == [str(caught.value.words)]
    clock.run(at=day)
    claim.refresh_from_db()
    assert claim.status == "withdrawn"


def test_nobody_executes_while_a_withdrawal_waits(cast: Cast, lost: Registration) -> None:
    claim = claims.ready(cast, lost)
    day = claims.decided_at(claim)
    transitions.hand_in(claim.pk, act="withdraw", actor=PUBLIC, at=day)
    with pytest.raises(WrongState):
        transitions.execute(claim.pk, signed_hash=claim.proposal_hash, actor=actor(cast.approver), at=day)


def test_request_that_came_too_late_is_turned_down_with_an_event(cast: Cast) -> None:
    claim = claims.received()
    made = transitions.hand_in(claim.pk, act="withdraw", actor=PUBLIC, at=NOW)
    refused(cast, claim)
    assert clock.run(at=later(hours=1))["requests_answered"] == 0
    made.refresh_from_db()
    assert (made.done_at, made.is_turned_down) == (later(hours=1), True)
    written = Event.objects.get(verb="claim.request_turned_down")
    assert written.facts == {"request": made.pk, "act": "withdraw"}
    with pytest.raises(WrongState):
        transitions.turn_down(made.pk, actor=CLOCK, at=later(hours=2))


def test_appeal_by_phone_answers_the_one_on_the_page(cast: Cast) -> None:
    ended = refused(cast, claims.received())
    made = transitions.hand_in(ended.pk, act="appeal", words="頁で", actor=PUBLIC, at=NOW)
    transitions.appeal(ended.pk, words="電話で", actor=actor(cast.agent), at=NOW)
    made.refresh_from_db()
    assert made.done_at == NOW and not made.is_turned_down
    assert clock.run(at=NOW)["requests_answered"] == 0
    assert Appeal.objects.get().words == "電話で"


@pytest.mark.parametrize("who", ["agent", "operator", "approver", "hanako"])
def test_only_the_inquirer_hands_in(cast: Cast, who: str) -> None:
    claim = claims.received()
    with pytest.raises(NotAllowed):
        transitions.hand_in(claim.pk, act="withdraw", actor=actor(getattr(cast, who)), at=NOW)
    made = transitions.hand_in(claim.pk, act="withdraw", actor=PUBLIC, at=NOW)
    with pytest.raises(NotAllowed):
        transitions.turn_down(made.pk, actor=actor(getattr(cast, who)), at=NOW)


@pytest.mark.parametrize("act", ["appeal", "reopen"])
def test_what_is_open_is_neither_appealed_nor_reopened(act: str) -> None:
    with pytest.raises(WrongState):
        transitions.hand_in(claims.received().pk, act=act, actor=PUBLIC, at=NOW)


def test_task_that_comes_late_does_nothing_again(cast: Cast) -> None:
    claim = claims.received()
    made = transitions.hand_in(claim.pk, act="withdraw", actor=PUBLIC, at=NOW)
    assert clock.run(at=later(hours=1))["requests_answered"] == 1
    transitions.reopen(claim.pk, actor=PUBLIC, at=later(hours=2))
    before = seen.mark()
    assert clock.answer(made.pk, later(hours=3)) == 0
    claim.refresh_from_db()
    assert claim.status == "received" and seen.verbs(before) == []
