"""Attempts to reach the predecessor. Who and when: test_table."""

import pytest

from accounts.errors import Refused
from handover.models import Registration
from recovery import transitions
from recovery.models import Claim, ContactAttempt
from recovery.queries import weighing
from tests import claims, seen
from tests.announced import announced
from tests.cast import Cast, actor
from tests.claims import PUBLIC, later
from tests.letterbox import mails
from tests.stock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim(cast: Cast, lost: Registration) -> Claim:
    return claims.accepted(cast, lost)


def test_attempt_by_mail_is_made_by_the_act_itself(cast: Cast, claim: Claim, lost: Registration) -> None:
    point, before = claims.point(lost, "mail"), seen.mark()
    made = transitions.record_attempt(
        claim.pk, medium="mail", contact_point_pk=point.pk, result="", actor=actor(cast.operator), at=NOW
    )
    assert (made.result, made.by) == ("sent", cast.operator)
    assert seen.verbs(before) == ["attempt.recorded"]
    assert seen.notices(before) == [("claim_accepted", f"contact_point:{point.pk}")]


def test_second_notice_leaves_the_objection_code_of_the_first_good(
    cast: Cast, claim: Claim, lost: Registration
) -> None:
    first = claim.dispatches.get(channel="letter")
    objection = claims.objection_sent(first)
    transitions.record_attempt(
        claim.pk,
        medium="post",
        contact_point_pk=claims.point(lost, "post").pk,
        result="",
        actor=actor(cast.operator),
        at=later(days=3),
    )
    assert transitions.object_to(typed=objection, words="", actor=PUBLIC, at=later(days=4)).frozen_by == "objection"


def test_predecessor_who_is_reached_stops_the_claim(cast: Cast, claim: Claim) -> None:
    announced(claim.inquiry, cast.operator)
    before = seen.mark()
    transitions.record_attempt(
        claim.pk,
        medium="phone",
        contact_point_pk=None,
        result=ContactAttempt.Result.REACHED,
        actor=actor(cast.operator),
        at=NOW,
    )
    claim.refresh_from_db()
    assert (claim.status, claim.end_reason) == ("stopped", "custodian_active")
    assert seen.verbs(before) == ["attempt.recorded"]
    assert seen.notices(before) == sorted(
        [("claim_closed", claim.label), ("claim_stopped", cast.taro.label), ("claim_stopped", cast.hanako.label)]
    )
    assert "吉田" not in str(mails("claim_closed")) and "𠮷田" not in str(mails("claim_closed"))


def test_attempt_at_a_contact_point_of_another_record_is_refused(cast: Cast, claim: Claim) -> None:
    other = claims.held(cast, "R-2")
    with pytest.raises(Refused):
        transitions.record_attempt(
            claim.pk,
            medium="mail",
            contact_point_pk=claims.point(other, "mail").pk,
            result="",
            actor=actor(cast.operator),
            at=NOW,
        )
    assert not ContactAttempt.objects.exists()


@pytest.mark.parametrize(
    ("days", "media", "enough"),
    [
        ((0, 3, 7), ("mail", "phone", "mail"), True),
        ((0, 3), ("mail", "phone"), False),
        ((0, 3, 7), ("phone", "phone", "phone"), False),
    ],
)
def test_attempts_count_by_number_media_and_business_days(
    cast: Cast, claim: Claim, days: tuple[int, ...], media: tuple[str, ...], enough: bool
) -> None:
    for day, medium in zip(days, media, strict=True):
        if medium == "phone":
            announced(claim.inquiry, cast.operator, at=later(days=day))
        transitions.record_attempt(
            claim.pk,
            medium=medium,
            contact_point_pk=None,
            result="no_answer",
            actor=actor(cast.operator),
            at=later(days=day),
        )
    # 20 November 2026 is a Friday; the 23rd is a holiday: five business days after it is the 30th.
    assert ("attempts" not in weighing.standing_of(claim, later(days=10)).missing) is enough
    assert "attempts" in weighing.standing_of(claim, later(days=9)).missing
