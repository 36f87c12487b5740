"""A contact point is used for what it was given for, and for nothing else; where the receiver pays nobody dials.

Each user of contact points has a test here with one that must not be used beside one that may.
"""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.errors import Refused
from handover import activating, reaching
from handover.models import ContactPoint, Registration
from handover.queries import activations, attestation
from handover.transitions import add_contact_point
from recovery import dispatching, second_codes, transitions
from recovery.models import Claim
from recovery.queries import examining, urgent, weighing
from tests import claims, seen
from tests.cast import Cast, actor
from tests.claims import later
from tests.stock import NOW, START

pytestmark = pytest.mark.django_db(transaction=True)


def given(of: Registration, kind: str, value: str, *purposes: str, receiver_pays: bool = False) -> ContactPoint:
    """A healthy contact point, long on record, for `purposes`."""
    return ContactPoint.objects.create(
        registration=of,
        kind=kind,
        value=value,
        postal_code="1000002" if kind == "post" else "",
        since=START.date(),
        health=ContactPoint.Health.GOOD,
        purposes=list(purposes),
        receiver_pays=receiver_pays,
    )


@pytest.fixture
def claim(cast: Cast, lost: Registration) -> Claim:
    return claims.accepted(cast, lost)


@pytest.mark.parametrize(
    ("number", "serves"),
    [("0120-123-456", False), ("０８００－１２３－４５６７", False), ("03-1234-5678", True), ("0570-012-345", True)],
)
def test_number_that_costs_its_owner_is_never_dialled_whatever_an_import_says(number: str, serves: bool) -> None:
    point = ContactPoint(kind="phone", value=number, purposes=["procedure"], receiver_pays=False)
    assert reaching.serves(point, reaching.PROCEDURE) is serves


@pytest.mark.parametrize(
    ("kind", "purposes", "receiver_pays", "uses", "serves"),
    [
        ("phone", ["fault"], False, ["procedure"], False),
        ("phone", ["fault"], False, ["fault"], True),
        ("phone", ["fault", "procedure"], True, ["fault", "procedure"], False),
        ("post", ["procedure"], True, ["procedure"], True),
        ("mail", ["billing", "sales"], False, ["procedure", "fault"], False),
        ("mail", [], False, ["procedure"], False),
    ],
)
def test_contact_point_serves_what_it_was_given_for(
    kind: str, purposes: list[str], receiver_pays: bool, uses: list[str], serves: bool
) -> None:
    point = ContactPoint(kind=kind, purposes=purposes, receiver_pays=receiver_pays)
    assert reaching.serves(point, *uses) is serves
    assert reaching.serving([point], *uses) == [point] * serves


def test_contact_point_serves_procedures_unless_somebody_says_otherwise(lost: Registration) -> None:
    made = ContactPoint.objects.create(registration=lost, kind="phone", value="03-0000-1111", since=START.date())
    assert reaching.serves(made, reaching.PROCEDURE)


# Recovery ------------------------------------------------------------------------------------------------------------


def test_notices_leave_other_addresses_alone(cast: Cast, claim: Claim, lost: Registration) -> None:
    bills = given(lost, "mail", "bills@record.example", "billing")
    annex = given(lost, "post", "東京都千代田区千代田9-9", "fault")
    told = {one.point.pk for one in dispatching.recipients(claim, at=later(days=1)) if one.point}
    assert told and not told & {bills.pk, annex.pk}


def test_no_code_goes_to_an_address_for_bills(cast: Cast, claim: Claim, lost: Registration) -> None:
    bills = given(lost, "mail", "bills@record.example", "billing")
    annex = given(lost, "post", "東京都千代田区千代田9-9", "fault")
    before = seen.mark()
    with pytest.raises(Refused):
        transitions.order_mail_code(claim.pk, contact_point_pk=bills.pk, actor=actor(cast.operator), at=NOW)
    with pytest.raises(Refused):
        transitions.order_letter(claim.pk, to=f"contact_point:{annex.pk}", actor=actor(cast.operator), at=NOW)
    assert seen.verbs(before) == []


def test_second_code_of_a_kit_goes_to_an_address_for_procedures(claim: Claim, lost: Registration) -> None:
    ContactPoint.objects.filter(registration=lost, kind="mail").update(purposes=["billing"])
    point = second_codes.channel(claim, NOW)
    assert point is not None and point.kind == "post"


@pytest.mark.parametrize("medium", ["mail", "phone", "post"])
def test_predecessor_is_not_tried_where_it_is_not_for_that(
    cast: Cast, claim: Claim, lost: Registration, medium: str
) -> None:
    value = {"mail": "bills@record.example", "phone": "03-9999-0000", "post": "東京都千代田区千代田9-9"}[medium]
    point = given(lost, medium, value, "fault")
    wanted: dict[str, Any] = {"medium": medium, "result": "no_answer", "actor": actor(cast.operator), "at": NOW}
    with pytest.raises(Refused):
        transitions.record_attempt(claim.pk, contact_point_pk=point.pk, **wanted)


