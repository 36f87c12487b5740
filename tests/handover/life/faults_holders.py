"""More mistakes planted: in changes of name and holder, letters that open a customer, jobs, wishes to be called."""

import contextlib
from typing import Any

import pytest
from django.db.models import Q

from accounts import firsts
from accounts.errors import DomainError, WrongState
from accounts.models import Role
from handover import bulk, confirming, custody, ending
from handover.models import ChangeRequest, Custody, ExplanationRequest, Handover
from handover.rules import TABLE
from handover.rules import changes as change_rules
from handover.transitions import executing, receiving
from tests.handover.life.faults import Fault, replace_rule

Patch = pytest.MonkeyPatch


def two_accounts_count_as_two_humans(patch: Patch) -> None:
    patch.setattr(change_rules, "accounts_of", lambda user: Q(pk=user.pk))


def an_approver_is_enough_for_another_holder(patch: Patch) -> None:
    patch.setattr("handover.transitions.deciding.wanted_roles", lambda change: frozenset({Role.APPROVER}))


def papers_never_grow_old(patch: Patch) -> None:
    patch.setattr("handover.changing.is_current", lambda issued_on, day: True)


def one_side_is_enough_for_a_transfer(patch: Patch) -> None:
    patch.setattr("handover.changing.wanted_sides", lambda change: ())


def the_new_holder_has_it_at_once(patch: Patch) -> None:
    original = executing._move

    def move(change: ChangeRequest, fits: Any, at: Any) -> Any:
        done = original(change, fits, at)
        people = custody.administrators(change.receiver) if change.receiver else []
        for _item, held in fits:
            who, kind = people[0], Custody.Kind.CUSTODIAN
            custody.give(held, who, kind=kind, basis=Custody.Basis.REASSIGNMENT, basis_label=change.label, at=at)
        return done

    patch.setattr(executing, "_move", move)


def old_contact_points_go_on(patch: Patch) -> None:
    patch.setattr(confirming, "begin_anew", lambda registrations, on: None)


def nobody_is_asked_to_confirm(patch: Patch) -> None:
    patch.setattr(confirming, "ask", lambda registrations, units, at: None)


def handovers_go_on_after_the_end(patch: Patch) -> None:
    patch.setattr(ending, "end_handovers", lambda registrations, reason, at: [])


def who_checked_a_letter_agrees(patch: Patch) -> None:
    replace_rule(patch, "approve_activation", who=lambda actor, activation: True)


def who_ordered_a_letter_checks(patch: Patch) -> None:
    for action in ("announce_activation_call", "check_activation"):  # the call is announced by whoever makes it
        replace_rule(patch, action, who=lambda actor, activation: TABLE["order_activation"].who(actor, None))


def the_first_person_administers_nothing(patch: Patch) -> None:
    original = firsts.invite

    def invite(*given: Any, **more: Any) -> Any:
        invitation, token = original(*given, **more)
        invitation.roles = [Role.MEMBER.value]
        invitation.save(update_fields=["roles"])
        return invitation, token

    patch.setattr(firsts, "invite", invite)


def a_job_says_done_where_it_was_refused(patch: Patch) -> None:
    original = bulk._do

    def do(*given: Any) -> None:
        with contextlib.suppress(DomainError):
            original(*given)

    patch.setattr(bulk, "_do", do)


def a_wish_to_be_called_holds_up_the_receipt(patch: Patch) -> None:
    original = receiving._sorted_out

    def sorted_out(handover: Handover, rows: Any) -> Any:
        if ExplanationRequest.objects.open().filter(asked_by=handover.given_to).exists():
            raise WrongState("wait for the call")
        return original(handover, rows)

    patch.setattr(receiving, "_sorted_out", sorted_out)


CHANGE = ("asks_for_change", "moves_change_on", "confirms_points")
LETTER = ("orders_letter", "goes_on_with_letter")

FAULTS = [
    Fault(two_accounts_count_as_two_humans, "decided", CHANGE),
    Fault(an_approver_is_enough_for_another_holder, "decided", CHANGE),
    Fault(papers_never_grow_old, "decided", CHANGE),
    Fault(one_side_is_enough_for_a_transfer, "decided", CHANGE),
    Fault(the_new_holder_has_it_at_once, "step", CHANGE),
    Fault(old_contact_points_go_on, "afresh", CHANGE),
    Fault(nobody_is_asked_to_confirm, "afresh", CHANGE),
    Fault(handovers_go_on_after_the_end, "ended", ("drafts", "asks_to_cancel", *CHANGE)),
    Fault(who_checked_a_letter_agrees, "opened", LETTER),
    Fault(who_ordered_a_letter_checks, "opened", LETTER),
    Fault(the_first_person_administers_nothing, "opened", LETTER),
    Fault(a_job_says_done_where_it_was_refused, "bulk", ("starts_job", "works_on_job")),
    Fault(a_wish_to_be_called_holds_up_the_receipt, "blocked", ("drafts", "accepts_before_the_call")),
]
