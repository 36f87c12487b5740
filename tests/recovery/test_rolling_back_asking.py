"""Who asks for a recovery to be put back, who confirms or declines it, when, and only once (P9)."""

from datetime import timedelta

import pytest

from accounts.errors import NotAllowed, WrongState
from accounts.models import Role, User
from handover import clock as handover_clock
from handover import custody
from handover import transitions as handing
from handover.models import Custody, Registration, Restriction
from recovery import clock, transitions
from recovery.models import Dispatch, Rollback
from tests import claims, seen
from tests.cast import Cast, actor, somebody
from tests.recovery.undone import asks, confirms, put_back, soon, upheld
from tests.stock import holder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_paper")]


# Who, when, and only once


@pytest.mark.parametrize("who", ["approver", "colleague", "editor", "auditor", "agent", "hanako", "taro", "worker"])
def test_only_operators_and_seniors_ask(cast: Cast, lost: Registration, who: str) -> None:
    claim = claims.executed(cast, lost)
    if who == "colleague":
        assert asks(cast, claim, by=cast.colleague).status == "asked"
        return
    with pytest.raises(NotAllowed):
        asks(cast, claim, by=getattr(cast, who))
    assert not Rollback.objects.exists()


def test_nobody_confirms_who_had_a_hand_in_the_case(cast: Cast, lost: Registration) -> None:
    claim = claims.executed(cast, lost)
    made = asks(cast, claim, by=cast.senior)
    # The approver approved and carried it out, the colleague printed codes, the senior asked, under any account.
    other = claims.same_human(cast, cast.senior, Role.APPROVER)
    prepared = claims.same_human(cast, cast.operator, Role.SENIOR)
    for who in (cast.approver, cast.operator, cast.colleague, cast.senior, other, prepared, cast.auditor, cast.hanako):
        with pytest.raises(NotAllowed):
            confirms(cast, made, by=who)
    untouched = somebody(cast.provider, "雪野 別", "ユキノ ベツ", "other@provider.example", Role.APPROVER)
    assert confirms(cast, made, by=untouched).status == "confirmed"


def test_second_press_and_second_request_change_nothing(cast: Cast, lost: Registration) -> None:
    claim = claims.executed(cast, lost)
    made = asks(cast, claim)
    with pytest.raises(WrongState):
        asks(cast, claim, by=cast.colleague)
    confirms(cast, made)
    before = seen.mark()
    for again in (
        lambda: confirms(cast, made, at=soon(claim, days=3)),
        lambda: asks(cast, claim, at=soon(claim, days=3)),
    ):
        with pytest.raises(WrongState):
            again()
    assert (seen.verbs(before), Custody.objects.count()) == ([], 3)


def test_after_the_protected_time_only_with_an_upheld_objection(cast: Cast, lost: Registration) -> None:
    claim = claims.executed(cast, lost)
    end = claim.cooling_off_until
    assert end is not None
    clock.run(at=end)
    with pytest.raises(WrongState):
        asks(cast, claim, at=end + timedelta(days=1))
    upheld(cast, claim, at=end + timedelta(days=2))
    made = asks(cast, claim, at=end + timedelta(days=3))
    confirms(cast, made, at=end + timedelta(days=3, hours=1))
    assert holder(lost) == cast.taro
    # What was upheld has its remedy: nothing of it is marked any more.
    assert not Restriction.objects.in_force(end + timedelta(days=4)).exists()


def test_claim_that_was_not_carried_out_has_nothing_to_put_back(cast: Cast, lost: Registration) -> None:
    claim = claims.ready(cast, lost)
    with pytest.raises(WrongState):
        asks(cast, claim, at=claims.decided_at(claim))


def test_what_an_administrator_has_given_on_is_not_ours_to_take_back(cast: Cast, lost: Registration) -> None:
    claim = claims.executed(cast, lost)
    made = asks(cast, claim)
    custody.give(
        lost, cast.jiro, kind="custodian", basis="reassignment", basis_label="", at=soon(claim, days=2, minutes=5)
    )
    with pytest.raises(WrongState):
        confirms(cast, made)
    assert holder(lost) == cast.jiro


