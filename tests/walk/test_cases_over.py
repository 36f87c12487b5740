"""Looks outside a case (invariant 24): with every case over, each path that shows staff somebody's rows is walked."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from config.public import PUBLIC_PATHS
from desk.models import Hold, Inquiry
from desk.models.inquiries import InquiryQuerySet
from handover.models import CaseAccess, Registration
from tests.stock import NOW
from tests.walk.table import ROWS
from tests.walk.walking import Walk, undone

pytestmark = pytest.mark.django_db

DESK = ("agent", "supervisor")
PROVIDER = ("operator", "approver", "senior", "editor", "auditor")
NOT_THERE = {"403", "404", "405"}


@pytest.fixture
def over(walk: Walk) -> Iterator[Walk]:
    """The walk's world after every case has ended, so long ago that none can be taken up again."""
    ended = NOW - timedelta(days=181)
    with undone():
        Hold.objects.filter(closed_at=None).update(closed_at=ended, outcome="decided")
        Inquiry.objects.update(status="closed", turn="nobody", next_on=None, closed_at=ended)
        CaseAccess.objects.filter(ended_at=None).update(ended_at=NOW)
        yield walk


def shown(walk: Walk, roles: tuple[str, ...], spaces: tuple[str, ...]) -> set[str]:
    """Return the paths with an identifier that answer one of `roles` with anything at all."""
    found = set()
    for name in ROWS:
        if name.partition(":")[0] in spaces and walk.world.addresses.get(name):
            address = walk.world.address(name)
            for role in roles:
                for answer in (walk.ask(role, "get", address), walk.post(role, name, address)):
                    if answer.told not in NOT_THERE:
                        found.add(name)
    return found


STRANGERS = PUBLIC_PATHS
OWN_ALARMS = {"desk:close_alarm"}
"""About people of the staff, not about customers."""
CASES: dict[str, frozenset[str]] = {
    # The provider's people read the inquiry itself when it is over: who complains later is answered from it.
    "an inquiry": frozenset(
        {"desk:inquiry", "desk:explanation", "desk:note_contact", "desk:hold", "desk:close_hold", "desk:person_notes"}
    ),
    "an activation that is asked for": frozenset(
        f"handover:{name}"
        for name in (
            "activation",
            "check_activation",
            "order_activation",
            "approve_activation",
            "refuse_activation",
            "return_activation",
        )
    ),
    "a change that the customer asked for": frozenset(
        f"handover:{name}"
        for name in (
            "change",
            "change_on_paper",
            "check_proof",
            "find_receiver",
            "record_consent",
            "release_for_change",
            "propose_change",
            "approve_change",
            "refuse_change",
            "execute_change",
            "end_affiliation",
        )
    ),
    "a reassignment on proven authority": frozenset(
        f"handover:{name}"
        for name in (
            "authority_case",
            "second_authority_proof",
            "approve_reassignment",
            "refuse_reassignment",
            "execute_reassignment",
            "withdraw_reassignment",
            "answer_objection",
            "notice_returned",
        )
    ),
    "no customer: a product of the provider, an invented registration": frozenset(
        {"handover:product", "handover:end_canary"}
    ),
    "no look: ends somebody's membership, and shows the name": frozenset({"handover:leave"}),
}
"""What is still shown to people of the provider, by the case that it is part of."""


def test_desk_sees_nothing_of_anybody_outside_a_case(over: Walk) -> None:
    found = shown(over, DESK, ("desk", "recovery", "handover", "accounts"))
    assert found - STRANGERS - OWN_ALARMS == set()


def test_provider_sees_registrations_only_in_a_case(over: Walk) -> None:
    cases = frozenset().union(*CASES.values())
    assert shown(over, PROVIDER, ("desk", "handover")) - STRANGERS - OWN_ALARMS == cases


def test_planted_look_of_the_desk_outside_a_case_is_found(over: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(InquiryQuerySet, "visible_to", lambda self, *_who: self.all())
    assert "desk:inquiry" in shown(over, DESK, ("desk",))


def test_access_that_outlives_its_case_is_found(over: Walk) -> None:
    registration = Registration.objects.get(number=over.world.addresses["handover:registration"][0])
    CaseAccess.objects.create(user=over.world.cast.operator, registration=registration, case="C-1", since=NOW)
    assert "handover:registration" in shown(over, ("operator",), ("handover",))
