"""Calls to the phone of record (C2): the claimant holds a number, whoever answers says it, and staff never see it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import OneTimeCode
from audit.models import Event
from desk.models import Contact
from handover.models import ContactPoint, Registration
from recovery import transitions
from recovery.models import Claim, Evidence, FailedCode, PhoneCall
from recovery.queries import weighing
from recovery.rules import people
from tests import claims, seen
from tests.cast import Cast, actor
from tests.claims import PUBLIC, later
from tests.recovery import public_posts
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)
WRONG = "0000-0000"


@pytest.fixture
def claim(cast: Cast, lost: Registration) -> Claim:
    return claims.accepted(cast, lost)


def number_of(claim: Claim, *, at: Any = NOW) -> str:
    return transitions.take_call_number(claim.pk, actor=PUBLIC, at=at)


def called(cast: Cast, claim: Claim, *, at: Any = NOW, by: Any = None) -> PhoneCall:
    assert claim.registration
    phone = claims.point(claim.registration, "phone").pk
    who = actor(by or cast.operator)
    return transitions.begin_phone_call(claim.pk, contact_point_pk=phone, actor=who, at=at)


def says(cast: Cast, call: PhoneCall, typed: str, *, at: Any = NOW, by: Any = None) -> Evidence:
    return transitions.enter_said_number(call.pk, typed=typed, actor=actor(by or cast.operator), at=at)


def test_number_that_the_phone_of_record_says_is_evidence(cast: Cast, claim: Claim, lost: Registration) -> None:
    number, before = number_of(claim), seen.mark()
    call = called(cast, claim)
    made = says(cast, call, number.replace("-", "　"), at=later(minutes=9))
    assert (made.code, made.source, made.contact_point_id) == ("C2", "record", claims.point(lost, "phone").pk)
    assert (made.checked_by, made.contact.by if made.contact else None) == (cast.operator, cast.operator)
    call.refresh_from_db()
    assert (call.result, call.ended_at) == ("right", later(minutes=9))
    assert seen.verbs(before) == ["phone_call.begun", "phone_call.confirmed"]
    assert seen.notices(before) == []
    assert "C2" in weighing.standing_of(Claim.objects.get(pk=claim.pk), later(minutes=9)).assessment.codes
    facts = Event.objects.get(verb="phone_call.confirmed").facts
    assert facts == {"call": call.pk, "evidence": made.pk, "code": "C2"}
    # The look at the number is in the customer's own history.
    begun = Event.objects.get(verb="phone_call.begun")
    assert lost.label in set(begun.about_rows.values_list("label", flat=True))


def test_number_is_kept_as_a_hash_and_works_once(cast: Cast, claim: Claim) -> None:
    number = number_of(claim)
    row = OneTimeCode.objects.get(purpose="phone")
    assert number.replace("-", "") not in row.code_hash and len(number.replace("-", "")) == 8
    says(cast, called(cast, claim), number)
    again = called(cast, claim, at=later(minutes=20))
    with pytest.raises(Refused):
        says(cast, again, number, at=later(minutes=20))
    assert Evidence.objects.count() == 1


def test_sixth_try_is_refused_even_if_it_is_right(cast: Cast, claim: Claim) -> None:
    number, call = number_of(claim), called(cast, claim)
    for _try in range(5):
        with pytest.raises(Refused):
            says(cast, call, WRONG)
    with pytest.raises(Refused):
        says(cast, call, number)
    assert FailedCode.objects.filter(purpose="phone").count() == 6
    assert not Evidence.objects.exists()


def test_number_of_another_case_is_nothing_here(cast: Cast, claim: Claim) -> None:
    other = claims.accepted(cast, claims.held(cast, "R-2"), claim=claims.received(at=later(minutes=1)))
    number, theirs = number_of(claim), number_of(other)
    assert number != theirs
    with pytest.raises(Refused):
        says(cast, called(cast, claim), theirs)


def test_new_number_makes_the_earlier_one_worthless(cast: Cast, claim: Claim) -> None:
    first = number_of(claim)
    with pytest.raises(Refused):
        number_of(claim, at=later(seconds=30))
    number_of(claim, at=later(minutes=2))
    with pytest.raises(Refused):
        says(cast, called(cast, claim, at=later(minutes=3)), first, at=later(minutes=3))


def test_what_is_said_counts_for_ten_minutes(cast: Cast, claim: Claim) -> None:
    number, call = number_of(claim), called(cast, claim)
    with pytest.raises(WrongState):
        says(cast, call, number, at=later(minutes=10))
    # What nobody ended reached nobody; the next call begins.
    called(cast, claim, at=later(minutes=11))
    call.refresh_from_db()
    assert call.result == "no_answer"


def test_number_is_good_for_seven_days(cast: Cast, claim: Claim) -> None:
    number = number_of(claim)
    with pytest.raises(Refused):
        says(cast, called(cast, claim, at=later(days=7)), number, at=later(days=7))


@pytest.mark.parametrize("change", [{"health": "bounced"}, {"since": later(days=-29).date()}])
def test_phone_that_is_dead_or_young_is_not_called(
    cast: Cast, claim: Claim, lost: Registration, change: dict[str, Any]
) -> None:
    ContactPoint.objects.filter(registration=lost, kind="phone").update(**change)
    with pytest.raises(Refused) as refused:
        called(cast, claim)
    assert list(refused.value.fields) == ["contact_point"]


def test_phone_of_another_registration_is_no_phone_of_record(cast: Cast, claim: Claim) -> None:
    theirs = claims.point(claims.held(cast, "R-2"), "phone").pk
    with pytest.raises(Refused):
        transitions.begin_phone_call(claim.pk, contact_point_pk=theirs, actor=actor(cast.operator), at=NOW)


def test_one_call_at_a_time_and_only_who_makes_it_types(cast: Cast, claim: Claim) -> None:
    number, call = number_of(claim), called(cast, claim)
    with pytest.raises(WrongState):
        called(cast, claim, by=cast.colleague)
    with pytest.raises(NotAllowed):
        says(cast, call, number, by=cast.colleague)
    with pytest.raises(NotAllowed):
        says(cast, call, number, by=cast.agent)


@pytest.mark.parametrize("result", ["wrong", "no_answer", "unknown"])
def test_call_that_confirmed_nothing_is_on_record(cast: Cast, claim: Claim, result: str) -> None:
    call, before = called(cast, claim), seen.mark()
    end: Callable[..., Any] = transitions.end_phone_call
    end(call.pk, result=result, note="心当たりがないとのこと", actor=actor(cast.operator), at=later(minutes=1))
    assert seen.verbs(before) == ["phone_call.ended"]
    assert Contact.objects.filter(party="record").exists() is (result != "no_answer")
    with pytest.raises(WrongState):
        end(call.pk, result=result, note="", actor=actor(cast.operator), at=later(minutes=1))
    with pytest.raises(WrongState):
        says(cast, call, WRONG)
    another = called(cast, claim, at=later(minutes=2))
    with pytest.raises(Refused):
        end(another.pk, result="right", note="", actor=actor(cast.operator), at=later(minutes=3))


def test_who_printed_a_code_of_the_case_calls_nobody(cast: Cast, claim: Claim) -> None:
    claims.by_letter(cast, claim)
    with pytest.raises(NotAllowed):
        called(cast, claim, by=cast.colleague)


def test_who_calls_decides_nothing(cast: Cast, claim: Claim) -> None:
    says(cast, called(cast, claim), number_of(claim))
    assert people.prepared(cast.operator, claim)


def test_claimant_takes_a_number_on_the_status_page_which_shows_it_once(cast: Cast, client: Client) -> None:
    known = claims.accepted(cast, claims.held(cast), claim=claims.received())
    stranger = claims.received(at=later(minutes=1))
    bodies = []
    for case in (known, stranger):
        browser = public_posts.opens(Client(), case)
        asked = browser.get("/recover/case/call-number/").content.decode()
        answer = public_posts.acts(browser, case, "call-number/").content.decode()
        number = answer.partition('claim-code">')[2].partition("<")[0]
        assert len(number) == 9
        assert number not in browser.get("/recover/case/call-number/").content.decode()
        bodies.append([page.replace(case.number, "C").replace(number, "N") for page in (asked, answer)])
    assert [_plain(page) for page in bodies[0]] == [_plain(page) for page in bodies[1]]


def _plain(page: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"|nonce="[^"]+"', "", page)
