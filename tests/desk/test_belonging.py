"""Several agencies: what is at one desk another reads only when it is passed on, or when its inquirer calls there."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.errors import NotAllowed, Refused
from accounts.models import User
from audit.models import Event
from audit.record import Public
from desk import clock, queries, transitions
from desk.models import Affiliate, Contact, Feedback, Inquiry, PostLetter, Referral
from desk.queries import promises
from handover import transitions as people
from tests import claims
from tests.cast import Cast, actor, sign_in
from tests.desk.billed import token
from tests.desk.heard import answered, recorded, shared
from tests.desk.heard import asked as heard
from tests.desk.promised import asked, held
from tests.desk.sited import placed
from tests.desk.test_letters import DUE, came
from tests.desk.test_referrals import passed
from tests.desk.test_referrals_late import led_desk
from tests.letterbox import mails
from tests.seen import mark, notices, verbs
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(hours=1)
SPOKE: dict[str, Any] = {"direction": "in", "channel": "phone", "party": "claimant", "minutes": 1, "text": ""}
PAGES = ("/desk/inquiries/{}/", "/desk/console/{}/", "/desk/inquiries/{}/hold/", "/desk/inquiries/{}/refer/")


@pytest.fixture
def other(cast: Cast) -> tuple[Affiliate, User, User]:
    """Another agency with an agent and a supervisor."""
    return led_desk(cast)


def sees(user: User, inquiry: Inquiry) -> bool:
    """Whether `user` finds it in the queue; by its number it has to be the same."""
    found = inquiry.pk in list(queries.waiting(actor(user), at=LATER))
    assert (queries.find_visible(actor(user), inquiry.receipt_number, LATER) is not None) == found
    return found


def agency(inquiry: Inquiry) -> int | None:
    return Inquiry.objects.values_list("agency", flat=True).get(pk=inquiry.pk)


def on_the_phone(user: User, inquiry: Inquiry) -> int:
    """The inquirer calls `user` and says the number; return the call's key."""
    call = transitions.begin_call(name="相田 透", number="", actor=actor(user), at=LATER)
    said = queries.find_said(actor(user), inquiry.receipt_number, LATER)
    assert said is not None
    return transitions.go_on_with(call.pk, inquiry=said, actor=actor(user), at=LATER).pk


# Whose it is ---------------------------------------------------------------------------------------------------------


def test_what_one_desk_took_down_no_other_finds_anywhere(cast: Cast, other: tuple[Affiliate, User, User]) -> None:
    _desk, agent, lead = other
    inquiry, _code = asked(cast.agent)
    claim = claims.received()
    transitions.note_contact(claim.inquiry_id, **SPOKE, actor=actor(cast.agent), at=NOW)
    letter = came(cast, inquiry)
    assert all(sees(who, inquiry) for who in (cast.agent, cast.supervisor, cast.operator, cast.senior, cast.auditor))
    assert not sees(agent, inquiry) and not sees(lead, inquiry)
    number, unknown = inquiry.receipt_number, "C-0000-000-000"
    with time_machine.travel(LATER, tick=False):
        client = sign_in(Client(), lead)
        for page in (
            "/desk/inquiries/{}/",
            "/desk/console/{}/",
            "/desk/inquiries/{}/hold/",
            "/desk/inquiries/{}/refer/",
        ):
            theirs, nobodys = client.get(page.format(number)), client.get(page.format(unknown))
            assert (theirs.status_code, nobodys.status_code) == (404, 404)
            assert theirs.content.replace(number.encode(), unknown.encode()) == nobodys.content
        for page in ("/desk/?number={}", "/desk/console/?number={}"):
            theirs, nobodys = client.get(page.format(number)), client.get(page.format(unknown))
            assert theirs.status_code == nobodys.status_code == 200
        assert client.get(f"/desk/claims/{claim.number}/").status_code == 404
        assert sign_in(Client(), cast.supervisor).get(f"/desk/claims/{claim.number}/").status_code == 200
    assert queries.find_letter(actor(lead), letter.pk) is None and queries.register(actor(lead), LATER) == []
    assert queries.find_letter(actor(cast.supervisor), letter.pk) == letter


def test_what_nobody_has_is_everybodys_until_one_speaks_with_the_inquirer(
    cast: Cast, other: tuple[Affiliate, User, User]
) -> None:
    _desk, agent, _lead = other
    inquiry = claims.received().inquiry
    assert agency(inquiry) is None and sees(agent, inquiry) and sees(cast.agent, inquiry)
    transitions.note_contact(inquiry.pk, **SPOKE, actor=actor(cast.operator), at=NOW)
    assert agency(inquiry) is None
    transitions.note_contact(inquiry.pk, **SPOKE, actor=actor(agent), at=NOW)
    assert agency(inquiry) == actor(agent).organisation.pk
    assert sees(agent, inquiry) and not sees(cast.agent, inquiry)
    call = on_the_phone(cast.agent, inquiry)
    transitions.end_call(call, ending="settled", text="進み具合", actor=actor(cast.agent), at=LATER)
    assert agency(inquiry) == actor(agent).organisation.pk


