"""What people think of us: linked to what caused it, shared with a department, answered, told."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Role, User
from audit.models import Event
from desk import transitions
from desk.models import Contact, Feedback, Inquiry
from desk.queries import feedback as queries
from tests.announced import announced
from tests.cast import Cast, actor, sign_in, somebody
from tests.desk.heard import PHONE, answered, asked, challenged, recorded, sent, shared
from tests.letterbox import mails
from tests.seen import mark, notices, verbs
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)


# Taken down in a call -------------------------------------------------------------------------------------------------


def test_agent_takes_a_complaint_down_at_the_contact_that_caused_it(cast: Cast) -> None:
    inquiry = asked(cast)
    contact = Contact.objects.get(inquiry=inquiry)
    before = mark()
    made = recorded(cast, inquiry, contact_pk=contact.pk)
    assert (made.inquiry, made.cause, made.contact, made.source) == (inquiry, inquiry, contact, "call")
    assert (made.status, made.words, made.department) == ("open", "待たされた", "")
    assert b"\xe5\xbe\x85" not in bytes(made.sealed_words)
    assert verbs(before) == ["feedback.recorded"] and notices(before) == []
    written = Event.objects.get(verb="feedback.recorded")
    assert written.facts == {"kind": "complaint", "tag": "waiting"}
    assert set(written.about) == {made.label, inquiry.label}


def test_contact_of_another_case_did_not_cause_it(cast: Cast) -> None:
    other = Contact.objects.get(inquiry=asked(cast))
    with pytest.raises(Refused):
        recorded(cast, asked(cast), contact_pk=other.pk)
    with pytest.raises(NotAllowed):
        recorded(cast, asked(cast), actor=actor(cast.auditor))
    assert not Feedback.objects.exists()


# Sent by anybody ------------------------------------------------------------------------------------------------------


def test_anybody_sends_feedback_and_has_the_receipt_at_once(cast: Cast) -> None:
    before = mark()
    made = sent()
    inquiry = made.inquiry
    assert inquiry is not None
    assert (inquiry.topic, inquiry.came_by, inquiry.status, made.source) == ("feedback", "web", "open", "web")
    assert verbs(before) == ["feedback.sent"] and notices(before) == [("feedback_received", inquiry.label)]
    assert inquiry.receipt_number in mails("feedback_received")[0]["body"]
    assert notices(before) == [("feedback_received", inquiry.label)]
    before = mark()
    sent(PHONE, answer_by="phone")
    assert notices(before) == []


def page_with(number: str) -> tuple[int, str, int]:
    """Send the form with a receipt number; return status, page without codes, and how many statements it took."""
    client = Client()
    token = client.get("/feedback/").context["form"]["token"].value()
    form = {"token": token, "kind": "idea", "tag": "portal", "words": "字を大きく", "about": number}
    form |= {"name": "相田 透", "answer_by": "mail", "reach": "toru@aida.example"}
    with CaptureQueriesContext(connection) as captured:
        answer = client.post("/feedback/", form)
    text = answer.content.decode()
    inquiry, tracking = answer.context["inquiry"], answer.context["tracking"]
    assert inquiry.receipt_number in text and tracking in text
    text = re.sub(r'(csrfmiddlewaretoken" value=")[^"]+', r"\1", text)
    return answer.status_code, text.replace(inquiry.receipt_number, "").replace(tracking, ""), len(captured)


def test_answer_is_the_same_whether_or_not_the_receipt_number_exists(cast: Cast) -> None:
    known = asked(cast)
    there, missing = page_with(known.receipt_number), page_with("C-0000-000-000")
    assert there == missing
    assert [one.cause for one in Feedback.objects.order_by("pk")] == [known, None]


def test_form_asks_for_one_way_only_and_checks_it(client: Client) -> None:
    token = client.get("/feedback/").context["form"]["token"].value()
    form = {"token": token, "kind": "idea", "tag": "portal", "words": "x", "name": "相田", "answer_by": "mail"}
    assert not client.post("/feedback/", {**form, "reach": "03-1111-2222"}).context["form"].is_valid()
    client.post("/feedback/", {**form, "answer_by": "phone", "reach": "03-1111-2222 平日の午前"})
    stated = Inquiry.objects.get().statement
    assert (stated.own_phone, stated.hours, stated.mail, stated.address) == ("03-1111-2222", "平日の午前", "", "")
    assert client.post("/feedback/", {**form, "answer_by": "phone", "reach": "03-1111-2222 午前"}).status_code == 409
    assert Inquiry.objects.count() == 1


@pytest.mark.parametrize(
    ("way", "reach"),
    [("phone", "03"), ("phone", "03-1111-2222"), ("phone", "平日"), ("letter", "東京都千代田区"), ("mail", "toru")],
)
def test_nobody_is_taken_in_whom_we_could_not_reach(client: Client, way: str, reach: str) -> None:
    token = client.get("/feedback/").context["form"]["token"].value()
    form = {"token": token, "kind": "idea", "tag": "portal", "words": "x", "name": "相田", "answer_by": way}
    assert "reach" in client.post("/feedback/", {**form, "reach": reach}).context["form"].errors
    assert not Inquiry.objects.exists()


def test_days_without_calls_and_postal_code_are_kept(client: Client) -> None:
    given = {"kind": "idea", "tag": "portal", "words": "x", "name": "相田", "not_on": "2026-12-28"}
    for way, reach in (("phone", "03-1111-2222 午前"), ("letter", "〒１００－０００１ 東京都千代田区1-1")):
        token = client.get("/feedback/").context["form"]["token"].value()
        client.post("/feedback/", {**given, "token": token, "answer_by": way, "reach": reach})
    phone, letter = (one.statement for one in Inquiry.objects.order_by("pk"))
    assert (phone.hours, phone.not_on) == ("午前", "2026-12-28")
    assert (letter.postal_code, letter.address, letter.not_on) == ("100-0001", "東京都千代田区1-1", "")


def test_one_sender_is_heard_five_times_a_day(client: Client) -> None:
    form = {
        "kind": "idea",
        "tag": "portal",
        "words": "x",
        "name": "相田",
        "answer_by": "letter",
        "reach": "〒100-0001 東京都",
    }
    found = []
    for _time in range(6):
        token = client.get("/feedback/").context["form"]["token"].value()
        found.append(client.post("/feedback/", {**form, "token": token}).status_code)
    assert found == [200] * 5 + [429] and Inquiry.objects.count() == 5


# Shared, answered, told -----------------------------------------------------------------------------------------------


def test_answer_by_mail_goes_out_at_once_and_ends_the_matter(cast: Cast) -> None:
    made = sent()
    before = mark()
    shared(cast, made, department="portal", tag="clear")
    made = answered(cast, made)
    assert (made.status, made.department, made.tag, made.told_at) == ("told", "portal", "clear", NOW)
    assert verbs(before) == ["feedback.shared", "feedback.answered"]
    assert made.inquiry is not None and notices(before) == [("feedback_answered", made.inquiry.label)]
    assert "早くお答えします" in mails("feedback_answered")[0]["body"]
    made.inquiry.refresh_from_db()
    assert (made.inquiry.status, made.inquiry.stage) == ("closed", "answered")


def test_answer_by_phone_is_brought_by_the_desk(cast: Cast) -> None:
    made = sent(PHONE, answer_by="phone")
    shared(cast, made)
    assert queries.find_feedback(actor(cast.agent), made.pk) is None
    before = mark()
    made = answered(cast, made)
    assert made.status == "answered" and notices(before) == [] and made.inquiry is not None
    made.inquiry.refresh_from_db()
    assert (made.inquiry.turn, made.inquiry.stage) == ("desk", "calling")
    later = NOW + timedelta(hours=1)
    with pytest.raises(Refused):  # nobody has called yet
        transitions.tell_feedback(made.pk, actor=actor(cast.agent), at=later)
    wanted: dict[str, Any] = {"direction": "out", "channel": "letter", "party": "claimant", "minutes": 0, "text": "x"}
    announced(made.inquiry, cast.agent, at=later, channel="letter")
    transitions.note_contact(made.inquiry.pk, **wanted, actor=actor(cast.agent), at=later)
    # It came by the form: the desk reads it while there is an answer to bring.
    assert queries.find_feedback(actor(cast.agent), made.pk) is not None
    before = mark()
    made = transitions.tell_feedback(made.pk, actor=actor(cast.agent), at=later)
    assert queries.find_feedback(actor(cast.agent), made.pk) is None
    assert (made.status, made.told_at) == ("told", later) and verbs(before) == ["feedback.told"]
    made.inquiry.refresh_from_db()
    assert made.inquiry.status == "closed"
    with pytest.raises(WrongState):
        transitions.tell_feedback(made.pk, actor=actor(cast.agent), at=later)


def test_other_matters_stay_open_when_their_feedback_is_answered(cast: Cast) -> None:
    inquiry = asked(cast, by_mail=True)
    made = recorded(cast, inquiry)
    shared(cast, made)
    answered(cast, made)
    inquiry.refresh_from_db()
    assert (inquiry.status, inquiry.stage, inquiry.turn) == ("open", "received", "desk")


def test_answer_needs_a_department_first_and_the_right_person(cast: Cast) -> None:
    made = recorded(cast)
    with pytest.raises(WrongState):
        answered(cast, made)
    for who in (cast.agent, cast.supervisor, cast.approver, cast.auditor, cast.taro):
        with pytest.raises(NotAllowed):
            shared(cast, made, actor=actor(who))
    shared(cast, made)
    with pytest.raises(WrongState):  # it is there already
        shared(cast, made)
    with pytest.raises(Refused):
        answered(cast, made, became="thanks", version=4)
    assert answered(cast, made, became="rule", version=4).version == 4
    with pytest.raises(WrongState):
        answered(cast, made)


# Staff challenge a rule -----------------------------------------------------------------------------------------------


def test_challenge_goes_to_editor_and_senior_past_the_supervisor(cast: Cast) -> None:
    before = mark()
    made = challenged(cast)
    assert (made.rule, made.source, made.heard_by) == ("A8", "staff", cast.agent)
    assert verbs(before) == ["feedback.challenged"]
    told = sorted([("rule_challenged", cast.editor.label), ("rule_challenged", cast.senior.label)])
    assert notices(before) == told
    readers = {
        name
        for name, who in vars(cast).items()
        if isinstance(who, User) and queries.find_feedback(actor(who), made.pk) is not None
    }
    assert readers == {"agent", "editor", "senior", "auditor"}
    with pytest.raises(NotAllowed):  # not even an operator of the provider
        shared(cast, made, actor=actor(cast.operator))
    shared(cast, made, department="procedure", actor=actor(cast.editor))
    before = mark()
    made = answered(cast, made, became="explained", actor=actor(cast.editor))
    assert made.status == "told" and notices(before) == [("rule_answered", cast.agent.label)]


def test_nobody_answers_an_own_challenge(cast: Cast) -> None:
    made = challenged(cast, actor=actor(cast.editor))
    with pytest.raises(NotAllowed):
        shared(cast, made, actor=actor(cast.editor))
    with pytest.raises(NotAllowed):
        challenged(cast, actor=actor(cast.taro))


# Pages ----------------------------------------------------------------------------------------------------------------


def test_readers_see_what_is_theirs(cast: Cast) -> None:
    other = somebody(cast.desk, "東 新", "アズマ アラタ", "new@desk.example", Role.AGENT)
    made = recorded(cast)
    path = f"/desk/feedback/{made.pk}/"
    found = {
        name: sign_in(Client(), who).get(path).status_code for name, who in (("other", other), ("taro", cast.taro))
    }
    assert found == {"other": 404, "taro": 404}
    for who in (cast.agent, cast.supervisor, cast.operator, cast.editor):
        assert "待たされた" in sign_in(Client(), who).get(path).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_for_any_number_of_rows(cast: Cast, rows: int) -> None:
    inquiry = asked(cast)
    for _row in range(rows):
        recorded(cast, inquiry)
    with CaptureQueriesContext(connection) as captured:
        assert len(list(queries.feedback(actor(cast.senior), department="none"))) == rows
    assert len(captured) == 2  # one asks who the actor is
    assert not queries.feedback(actor(cast.senior), department="desk").exists()


def test_provider_shares_and_answers_by_the_pages(cast: Cast) -> None:
    made, senior = recorded(cast), sign_in(Client(), cast.senior)
    path = f"/desk/feedback/{made.pk}/"
    assert "待たされた" not in senior.get("/desk/feedback/").content.decode()
    assert senior.post(f"{path}share/", {"department": ""}).status_code == 200
    assert senior.post(f"{path}share/", {"department": "desk", "tag": "manner"}).headers["Location"] == path
    refused = senior.post(f"{path}answer/", {"became": "thanks", "words": "x", "version": 3})
    assert refused.status_code == 200
    assert senior.post(f"{path}answer/", {"became": "training", "words": "練習します"}).headers["Location"] == path
    made.refresh_from_db()
    assert (made.status, made.answer, made.tag) == ("told", "練習します", "manner")


def test_no_public_page_tells_that_a_rule_came_of_feedback(cast: Cast, client: Client) -> None:
    made = recorded(cast)
    shared(cast, made)
    answered(cast, made, became="rule", version=3)
    for path in ("/help/", "/help/cannot_be_told/", "/feedback/", "/"):
        text = client.get(path).content.decode()
        assert "待たされた" not in text and "早くお答えします" not in text
