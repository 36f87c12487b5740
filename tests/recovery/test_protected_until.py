"""What is told of the protected time after a recovery names the last day of that time, not the one to object before."""

from datetime import timedelta

import pytest
from django.utils import timezone

from recovery import transitions
from recovery.clock import CLOCK
from recovery.models import Claim, Dispatch
from tests import claims
from tests.cast import Cast, actor
from tests.handover.printed import pages

pytestmark = pytest.mark.django_db


def printed(claim: Claim, purpose: str, cast: Cast) -> str:
    letter = Dispatch.objects.get(claim=claim, purpose=purpose, channel="letter")
    pdf = transitions.print_letters([letter.pk], actor=actor(cast.colleague), at=letter.queued_at)
    return "".join(pages(pdf))


def test_letters_name_the_end_of_the_protected_time(cast: Cast) -> None:
    claim = claims.executed(cast, claims.held(cast))
    assert claim.executed_at and claim.cooling_off_until and claim.window_ends_on
    day = timezone.localdate(claim.cooling_off_until)
    assert day == timezone.localdate(claim.executed_at) + timedelta(days=30)
    ends = f"{day.year}年（令和{day.year - 2018}年）{day.month}月{day.day}日"
    assert f"30日間（{ends}まで）" in printed(claim, "executed", cast)

    transitions.end_cooling_off(claim.pk, actor=CLOCK, at=claim.cooling_off_until)
    assert ends in printed(claim, "ended", cast)
