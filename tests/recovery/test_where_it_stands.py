"""The claimant needs no phone call: at every stage the status page says where it stands, whose turn it is, and when
it goes on."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from desk.models import Inquiry
from recovery import clock, transitions
from recovery.models import Claim
from tests import claims
from tests.announced import announced
from tests.cast import Cast, actor
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)

S, T = Inquiry.Stage, Inquiry.Turn
STAGE = re.compile(r'id="stage-title">(.*?)</h2>\s*<p>(.*?)</p>\s*<p>.*?<strong class="claim-day">(.*?)</strong>', re.S)
DAY = re.compile(r"(\d{4})年（令和\d+年）(\d+)月(\d+)日")


def page(claim: Claim, tracking: str, at: datetime) -> str:
    """Return the status page as somebody with the two codes sees it at `at`."""
    with time_machine.travel(at, tick=False):
        client = Client()
        assert client.post("/recover/status/", {"number": claim.number, "tracking": tracking}).status_code == 302
        return client.get("/recover/case/").content.decode()


def days_in(text: str) -> list[date]:
    return [date(*map(int, found)) for found in DAY.findall(text)]


def _opened(cast: Cast) -> tuple[Claim, str]:
    claim = claims.received()
    return claim, claims.tracking_in_mail(claim)


def _linked(cast: Cast, claim: Claim) -> Claim:
    return claims.linked(cast, claims.held(cast), claim=claim)


def _known(cast: Cast, claim: Claim) -> Claim:
    """Organisation and person are proven: from here on the page follows the claim itself."""
    claim = claims.accepted(cast, claims.held(cast), claim=claim)
    claims.prove(cast, claim, "O2")
    claims.prove(cast, claim, "P1")
    return claim


def _frozen(cast: Cast, claim: Claim) -> Claim:
    claim = _known(cast, claim)
    transitions.object_to(typed=claims.objection_made(claim, at=NOW), words="", actor=claims.PUBLIC, at=NOW)
    return claim


def _contested(cast: Cast, claim: Claim) -> Claim:
    claim = _known(cast, claim)
    assert claim.registration
    claims.linked(cast, claim.registration, claim=claims.received(sender="192.0.2.9"))
    return claim


def _stage(name: str) -> Callable[[Cast, Claim], Claim]:
    return lambda cast, claim: getattr(claims, name)(cast, claims.held(cast), claim=claim)


OPEN: dict[str, tuple[Callable[[Cast, Claim], Claim], set[tuple[Inquiry.Stage, Inquiry.Turn]]]] = {
    "received": (lambda cast, claim: claim, {(S.RECEIVED, T.PROVIDER)}),
    "linked": (_linked, {(S.RECEIVED, T.PROVIDER)}),
    "accepted": (_stage("accepted"), {(S.RECEIVED, T.PROVIDER)}),
    "known": (_known, {(S.COLLECTING, T.INQUIRER), (S.COLLECTING, T.PROVIDER)}),
    "frozen": (_frozen, {(S.FROZEN, T.PROVIDER)}),
    "contested": (_contested, {(S.FROZEN, T.PROVIDER)}),
    "proven": (_stage("proven"), {(S.COLLECTING, T.PROVIDER)}),
    "proposed": (_stage("proposed"), {(S.NOTICE, T.PROVIDER)}),
    "notified": (_stage("notified"), {(S.WINDOW, T.PROVIDER)}),
    "approved": (_stage("approved"), {(S.INVITED, T.INQUIRER)}),
    "ready": (_stage("ready"), {(S.READY, T.PROVIDER)}),
}
NOW_AT = {"proposed": claims.READY, "notified": claims.READY}


def moment_of(name: str, claim: Claim) -> datetime:
    """Return when a claim of that stage has just got there."""
    return claims.decided_at(claim) if name in ("approved", "ready") else NOW_AT.get(name, NOW)


def test_no_stage_is_left_out() -> None:
    """Every stage that an open claim can be in is looked at here; what has ended is below."""
    shown = {stage for _make, stands in OPEN.values() for stage, _turn in stands}
    ended = {S.DONE, S.NOT_CONFIRMED, S.WITHDRAWN, S.STOPPED, S.APPEAL}
    about_calls = {S.CALLING, S.EXPLAINED}
    by_the_calendar = {S.DECISION}
    assert shown | ended | about_calls | by_the_calendar == set(S)


def test_claimant_reads_that_the_decision_is_due_once_the_time_to_object_is_over(cast: Cast) -> None:
    claim, tracking = _opened(cast)
    claim = claims.notified(cast, claims.held(cast), claim=claim)
    last = claims.decided_at(claim) - timedelta(days=1)
    assert str(S.WINDOW.label) in page(claim, tracking, last)
    seen = page(claim, tracking, claims.decided_at(claim))
    assert str(S.DECISION.label) in seen and str(S.WINDOW.label) not in seen


@pytest.mark.parametrize("name", list(OPEN))
@pytest.mark.parametrize("days", [0, 3, 20, 60])
def test_claimant_reads_stage_turn_and_a_date_to_come(cast: Cast, name: str, days: int) -> None:
    """Right away and long after, with the clock having run: the date is never one that is over."""
    made, stands = OPEN[name]
    claim, tracking = _opened(cast)
    claim = made(cast, claim)
    at = moment_of(name, claim) + timedelta(days=days)
    if days:
        clock.run(at=at)
    seen = page(claim, tracking, at)
    found = STAGE.search(seen)
    assert found, seen
    stage, turn, day = found.groups()
    assert stage in set(map(str, S.labels)) and turn.strip() in set(map(str, T.labels))
    if days == 0:
        assert (stage, turn.strip()) in {(str(one.label), str(two.label)) for one, two in stands}
    assert day, "no date"
    [next_on] = days_in(day)
    assert timezone.localdate(at) <= next_on, f"{next_on} is over"
    assert str(T.NOBODY.label) not in turn


def _refused(cast: Cast, claim: Claim) -> Claim:
    claim = _known(cast, claim)
    return transitions.refuse(
        claim.pk, reason="not_confirmed", words="x", missing=["A", "C"], actor=actor(cast.approver), at=NOW
    )


def _appealed(cast: Cast, claim: Claim) -> Claim:
    claim = _refused(cast, claim)
    transitions.appeal(claim.pk, words="もう一度", actor=claims.PUBLIC, at=NOW)
    return claim


def _stopped(cast: Cast, claim: Claim) -> Claim:
    claim = _known(cast, claim)
    announced(claim.inquiry, cast.operator)
    transitions.record_attempt(
        claim.pk, medium="phone", contact_point_pk=None, result="reached", actor=actor(cast.operator), at=NOW
    )
    return claim


def _withdrawn(cast: Cast, claim: Claim) -> Claim:
    return transitions.withdraw(claim.pk, actor=claims.PUBLIC, at=NOW)


ENDED: dict[str, tuple[Callable[[Cast, Claim], Claim], Inquiry.Stage, str]] = {
    "refused": (_refused, S.NOT_CONFIRMED, "/recover/case/appeal/"),
    "appealed": (_appealed, S.APPEAL, ""),
    "stopped": (_stopped, S.STOPPED, "/recover/case/reopen/"),
    "withdrawn": (_withdrawn, S.WITHDRAWN, "/recover/case/reopen/"),
}


@pytest.mark.parametrize("name", list(ENDED))
def test_claimant_reads_what_follows_the_end_and_until_when(cast: Cast, name: str) -> None:
    make, stage, way_on = ENDED[name]
    claim, tracking = _opened(cast)
    claim = make(cast, claim)
    seen = page(claim, tracking, NOW)
    assert str(stage.label) in seen
    assert way_on in seen
    assert [day for day in days_in(seen) if day > timezone.localdate(NOW)], "no date to go by"


def test_claimant_reads_that_it_is_done_and_where_to_sign_in(cast: Cast) -> None:
    claim, tracking = _opened(cast)
    claim = claims.ready(cast, claims.held(cast), claim=claim)
    at = claims.decided_at(claim)
    transitions.execute(claim.pk, signed_hash=claim.proposal_hash, actor=actor(cast.approver), at=at)
    seen = page(claim, tracking, at)
    assert str(S.DONE.label) in seen and "/accounts/login/" in seen