def test_promise_brings_it_to_the_desk_of_its_owner_and_the_providers_leaves_it(
    cast: Cast, other: tuple[Affiliate, User, User]
) -> None:
    _desk, agent, _lead = other
    inquiry, _code = asked(cast.agent)
    held(inquiry, cast.operator)
    assert sees(cast.agent, inquiry) and not sees(agent, inquiry)
    on_the_phone(agent, inquiry)
    held(inquiry, agent, at=LATER)
    assert sees(agent, inquiry) and not sees(cast.agent, inquiry)
    assert [one.owner for one in inquiry.holds.order_by("pk")] == [cast.operator, agent]
    assert mails("hold_elsewhere") == []  # nobody of an agency had promised


def test_whose_promise_another_desk_goes_on_with_is_told(cast: Cast, other: tuple[Affiliate, User, User]) -> None:
    _desk, agent, _lead = other
    inquiry, _code = asked(cast.agent)
    held(inquiry, cast.agent)
    held(inquiry, cast.supervisor)
    on_the_phone(agent, inquiry)
    before = mark()
    held(inquiry, agent, at=LATER)
    assert notices(before) == [("hold_elsewhere", cast.supervisor.label)]
    assert inquiry.receipt_number in mails("hold_elsewhere")[0]["body"]
    before = mark()
    transitions.close_hold(
        inquiry.holds.get(closed_at=None).pk,
        outcome="agreed",
        agreed_by="相田 透",
        agreed_how="phone",
        actor=actor(agent),
        at=LATER,
    )
    Inquiry.objects.filter(pk=inquiry.pk).update(agency=cast.desk)
    made = transitions.take_up_again(inquiry.pk, words="まだ済んでいません", actor=Public(), at=LATER)
    assert made.owner == cast.operator and agency(inquiry) == cast.desk.pk  # nobody of the desk that lost it


# The inquirer calls there --------------------------------------------------------------------------------------------


def test_number_said_in_a_call_opens_it_for_as_long_as_the_call_lasts(
    cast: Cast, other: tuple[Affiliate, User, User]
) -> None:
    _desk, agent, lead = other
    inquiry, _code = asked(cast.agent)
    held(inquiry, cast.agent)
    client = sign_in(Client(), agent)
    with time_machine.travel(LATER, tick=False):
        transitions.begin_call(name="相田 透", number="", actor=actor(agent), at=LATER)
        assert client.get(f"/desk/console/{inquiry.receipt_number}/").status_code == 404
        sent = client.post("/desk/console/find/", {"number": inquiry.receipt_number})
        assert sent.status_code == 302
        text = client.get("/desk/console/").content.decode()
        assert inquiry.receipt_number in text and cast.agent.display_name in text  # what was promised, and by whom
        assert client.get(f"/desk/inquiries/{inquiry.receipt_number}/").status_code == 200
        assert sees(agent, inquiry) and not sees(lead, inquiry)
        call = queries.find_running(actor(agent))
        assert call is not None
        transitions.end_call(call.pk, ending="settled", text="進み具合", actor=actor(agent), at=LATER)
        assert client.get(f"/desk/inquiries/{inquiry.receipt_number}/").status_code == 404
    assert not sees(agent, inquiry) and sees(cast.agent, inquiry)
    assert Contact.objects.filter(inquiry=inquiry, by=agent, channel="phone").count() == 1
    assert next(talk.words for talk in queries.talks_of(inquiry, actor(cast.agent))) == "進み具合"


def test_announced_call_opens_it_until_its_time_is_over(cast: Cast, other: tuple[Affiliate, User, User]) -> None:
    _desk, agent, _lead = other
    inquiry, _code = asked(cast.agent)
    call = on_the_phone(agent, inquiry)
    transitions.announce_call(
        inquiry.pk,
        purpose="inform",
        channel="phone",
        window_from=LATER,
        window_until=LATER + timedelta(hours=2),
        actor=actor(agent),
        at=LATER,
    )
    transitions.end_call(call, ending="settled", text="折り返す", actor=actor(agent), at=LATER)
    who, number = actor(agent), inquiry.receipt_number
    assert queries.find_visible(who, number, LATER + timedelta(minutes=90)) is not None
    assert queries.find_visible(who, number, LATER + timedelta(hours=2)) is None
    assert queries.find_visible(who, number) is None


