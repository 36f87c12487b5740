"""A contractor who said to be the customer, once on the phone and once behind a claim: one count, one mail (R9)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from desk import transitions as at_desk
from desk.models import CapacityFinding, Inquiry
from handover.models import Registration
from recovery import clock, transitions
from recovery.models import Claim
from tests import claims, seen
from tests.cast import Cast, actor
from tests.desk.test_capacity import posed
from tests.stock import NOW, registration

pytestmark = pytest.mark.django_db(transaction=True)

MAIL = "customer_posed_as"


def named(cast: Cast, found: CapacityFinding, lost: Registration, at: datetime = NOW) -> CapacityFinding:
    return at_desk.name_posed_as(found.pk, registration=lost.number, actor=actor(cast.operator), at=at)


def behind_a_claim(cast: Cast, lost: Registration, at: Any = NOW) -> Claim:
    claim = claims.linked(cast, lost)
    return transitions.find_capacity(claim.pk, capacity="contractor", actor=actor(cast.operator), at=at)


def told(before: int) -> list[str]:
    return sorted(recipient for template, recipient in seen.notices(before) if template == MAIL)


def test_a_call_after_a_claim_is_the_second_time(cast: Cast, lost: Registration) -> None:
    claim, before = behind_a_claim(cast, lost), seen.mark()
    assert clock.run(at=NOW)["posing_told"] == 0
    found = named(cast, posed(cast, cast.agent), lost)
    assert cast.taro.label in told(before) and len(told(before)) == len(set(told(before)))
    claim.refresh_from_db()
    assert (found.told_at, claim.posing_told_at) == (NOW, NOW)
    assert clock.run(at=NOW)["posing_told"] == 0  # told once


def test_a_claim_after_a_call_is_the_second_time_and_the_clock_tells(cast: Cast, lost: Registration) -> None:
    found = named(cast, posed(cast, cast.agent), lost)
    claim, before = behind_a_claim(cast, lost), seen.mark()
    assert clock.run(at=NOW)["posing_told"] == 1
    assert cast.taro.label in told(before)
    found.refresh_from_db()
    claim.refresh_from_db()
    assert (found.told_at, claim.posing_told_at) == (NOW, NOW)
    again = seen.mark()
    named(cast, posed(cast, cast.agent), lost)
    assert told(again) == []  # the third time within 90 days tells nothing anew


def test_one_matter_found_in_its_call_and_behind_its_claim_is_once(cast: Cast, lost: Registration) -> None:
    found, claim = named(cast, posed(cast, cast.agent), lost), behind_a_claim(cast, lost)
    CapacityFinding.objects.filter(pk=found.pk).update(inquiry=claim.inquiry)
    before = seen.mark()
    assert clock.run(at=NOW)["posing_told"] == 0 and told(before) == []


def test_more_than_ninety_days_between_them_are_not_told(cast: Cast, lost: Registration) -> None:
    behind_a_claim(cast, lost)
    before, late = seen.mark(), NOW + timedelta(days=91)
    named(cast, posed(cast, cast.agent, late), lost, late)
    assert told(before) == []


def test_that_of_another_customer_does_not_count(cast: Cast, lost: Registration) -> None:
    behind_a_claim(cast, lost)
    other = registration(cast.wakaba, "R-7", custodian=None)
    before = seen.mark()
    named(cast, posed(cast, cast.agent), other)
    assert told(before) == [] and Inquiry.objects.count() == 2
