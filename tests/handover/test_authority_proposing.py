"""An operator proposes a reassignment on authority."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Membership, Role
from audit.models import Event
from handover.models import (
    AuthorityCase,
    Registration,
    Restriction,
)
from tests import seen
from tests.cast import Cast, actor
from tests.handover.on_authority import CUSTOMERS, Status
from tests.handover.reassigning import (
    BY_REGISTRY,
    BY_SEAL,
    proposed,
)
from tests.stock import NOW, START, registration


def test_operator_proposes_and_the_customer_learns_nothing_yet(cast: Cast, two: list[Registration]) -> None:
    before = seen.mark()
    case = proposed(cast, *two)
    assert (case.status, case.predecessor, case.successor) == (Status.PROPOSED, cast.hanako, cast.jiro)
    assert sorted(case.items.values_list("registration__number", "is_open")) == [("R-1", True), ("R-2", True)]
    assert (seen.verbs(before), seen.notices(before)) == (["authority.proposed"], [])
    written = Event.objects.get(verb="authority.proposed")
    assert (written.subject, written.about) == (case.label, [case.label])
    assert written.facts == {"hash": case.proposal_hash, "registrations": 2, "proofs": ["A2", "O1"]}
    assert not Restriction.objects.exists()
    assert not AuthorityCase.objects.against(actor(cast.hanako)).exists()


@pytest.mark.parametrize("who", [*CUSTOMERS, "approver", "senior", "editor", "auditor"])
def test_only_an_operator_proposes(cast: Cast, two: list[Registration], who: str) -> None:
    with pytest.raises(NotAllowed):
        proposed(cast, *two, by=getattr(cast, who))
    assert not AuthorityCase.objects.exists()


def test_second_press_gives_back_the_case_and_a_second_case_is_refused(cast: Cast, two: list[Registration]) -> None:
    token = uuid.uuid4()
    case, before = proposed(cast, *two, token=token), seen.mark()
    assert proposed(cast, *two, token=token) == case
    with pytest.raises(WrongState):
        proposed(cast, *two, token=token, by=cast.colleague)
    with pytest.raises(WrongState):
        proposed(cast, two[1])
    assert (AuthorityCase.objects.count(), seen.verbs(before)) == (1, [])


@pytest.mark.parametrize(
    ("proofs", "enough"),
    [
        (BY_REGISTRY, True),
        (BY_SEAL, True),
        ({"O1": BY_REGISTRY["O1"]}, False),
        ({"O3": BY_SEAL["O3"], "A2": BY_SEAL["A2"]}, False),
        ({"A1": BY_SEAL["A1"], "A2": BY_SEAL["A2"]}, False),
        ({"O3": BY_SEAL["O3"], "A1": BY_SEAL["A1"]}, False),
        ({**BY_SEAL, "O3": ("OLD", NOW.date() - timedelta(days=93))}, False),
        ({**BY_SEAL, "A1": ("AHEAD", NOW.date() + timedelta(days=1))}, False),
    ],
)
def test_only_whole_and_recent_proofs_are_enough(
    cast: Cast, two: list[Registration], proofs: Any, enough: bool
) -> None:
    if enough:
        assert proposed(cast, *two, proofs=proofs).proofs.count() == len(proofs)
        return
    with pytest.raises(Refused):
        proposed(cast, *two, proofs=proofs)
    assert not AuthorityCase.objects.exists()


@pytest.mark.parametrize("who", ["minoru", "operator", "hanako", "nobody"])
def test_successor_is_a_member_of_the_customer_and_another_person(
    cast: Cast, two: list[Registration], who: str
) -> None:
    email = getattr(cast, who).email if hasattr(cast, who) else "nobody@aoba.example"
    with pytest.raises(Refused) as refused:
        proposed(cast, *two, successor_email=email)
    assert list(refused.value.fields) == ["successor_email"]


def test_numbers_must_be_of_one_person_of_one_customer(cast: Cast, two: list[Registration]) -> None:
    of_taro = registration(cast.aoba, "R-3", custodian=cast.taro)
    of_nobody = registration(cast.aoba, "R-4", custodian=None)
    of_wakaba = registration(cast.wakaba, "W-1", custodian=cast.wakako)
    unknown = Registration(number="X-1")
    words = set()
    for other in (of_taro, of_nobody, of_wakaba, unknown):
        with pytest.raises(Refused) as refused:
            proposed(cast, *two, other)
        words.add(str(refused.value.words))
    assert len(words) == 1
    with pytest.raises(Refused):
        proposed(cast)


def test_provider_keeps_out_where_an_administrator_can_reassign(cast: Cast, two: list[Registration]) -> None:
    Membership.objects.create(user=cast.saburo, organisation=cast.aoba, role=Role.ADMINISTRATOR, since=START)
    with pytest.raises(Refused):
        proposed(cast, *two)
    # To the other administrator somebody else has to give it, and nobody is left for that.
    assert proposed(cast, *two, successor_email=cast.saburo.email).successor == cast.saburo


def test_ground_has_to_be_true(cast: Cast, two: list[Registration]) -> None:
    with pytest.raises(Refused) as refused:
        proposed(cast, *two, ground="refuses")
    assert list(refused.value.fields) == ["ground"]
    of_taro = registration(cast.aoba, "R-3", custodian=cast.taro)
    Membership.objects.filter(user=cast.hanako).update(until=NOW)
    with pytest.raises(Refused):
        proposed(cast, of_taro)
    assert proposed(cast, of_taro, ground="refuses").predecessor == cast.taro
