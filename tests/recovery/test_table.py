"""The table of rules as it is enforced: every action by everybody, and in every state, called directly."""

from typing import Any

import pytest
from django.db import transaction

from accounts.errors import DomainError, NotAllowed, WrongState
from accounts.rulebook import check_state
from outbox.models import Notice
from recovery import transitions
from recovery.models import Claim, Evidence
from recovery.rules import TABLE
from tests.cast import Cast
from tests.recovery.table.calls import calls
from tests.recovery.table.snapshot import SNAPSHOT
from tests.recovery.table.states import stand, states_of, thing_of, usual
from tests.recovery.table.world import World, one_of_each

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(cast: Cast) -> World:
    return one_of_each(cast)


def answer(world: World, action: str, who: str) -> str:
    """Call `action` as `who` and say what the table answered: "not allowed", "wrong state", or "let through"."""
    rule, thing = TABLE[action], thing_of(world, action)
    before = transaction.savepoint()
    try:
        calls(world)[action](world.people[who])
    except NotAllowed as error:
        return "not allowed" if str(error) == str(rule.why_not) else "let through"
    except WrongState as error:
        try:
            check_state(rule, thing)
        except WrongState as expected:
            return "wrong state" if str(error) == str(expected) else f"let through, then {error}"
        return "let through"
    except DomainError:
        return "let through"
    finally:
        transaction.savepoint_rollback(before)
    return "let through"


def test_table_has_not_changed_silently(world: World) -> None:
    found = {}
    for action, rule in TABLE.items():
        states = [str(state) for state in states_of(world, action)]
        found[action] = (
            {who for who, actor in world.people.items() if rule.who(actor, thing_of(world, action))},
            {state for state in states if state in rule.states},
        )
    assert found == {action: (set(who.split()), set(states.split())) for action, (who, states) in SNAPSHOT.items()}


def test_table_and_transitions_name_the_same_actions(world: World) -> None:
    assert set(transitions.__all__) == set(TABLE) == set(calls(world))


@pytest.mark.either_database
def test_everybody_calls_every_action_and_gets_the_tables_answer(world: World) -> None:
    got: dict[Any, str] = {}
    expected: dict[Any, str] = {}
    for action, (who_may, states) in SNAPSHOT.items():
        state = states.split()[-1] if states else usual(action)
        stand(world, action, state)
        for who in world.people:
            got[action, who] = answer(world, action, who)
            expected[action, who] = "let through" if who in who_may.split() else "not allowed"
        stand(world, action, usual(action))
    assert len(got) == len(TABLE) * 18
    assert got == expected


@pytest.mark.either_database
def test_every_action_in_every_state_gets_the_tables_answer(world: World) -> None:
    got: dict[Any, str] = {}
    expected: dict[Any, str] = {}
    for action, (who_may, states) in SNAPSHOT.items():
        wrong = next(who for who in ("auditor", "clock") if who not in who_may.split())
        for state in states_of(world, action):
            stand(world, action, state)
            right = who_may.split()[-1]
            got[action, state.value] = answer(world, action, right)
            expected[action, state.value] = "let through" if not states or state in states.split() else "wrong state"
            # Somebody who may not act learns nothing of the state.
            got[action, state.value, wrong] = answer(world, action, wrong)
            expected[action, state.value, wrong] = "not allowed"
        stand(world, action, usual(action))
    assert got == expected


@pytest.mark.either_database
def test_nobody_wrote_anything_where_the_table_said_no(world: World) -> None:
    stand(world, "propose", "executed")
    rows = (Claim.objects.values().get(), Evidence.objects.count(), Notice.objects.count())
    for action in set(TABLE) - {"open_claim", "end_cooling_off", "object_to", "enter_mailbox_code", "enter_code"}:
        for who in ("agent", "auditor", "taro", "claimant"):
            if who not in SNAPSHOT[action][0].split():
                with pytest.raises(NotAllowed):
                    calls(world)[action](world.people[who])
    assert rows == (Claim.objects.values().get(), Evidence.objects.count(), Notice.objects.count())
