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
        {
            *("desk:inquiry", "desk:explanation", "desk:note_contact", "desk:hold", "desk:close_hold"),
            *("desk:person_notes", "desk:remove_person_note", "desk:announce_call", "desk:announce_now"),
            *("desk:answer_use", "desk:ask_consent", "desk:bill_in_call", "desk:close_inquiry", "desk:needs"),
            *("desk:note_letter_in", "desk:note_letter_out", "desk:pause", "desk:record_feedback", "desk:refer"),
            *("desk:remind", "desk:reopen_inquiry", "desk:resume"),
        }
    ),
    "an answer or a letter of an inquiry": frozenset(
        {
            *("desk:answer", "desk:answer_pdf", "desk:change_answer", "desk:draft_answer", "desk:propose_answer"),
            *("desk:release_answer", "desk:send_back_answer", "desk:withdraw_answer", "desk:close_letter"),
        }
    ),
    "a call that runs, or a call back that was booked": frozenset(
        {"desk:call_back", "desk:checks", "desk:dial", "desk:end_call_back", "desk:posed_as"}
    ),
    "a consent that waits for its registration": frozenset({"desk:link_consent"}),
    "what somebody complained of, or a mistake of ours": frozenset(
        {
            *("desk:answer_feedback", "desk:one_feedback", "desk:share_feedback", "desk:tell_feedback"),
            *("desk:close_mistake", "desk:mend_mistake", "desk:mistake", "desk:name_registration"),
        }
    ),
    "no customer: places, desks and sentences": frozenset(
        {
            *("desk:add_line", "desk:end_affiliate", "desk:end_line", "desk:end_site", "desk:fail_site"),
            *("desk:reopen_site", "desk:script_task", "desk:seat_member", "desk:site", "desk:write_use_guide"),
        }
    ),
    "an activation that is asked for": frozenset(
        f"handover:{name}"
        for name in (
            "activation",
            "announce_activation_call",
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


OF_THE_DESK: dict[str, frozenset[str]] = {
    "a call that runs: nothing of a register, and what was checked in it": frozenset(
        {
            *("desk:book_call_back", "desk:check_mandate", "desk:check_pin", "desk:check_receipt", "desk:checks"),
            *("desk:find_capacity", "desk:take_over_call", "desk:cancel_call"),
        }
    ),
    "what somebody complained of, or a mistake of ours, in neutral words": frozenset(
        {"desk:mistake", "desk:one_feedback", "desk:tell_feedback"}
    ),
    "no customer: colleagues and places of the own agency": frozenset(
        {
            *("accounts:signed_undertaking", "accounts:signed_words", "desk:fail_site", "desk:reopen_site"),
            *("desk:seat_member", "desk:shift_of", "desk:site"),
        }
    ),
}
"""What is still shown to the desk, by what it is."""


def test_desk_sees_nothing_of_anybody_outside_a_case(over: Walk) -> None:
    found = shown(over, DESK, ("desk", "recovery", "handover", "accounts"))
    assert found - STRANGERS - OWN_ALARMS == frozenset().union(*OF_THE_DESK.values())


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