def test_whom_the_inquirer_only_called_leaves_the_rest_to_the_other_desk(
    cast: Cast, other: tuple[Affiliate, User, User]
) -> None:
    desk, agent, _lead = other
    inquiry, _code = asked(cast.agent)
    on_the_phone(agent, inquiry)
    for act in (
        lambda: came(cast, inquiry, by=agent, owner=agent),
        lambda: transitions.draft_answer(
            inquiry.pk, template="", chosen=[], text="", way="letter", actor=actor(agent), at=LATER
        ),
        lambda: passed(inquiry, desk, agent),
    ):
        with pytest.raises(NotAllowed):
            act()
    page = sign_in(Client(), agent).get(f"/desk/inquiries/{inquiry.receipt_number}/").content.decode()
    assert "refer/" not in page and "hold/" in page
    assert came(cast, inquiry, by=cast.operator, owner=cast.agent).owner == cast.agent


# Nobody is made to have promised -------------------------------------------------------------------------------------


def test_desk_promises_for_itself_and_for_the_provider_only(cast: Cast, other: tuple[Affiliate, User, User]) -> None:
    _desk, agent, _lead = other
    inquiry, _code = asked(cast.agent)
    given: dict[str, Any] = {
        "reason": "call_back",
        "next_action": "call",
        "promised_from": NOW + timedelta(days=3),
        "promised_until": NOW + timedelta(days=3, hours=2),
        "wish": "",
        "at": NOW,
    }
    with pytest.raises(Refused) as refused:
        transitions.hold(inquiry.pk, owner=agent, actor=actor(cast.agent), **given)
    assert list(refused.value.fields) == ["owner"]
    with pytest.raises(Refused):
        came(cast, inquiry, owner=agent)
    assert agency(inquiry) == cast.desk.pk
    names = {name: {one.pk for one in people} for name, people in queries.owners(actor(cast.agent)).items()}
    assert set(names) == {cast.desk.legal_name, cast.provider.legal_name}
    transitions.hold(inquiry.pk, owner=cast.supervisor, actor=actor(cast.agent), **given)
    transitions.hold(inquiry.pk, owner=agent, actor=actor(cast.operator), **given)
    assert len(queries.owners(actor(cast.operator))) == 3 and sees(agent, inquiry) and not sees(cast.agent, inquiry)


# Passed on, and places that fail -------------------------------------------------------------------------------------


def test_passed_on_it_is_the_other_desks_and_given_back_it_returns(
    cast: Cast, other: tuple[Affiliate, User, User]
) -> None:
    desk, agent, _lead = other
    inquiry, _code = asked(cast.agent)
    passed(inquiry, desk, cast.agent)
    assert sees(agent, inquiry) and not sees(cast.agent, inquiry)
    transitions.return_referral(inquiry.pk, reason="not_ours", actor=actor(agent), at=LATER)
    assert sees(cast.agent, inquiry) and not sees(agent, inquiry)


def test_second_press_of_passing_on_leads_to_the_queue(cast: Cast, other: tuple[Affiliate, User, User]) -> None:
    desk, _agent, _lead = other
    inquiry, _code = asked(cast.agent)
    client, address = sign_in(Client(), cast.agent), f"/desk/inquiries/{inquiry.receipt_number}/refer/"
    given = {"affiliate": desk.pk, "reason": "nearer", "token": token()}
    for _press in range(2):
        sent = client.post(address, given)
        assert (sent.status_code, sent.headers["Location"]) == (302, "/desk/")
    assert Referral.objects.count() == 1
    assert client.post(address, {**given, "token": token()}).status_code == 404
    # Somebody on the phone goes on reading it.
    second, _code = asked(cast.agent)
    on_the_phone(cast.agent, second)
    sent = client.post(f"/desk/inquiries/{second.receipt_number}/refer/", {**given, "token": token()})
    assert sent.headers["Location"] == f"/desk/inquiries/{second.receipt_number}/"


def test_agency_without_a_place_that_works_has_nothing_any_more(
    cast: Cast, other: tuple[Affiliate, User, User]
) -> None:
    _desk, agent, _lead = other
    (waiting, _code), (promised, _other), (theirs, _third) = asked(cast.agent), asked(cast.agent), asked(agent)
    held(promised, cast.agent)
    sapporo, sendai = placed(cast, cast.agent), placed(cast, cast.supervisor, name="仙台")
    transitions.fail_site(sapporo.pk, to=cast.supervisor, actor=actor(cast.senior), at=NOW)
    assert agency(waiting) == agency(promised) == cast.desk.pk and not sees(agent, waiting)
    transitions.fail_site(sendai.pk, to=cast.operator, actor=actor(cast.senior), at=NOW)
    assert agency(waiting) is None and agency(promised) is None and sees(agent, waiting)
    assert agency(theirs) == actor(agent).organisation.pk


