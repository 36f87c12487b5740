"""The invariants of claims, asked after whatever was tried, of the rows before and after it.

Each is a function `(world, before, now)` that raises `Broken` with the number the domain gives it, or a word. What an
act cannot have touched costs no query. `checks_decided` asks of decisions and executions, `checks_waiting` of time.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from audit import verify
from desk.rules import TABLE as DESK
from handover.models import CaseAccess
from recovery.models import Claim
from recovery.rules import TABLE
from tests.handover.life.broken import ask
from tests.recovery.life import checks_beside, checks_codes, checks_decided, checks_waiting

if TYPE_CHECKING:
    from tests.recovery.life.rows import Case, Now
    from tests.recovery.life.world import World

ENDED = ("refused", "withdrawn", "stopped")
BEFORE_APPROVAL = ("matched", "collecting", "proposed", "notified")
UNDER_WAY = ("proposed", "notified", "approved")
MOVES: dict[str, set[tuple[str, str]]] = {
    "link": {("received", "matched")},
    "accept": {("matched", "collecting")},
    # A kit finds its registration; while that is contested nothing more.
    "redeem_kit": {("received", "matched"), ("received", "collecting"), ("matched", "collecting")},
    "propose": {("collecting", "proposed")},
    "approve": {("notified", "approved")},
    "execute": {("approved", "executed")},
    "refuse": {(one, "refused") for one in Claim.OPEN},
    "withdraw": {(one, "withdrawn") for one in Claim.OPEN},
    "record_attempt": {(one, "stopped") for one in Claim.LINKED},
    "send_back": {(one, "collecting") for one in UNDER_WAY},
    "record_return": {(one, "collecting") for one in UNDER_WAY},
    "end_exception": {(one, "collecting") for one in UNDER_WAY},
    "decide_objection": {("approved", "notified"), *((one, "refused") for one in Claim.LINKED)},
    "resume": {("approved", "notified")},
    "reopen": {(one, to) for one in ENDED for to in ("received", "matched")},
    "decide_appeal": {(one, to) for one in ENDED for to in ("received", "matched", "collecting")},
    # The clock approves and executes nothing: it stops, begins a window, and lets an objection lapse.
    "clock": {("proposed", "notified"), ("approved", "notified"), *((one, "stopped") for one in Claim.LINKED)},
}
"""From where to where a claim goes by which act; all else is a mistake."""
FURTHER = {move for act in ("accept", "propose", "approve", "execute") for move in MOVES[act]} | {
    ("proposed", "notified")
}
BY_DESK = {
    *("claim.received", "claim.mailbox_changed", "claim.paper_submitted", "claim.appealed"),
    *("contact.noted", "hold.opened", "hold.closed"),
}
DECISIONS = ("claim.approved", "claim.executed", "claim.refused", "claim.proposed", "objection.decided")


def what_was_refused_changed_nothing(world: World, before: Now, now: Now) -> None:
    if world.was_refused:
        # A try is charged whatever comes of it.
        changed = now.same_rows(before, but="kits" if world.act == "redeem_kit" else "")
        ask("refused", not changed, f"{world.act} was refused and changed {changed}")
        verbs = [one.verb for one in now.told]
        ask("refused", not verbs, f"{world.act} was refused and told {verbs}")


def each_act_is_told_once(world: World, before: Now, now: Now) -> None:
    # Where many call about one organisation, the supervisors of the desk are told with the act that shows it.
    # Wrong codes are noted by one act, whether they were sent or stand on a kit.
    verbs = [one.verb.replace("kit.refused", "claim.code_refused") for one in now.told if one.verb != "alarm.opened"]
    if world.act == "clock":
        ask("once", Counter(verbs) == Counter(world.clocked), f"the clock did {world.clocked} and told {verbs}")
    elif not world.was_refused and (rule := TABLE.get(world.act) or DESK.get(world.act)):
        # A second press gives back what the first one wrote down.
        again = world.act == "hand_in" and now.requests == before.requests
        ask("once", verbs == ([] if again else [rule.event]), f"{world.act} told {verbs}")


def claims_move_by_their_acts_alone(world: World, before: Now, now: Now) -> None:
    for case in now.new(before, "cases"):
        was = before.cases.get(case.pk)
        if was is None:
            ask("12", case.status == "received" and world.act == "open_claim", f"{case.number} began as {case.status}")
        elif was.status != case.status:
            ask("12", (was.status, case.status) in MOVES.get(world.act, ()), f"{world.act}: {was.status} {case.status}")


def what_is_frozen_goes_no_further(world: World, before: Now, now: Now) -> None:
    for case in now.new(before, "cases"):
        was = before.cases.get(case.pk)
        if was and was.frozen_at and was.status != case.status:
            ask("frozen", (was.status, case.status) not in FURTHER, f"{case.number} is {case.status} while frozen")


def nobody_but_people_decides(world: World, before: Now, now: Now) -> None:
    """The system decides nothing and changes no custody; the desk says what it did, and decides nothing either."""
    for told in now.told:
        if told.actor.startswith("system:"):
            ask("12", told.verb not in DECISIONS, f"the system: {told.verb}")
        if told.actor_organisation == world.cast.desk.label:
            ask("desk", told.verb in BY_DESK, f"the desk: {told.verb}")
    if len(now.held) != len(before.held):
        ask("12", world.act in ("execute", "confirm_rollback"), f"{world.act} changed custody")


def a_claim_keeps_its_version(world: World, before: Now, now: Now) -> None:
    for case in now.new(before, "cases"):
        began = world.versions.setdefault(case.pk, case.procedure)
        ask("version", (case.procedure, case.began_with) == (began, None), f"{case.number} changed its procedure")
        was = before.cases.get(case.pk)
        ask("version", was is None or (was.number, was.inquiry) == (case.number, case.inquiry), f"{was} became {case}")


def claims_on_one_registration_are_frozen_alike(world: World, before: Now, now: Now) -> None:
    on: dict[int | None, list[Case]] = {}
    for case in now.cases.values():
        if case.is_linked:
            on.setdefault(case.registration, []).append(case)
    for cases in on.values():
        moving = [one for one in cases if one.frozen_at is None]
        ask("7", len(moving) < 2, f"two claims move on one registration: {moving}")
        ask("20", len(cases) < 2 or all(one.frozen_by == "competing" for one in cases), f"not frozen alike: {cases}")


def an_open_objection_freezes(world: World, before: Now, now: Now) -> None:
    for no in now.noes.values():
        case = now.cases[no.claim]
        if no.status != "open":
            continue
        ask("18", case.frozen_at or not case.is_linked, f"an objection stands and {case.number} goes on")
        if case.is_linked:
            given = [one for one in now.of("yeses", case.pk) if one.void_at is None]
            ask("18", not given, f"approvals outlived an objection: {given}")
        elif case.status == "executed" and case.cooled_off_at is None:
            marks = [one for one in _marks(now, case, "cooling_off") if one.until is None]
            ask("18", marks, f"the protection of {case.number} may end before the objection is decided")


def what_moves_again_has_been_settled(world: World, before: Now, now: Now) -> None:
    for case in now.new(before, "cases"):
        was = before.cases.get(case.pk)
        if was and was.frozen_at and not case.frozen_at and case.is_linked:
            ask("18", case.needs_second_look, f"{case.number} goes on without a flag for a senior")
            ask("18", world.act in ("decide_objection", "resume", "clock"), f"{world.act} let {case.number} go on")


def signed_is_what_is_there(world: World, before: Now, now: Now) -> None:
    """A yes stands for exactly one proposal: evidence that changes, or a new proposal, makes it void."""
    for yes in now.yeses.values():
        case = now.cases[yes.claim]
        if yes.void_at is None:
            ask("void", case.status in ("notified", "approved", "executed"), f"a yes stands in a {case.status} claim")
            ask("void", yes.signed_hash == case.proposal_hash, f"a yes to something else stands: {yes}")
            was = before.proofs
            changed = [
                one
                for one in now.new(before, "proofs")
                # That an address died since is no change of the proof: it is weighed anew when it is carried out.
                if one.claim == case.pk
                and one.pk in was
                and one._replace(contact_point__health=was[one.pk].contact_point__health) != was[one.pk]
            ]
            ask("void", case.status == "executed" or not changed, f"a yes outlived a change of {changed}")


def _marks(now: Now, case: Case, kind: str) -> list[object]:
    return [one for one in now.marks.values() if one.case == case.number and one.kind == kind and one.ended_at is None]


def marks_are_those_of_the_state(world: World, before: Now, now: Now) -> None:
    for case in now.new(before, "cases"):
        examined = case.is_open and case.status not in ("received", "matched")
        ask("marks", len(_marks(now, case, "claim_open")) == examined, f"{case.number} is {case.status}: {now.marks}")
        if case.status in ENDED:
            ask("marks", not _marks(now, case, "contested"), f"contested after the end of {case.number}")


def looks_end_with_the_case(world: World, before: Now, now: Now) -> None:
    ended = [one for one in now.new(before, "cases") if not one.is_linked and one.pk in before.cases]
    if ended:
        left = CaseAccess.objects.filter(case__in=[one.number for one in ended], ended_at=None)
        ask("24", not left.exists(), "somebody may look at a record though the case has ended")
    for told in now.told:
        if told.verb == "record.opened":
            case = next(one for one in now.cases.values() if one.label == told.subject)
            ask("24", case.is_linked and told.facts.get("case") == case.number, f"a look without a case: {told}")


def the_log_tells_who_holds_what(world: World, before: Now, now: Now) -> None:
    for told in now.told:
        if told.verb in ("claim.executed", "rollback.confirmed"):
            for number, facts in told.facts.get("registrations", {}).items():
                world.holders[f"registration:{number}"] = facts["to"]
    for held in world.registrations:
        label = f"registration:{held.number}"
        ask("28", world.holders[label] == now.current(held.pk).holder, f"{label}: the log says {world.holders[label]}")


CHECKS = [
    what_was_refused_changed_nothing,
    claims_move_by_their_acts_alone,
    what_is_frozen_goes_no_further,
    nobody_but_people_decides,
    *checks_decided.CHECKS,
    *checks_codes.CHECKS,
    *checks_beside.CHECKS,
    *checks_waiting.CHECKS,
    a_claim_keeps_its_version,
    claims_on_one_registration_are_frozen_alike,
    an_open_objection_freezes,
    what_moves_again_has_been_settled,
    signed_is_what_is_there,
    marks_are_those_of_the_state,
    looks_end_with_the_case,
    the_log_tells_who_holds_what,
    each_act_is_told_once,
]


def ask_all(world: World, before: Now, now: Now) -> None:
    """What is asked after every act."""
    for check in CHECKS:
        check(world, before, now)


def ask_at_the_end(world: World) -> None:
    """What costs more: the whole chain."""
    ask("log", verify.run().first_bad is None, "the chain is broken")