def test_claimant_who_left_meanwhile_does_not_keep_it_from_being_put_back(cast: Cast, lost: Registration) -> None:
    claim = claims.executed(cast, lost)
    claimant = User.objects.get(pk=claim.claimant_id)
    handing.leave(user_pk=claimant.pk, actor=actor(cast.hanako), at=soon(claim, days=1))
    put_back(cast, claim)
    assert holder(lost) == cast.taro


def test_objection_to_what_was_put_back_is_looked_at_by_two_people(cast: Cast, lost: Registration) -> None:
    claim = claims.executed(cast, lost)
    put_back(cast, claim)
    sent = Dispatch.objects.get(claim=claim, purpose="undone", to=cast.hanako.label)
    at = soon(claim, days=5)
    transitions.object_to(typed=claims.objection_sent(sent), words="正しかった", actor=claims.PUBLIC, at=at)
    assert Restriction.objects.in_force(at).filter(kind="contested").exists()
    objection = claim.objections.get()
    transitions.review_objection(objection.pk, recommendation="upheld", actor=actor(cast.colleague), at=at)
    transitions.decide_objection(objection.pk, outcome="upheld", reason="", actor=actor(cast.senior), at=at)
    assert not Restriction.objects.in_force(at).exists()


# Declining, and the protection meanwhile


def test_declined_request_leaves_everything_and_another_can_be_made(cast: Cast, lost: Registration) -> None:
    claim = claims.executed(cast, lost)
    made, end = asks(cast, claim), claim.cooling_off_until
    mark = Restriction.objects.get(kind="cooling_off")
    assert mark.until is None
    before = seen.mark()
    made = transitions.decline_rollback(made.pk, reason="本人でした", actor=actor(cast.senior), at=soon(claim, days=3))
    assert (made.status, made.decided_by, made.words) == ("declined", cast.senior, "本人でした")
    assert seen.verbs(before) == ["rollback.declined"]
    assert seen.notices(before) == [("rollback_declined", cast.operator.label)]
    assert holder(lost) == claim.claimant
    mark.refresh_from_db()
    assert mark.until == end
    with pytest.raises(WrongState):
        confirms(cast, made, at=soon(claim, days=4))
    assert asks(cast, claim, at=soon(claim, days=4)).status == "asked"


def test_who_asked_takes_it_back_and_nobody_else_of_the_operators(cast: Cast, lost: Registration) -> None:
    claim = claims.executed(cast, lost)
    made = asks(cast, claim)
    for who in (cast.colleague, cast.approver, cast.editor, cast.hanako):
        with pytest.raises(NotAllowed):
            transitions.decline_rollback(made.pk, reason="", actor=actor(who), at=soon(claim, days=3))
    before = seen.mark()
    transitions.decline_rollback(made.pk, reason="", actor=actor(cast.operator), at=soon(claim, days=3))
    assert (seen.verbs(before), seen.notices(before)) == (["rollback.declined"], [])


@pytest.mark.parametrize("what", ["request", "objection"])
def test_silence_never_ends_the_protection_under_a_question(cast: Cast, lost: Registration, what: str) -> None:
    claim = claims.executed(cast, lost)
    end = claim.cooling_off_until
    assert end is not None
    if what == "request":
        made = asks(cast, claim)
    else:
        sent = claim.dispatches.get(purpose="executed", to=cast.taro.label)
        transitions.object_to(typed=claims.objection_sent(sent), words="", actor=claims.PUBLIC, at=soon(claim))
        claim.objections.update(identified_at=soon(claim))
    late = end + timedelta(days=3)
    handover_clock.run(at=late)
    assert clock.run(at=late)["cooled_off"] == 0
    with pytest.raises(WrongState):
        transitions.end_cooling_off(claim.pk, actor=clock.CLOCK, at=late)
    assert Restriction.objects.in_force(late).filter(kind="cooling_off").exists()
    if what == "request":
        assert confirms(cast, made, at=late).status == "confirmed"
    else:
        assert asks(cast, claim, at=late).status == "asked"