def test_letters_of_a_place_that_fails_are_owed_by_who_takes_over(cast: Cast) -> None:
    site = placed(cast, cast.agent)
    (inquiry, _code), (second, _other) = asked(cast.agent), asked(cast.agent)
    owed, answered, elsewhere = came(cast, inquiry), came(cast, second), came(cast, second, owner=cast.supervisor)
    transitions.close_letter(answered.pk, status="answered", actor=actor(cast.agent), at=NOW)
    before = mark()
    transitions.fail_site(site.pk, to=cast.operator, actor=actor(cast.senior), at=NOW)
    owners = dict(PostLetter.objects.values_list("pk", "owner"))
    assert owners == {owed.pk: cast.operator.pk, answered.pk: cast.agent.pk, elsewhere.pk: cast.supervisor.pk}
    owed.refresh_from_db()
    assert owed.due_on == DUE and owed.noted_by == cast.agent
    assert verbs(before) == ["post.handed_over", "site.failed"]
    moved, failed = Event.objects.filter(sequence__gt=before).order_by("sequence")
    facts = {"letter": owed.pk, "kind": "question", "from": cast.agent.label, "owner": cast.operator.label}
    assert (moved.subject, moved.facts, failed.facts["letters"]) == (inquiry.label, facts, 1)
    assert "1" in mails("site_failed")[0]["body"] and "/desk/post/" in mails("site_failed")[0]["body"]


def test_letters_of_who_leaves_are_owed_by_who_looks_after_the_desk(cast: Cast) -> None:
    inquiry, _code = asked(cast.agent)
    owed, before = came(cast, inquiry), mark()
    people.leave(user_pk=cast.agent.pk, actor=actor(cast.supervisor), at=LATER)
    owed.refresh_from_db()
    assert (owed.owner, owed.status, owed.noted_by) == (cast.supervisor, "open", cast.agent)
    assert "post.handed_over" in verbs(before) and "hold.handed_over" not in verbs(before)
    assert ("letters_handed_over", cast.supervisor.label) in notices(before)
    assert cast.agent.display_name in mails("letters_handed_over")[0]["body"]


# Who is told, and lists ----------------------------------------------------------------------------------------------


def test_silence_climbs_to_the_supervisors_of_the_desk_that_has_it(
    cast: Cast, other: tuple[Affiliate, User, User]
) -> None:
    _desk, _agent, lead = other
    inquiry, _code = asked(cast.agent)
    late = NOW + timedelta(days=10)
    clock.run(at=late)
    told = {one["to"] for one in mails("desk_climbed")}
    assert cast.supervisor.email in told and lead.email not in told
    assert [one.inquiry for one in promises.climbed_to(actor(cast.supervisor))] == [inquiry]
    assert not promises.climbed_to(actor(lead)).exists()
    assert promises.leaders_at(claims.received().inquiry) == [cast.supervisor, lead]


def test_answer_to_feedback_is_brought_by_the_desk_that_has_it(cast: Cast, other: tuple[Affiliate, User, User]) -> None:
    _desk, agent, _lead = other
    answered(cast, shared(cast, recorded(cast, heard(cast), actor=actor(cast.supervisor))))
    seen = {who: Feedback.objects.visible_to(actor(who)).count() for who in (cast.agent, agent)}
    assert seen == {cast.agent: 1, agent: 0}


def test_queue_and_search_ask_as_much_beside_another_desk(cast: Cast, other: tuple[Affiliate, User, User]) -> None:
    _desk, agent, _lead = other
    client, counts = sign_in(Client(), cast.agent), []
    asked(cast.agent)
    for _more in range(2):
        with time_machine.travel(LATER, tick=False), CaptureQueriesContext(connection) as seen:
            assert client.get("/desk/").status_code == 200
        counts.append(len(seen))
        for who in (agent, agent, cast.agent):
            asked(who)
    assert counts[0] == counts[1]


# Rows of before ------------------------------------------------------------------------------------------------------


def test_rows_of_before_are_at_the_desk_of_promise_passing_on_or_contact(
    cast: Cast, other: tuple[Affiliate, User, User]
) -> None:
    desk, agent, _lead = other
    made = [asked(cast.agent)[0] for _one in range(4)]
    nobodys = claims.received().inquiry
    held(made[0], cast.agent)
    passed(made[1], desk, cast.agent)
    passed(made[2], desk, cast.agent)
    transitions.return_referral(made[2].pk, reason="not_ours", actor=actor(agent), at=LATER)
    theirs = [cast.desk.pk, desk.organisation_id, cast.desk.pk, cast.desk.pk, None]
    rows = [*made, nobodys]
    assert [agency(one) for one in rows] == theirs
    Inquiry.objects.update(agency=None)
    import_module("desk.migrations.0021_at_a_desk").find_desks(apps, None)
    assert [agency(one) for one in rows] == theirs
