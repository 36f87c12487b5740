"""The people of the desk now, for whoever looks after them."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import OrganisationKind, Role, Undertaking, User
from audit.record import System
from desk import queries, transitions
from desk.models import Call, Hold, Inquiry
from handover import transitions as register
from tests.cast import Cast, actor, organisation, sign_in, somebody
from tests.desk.test_looking import question
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def promise(cast: Cast, owner: User, *, hours: float, inquiry: Inquiry | None = None, by: User | None = None) -> Hold:
    """Let `owner` promise something until `hours` after NOW; of the past where they are negative."""
    until = NOW + timedelta(hours=hours)
    return transitions.hold(
        (inquiry or question(cast)).pk,
        reason="call_back",
        owner=owner,
        next_action="call",
        promised_from=until - timedelta(hours=1),
        promised_until=until,
        wish="折り返しの電話",
        actor=actor(by or cast.agent),
        at=until - timedelta(hours=2),
    )


def read(user: User, at: datetime = NOW) -> Any:
    with time_machine.travel(at, tick=False):
        return sign_in(Client(), user).get("/desk/team/")


def by_name(user: User, at: datetime = NOW) -> dict[str, Any]:
    return {one.user.display_name: one for team in queries.teams(actor(user), at) for one in team.people}


def test_supervisor_sees_calls_promises_and_alarms_of_the_own_people(cast: Cast) -> None:
    late, today = promise(cast, cast.agent, hours=-3), promise(cast, cast.agent, hours=1)
    promise(cast, cast.agent, hours=48)
    Call.objects.create(direction="in", by=cast.agent, begun_by=cast.agent, began_at=NOW - timedelta(minutes=7))
    transitions.raise_alarm("many_customers", about=cast.agent, actor=System("limits"), at=NOW)
    one = by_name(cast.supervisor)[cast.agent.display_name]
    assert (one.open_holds, one.overdue, one.due_today, one.alarms) == (3, 1, 1, 1)
    assert one.on_the_phone_since == NOW - timedelta(minutes=7)
    shown = read(cast.supervisor).content.decode()
    assert late.inquiry.receipt_number in shown and today.inquiry.receipt_number in shown
    assert f"/people/{cast.agent.pk}/leave/" in shown


def test_senior_sees_every_agency_and_a_supervisor_one(cast: Cast) -> None:
    other = organisation(OrganisationKind.AGENCY, "すみれ受付株式会社", "スミレウケツケ")
    theirs = somebody(other, "菫 咲", "スミレ サキ", "saki@violet.example", Role.AGENT)
    promise(cast, theirs, hours=-1, by=cast.operator)
    assert [team.agency for team in queries.teams(actor(cast.supervisor), NOW)] == [cast.desk]
    assert {team.agency for team in queries.teams(actor(cast.senior), NOW)} == {cast.desk, other}
    assert "スミレ" not in read(cast.supervisor).content.decode()
    assert "スミレ" in read(cast.senior).content.decode()


@pytest.mark.parametrize("name", ["agent", "operator", "approver", "editor", "auditor", "hanako", "worker"])
def test_others_see_no_team(cast: Cast, name: str) -> None:
    assert read(getattr(cast, name)).status_code == 403


def test_order_is_by_name_and_no_number_of_calls_is_shown(cast: Cast) -> None:
    first = somebody(cast.desk, "相川 愛", "アイカワ アイ", "ai@desk.example", Role.AGENT)
    for minutes in range(3):
        began = NOW - timedelta(minutes=60 - minutes)
        Call.objects.create(
            direction="in", by=cast.agent, begun_by=cast.agent, began_at=began, ended_at=began, ending="settled"
        )
    (team,) = queries.teams(actor(cast.supervisor), NOW)
    assert [one.user for one in team.people] == [first, cast.supervisor, cast.agent]
    busy = by_name(cast.supervisor)[cast.agent.display_name]
    assert vars(busy) | {"user": None, "roles": []} == {
        "user": None,
        "roles": [],
        "has_left": False,
        "on_the_phone_since": None,
        "open_holds": 0,
        "overdue": 0,
        "due_today": 0,
        "alarms": 0,
    }


def test_supervisor_ends_a_membership_from_here_and_access_ends_with_it(cast: Cast) -> None:
    promise(cast, cast.agent, hours=1)
    with time_machine.travel(NOW, tick=False):
        theirs, own = sign_in(Client(), cast.agent), sign_in(Client(), cast.supervisor)
        assert theirs.get("/desk/").status_code == 200
        assert own.post(f"/people/{cast.agent.pk}/leave/").status_code == 302
        assert theirs.get("/desk/").status_code == 403
        shown = own.get("/desk/team/").content.decode()
    # The promises went to the supervisor in the same act, so nothing of the leaver's is left to look after.
    now = by_name(cast.supervisor)
    assert cast.agent.display_name not in now and now[cast.supervisor.display_name].open_holds == 1
    assert f"/people/{cast.agent.pk}/leave/" not in shown
    assert Undertaking.objects.filter(user=cast.agent).exists()


def test_who_left_without_a_promise_is_not_listed(cast: Cast) -> None:
    register.leave(user_pk=cast.agent.pk, actor=actor(cast.supervisor), at=NOW)
    assert cast.agent.display_name not in by_name(cast.supervisor)


@pytest.mark.parametrize("count", [1, 3])
def test_page_costs_the_same_for_one_and_three(cast: Cast, count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        other = somebody(cast.desk, f"人{number}", "", f"p{number}@desk.example", Role.AGENT)
        promise(cast, other, hours=1)
    with time_machine.travel(NOW, tick=False):
        client = sign_in(Client(), cast.supervisor)
        client.get("/desk/team/")
        with django_assert_num_queries(11):
            assert client.get("/desk/team/").status_code == 200
