"""A contractor owns up: the provider finds the registration, the customer answers, the desk reads given or not."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext, override

from accounts.errors import NotAllowed, Refused, WrongState
from audit.models import Event
from audit.record import Public
from desk import clock, transitions
from desk.models import Check, Consent, Inquiry, Statement
from desk.queries import consents
from tests.cast import PASSWORD, Cast, actor, sign_in
from tests.desk.billed import token
from tests.letterbox import mails
from tests.recovery.uniform import MASKED, answered, shape
from tests.seen import mark, notices, verbs
from tests.stock import NOW, registration

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(days=1)
WORDS = {"contractor": "みどり通信工事 工藤", "customer": "青葉商事", "wish": "回線の移設の見積り"}


def opened(cast: Cast) -> tuple[Inquiry, str]:
    return transitions.open_inquiry(
        topic="use",
        statement=Statement(name="工藤", mail="worker@works.example", own_phone="03-1111-2222"),
        capacity="customer",
        answer_by="mail",
        language="ja",
        actor=actor(cast.agent),
        at=NOW,
    )


def asked(cast: Cast) -> Consent:
    inquiry, _tracking = opened(cast)
    return transitions.ask_consent(inquiry.pk, **WORDS, actor=actor(cast.agent), at=NOW)


def linked(cast: Cast) -> Consent:
    registration(cast.aoba, "R-1", custodian=cast.taro)
    return transitions.link_consent(asked(cast).pk, registration_number="R-1", actor=actor(cast.operator), at=NOW)


def test_asking_looks_nothing_up_and_keeps_one_size(cast: Cast) -> None:
    before = mark()
    made = asked(cast)
    assert verbs(before) == ["inquiry.opened", "consent.asked"] and {name for name, _to in notices(before)} == {
        "inquiry_receipt"
    }
    made.inquiry.refresh_from_db()
    assert made.inquiry.capacity_stated == "contractor" and made.words == WORDS
    with pytest.raises(WrongState):
        transitions.ask_consent(made.inquiry_id, **WORDS, actor=actor(cast.agent), at=NOW)
    other, _codes = opened(cast)
    long = {**WORDS, "wish": "長" * 400}
    second = transitions.ask_consent(other.pk, **long, actor=Public(), at=NOW)
    assert len(bytes(second.sealed)) == len(bytes(made.sealed)) and second.asked_by is None
    for who in ("taro", "approver", "worker"):
        with pytest.raises(NotAllowed):
            transitions.ask_consent(other.pk, **WORDS, actor=actor(getattr(cast, who)), at=NOW)


@pytest.mark.parametrize("who", ["agent", "supervisor", "taro", "approver", "worker"])
def test_only_an_operator_links(cast: Cast, who: str) -> None:
    registration(cast.aoba, "R-1", custodian=cast.taro)
    made = asked(cast)
    with pytest.raises(NotAllowed):
        transitions.link_consent(made.pk, registration_number="R-1", actor=actor(getattr(cast, who)), at=NOW)


def test_linking_asks_custodian_and_administrators(cast: Cast) -> None:
    registration(cast.aoba, "R-1", custodian=cast.taro)
    made = asked(cast)
    with pytest.raises(Refused):
        transitions.link_consent(made.pk, registration_number="R-9", actor=actor(cast.operator), at=NOW)
    before = mark()
    transitions.link_consent(made.pk, registration_number="R-1", actor=actor(cast.operator), at=NOW)
    assert verbs(before) == ["consent.linked"]
    assert notices(before) == sorted([("consent_asked", cast.taro.label), ("consent_asked", cast.hanako.label)])
    assert "registration:R-1" in Event.objects.latest("sequence").about
    assert "みどり" not in mails("consent_asked")[0]["body"]
    with pytest.raises(WrongState):
        transitions.link_consent(made.pk, registration_number="R-1", actor=actor(cast.operator), at=NOW)


def test_yes_counts_for_this_inquiry_alone_until_it_runs_out(cast: Cast) -> None:
    made = linked(cast)
    before = mark()
    check = transitions.answer_consent(made.pk, consents=True, actor=actor(cast.taro), at=LATER)
    assert verbs(before) == ["consent.answered"] and notices(before) == [("consent_given", "inquirer")]
    told = Event.objects.latest("sequence")
    assert told.facts == {"given": True} and {"registration:R-1", made.inquiry.label} <= set(told.about)
    assert (check.kind, check.result, check.inquiry_id, check.call_id) == ("consent", "enough", made.inquiry_id, None)
    other, _codes = opened(cast)
    assert consents.standing(made.inquiry, LATER) == "given" and consents.standing(other, LATER) == ""
    assert consents.shows_consent(check, LATER)
    over = LATER + timedelta(days=30)
    assert consents.standing(made.inquiry, over) == "not_given" and not consents.shows_consent(check, over)
    assert clock.run(at=over - timedelta(seconds=1))["consents_expired"] == 0
    before = mark()
    assert clock.run(at=over)["consents_expired"] == 1
    assert verbs(before) == ["consent.expired"] and notices(before) == []
    with pytest.raises(WrongState):
        transitions.answer_consent(made.pk, consents=True, actor=actor(cast.taro), at=over)


@pytest.mark.parametrize("who", ["jiro", "wakako", "worker", "agent", "operator"])
def test_nobody_else_answers(cast: Cast, who: str) -> None:
    made = linked(cast)
    with pytest.raises(NotAllowed):
        transitions.answer_consent(made.pk, consents=True, actor=actor(getattr(cast, who)), at=LATER)
    assert not Check.objects.exists()


def test_administrator_declines_and_a_second_answer_is_refused(cast: Cast) -> None:
    made = linked(cast)
    before = mark()
    check = transitions.answer_consent(made.pk, consents=False, actor=actor(cast.hanako), at=LATER)
    assert check.result == "not_enough" and notices(before) == []
    with pytest.raises(WrongState):
        transitions.answer_consent(made.pk, consents=True, actor=actor(cast.taro), at=LATER)


def test_declined_unanswered_and_unknown_read_alike(cast: Cast) -> None:
    declined = linked(cast)
    transitions.answer_consent(declined.pk, consents=False, actor=actor(cast.taro), at=LATER)
    unknown = asked(cast)
    agent = sign_in(Client(), cast.agent)
    pages = []
    for inquiry in (declined.inquiry, unknown.inquiry):
        with CaptureQueriesContext(connection) as queries:
            response = agent.get(f"/desk/inquiries/{inquiry.receipt_number}/")
        pages.append((answered(response, []), [shape(query["sql"]) for query in queries]))
    assert pages[0] == pages[1]


def test_without_a_yes_the_contractor_hears_so_after_thirty_days(cast: Cast) -> None:
    asked(cast)
    before = mark()
    assert clock.run(at=NOW + timedelta(days=30))["consents_expired"] == 1
    assert ("consent_not_given", "inquirer") in notices(before)
    assert clock.run(at=NOW + timedelta(days=31))["consents_expired"] == 0


def test_contractor_asks_by_receipt_number_and_customer_answers_in_the_portal(cast: Cast) -> None:
    registration(cast.aoba, "R-1", custodian=cast.taro)
    inquiry, tracking = opened(cast)
    client = Client()
    codes = {"receipt_number": inquiry.receipt_number, "tracking": tracking}
    assert client.post("/consent/", codes).headers["Location"] == "/consent/case/"
    given = {**WORDS, "token": token()}
    for _press in range(2):
        assert client.post("/consent/case/", given).status_code == 302
    made = Consent.objects.get()
    operator = sign_in(Client(), cast.operator)
    assert f"/provider/consents/{made.pk}/" in operator.get("/provider/consents/").content.decode()
    assert "/provider/consents/" in operator.get("/").content.decode()
    assert operator.post(f"/provider/consents/{made.pk}/", {"registration_number": "R-1"}).status_code == 302
    taro = sign_in(Client(), cast.taro)
    assert f"/consents/{made.pk}/" in taro.get("/").content.decode()
    assert "回線の移設の見積り" in taro.get(f"/consents/{made.pk}/").content.decode()
    assert taro.post(f"/consents/{made.pk}/", {"answer": "yes", "password": PASSWORD}).status_code == 302
    assert Check.objects.get().result == "enough"
    assert "お客さまがこの一件に同意しました" in client.get("/consent/case/").content.decode()


def test_unknown_number_and_wrong_code_are_alike(cast: Cast) -> None:
    inquiry, _tracking = opened(cast)
    answers = []
    for number in (inquiry.receipt_number, "C-0000-000-000"):
        with CaptureQueriesContext(connection) as queries:
            response = Client().post("/consent/", {"receipt_number": number, "tracking": "22222-22222"})
        answers.append((answered(response, [number]), [shape(query["sql"]) for query in queries]))
    assert answers[0] == answers[1]
    assert Client().get("/consent/case/").headers["Location"] == "/consent/"


def test_who_chose_the_phone_is_called_when_it_is_given_and_when_time_is_over(cast: Cast) -> None:
    registration(cast.aoba, "R-1", custodian=cast.taro)
    made = [asked(cast) for _number in range(2)]
    Inquiry.objects.update(answer_by="phone", sealed=Statement(name="工藤", own_phone="03-1111-2222").sealed())
    transitions.link_consent(made[0].pk, registration_number="R-1", actor=actor(cast.operator), at=NOW)
    before = mark()
    transitions.answer_consent(made[0].pk, consents=True, actor=actor(cast.taro), at=LATER)
    assert notices(before) == [] and made[0].inquiry.words.filter(channel="phone", said_at=None).count() == 1
    transitions.expire_consent(made[1].pk, actor=clock.CLOCK, at=NOW + timedelta(days=30))
    assert made[1].inquiry.words.filter(channel="phone", said_at=None).count() == 1


def test_status_page_of_any_matter_says_whether_it_was_given(cast: Cast) -> None:
    registration(cast.aoba, "R-1", custodian=cast.taro)
    inquiry, code = opened(cast)
    made = transitions.ask_consent(inquiry.pk, **WORDS, actor=Public(), at=NOW)
    client = Client()

    def page() -> str:
        with time_machine.travel(LATER, tick=False):
            client.post("/recover/status/", {"number": inquiry.receipt_number, "tracking": code})
            return str(client.get("/recover/inquiry/").content.decode())

    unknown = page()
    transitions.link_consent(made.pk, registration_number="R-1", actor=actor(cast.operator), at=NOW)
    assert MASKED.sub("", unknown) == MASKED.sub("", page())
    transitions.answer_consent(made.pk, consents=True, actor=actor(cast.taro), at=NOW)
    with override("ja"):
        given, not_given = gettext("The customer consented to this one case"), gettext("Consent is not given")
    assert not_given in unknown and given not in unknown and given in page()