@pytest.mark.parametrize("why", ["purpose", "receiver pays"])
def test_phone_that_must_not_be_dialled_is_neither_offered_nor_called(
    cast: Cast, claim: Claim, lost: Registration, why: str
) -> None:
    phone = claims.point(lost, "phone")
    changes: dict[str, Any] = {"receiver_pays": True} if why == "receiver pays" else {"purposes": ["fault"]}
    assert phone in examining.points_of(claim)
    ContactPoint.objects.filter(pk=phone.pk).update(**changes)
    assert phone not in examining.points_of(claim)
    with pytest.raises(Refused):
        transitions.begin_phone_call(claim.pk, contact_point_pk=phone.pk, actor=actor(cast.operator), at=NOW)


def test_number_for_emergencies_is_called_in_an_emergency(claim: Claim, lost: Registration) -> None:
    phone = claims.point(lost, "phone")
    ContactPoint.objects.filter(pk=phone.pk).update(purposes=["fault"])
    assert urgent.phones_of(claim, NOW) == [phone]
    ContactPoint.objects.filter(pk=phone.pk).update(receiver_pays=True)
    assert urgent.phones_of(claim, NOW) == []
    ContactPoint.objects.filter(pk=phone.pk).update(receiver_pays=False, purposes=["billing"])
    assert urgent.phones_of(claim, NOW) == []


def test_objector_is_not_identified_by_a_number_for_emergencies(cast: Cast, claim: Claim, lost: Registration) -> None:
    phone = claims.point(lost, "phone")
    ContactPoint.objects.filter(pk=phone.pk).update(purposes=["fault"])
    sent = claim.dispatches.filter(purpose="accepted", channel="letter").order_by("pk").first()
    assert sent
    transitions.object_to(typed=claims.objection_sent(sent), words="", actor=claims.PUBLIC, at=later(minutes=30))
    objection = claim.objections.get()
    with pytest.raises(Refused) as refused:
        transitions.identify_objector(
            objection.pk,
            how="callback",
            contact_point_pk=phone.pk,
            person_pk=None,
            note="",
            actor=actor(cast.colleague),
            at=later(hours=1),
        )
    assert list(refused.value.fields) == ["contact_point"]


def test_channel_that_nobody_may_use_is_no_live_one(claim: Claim, lost: Registration) -> None:
    """Whoever can be told by nothing is examined as strictly as whoever cannot be reached."""
    rules = claim.procedure.procedure
    assert "no_live_channel" not in weighing.circumstances_of(claim, lost, rules, NOW)
    ContactPoint.objects.filter(registration=lost).update(purposes=["fault"])
    assert "no_live_channel" in weighing.circumstances_of(claim, lost, rules, NOW)


# Handover ------------------------------------------------------------------------------------------------------------


def _answers(lost: Registration) -> dict[str, Callable[[], list[int]]]:
    home = lost.organisation
    return {
        "activation mail": lambda: [one.pk for one in activating.points_of(home, "mail")],
        "activation post": lambda: [one.pk for one in activating.points_of(home, "post")],
        "activation phone": lambda: [one.pk for one, _settled in activations.phones_of(home, NOW)],
        "attestation": lambda: [one.pk for one in attestation.post_of([lost]).values() if one],
    }


@pytest.mark.parametrize("who", ["activation mail", "activation post", "activation phone", "attestation"])
def test_handover_uses_no_address_that_is_not_for_procedures(cast: Cast, who: str) -> None:
    lost = claims.held(cast)
    ask = _answers(lost)[who]
    assert ask()
    ContactPoint.objects.filter(registration=lost).update(purposes=["fault", "sales"])
    assert ask() == []


def test_change_of_a_contact_point_is_told_to_those_for_procedures_and_to_the_one_itself(cast: Cast) -> None:
    lost = claims.held(cast)
    given(lost, "mail", "sales@record.example", "sales")
    main = ContactPoint.objects.filter(registration=lost, kind="mail").first()
    before = seen.mark()
    add_contact_point(
        registration_pk=lost.pk,
        kind="phone",
        value="03-7777-0000",
        postal_code="",
        purposes=["procedure"],
        hours="",
        receiver_pays=False,
        actor=actor(cast.taro),
        at=NOW,
    )
    assert main is not None
    assert seen.notices(before) == [
        ("contact_point_added", f"contact_point:{main.pk}"),
        ("contact_point_added", cast.taro.label),
    ]
