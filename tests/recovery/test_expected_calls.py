"""Calls of ours as whoever is called sees them: in the portal, in a call to the phone of record, and in letters."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.errors import Refused
from accounts.models import User
from desk import queries as desk
from desk import transitions as at_desk
from desk.models import CallIntention
from handover.models import Registration
from handover.printing.letters import letters_html
from outbox import cipher
from outbox.models import Notice
from recovery import leaving, transitions
from recovery.models import Claim
from recovery.queries.expected import expected_calls
from tests import claims
from tests.announced import announced
from tests.cast import Cast, actor, sign_in
from tests.claims import PUBLIC, later
from tests.handover.explained import pulled
from tests.recovery.provider_pages import Page, of, point_of
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def claim(cast: Cast, lost: Registration) -> Claim:
    return claims.accepted(cast, lost)


def is_ours(code: str, at: Any = NOW) -> bool:
    return desk.answer_caller(code=code, number="", at=at).is_ours


def seen(who: User, at: Any = NOW) -> list[CallIntention]:
    return expected_calls(actor(who), at)


# In the portal --------------------------------------------------------------------------------------------------------


def test_people_of_the_registration_see_a_call_to_their_organisation(cast: Cast, claim: Claim) -> None:
    made, code = announced(claim.inquiry, cast.operator, purpose="confirm")
    assert [seen(who) for who in (cast.taro, cast.hanako)] == [[made], [made]]
    for who in (cast.jiro, cast.wakako, cast.worker, cast.agent, cast.operator):
        assert seen(who) == []
    with time_machine.travel(NOW, tick=False):
        page = sign_in(Client(), cast.taro).get("/").content.decode()
    assert f"{code[:4]} {code[4:]}" in page and "S-operator" in page
    assert cast.operator.display_name not in page
    assert seen(cast.taro, NOW + timedelta(minutes=30)) == []


def test_what_is_for_the_claimant_is_not_for_the_customer(cast: Cast, claim: Claim) -> None:
    for purpose in ("inform", "missing", "call_back"):
        announced(claim.inquiry, cast.agent, purpose=purpose)
    assert seen(cast.taro) == []


def test_claim_that_is_not_accepted_shows_nothing(cast: Cast, lost: Registration) -> None:
    claim = claims.linked(cast, lost)
    announced(claim.inquiry, cast.operator, purpose="confirm")
    assert seen(cast.taro) == []


def test_whoever_asked_for_an_explanation_sees_the_call_and_nobody_else(cast: Cast, lost: Registration) -> None:
    _made, inquiry = pulled(cast, lost)
    made, _code = announced(inquiry, cast.agent, purpose="explain")
    assert seen(cast.taro) == [made]
    assert seen(cast.hanako) == []
    at_desk.cancel_call(made.pk, actor=actor(cast.agent), at=NOW)
    assert seen(cast.taro) == []


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_one_query(cast: Cast, claim: Claim, count: int, django_assert_num_queries: Any) -> None:
    for _call in range(count):
        announced(claim.inquiry, cast.operator, purpose="confirm")
    who = actor(cast.hanako)
    with django_assert_num_queries(1):
        assert len(expected_calls(who, NOW)) == count


# Calls of the provider ------------------------------------------------------------------------------------------------


def test_call_to_the_phone_of_record_is_announced_by_its_beginning(cast: Cast, claim: Claim) -> None:
    number = transitions.take_call_number(claim.pk, actor=PUBLIC, at=NOW)
    page = Page(cast.operator)
    page.post(of(claim, "phone/"), contact_point=point_of(claim, "phone").pk)
    call = claim.phone_calls.get()
    assert call.intention and (call.intention.purpose, call.intention.by) == ("confirm", cast.operator)
    code = call.intention.code
    assert code in page.get(of(claim, f"phone/{call.pk}/"))
    assert is_ours(code) and not is_ours(code, call.until)
    assert seen(cast.taro) == [call.intention]
    made = transitions.enter_said_number(call.pk, typed=number, actor=actor(cast.operator), at=NOW)
    assert made.contact and made.contact.intention == call.intention


@pytest.mark.parametrize("code", ["A2", "P2"])
def test_proof_that_is_a_call_needs_an_announced_one_by_the_same_way(cast: Cast, claim: Claim, code: str) -> None:
    announced(claim.inquiry, cast.operator, channel="video" if code == "A2" else "phone")
    announced(claim.inquiry, cast.colleague, channel=claims.CALLS[code])
    given: dict[str, Any] = {
        "source": "published" if code == "A2" else "",
        "endpoint": "03-9999-0000" if code == "A2" else "",
        "issued_on": None,
        "departure_stated": False,
        "note": "",
    }
    with pytest.raises(Refused):
        transitions.record_evidence(claim.pk, code=code, **given, actor=actor(cast.operator), at=NOW)
    assert not claim.evidence.exists()
    made, _code = announced(claim.inquiry, cast.operator, channel=claims.CALLS[code])
    found = transitions.record_evidence(claim.pk, code=code, **given, actor=actor(cast.operator), at=NOW)
    assert found.contact and found.contact.intention == made


def test_try_by_phone_needs_an_announced_call(cast: Cast, claim: Claim) -> None:
    given: dict[str, Any] = {"medium": "phone", "contact_point_pk": None, "result": "no_answer"}
    with pytest.raises(Refused):
        transitions.record_attempt(claim.pk, **given, actor=actor(cast.operator), at=NOW)
    made, _code = announced(claim.inquiry, cast.operator)
    assert transitions.record_attempt(claim.pk, **given, actor=actor(cast.operator), at=NOW).intention == made


# Letters --------------------------------------------------------------------------------------------------------------


def content(notice: Notice | None) -> dict[str, Any]:
    assert notice and notice.payload
    found: dict[str, Any] = json.loads(cipher.decrypt(bytes(notice.payload)))
    return found


def test_code_in_a_letter_answers_as_long_as_the_letter_may_lie(
    cast: Cast, claim: Claim, lost: Registration, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = f"contact_point:{claims.point(lost, 'post').pk}"
    sent = transitions.order_letter(claim.pk, to=target, actor=actor(cast.operator), at=NOW)[-1]
    code = content(sent.notice)["call_code"]
    printed: list[str] = []
    monkeypatch.setattr(leaving, "letters_pdf", lambda letters: printed.append(letters_html(letters)) or b"%PDF-")
    transitions.print_letters([sent.pk], actor=actor(cast.colleague), at=NOW)
    assert f"{code[:4]} {code[4:]}" in printed[0] and "/caller/" in printed[0]
    answer = desk.answer_caller(code=code, number="", at=later(days=119))
    assert answer.is_ours and answer.intention
    assert (answer.intention.purpose, answer.intention.channel, answer.intention.by) == (
        "code",
        "letter",
        cast.operator,
    )
    assert not is_ours(code, later(days=120))


def test_each_letter_has_a_code_of_its_own_and_mails_have_none(cast: Cast, claim: Claim) -> None:
    letters = [one for one in claim.dispatches.all() if one.channel == "letter"]
    codes = [content(one.notice)["call_code"] for one in letters]
    assert codes and len(set(codes)) == len(codes)
    assert all(is_ours(code) for code in codes)
    assert CallIntention.objects.filter(channel="letter", purpose="notice").count() == len(codes)
    assert CallIntention.objects.exclude(channel="letter").count() == 0


def test_letter_that_was_queued_before_calls_were_announced_is_still_printed(cast: Cast, claim: Claim) -> None:
    sent = claim.dispatches.get(channel="letter")
    old = {name: value for name, value in content(sent.notice).items() if name != "call_code"}
    Notice.objects.filter(pk=sent.notice_id).update(payload=cipher.encrypt(json.dumps(old)))
    assert transitions.print_letters([sent.pk], actor=actor(cast.colleague), at=NOW).startswith(b"%PDF-")
