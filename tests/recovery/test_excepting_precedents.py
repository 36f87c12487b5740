"""The nearest precedents of an exception, the review of a rule that is bent too often, and the list."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from audit.models import Event
from recovery import transitions
from recovery.models import CaseException, RuleReview
from recovery.procedure.bending import Likeness, distance, why_near
from recovery.queries import exceptions as reads
from tests import claims, seen
from tests.cast import Cast, actor
from tests.recovery.excepted import asks, granted, lacking
from tests.stock import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_paper")]


# Precedents


def likeness(**changes: Any) -> Likeness:
    usual: dict[str, Any] = {
        "reason": "disaster",
        "rule": "category:O",
        "tier": 3,
        "route": "normal",
        "circumstances": frozenset({"critical"}),
    }
    return Likeness(**{**usual, **changes})


def test_distance_weighs_reason_then_need_then_tier_then_route_then_circumstances() -> None:
    one = likeness()
    further = [
        likeness(),
        likeness(circumstances=frozenset()),
        likeness(route="affiliate"),
        likeness(tier=4),
        likeness(rule="points"),
        likeness(reason="other"),
    ]
    found = [distance(one, other) for other in further]
    assert found == sorted(found) and len(set(found)) == len(found) and found[0] == 0
    assert [distance(other, one) for other in further] == found
    assert len(why_near(one, one)) == 5
    assert len(why_near(one, likeness(reason="other"))) == 4


def test_three_nearest_are_shown_the_latest_first_among_equals(cast: Cast) -> None:
    made = []
    for number, reason in enumerate(("other", "disaster", "no_seal", "disaster"), start=2):
        claim = lacking(cast, claims.held(cast, f"R-{number}"))
        made.append(granted(cast, claim, reason_code=reason, at=claims.READY + timedelta(minutes=number)))
    claim = lacking(cast, claims.held(cast))
    asked = asks(cast, claim, at=claims.READY + timedelta(hours=1))
    assert asked.precedents == [made[3].pk, made[1].pk, made[2].pk]
    shown = reads.precedents_of(asked)
    assert [one.distance for one in shown] == [0, 0, 8]
    assert len(shown[0].why) == 5 and len(shown[2].why) == 4
    # Fixed when it was asked: what comes later is not slipped in below what was compared.
    later = lacking(cast, claims.held(cast, "R-9"), at=NOW + timedelta(days=1))
    granted(cast, later, at=claims.READY + timedelta(days=1, hours=2))
    assert [one.pk for one in reads.precedents_of(asked)] == asked.precedents


# The rule is reviewed


def several(cast: Cast, count: int, *, first: int = 1, at: datetime = claims.READY, reason: str = "disaster") -> None:
    for number in range(first, first + count):
        claim = lacking(cast, claims.held(cast, f"R-{number}"), at=at - (claims.READY - NOW))
        granted(cast, claim, reason_code=reason, at=at + timedelta(minutes=number))


def test_third_of_a_kind_in_six_months_opens_a_review_for_the_editor(cast: Cast) -> None:
    several(cast, 2)
    several(cast, 1, first=3, reason="no_seal")
    assert not RuleReview.objects.exists()
    before = seen.mark()
    several(cast, 1, first=4)
    review = RuleReview.objects.get()
    assert (review.reason_code, review.count, review.rules, review.status) == (
        "disaster",
        3,
        [["category:O", 3]],
        "open",
    )
    assert ("rule_review_opened", cast.editor.label) in seen.notices(before)
    assert Event.objects.filter(verb="exception.approved").latest("sequence").facts["review"] == review.pk
    # One task at a time.
    several(cast, 1, first=5)
    assert RuleReview.objects.count() == 1


def test_editor_closes_the_review_and_what_it_saw_is_not_counted_again(cast: Cast) -> None:
    several(cast, 3)
    review = RuleReview.objects.get()
    at = claims.READY + timedelta(hours=1)
    for who in (cast.operator, cast.approver, cast.senior, cast.auditor, cast.hanako):
        with pytest.raises(NotAllowed):
            transitions.close_rule_review(review.pk, outcome="stays", words="", actor=actor(who), at=at)
    with pytest.raises(Refused):
        transitions.close_rule_review(review.pk, outcome="later", words="", actor=actor(cast.editor), at=at)
    before = seen.mark()
    closed = transitions.close_rule_review(
        review.pk, outcome="stays", words="例外で足りる", actor=actor(cast.editor), at=at
    )
    assert (closed.status, closed.outcome, closed.closed_by) == ("closed", "stays", cast.editor)
    assert seen.verbs(before) == ["rule_review.closed"]
    with pytest.raises(WrongState):
        transitions.close_rule_review(review.pk, outcome="stays", words="", actor=actor(cast.editor), at=at)
    later = claims.READY + timedelta(days=1)
    several(cast, 2, first=11, at=later)
    assert RuleReview.objects.count() == 1
    several(cast, 1, first=13, at=later)
    assert RuleReview.objects.count() == 2


def test_exceptions_of_longer_ago_do_not_count(cast: Cast) -> None:
    several(cast, 2)
    CaseException.objects.update(decided_at=claims.READY - timedelta(days=190))
    several(cast, 1, first=3)
    assert not RuleReview.objects.exists()


# The list


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_one_and_three(cast: Cast, count: int, django_assert_num_queries: Any) -> None:
    several(cast, count)
    with django_assert_num_queries(1):
        assert len(reads.listed(claims.READY)) == count
