"""Mistakes as somebody might make them, planted to see that the machine finds them, and by which invariant."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest

from accounts import codes
from accounts.models import OneTimeCode
from handover import restricting
from handover.models import RecoveryKit
from recovery import clock, dispatching, endpoints, limits, saved_codes, steps
from recovery.models import Claim, Dispatch, Evidence
from recovery.procedure import windows
from recovery.queries import reminding, waiting, weighing
from recovery.rules import TABLE, people
from recovery.rules import urgent as urgent_rules
from recovery.transitions import (
    appealing,
    executing,
    exits,
    limiting,
    objecting,
    phoning,
    proving,
    rolling_back,
    routing,
    urgent,
)
from recovery.transitions import deciding as decisions

Patch = pytest.MonkeyPatch


def _replace_rule(patch: Patch, action: str, **changed: Any) -> None:
    patch.setitem(TABLE, action, replace(TABLE[action], **changed))


# Who ------------------------------------------------------------------------------------------------------------------


def one_human_with_two_accounts_counts_as_two(patch: Patch) -> None:
    patch.setattr(people, "_is_among", lambda user, accounts: type(user).objects.filter(accounts, pk=user.pk).exists())


def who_prepared_it_approves(patch: Patch) -> None:
    _replace_rule(patch, "approve", who=people.is_deciding)


def an_agent_decides(patch: Patch) -> None:
    _replace_rule(patch, "refuse", who=lambda actor, claim: people.is_deciding(actor) or people.takes_in(actor))


def who_spoke_with_the_claimant_refuses(patch: Patch) -> None:
    _replace_rule(patch, "refuse", who=people.is_deciding)


def one_yes_is_enough(patch: Patch) -> None:
    patch.setattr(weighing, "wanted_roles", lambda claim: {"approver"})


def who_reviewed_an_objection_decides_it(patch: Patch) -> None:
    patch.setattr(objecting, "is_same_human", lambda one, other: False)


def who_decided_judges_the_appeal(patch: Patch) -> None:
    _replace_rule(patch, "decide_appeal", who=people.is_deciding)


def who_approved_puts_it_back(patch: Patch) -> None:
    _replace_rule(patch, "confirm_rollback", who=people.is_deciding)


def one_yes_bends_a_rule(patch: Patch) -> None:
    from recovery.transitions import excepting as bending

    patch.setattr(bending.reads, "still_wanted", lambda given: () if given else ("approver", "senior"))


# When -----------------------------------------------------------------------------------------------------------------


def an_objection_does_not_freeze(patch: Patch) -> None:
    patch.setattr(steps, "freeze", lambda claim, why, at: None)


def frozen_claims_go_on(patch: Patch) -> None:
    patch.setattr(steps, "refuse_frozen", lambda claim: None)


def a_lapse_lets_it_through(patch: Patch) -> None:
    original = objecting._let_go

    def let_go(claim: Claim, *, at: Any) -> None:
        original(claim, at=at)
        Claim.objects.filter(pk=claim.pk, status="notified").update(status="approved")

    patch.setattr(objecting, "_let_go", let_go)


def the_clock_approves(patch: Patch) -> None:
    original = clock.run

    def run(*, at: Any) -> dict[str, int]:
        Claim.objects.filter(status="notified", window_ends_on__lt=at.date()).update(status="approved")
        return original(at=at)

    patch.setattr(clock, "run", run)


def holidays_shorten_the_window(patch: Patch) -> None:
    patch.setattr(windows, "business_days_after", lambda day, number: day + timedelta(days=number))


def nobody_waits_for_the_window(patch: Patch) -> None:
    patch.setattr(decisions, "refuse_open_window", lambda claim, at: None)


def a_letter_on_its_way_counts_as_delivered(patch: Patch) -> None:
    original = weighing.last_delivery

    def last(claim: Claim) -> date | None:
        found = original(claim)
        return found or (claim.proposed_at.date() if claim.proposed_at else None)

    patch.setattr(weighing, "last_delivery", last)


def the_custodian_is_not_seen(patch: Patch) -> None:
    patch.setattr(weighing, "custodian_was_here", lambda claim: False)


def a_dismissed_objection_lets_a_rival_go_on(patch: Patch) -> None:
    original = objecting._thaw
    patch.setattr(objecting, "_let_go", lambda claim, at: original(claim, at=at) if claim.is_open else None)


def silence_ends_a_claim(patch: Patch) -> None:
    patch.setattr(reminding, "may_end_unanswered", lambda claim, at: True)


def nobody_notices_the_silence(patch: Patch) -> None:
    patch.setattr(waiting, "for_noticing_silence", lambda at: [])


def a_claim_is_taken_up_again_with_its_yes(patch: Patch) -> None:
    original = appealing._begin_again

    def begin_again(claim: Claim, *, at: Any) -> None:
        proposer, hash_ = claim.proposed_by, claim.proposal_hash
        original(claim, at=at)
        Claim.objects.filter(pk=claim.pk).update(proposed_by=proposer, proposal_hash=hash_, needs_second_look=False)

    patch.setattr(appealing, "_begin_again", begin_again)


def the_protected_time_is_short(patch: Patch) -> None:
    original = restricting.restrict

    def restrict(*things: Any, **more: Any) -> Any:
        if more.get("until"):
            more["until"] -= timedelta(days=20)
        return original(*things, **more)

    patch.setattr(restricting, "restrict", restrict)


def the_protection_blocks_nothing(patch: Patch) -> None:
    patch.setattr(restricting, "COOLING_OFF_BLOCKS", ())


# What -----------------------------------------------------------------------------------------------------------------


def a_code_of_another_case_counts(patch: Patch) -> None:
    def charge(*, purpose: str, subject: str, at: Any, step: str | None = None) -> list[OneTimeCode]:
        rows = OneTimeCode.objects.usable(at).filter(purpose=purpose)
        rows.update(throttling_failure_count=1)
        return list(rows)

    patch.setattr(codes, "charge", charge)

    class Anywhere:
        """Dispatches of any claim."""

        Purpose, Channel = Dispatch.Purpose, Dispatch.Channel

        class objects:
            @staticmethod
            def filter(**kwargs: Any) -> Any:
                kwargs.pop("claim", None)
                return Dispatch.objects.filter(**kwargs)

    patch.setattr(proving, "Dispatch", Anywhere)


def a_code_is_told_in_the_log(patch: Patch) -> None:
    original = steps.note

    def note(rule: Any, claim: Claim, **facts: Any) -> Any:
        if rule.event == "claim.code_entered":
            facts["typed"] = NOTED["plain"]
        return original(rule, claim, **facts)

    find = codes.find_match

    def find_match(charged: Any, typed: str) -> Any:
        NOTED["plain"] = typed
        return find(charged, typed)

    patch.setattr(codes, "find_match", find_match)
    patch.setattr(steps, "note", note)


NOTED: dict[str, str] = {}


def an_endpoint_counts_twice(patch: Patch) -> None:
    numbers = iter(range(10**9))
    patch.setattr(endpoints, "print_of", lambda *given: f"{next(numbers):064}")


def a_young_contact_point_counts(patch: Patch) -> None:
    original = Evidence.item

    def item(self: Evidence, checked_on: date) -> Any:
        told = original(self, checked_on)
        return replace(told, on_record_since=told.on_record_since and told.on_record_since - timedelta(days=30))

    patch.setattr(Evidence, "item", item)
    patch.setattr(limits, "refuse_phone", lambda claim, point, at: None)


def the_custodian_is_not_told(patch: Patch) -> None:
    original = dispatching.recipients
    patch.setattr(dispatching, "recipients", lambda claim, at: list(original(claim, at=at))[1:])


def the_log_forgets_the_custody(patch: Patch) -> None:
    original = steps.note_of_list

    def note(rule: Any, claim: Claim, also: Any, **facts: Any) -> Any:
        return original(rule, claim, also, **{**facts, "registrations": {}} if "registrations" in facts else facts)

    patch.setattr(steps, "note_of_list", note)


def an_act_is_told_twice(patch: Patch) -> None:
    original = steps.note

    def note(rule: Any, claim: Claim, **facts: Any) -> Any:
        if rule.event == "claim.resumed":
            original(rule, claim, **facts)
        return original(rule, claim, **facts)

    patch.setattr(steps, "note", note)


def a_reopened_claim_changes_its_version(patch: Patch) -> None:
    from recovery.models import ProcedureVersion

    original = appealing._begin_again

    def begin_again(claim: Claim, *, at: Any) -> None:
        claim.began_with = ProcedureVersion.objects.get(status="live")
        original(claim, at=at)

    patch.setattr(appealing, "_begin_again", begin_again)


def a_wish_to_withdraw_holds_nobody_up(patch: Patch) -> None:
    for module in (decisions, executing):
        patch.setattr(module, "refuse_withdrawn", lambda claim: None)


# Beside ---------------------------------------------------------------------------------------------------------------


def one_person_knows_the_head_office(patch: Patch) -> None:
    _replace_rule(patch, "second_head_office", who=people.is_operator)


def who_made_a_setting_confirms_it(patch: Patch) -> None:
    _replace_rule(patch, "confirm_setting", who=urgent_rules.takes_back)


def a_kit_alone_is_enough(patch: Patch) -> None:
    patch.setattr(weighing, "BESIDE_KIT", frozenset({"C5"}))


def a_kit_stays_good(patch: Patch) -> None:
    patch.setattr(exits, "_void", lambda kit, at: True)
    patch.setattr(exits.exits, "find_kit", lambda number: RecoveryKit.objects.filter(number=number).first())


def a_kit_is_guessed_at_for_ever(patch: Patch) -> None:
    patch.setattr(saved_codes, "most_tries", lambda: 100)


def nobody_hears_of_a_dead_kit(patch: Patch) -> None:
    patch.setattr(limiting.notices, "tell", lambda *things, **more: None)


def anybody_vouches(patch: Patch) -> None:
    _replace_rule(patch, "answer_vouch", who=people.anybody)
    patch.setattr(exits.exits, "may_vouch", lambda user, claim: True)


def who_printed_a_code_hears_one(patch: Patch) -> None:
    patch.setattr(phoning, "saw_a_code", lambda user, claim: False)


def a_route_lets_the_head_office_go(patch: Patch) -> None:
    for module in (routing, weighing):
        patch.setattr(module, "tier_for", lambda procedure, circumstances, route: 3)


def a_setting_is_told_to_nobody(patch: Patch) -> None:
    patch.setattr(urgent, "_tell", lambda *things, **more: None)


def somebody_else_gets_it_back(patch: Patch) -> None:
    original = rolling_back._keeper

    def keeper(snapshot: Any, organisation: Any) -> Any:
        return replace(original(snapshot, organisation), user=None, kind="caretaker")

    patch.setattr(rolling_back, "_keeper", keeper)


class Fault(NamedTuple):
    """`often` are the rules that are drawn more often, so that few sequences are enough."""

    plant: Callable[[Patch], None]
    found_by: str
    often: tuple[str, ...]


DECIDED = ("is_notified", "is_approved", "approves", "moves_on", "executes")
FAULTS = [
    Fault(one_human_with_two_accounts_counts_as_two, "10", DECIDED),
    Fault(who_prepared_it_approves, "10", DECIDED),
    Fault(an_agent_decides, "desk", ("comes_in", "presses_what_others_may")),
    Fault(who_spoke_with_the_claimant_refuses, "10", ("is_collecting", "refuses")),
    Fault(one_yes_is_enough, "10", ("is_notified", "approves")),
    Fault(who_reviewed_an_objection_decides_it, "18", ("is_objected_to", "settles")),
    Fault(who_decided_judges_the_appeal, "appeal", ("has_ended", "appeals_and_judges", "judges")),
    Fault(who_approved_puts_it_back, "19", ("is_put_in_doubt", "decides_back", "asks_and_decides_back")),
    Fault(one_yes_bends_a_rule, "A12", ("is_bent", "asks_and_decides")),
    Fault(an_objection_does_not_freeze, "18", ("is_objected_to", "objects")),
    Fault(frozen_claims_go_on, "frozen", ("is_contested", "is_objected_to", "accepts", "approves", "passes")),
    Fault(a_lapse_lets_it_through, "12", ("is_objected_to", "objects_and_waits")),
    Fault(the_clock_approves, "12", ("is_notified", "passes")),
    Fault(holidays_shorten_the_window, "11", ("has_kit", "moves_on")),
    Fault(nobody_waits_for_the_window, "11", ("is_notified", "approves")),
    Fault(a_letter_on_its_way_counts_as_delivered, "10", ("is_proposed", "prints", "passes")),
    Fault(the_custodian_is_not_seen, "17", ("is_collecting", "comes", "passes")),
    Fault(a_dismissed_objection_lets_a_rival_go_on, "20", ("is_contested", "objects", "settles")),
    Fault(silence_ends_a_claim, "A11", ("comes_in", "gives_up")),
    Fault(nobody_notices_the_silence, "26", ("comes_in", "links", "passes")),
    Fault(a_claim_is_taken_up_again_with_its_yes, "again", ("is_notified", "refuses", "takes_up_again")),
    Fault(the_protected_time_is_short, "19", ("is_executed",)),
    Fault(the_protection_blocks_nothing, "19", ("is_executed",)),
    Fault(a_code_of_another_case_counts, "16", ("are_two", "codes_by_letter", "types_code")),
    Fault(a_code_is_told_in_the_log, "23", ("is_collecting", "codes_by_letter", "moves_on")),
    Fault(an_endpoint_counts_twice, "10", ("is_doubtful",)),
    Fault(a_young_contact_point_counts, "10", ("is_young",)),
    Fault(the_custodian_is_not_told, "told", ("is_collecting", "accepts")),
    Fault(the_log_forgets_the_custody, "28", ("is_executed",)),
    Fault(an_act_is_told_twice, "once", ("is_contested", "gets_clear")),
    Fault(a_reopened_claim_changes_its_version, "version", ("has_ended", "takes_up_again")),
    Fault(a_wish_to_withdraw_holds_nobody_up, "inbox", ("is_notified", "asks_to_withdraw", "approves")),
    Fault(one_person_knows_the_head_office, "A6", ("is_collecting", "takes_head_office")),
    Fault(who_made_a_setting_confirms_it, "urgent", ("is_collecting", "makes_setting_and_decides", "decides_setting")),
    Fault(a_kit_alone_is_enough, "10", ("has_kit", "moves_on")),
    Fault(a_kit_stays_good, "C5", ("has_kit", "shows_kit", "comes_in")),
    Fault(a_kit_is_guessed_at_for_ever, "16", ("is_collecting", "guesses_kit")),
    Fault(nobody_hears_of_a_dead_kit, "told", ("is_collecting", "guesses_kit")),
    Fault(anybody_vouches, "A3", ("is_collecting", "asks_to_vouch", "answers")),
    Fault(who_printed_a_code_hears_one, "C2", ("are_two", "calls")),
    Fault(a_route_lets_the_head_office_go, "10", ("goes_another_way",)),
    Fault(a_setting_is_told_to_nobody, "told", ("is_collecting", "makes_setting_and_decides")),
    Fault(somebody_else_gets_it_back, "19", ("is_put_in_doubt", "decides_back")),
]
"""Each is found by the invariant that it breaks."""
