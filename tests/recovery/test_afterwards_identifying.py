"""Who is who: an objector is identified, and a contractor who said to be the customer leaves a flag."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from audit.models import Event
from desk.models import Contact
from handover.models import ContactPoint, Registration
from recovery import clock, transitions
from recovery.models import Claim, Objection
from recovery.queries import tracking
from tests import claims, seen
from tests.announced import announced
from tests.cast import Cast, actor
from tests.claims import PUBLIC, later
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def objected(claim: Claim, to: str = "letter") -> int:
    sent = claim.dispatches.filter(purpose="accepted", channel=to).order_by("pk").first()
    assert sent
    transitions.object_to(typed=claims.objection_sent(sent), words="", actor=PUBLIC, at=later(hours=1))
    return claim.objections.get().pk


def identified(cast: Cast, pk: int, how: str, *, at: Any = None, **changes: Any) -> Any:
    given = {"contact_point_pk": None, "person_pk": None, "note": "", **changes}
    if how == "callback":
        announced(Objection.objects.get(pk=pk).claim.inquiry, cast.operator, at=at or later(hours=2))
    return transitions.identify_objector(pk, how=how, **given, actor=actor(cast.operator), at=at or later(hours=2))


def test_identified_objection_does_not_lapse(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    pk = objected(claim)
    before = seen.mark()
    found = identified(cast, pk, "callback", contact_point_pk=claims.point(lost, "phone").pk, note="総務の方")
    assert (found.identified_at, found.identified_how, found.identified_by) == (
        later(hours=2),
        "callback",
        cast.operator,
    )
    assert seen.verbs(before) == ["intention.announced", "objection.identified"]
    assert Event.objects.get(verb="objection.identified").facts == {"objection": pk, "how": "callback"}
    assert Contact.objects.filter(inquiry=claim.inquiry, party="record", by=cast.operator).count() == 1
    assert clock.run(at=later(days=15))["objections_lapsed"] == 0
    with pytest.raises(WrongState):
        identified(cast, pk, "code")


def test_code_shows_only_the_contact_point_that_it_went_to(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    assert identified(cast, objected(claim), "code").identified_how == "code"


def test_code_that_went_to_an_account_shows_no_contact_point(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    sent = claim.dispatches.get(to=cast.taro.label)
    transitions.object_to(typed=claims.objection_sent(sent), words="", actor=PUBLIC, at=later(hours=1))
    with pytest.raises(Refused):
        identified(cast, claim.objections.get().pk, "code")


@pytest.mark.parametrize("trouble", ["young", "dead", "foreign", "mail", "none"])
def test_weak_contact_point_identifies_nobody(cast: Cast, lost: Registration, trouble: str) -> None:
    claim = claims.accepted(cast, lost)
    pk, phone = objected(claim), claims.point(lost, "phone")
    if trouble == "young":
        ContactPoint.objects.filter(pk=phone.pk).update(since=(NOW - timedelta(days=29)).date())
    elif trouble == "dead":
        ContactPoint.objects.filter(pk=phone.pk).update(health="returned")
    points = {
        "foreign": lambda: claims.point(claims.held(cast, "R-2"), "phone").pk,
        "mail": lambda: claims.point(lost, "mail").pk,
        "none": lambda: None,
    }
    chosen = points.get(trouble, lambda: phone.pk)()
    with pytest.raises(Refused):
        identified(cast, pk, "callback", contact_point_pk=chosen, at=NOW)


def test_sign_in_since_the_objection_identifies_and_an_earlier_one_does_not(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    claims.came(cast.hanako, NOW)
    pk = objected(claim)
    for person in (cast.hanako, cast.wakako, cast.taro):
        with pytest.raises(Refused):
            identified(cast, pk, "sign_in", person_pk=person.pk)
    claims.came(cast.wakako, later(hours=2))
    with pytest.raises(Refused):
        identified(cast, pk, "sign_in", person_pk=cast.wakako.pk)
    claims.came(cast.hanako, later(hours=2))
    assert identified(cast, pk, "sign_in", person_pk=cast.hanako.pk).identified_how == "sign_in"


def test_whoever_identified_the_objector_does_not_decide(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    pk = objected(claim)
    second = claims.same_human(cast, cast.colleague, "approver")
    phone = claims.point(lost, "phone").pk
    given = {"how": "callback", "contact_point_pk": phone, "person_pk": None, "note": ""}
    announced(claim.inquiry, cast.colleague, at=later(hours=2))
    transitions.identify_objector(pk, **given, actor=actor(cast.colleague), at=later(hours=2))
    transitions.review_objection(pk, recommendation="upheld", actor=actor(cast.operator), at=later(hours=2))
    with pytest.raises(NotAllowed):
        transitions.decide_objection(pk, outcome="upheld", reason="", actor=actor(second), at=later(hours=2))


def posing(cast: Cast, claim: Claim, *, at: Any = NOW, capacity: str = "contractor") -> Claim:
    return transitions.find_capacity(claim.pk, capacity=capacity, actor=actor(cast.operator), at=at)


def test_contractor_who_said_to_be_the_customer_leaves_a_flag_and_learns_nothing(
    cast: Cast, lost: Registration
) -> None:
    claim = claims.proven(cast, lost)
    before = seen.mark()
    posing(cast, claim, at=claims.READY)
    assert seen.verbs(before) == ["claim.capacity_found"] and seen.notices(before) == []
    assert Event.objects.get(verb="claim.capacity_found").facts == {"capacity": "contractor", "poses": True}
    found = tracking.find_marked(claim.pk)
    assert found and found.posed_at == claims.READY and tracking.rung_of(found, claims.READY) == 0
    # A mistake is put right, and the flag goes with it.
    assert posing(cast, claim, capacity="customer", at=claims.READY).posed_at is None
    with pytest.raises(Refused):
        posing(cast, claim, capacity="unknown")


def test_contractor_who_said_so_leaves_no_flag(cast: Cast) -> None:
    assert posing(cast, claims.received(capacity="contractor")).posed_at is None


def test_custodian_is_told_once_of_two_in_ninety_days(cast: Cast, lost: Registration) -> None:
    first = claims.linked(cast, lost)
    posing(cast, first)
    assert clock.run(at=NOW)["posing_told"] == 0
    transitions.refuse(first.pk, reason="abuse", words="", actor=actor(cast.approver), at=NOW)
    second = claims.received(sender="b", at=later(days=89))
    posing(cast, second, at=later(days=89))
    assert clock.run(at=later(days=89))["posing_told"] == 0, "not linked yet"
    claims.linked(cast, lost, claim=second, at=later(days=89))
    before = seen.mark()
    assert clock.run(at=later(days=89))["posing_told"] == 1
    assert ("customer_posed_as", cast.taro.label) in seen.notices(before)
    assert Event.objects.get(verb="claim.posing_told").facts == {"times": 2}
    assert clock.run(at=later(days=89))["posing_told"] == 0


def test_two_with_more_than_ninety_days_between_are_not_told(cast: Cast, lost: Registration) -> None:
    first = claims.linked(cast, lost)
    posing(cast, first)
    transitions.refuse(first.pk, reason="abuse", words="", actor=actor(cast.approver), at=NOW)
    second = claims.linked(cast, lost, claim=claims.received(sender="b"), at=later(days=91))
    posing(cast, second, at=later(days=91))
    assert clock.run(at=later(days=91))["posing_told"] == 0
