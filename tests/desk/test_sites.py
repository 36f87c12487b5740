"""The register of places, and what becomes of promises and announced calls where one is out of action (K23)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Organisation, OrganisationKind, User
from audit.models import Event
from desk import queries, transitions
from desk.models import CallIntention, Hold, Line, Seat, Site
from tests.cast import Cast, actor, organisation, sign_in, somebody
from tests.desk.promised import another_agent, asked, held
from tests.desk.sited import placed
from tests.desk.test_announcing import announce
from tests.seen import mark, notices, verbs
from tests.stock import NOW, TODAY

pytestmark = pytest.mark.django_db(transaction=True)

KEEPERS = ("senior", "editor")
OTHERS = ("agent", "supervisor", "operator", "approver", "auditor", "hanako", "worker")


def record(cast: Cast, who: str = "senior", **changes: Any) -> Site:
    wanted: dict[str, Any] = {
        "organisation": None,
        "company": "みちのく販売",
        "name": "本店",
        "notification_number": "B-09-00001",
        "valid_from": TODAY,
        **changes,
    }
    return transitions.record_site(**wanted, actor=actor(getattr(cast, who)), at=NOW)


@pytest.fixture
def other(cast: Cast) -> User:
    """An agent who works at another place."""
    return another_agent(cast)


# The register ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", KEEPERS)
def test_keeper_enters_a_reseller_and_a_place_of_an_agency(cast: Cast, who: str) -> None:
    before = mark()
    reseller = record(cast, who)
    agency = record(cast, who, organisation=cast.desk, company="x")
    own = record(cast, who, organisation=cast.provider, notification_number="")
    assert [(one.kind, one.company) for one in (reseller, agency, own)] == [
        ("reseller", "みちのく販売"),
        ("agency", cast.desk.legal_name),
        ("own", cast.provider.legal_name),
    ]
    assert verbs(before) == ["site.recorded"] * 3
    facts = Event.objects.filter(sequence__gt=before).order_by("sequence")[0].facts
    assert facts == {"kind": "reseller", "valid_from": TODAY.isoformat()}


@pytest.mark.parametrize("who", OTHERS)
def test_others_keep_no_register(cast: Cast, who: str) -> None:
    site, person = placed(cast), actor(getattr(cast, who))
    before = mark()
    with pytest.raises(NotAllowed):
        record(cast, who)
    with pytest.raises(NotAllowed):
        transitions.end_site(site.pk, valid_until=TODAY, actor=person, at=NOW)
    with pytest.raises(NotAllowed):
        transitions.add_line(site.pk, number="03-5555-0101", actor=person, at=NOW)
    assert verbs(before) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"company": " "}, "company"), ({"notification_number": ""}, "notification_number")],
)
def test_incomplete_place_is_refused(cast: Cast, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        record(cast, **changes)
    assert list(refused.value.fields) == [field]


def test_place_of_a_customer_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused):
        record(cast, organisation=cast.aoba)


def test_number_is_kept_in_one_spelling_and_once(cast: Cast) -> None:
    site, keeper, before = placed(cast), actor(cast.editor), mark()
    line = transitions.add_line(site.pk, number="０３（５５５５）０１０１", actor=keeper, at=NOW)
    assert (line.number, verbs(before)) == ("03-5555-0101", ["site.line_added"])
    for wrong in ("0355550101", "somewhere"):
        with pytest.raises(Refused) as refused:
            transitions.add_line(site.pk, number=wrong, actor=keeper, at=NOW)
        assert list(refused.value.fields) == ["number"]
    transitions.end_line(line.pk, actor=keeper, at=NOW)
    with pytest.raises(WrongState):
        transitions.end_line(line.pk, actor=keeper, at=NOW)
    transitions.add_line(site.pk, number="0355550101", actor=keeper, at=NOW)
    assert Line.objects.filter(until=None).count() == 1


def test_place_ends_when_nobody_works_there_any_more(cast: Cast) -> None:
    site, keeper = placed(cast, cast.agent), actor(cast.senior)
    transitions.add_line(site.pk, number="03-5555-0101", actor=keeper, at=NOW)
    with pytest.raises(Refused):
        transitions.end_site(site.pk, valid_until=TODAY, actor=keeper, at=NOW)
    transitions.seat_member(placed(cast, name="仙台").pk, person=cast.agent, actor=keeper, at=NOW)
    with pytest.raises(Refused):
        transitions.end_site(site.pk, valid_until=TODAY - timedelta(days=1), actor=keeper, at=NOW)
    before = mark()
    transitions.end_site(site.pk, valid_until=TODAY, actor=keeper, at=NOW)
    assert verbs(before) == ["site.ended"]
    assert Line.objects.get().until == TODAY
    with pytest.raises(WrongState):
        transitions.end_site(site.pk, valid_until=TODAY, actor=keeper, at=NOW)
    with pytest.raises(WrongState):
        transitions.add_line(site.pk, number="03-5555-0102", actor=keeper, at=NOW)


# People ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["senior", "supervisor"])
def test_somebody_works_at_one_place_at_a_time(cast: Cast, who: str) -> None:
    first, second = placed(cast, cast.agent), placed(cast, name="仙台")
    before = mark()
    transitions.seat_member(second.pk, person=cast.agent, actor=actor(getattr(cast, who)), at=NOW)
    assert [one.site for one in Seat.objects.all()] == [second]
    assert verbs(before) == ["site.seated"]
    assert queries.people_at(first) == [] and queries.people_at(second) == [cast.agent]


def test_nobody_of_another_organisation_works_there(cast: Cast) -> None:
    site = placed(cast)
    for person in (cast.hanako, cast.operator):
        with pytest.raises(Refused):
            transitions.seat_member(site.pk, person=person, actor=actor(cast.senior), at=NOW)


@pytest.mark.parametrize("who", ["agent", "operator", "approver", "editor", "auditor", "hanako"])
def test_others_seat_nobody_and_report_no_place_out_of_action(cast: Cast, who: str) -> None:
    site, person = placed(cast, cast.agent), actor(getattr(cast, who))
    with pytest.raises(NotAllowed):
        transitions.seat_member(site.pk, person=cast.supervisor, actor=person, at=NOW)
    with pytest.raises(NotAllowed):
        transitions.fail_site(site.pk, to=cast.operator, actor=person, at=NOW)
    with pytest.raises(NotAllowed):
        transitions.reopen_site(site.pk, actor=person, at=NOW)


def test_supervisor_of_another_agency_sees_and_does_nothing(cast: Cast) -> None:
    site = placed(cast, cast.agent)
    home: Organisation = organisation(OrganisationKind.AGENCY, "他社コール", "タシャコール")
    theirs = somebody(home, "他所 長", "タショ チョウ", "lead@other.example", "supervisor")
    with pytest.raises(NotAllowed):
        transitions.fail_site(site.pk, to=cast.operator, actor=actor(theirs), at=NOW)
    assert sign_in(Client(), theirs).get(f"/desk/sites/{site.pk}/").status_code == 404


# Out of action --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["senior", "supervisor"])
def test_promises_and_calls_move_in_one_act_and_what_was_promised_stays(cast: Cast, other: User, who: str) -> None:
    site = placed(cast, cast.agent)
    placed(cast, other, name="仙台")
    inquiry, _tracking = asked(cast.agent)
    elsewhere, _tracking = asked(cast.operator)
    moved, stays = held(inquiry, cast.agent), held(elsewhere, cast.operator)
    call, code = announce(cast, inquiry)
    inquiry.refresh_from_db()
    seen = {name: getattr(inquiry, name) for name in ("stage", "turn", "status")}
    promised, before = inquiry.next_on, mark()
    assert transitions.fail_site(site.pk, to=other, actor=actor(getattr(cast, who)), at=NOW) == 1
    now = Hold.objects.get(inquiry=inquiry, closed_at=None)
    moved.refresh_from_db()
    assert (now.owner, now.follows, moved.cause) == (other, moved, "site")
    assert (now.promised_from, now.promised_until, now.wish) == (moved.promised_from, moved.promised_until, moved.wish)
    assert Hold.objects.get(inquiry=elsewhere, closed_at=None) == stays
    call.refresh_from_db()
    assert (call.by, call.staff_code) == (other, "S-early")
    assert queries.answer_caller(code=code, number="", at=NOW).is_ours
    inquiry.refresh_from_db()
    assert (inquiry.next_on, inquiry.stage, inquiry.turn) == (promised, seen["stage"], seen["turn"])
    assert verbs(before) == ["hold.handed_over", "site.failed"]
    assert Event.objects.get(verb="site.failed").facts == {
        "owner": other.label,
        "holds": 1,
        "calls": 1,
        "letters": 0,
        "free": 0,
    }
    assert notices(before) == [("site_failed", other.label)]
    with pytest.raises(WrongState):
        transitions.fail_site(site.pk, to=other, actor=actor(cast.senior), at=NOW)


def test_calls_that_were_made_or_cancelled_stay_whose_they_were(cast: Cast, other: User) -> None:
    site = placed(cast, cast.agent)
    placed(cast, other, name="仙台")
    inquiry, _tracking = asked(cast.agent)
    made, _code = announce(cast, inquiry)
    transitions.cancel_call(made.pk, actor=actor(cast.agent), at=NOW)
    transitions.fail_site(site.pk, to=other, actor=actor(cast.senior), at=NOW)
    assert CallIntention.objects.get().by == cast.agent


def test_taker_works_at_a_place_that_works_or_at_the_provider(cast: Cast, other: User) -> None:
    site, sendai = placed(cast, cast.agent), placed(cast, name="仙台")
    takers = (cast.agent, other, cast.hanako, cast.auditor)  # there, at no place, not of the staff, no case worker
    for person in takers:
        with pytest.raises(Refused) as refused:
            transitions.fail_site(site.pk, to=person, actor=actor(cast.senior), at=NOW)
        assert list(refused.value.fields) == ["to"]
        assert person not in queries.takers(site)
    transitions.seat_member(sendai.pk, person=other, actor=actor(cast.senior), at=NOW)
    assert other in queries.takers(site) and cast.operator in queries.takers(site)
    transitions.fail_site(sendai.pk, to=cast.operator, actor=actor(cast.senior), at=NOW)
    with pytest.raises(Refused):
        transitions.fail_site(site.pk, to=other, actor=actor(cast.senior), at=NOW)


def test_nobody_at_a_failed_place_owns_a_promise_until_it_works_again(cast: Cast) -> None:
    site = placed(cast, cast.agent)
    transitions.fail_site(site.pk, to=cast.operator, actor=actor(cast.supervisor), at=NOW)
    inquiry, _tracking = asked(cast.agent)
    with pytest.raises(Refused):
        held(inquiry, cast.agent)
    assert cast.agent not in [one for people in queries.owners(actor(cast.operator)).values() for one in people]
    before = mark()
    transitions.reopen_site(site.pk, actor=actor(cast.supervisor), at=NOW)
    assert verbs(before) == ["site.reopened"]
    assert held(inquiry, cast.agent).owner == cast.agent
    with pytest.raises(WrongState):
        transitions.reopen_site(site.pk, actor=actor(cast.supervisor), at=NOW)


# Pages ----------------------------------------------------------------------------------------------------------------


def test_senior_goes_through_the_pages(cast: Cast, other: User) -> None:
    client = sign_in(Client(), cast.senior)
    with time_machine.travel(NOW, tick=False):
        given = {"organisation": cast.desk.pk, "name": "札幌", "notification_number": "A-02-1", "valid_from": TODAY}
        assert client.post("/desk/sites/new/", {**given, "notification_number": ""}).status_code == 200
        assert client.post("/desk/sites/new/", given).status_code == 302
        site, sendai = Site.objects.get(), placed(cast, other, name="仙台")
        address = f"/desk/sites/{site.pk}/"
        assert client.post(f"{address}lines/", {"number": "x"}).status_code == 200
        assert client.post(f"{address}lines/", {"number": "03-5555-0101"}).status_code == 302
        assert client.post(f"{address}people/", {"person": cast.agent.pk}).status_code == 302
        shown = client.get(address).content.decode()
        assert "03-5555-0101" in shown and cast.agent.display_name.split()[0] in shown
        assert client.get(f"{address}fail/").status_code == 200
        assert client.post(f"{address}fail/", {"person": cast.agent.pk}).status_code == 200  # works there
        assert client.post(f"{address}fail/", {"person": other.pk}).status_code == 302
        assert client.post(f"{address}reopen/").status_code == 302
        assert client.post(f"/desk/lines/{Line.objects.get().pk}/end/").status_code == 302
        transitions.seat_member(sendai.pk, person=cast.agent, actor=actor(cast.senior), at=NOW)
        assert client.post(f"{address}end/", {"valid_until": TODAY}).status_code == 302
        assert "札幌" in client.get("/desk/sites/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_register_takes_two_queries(cast: Cast, count: int, django_assert_num_queries: Callable[..., Any]) -> None:
    for number in range(count):
        placed(cast, name=f"拠点 {number}")
    who = actor(cast.supervisor)
    with django_assert_num_queries(2):
        assert len(queries.sites(who)) == count
