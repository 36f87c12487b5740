"""What an attacker tries at the desk, from the inside and the outside, and does not get."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Membership, Role, User
from desk import calling, clock, counting, transitions
from desk.forms.bills import AskForm, BillForm, plain_words
from desk.forms.feedback import ChallengeForm
from desk.models import CallIntention, CaseFigure, Consent, Contact, FormalAnswer, Hold, Inquiry, Statement
from desk.queries import consents, drawing
from desk.queries.figures import Figures, Line, Part
from outbox.models import Notice
from tests.cast import Cast, actor, sign_in
from tests.desk.billed import BILL, billed, token
from tests.desk.billed import asked as questioned
from tests.desk.test_call_backs import begun, booked, ended, looked_up, phone
from tests.desk.test_consents import WORDS, asked, linked
from tests.desk.test_guides import answered, shown
from tests.desk.test_inquiries import opened
from tests.desk.test_looking import many
from tests.desk.written import LETTER, drafted, let_leave, proposed
from tests.desk.written import asked as wrote
from tests.recovery.uniform import shape
from tests.seen import mark, notices
from tests.stock import NOW, registration

pytestmark = pytest.mark.django_db(transaction=True)
MONTH = timedelta(days=30)
A_DAY = timedelta(days=1)


# Consent: who asks learns of a yes alone ----------------------------------------------------------------------------


def refused(consent: Consent, cast: Cast, at: datetime) -> str:
    """Return with which words it is refused to ask again, "" where it is not."""
    try:
        transitions.ask_consent(consent.inquiry_id, **WORDS, actor=actor(cast.agent), at=at)
    except WrongState as wrong:
        return str(wrong)
    return ""


def declined(cast: Cast) -> Consent:
    found = linked(cast)
    transitions.answer_consent(found.pk, consents=False, actor=actor(cast.hanako), at=NOW + A_DAY)
    return found


def test_asking_again_does_not_tell_that_a_customer_said_no(cast: Cast) -> None:
    of_ours, unknown = declined(cast), asked(cast)
    for at in (NOW + A_DAY, NOW + MONTH - A_DAY):
        words = refused(unknown, cast, at)
        assert words and refused(of_ours, cast, at) == words
    clock.run(at=NOW + MONTH)
    assert [refused(one, cast, NOW + MONTH) for one in (of_ours, unknown)] == ["", ""]


def test_no_is_told_on_the_day_on_which_nobodys_silence_is(cast: Cast) -> None:
    declined(cast)
    asked(cast)
    before = mark()
    clock.run(at=NOW + MONTH - timedelta(seconds=1))
    assert [name for name, _to in notices(before) if name.startswith("consent")] == []
    clock.run(at=NOW + MONTH)
    clock.run(at=NOW + MONTH + A_DAY)
    assert [name for name, _to in notices(before) if name.startswith("consent")] == ["consent_not_given"] * 2


def test_day_of_the_end_does_not_tell_that_a_registration_was_found(cast: Cast) -> None:
    unknown, registered = asked(cast), asked(cast)
    registration(cast.aoba, "R-1", custodian=cast.taro)
    transitions.link_consent(registered.pk, registration_number="R-1", actor=actor(cast.operator), at=NOW + 9 * A_DAY)
    registered.refresh_from_db()
    assert registered.expires_at == unknown.expires_at
    assert clock.run(at=NOW + MONTH)["consents_expired"] == 2
    bodies = [
        Notice.objects.filter(template="consent_not_given", event__subject=one.label).count()
        for one in (unknown, registered)
    ]
    assert bodies == [1, 1]


def test_consent_that_ran_out_answers_no_question_for_a_customer(cast: Cast) -> None:
    found = linked(cast)
    transitions.answer_consent(found.pk, consents=True, actor=actor(cast.taro), at=NOW)

    def answer(at: datetime) -> Contact:
        wanted: dict[str, Any] = {"product_pk": None, "kind": "on_behalf", "unit": "", "minutes": 4, "text": "案内"}
        return transitions.answer_use(found.inquiry_id, **wanted, actor=actor(cast.agent), at=at)

    assert consents.standing(found.inquiry, NOW + MONTH) == "not_given"
    with pytest.raises(Refused):
        answer(NOW + MONTH)  # whether or not the clock has run by then
    assert answer(NOW + MONTH - A_DAY).party == "claimant"


# Formal answers ------------------------------------------------------------------------------------------------------

FIXED: dict[str, Any] = {"template": "progress", "chosen": ["under_way"], "text": ""}


def test_draft_of_the_desk_takes_the_same_statements_whoever_is_named(cast: Cast) -> None:
    """An agent types an organisation, writes an answer in fixed words, and looks at the clock."""
    registration(cast.aoba, "R-1", custodian=cast.taro)
    agent = sign_in(Client(), cast.agent)
    seen = []
    for name in (cast.aoba.legal_name, "存在しない商会"):
        inquiry = wrote(cast, statement=_stated(name))
        draft = drafted(cast, inquiry, by=cast.agent, **FIXED)
        with CaptureQueriesContext(connection) as looked:
            assert agent.get(f"/desk/answers/{draft.pk}/").status_code == 200
        with CaptureQueriesContext(connection) as sent:
            assert agent.post(f"/desk/answers/{draft.pk}/propose/").status_code == 302
        draft.refresh_from_db()
        assert draft.status == "proposed"
        seen.append([shape(query["sql"]) for query in (*looked, *sent)])
    assert seen[0] == seen[1]


def _stated(name: str) -> Statement:
    return replace(LETTER, organisation_name=name)


def approves_too(cast: Cast, user: User) -> None:
    Membership.objects.create(user=user, organisation=cast.provider, role=Role.APPROVER, since=NOW - A_DAY)


def test_who_changed_the_words_does_not_release_them(cast: Cast) -> None:
    approves_too(cast, cast.colleague)
    draft = drafted(cast, wrote(cast))
    words: dict[str, Any] = {"template": "answer", "chosen": ["decided"], "text": "書き換えました。", "way": "letter"}
    transitions.change_answer(draft.pk, **words, actor=actor(cast.colleague), at=NOW)
    transitions.propose_answer(draft.pk, actor=actor(cast.operator), at=NOW)
    with pytest.raises(NotAllowed):
        let_leave(draft, cast.colleague)
    assert let_leave(draft, cast.approver).status == "released"


def test_who_proposed_it_before_somebody_else_did_does_not_release_it(cast: Cast) -> None:
    approves_too(cast, cast.colleague)
    draft = drafted(cast, wrote(cast))
    transitions.propose_answer(draft.pk, actor=actor(cast.colleague), at=NOW)
    transitions.send_back_answer(draft.pk, reason="もう一度", actor=actor(cast.approver), at=NOW)
    transitions.propose_answer(draft.pk, actor=actor(cast.operator), at=NOW)
    with pytest.raises(NotAllowed):
        let_leave(draft, cast.colleague)


# Calls that our page calls genuine -----------------------------------------------------------------------------------


@pytest.mark.parametrize("purpose", ["confirm", "notice", "setting", "code"])
def test_agency_announces_no_call_to_a_customer_of_record(cast: Cast, purpose: str) -> None:
    """Whoever is called reads on our page that it is us: an agent would pass for the provider before anybody."""
    inquiry = wrote(cast)
    window = {"window_from": NOW, "window_until": NOW + timedelta(hours=1)}
    for who in (cast.agent, cast.supervisor):
        with pytest.raises(Refused) as no:
            transitions.announce_call(inquiry.pk, purpose=purpose, channel="phone", **window, actor=actor(who), at=NOW)
        assert list(no.value.fields) == ["purpose"]
    agent = sign_in(Client(), cast.agent)
    page = agent.get(f"/desk/inquiries/{inquiry.receipt_number}/announce/").content.decode()
    assert f'value="{purpose}"' not in page and 'value="inform"' in page
    now = {"calls-calls": "3", "calls-token": token()}
    assert agent.post(f"/desk/inquiries/{inquiry.receipt_number}/announce/now/", now).status_code == 403
    assert not CallIntention.objects.exclude(channel="letter", purpose="inform").exists()  # the receipt is a letter


def test_pin_of_anybody_does_not_open_the_progress_of_an_inquiry(cast: Cast) -> None:
    """Who knows a receipt number from a notice calls with an own PIN."""
    inquiry, _tracking = opened(cast.agent, topic="use")
    shown(cast, inquiry, "pin", "enough")
    with pytest.raises(Refused):
        answered(cast, inquiry, "progress")
    shown(cast, inquiry, "receipt", "enough")
    assert answered(cast, inquiry, "progress").party == "claimant"


# Figures -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("result", ["wrong", "no_number"])
def test_figures_of_one_case_do_not_tell_of_a_number_on_record(cast: Cast, result: str) -> None:
    """A supervisor reads the figures of a single day: whether the provider called anybody is not among them."""
    if result == "wrong":
        phone(registration(cast.aoba, "R-1", custodian=cast.taro))
    else:
        registration(cast.aoba, "R-1", custodian=cast.taro)
    made, _call, inquiry = booked(cast)
    found = looked_up(made, cast.operator)
    if result == "wrong":
        found, _code = begun(found, cast.operator)
    ended(found, cast.operator, result)
    assert Contact.objects.filter(inquiry=inquiry, party="record").exists() == (result == "wrong")
    assert _figure(inquiry) == (0, 0, 0)


def test_call_back_that_reached_the_caller_keeps_the_promise(cast: Cast) -> None:
    phone(registration(cast.aoba, "R-1", custodian=cast.taro))
    made, _call, inquiry = booked(cast)
    found, _code = begun(looked_up(made, cast.operator), cast.operator)
    ended(found, cast.operator, "right")
    assert _figure(inquiry) == (1, 1, 1)


def _figure(inquiry: Inquiry) -> tuple[int, int, int]:
    before = Contact.objects.filter(inquiry=inquiry, party="claimant").count()
    counting.catch_up(at=NOW + A_DAY)
    row = CaseFigure.objects.get(inquiry=inquiry)
    return row.promises_kept, row.contacts - before, row.calls - before


# How many cases one person opens -------------------------------------------------------------------------------------


def close_hold(cast: Cast, inquiry: Inquiry) -> str:
    window = calling.windows(NOW)[0]
    made = transitions.hold(
        inquiry.pk,
        reason="waiting_provider",
        owner=cast.agent,
        next_action="mail",
        promised_from=window[0],
        promised_until=window[1],
        wish="だれにも見せない希望",
        actor=actor(cast.agent),
        at=NOW,
    )
    return reverse("desk:close_hold", args=[made.pk])


def answer(cast: Cast, inquiry: Inquiry) -> str:
    return reverse("desk:answer", args=[drafted(cast, inquiry, by=cast.agent, **FIXED).pk])


def answer_pdf(cast: Cast, inquiry: Inquiry) -> str:
    return reverse("desk:answer_pdf", args=[drafted(cast, inquiry, by=cast.agent, **FIXED).pk])


@pytest.mark.parametrize("page", [close_hold, answer, answer_pdf])
def test_pages_that_count_up_open_no_more_cases_than_the_others(
    cast: Cast, page: Callable[[Cast, Inquiry], str]
) -> None:
    """Promises and answers have keys that follow one another: nobody reads them all, one after the other."""
    first, second = page(cast, wrote(cast)), page(cast, wrote(cast))
    with time_machine.travel(NOW, tick=False):
        client = sign_in(Client(), cast.agent)
        many(cast.agent, 59)
        assert client.get(first).status_code == 200
        stopped = client.get(second)
        assert stopped.status_code == 429 and "だれにも" not in stopped.content.decode()
        assert client.get(first).status_code == 200


# Words that go where they should not ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "bit.ly/3xYz をご覧ください",
        "ｂｉｔ．ｌｙ",
        "evil。com へ",
        "evil｡jp",
        "evil․com",
        "ev\u200bil.c\u200bom",
        "name\u2060@\u2060example",
        "t.co",
        "pay.example/now",
    ],
)
def test_messages_about_bills_lead_nowhere_in_any_writing(text: str) -> None:
    with pytest.raises(ValidationError):
        plain_words(text)


@pytest.mark.parametrize(
    "text", ["金額は3.5倍です。", "11.30の請求。合計12,345円", "Yamada Co.,Ltd.です", "5/12に届きました"]
)
def test_ordinary_sentences_are_carried(text: str) -> None:
    assert plain_words(text) == text


@pytest.mark.parametrize("number", ["山田さんの件", "A8 03-1234-5678", "R-2021-001047", "A8\nBcc"])
def test_number_of_a_rule_is_no_place_for_words(number: str) -> None:
    given = {"number": number, "kind": "idea", "words": "こうする方がよい", "token": token()}
    assert list(ChallengeForm(given).errors) == ["number"]
    assert ChallengeForm({**given, "number": "A8"}).is_valid() and ChallengeForm({**given, "number": "P3.1"}).is_valid()


def test_thread_of_unseen_signs_is_taken_over_like_any_other(cast: Cast) -> None:
    """Each of them takes the room of six letters in what the desk is given: too much of it was never taken over."""
    found = billed(cast, custodian=cast.taro)
    form = AskForm(
        {"text": "\x01" * 498 + "請求", "mail": "payer@else.example", "about": "1", "token": token()},
        about=[("1", "広域イーサ")],
    )
    assert form.is_valid() and form.cleaned_data["text"] == "請求"
    assert BillForm({**BILL, "reference": "B-778\x01-1204"}).is_valid()
    relay, _tracking = questioned(found, text=plain_words("\x7f" * 400 + "これは何ですか"))
    assert clock.run(at=NOW + MONTH)["bills_taken_over"] == 1
    relay.inquiry.refresh_from_db()
    assert relay.inquiry.statement.remarks == "これは何ですか"


def test_name_of_an_agency_is_no_formula(cast: Cast) -> None:
    line = Line("＝HYPERLINK(1)")
    found = Figures(NOW.date(), NOW.date(), line, [Part("agency", "", [line])])
    assert [row[1] for row in drawing.table(found)] == ["'＝HYPERLINK(1)"] * 2


def test_writers_are_kept_with_the_answer(cast: Cast) -> None:
    made = proposed(cast, wrote(cast))
    assert FormalAnswer.objects.get(pk=made.pk).written_by == [cast.operator.pk]
    assert not Hold.objects.exists()
