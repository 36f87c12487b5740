"""Promises in other hands: at the end of a shift, and when somebody leaves."""

from datetime import timedelta

import pytest
from django.db import transaction

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Membership, Role, User
from audit.models import Event
from audit.record import System
from desk import promising, transitions
from desk.models import Hold
from handover import transitions as handing
from tests.cast import Cast, actor
from tests.desk.promised import another_agent, asked, held
from tests.seen import mark, notices, verbs
from tests.stock import NOW, START

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(hours=5)


def handed(cast: Cast, hold: Hold, to: User, *, by: User | None = None) -> list[Hold]:
    return transitions.hand_over_holds(hold.owner_id, holds=[hold.pk], to=to, actor=actor(by or cast.agent), at=LATER)


def test_agent_hands_a_promise_to_the_next_shift_and_nothing_of_it_changes(cast: Cast) -> None:
    inquiry, _code = asked(cast.agent)
    old, early, before = held(inquiry, cast.agent), another_agent(cast), mark()
    [new] = handed(cast, old, early)
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.owner, old.outcome, old.cause, old.closed_at, old.closed_by) == (
        cast.agent,
        Hold.Outcome.HANDED_OVER,
        Hold.Cause.SHIFT,
        LATER,
        cast.agent,
    )
    assert (new.owner, new.follows, new.opened_by, new.opened_at) == (early, old, cast.agent, LATER)
    for same in ("reason", "next_action", "promised_from", "promised_until", "wish"):
        assert getattr(new, same) == getattr(old, same)
    inquiry.refresh_from_db()
    assert inquiry.status == "held"
    written = Event.objects.get(sequence__gt=before)
    assert (written.verb, written.subject) == ("hold.handed_over", inquiry.label)
    assert written.facts == {"hold": new.pk, "from": cast.agent.label, "owner": early.label, "cause": "shift"}
    assert notices(before) == [("holds_handed_over", early.label)]


def test_second_press_and_a_closed_promise_change_nothing(cast: Cast) -> None:
    inquiry, _code = asked(cast.agent)
    old, early = held(inquiry, cast.agent), another_agent(cast)
    handed(cast, old, early)
    before = mark()
    with pytest.raises(WrongState):
        handed(cast, old, early)
    assert (verbs(before), Hold.objects.filter(closed_at=None).count()) == ([], 1)


def test_supervisor_hands_over_for_own_people_and_for_nobody_elses(cast: Cast) -> None:
    early = another_agent(cast)
    hold = held(asked(cast.agent)[0], cast.agent)
    handed(cast, hold, early, by=cast.supervisor)
    theirs = held(asked(cast.operator)[0], cast.operator)
    for who in (cast.supervisor, cast.agent, early, cast.approver, cast.auditor, cast.taro):
        with pytest.raises(NotAllowed):
            handed(cast, theirs, cast.colleague, by=who)
    handed(cast, theirs, cast.colleague, by=cast.senior)
    assert Hold.objects.get(closed_at=None, follows=theirs).owner == cast.colleague


def test_colleague_takes_nothing_of_another_agent(cast: Cast) -> None:
    hold, early = held(asked(cast.agent)[0], cast.agent), another_agent(cast)
    with pytest.raises(NotAllowed):
        handed(cast, hold, early, by=early)
    # Nor by naming oneself as the owner of somebody else's promise.
    with pytest.raises(WrongState):
        transitions.hand_over_holds(early.pk, holds=[hold.pk], to=cast.supervisor, actor=actor(early), at=LATER)
    hold.refresh_from_db()
    assert hold.owner == cast.agent and hold.closed_at is None


@pytest.mark.parametrize("to", ["operator", "taro", "agent", "worker"])
def test_promise_goes_to_a_colleague_of_the_same_agency_only(cast: Cast, to: str) -> None:
    hold = held(asked(cast.agent)[0], cast.agent)
    with pytest.raises(Refused) as refused:
        handed(cast, hold, getattr(cast, to))
    assert list(refused.value.fields) == ["to"]


def test_no_promise_chosen_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused):
        transitions.hand_over_holds(cast.agent.pk, holds=[], to=cast.supervisor, actor=actor(cast.agent), at=LATER)


# Leaving -------------------------------------------------------------------------------------------------------------


def test_promises_of_an_agent_who_leaves_pass_to_the_supervisor_in_the_same_act(cast: Cast) -> None:
    another_agent(cast)
    holds = [held(asked(cast.agent)[0], cast.agent) for _number in range(2)]
    before = mark()
    handing.leave(user_pk=cast.agent.pk, actor=actor(cast.supervisor), at=LATER)
    assert verbs(before) == ["membership.ended", "hold.handed_over", "hold.handed_over"]
    given = Hold.objects.filter(closed_at=None).order_by("pk")
    assert [(one.owner, one.follows, one.opened_by) for one in given] == [
        (cast.supervisor, old, cast.supervisor) for old in holds
    ]
    assert set(Hold.objects.exclude(closed_at=None).values_list("cause", flat=True)) == {"left"}
    assert notices(before) == [("holds_handed_over", cast.supervisor.label)]


def test_promises_of_an_agency_without_anybody_else_pass_to_the_provider(cast: Cast) -> None:
    held(asked(cast.agent)[0], cast.agent)
    Membership.objects.filter(user=cast.supervisor).update(until=NOW)
    handing.leave(user_pk=cast.agent.pk, actor=actor(cast.operator), at=LATER)
    assert Hold.objects.get(closed_at=None).owner == cast.operator


def test_somebody_without_promises_leaves_as_before(cast: Cast) -> None:
    before = mark()
    handing.leave(user_pk=cast.agent.pk, actor=actor(cast.supervisor), at=LATER)
    assert verbs(before) == ["membership.ended"]


def test_nobody_promises_in_the_name_of_somebody_who_left(cast: Cast) -> None:
    inquiry, _code = asked(cast.agent)
    handing.leave(user_pk=cast.agent.pk, actor=actor(cast.supervisor), at=LATER)
    cast.agent.refresh_from_db()
    with pytest.raises(Refused):
        transitions.hold(
            inquiry.pk,
            reason="call_back",
            owner=cast.agent,
            next_action="call",
            promised_from=NOW + timedelta(days=1),
            promised_until=NOW + timedelta(days=2),
            wish="",
            actor=actor(cast.supervisor),
            at=LATER,
        )


# The step itself -----------------------------------------------------------------------------------------------------


def test_promises_of_a_failed_site_are_given_by_the_clock_too(cast: Cast) -> None:
    hold = held(asked(cast.agent)[0], cast.agent)
    with transaction.atomic():
        [new] = promising.give([hold], to=cast.supervisor, actor=System("clock"), at=LATER, cause=Hold.Cause.SITE)
    hold.refresh_from_db()
    assert (hold.closed_by, hold.cause, new.opened_by) == (None, "site", None)
    with transaction.atomic():
        assert promising.give([new], to=cast.supervisor, actor=System("clock"), at=LATER, cause="site") == []
        assert promising.give([hold], to=cast.operator, actor=System("clock"), at=LATER, cause="site") == []


def test_an_account_of_the_same_human_is_no_heir(cast: Cast) -> None:
    second = another_agent(cast)
    User.objects.filter(pk=second.pk).update(person=cast.agent.person)
    Membership.objects.create(
        user=second, organisation=actor(cast.agent).organisation, role=Role.SUPERVISOR, since=START
    )
    assert promising.find_heir(actor(cast.agent)) == cast.supervisor
