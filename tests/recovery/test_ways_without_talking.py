"""Every proof has a way without phone and without video, by the procedure that is live (K19)."""

import pytest

from recovery.procedure.combinations import enough, matters, within
from recovery.procedure.shapes import Procedure
from recovery.queries import procedures
from tests.recovery import without_talking

pytestmark = pytest.mark.django_db


@pytest.fixture
def live() -> Procedure:
    return procedures.live().procedure


def test_every_kind_that_takes_a_call_or_video_is_known(live: Procedure) -> None:
    """By its own words: a new kind that is talked about on the phone has to be thought of here."""
    talked = {kind.code for kind in live.kinds if any(word in f"{kind.name}{kind.how}" for word in ("電話", "ビデオ"))}
    assert talked == set(without_talking.INSTEAD) | without_talking.CHECKED_BY_US


def test_each_has_a_named_other_way_for_the_same_thing(live: Procedure) -> None:
    kinds = {kind.code: kind for kind in live.kinds}
    for code, others in without_talking.INSTEAD.items():
        assert others, code
        for other in others:
            assert other not in without_talking.INSTEAD
            assert set(kinds[other].categories) & set(kinds[code].categories), f"{other} instead of {code}"


@pytest.mark.parametrize("number", [2, 3, 4])
def test_nobody_has_to_phone_or_be_filmed_at_any_tier(live: Procedure, number: int) -> None:
    """P2 is the claimant's own call, C2 rings at the claimant's organisation: without both it is enough."""
    tier = live.tier(number)
    allowed = set(matters(live)) - {"P2", "C2"}
    assert enough(live, tier) & within(live, allowed)


def test_normal_recovery_goes_without_any_call_at_all(live: Procedure) -> None:
    allowed = set(matters(live)) - set(without_talking.INSTEAD)
    assert enough(live, live.tier(3)) & within(live, allowed)


def test_check_would_find_a_tier_that_cannot_do_without_video(live: Procedure) -> None:
    allowed = set(matters(live)) - {"P1", "P2"}
    assert not enough(live, live.tier(3)) & within(live, allowed)


def test_no_route_needs_a_call_with_the_claimant(live: Procedure) -> None:
    assert live.open_routes
    for route in live.open_routes:
        tier = live.tier(route.tier or live.default_tier, route.code)
        allowed = set(matters(live, route.code)) - {"P2", "C2"}
        assert enough(live, tier) & within(live, allowed, route.code), route.code
