"""Decisions and executions, worked out anew: who, on what proofs, after which notices and how long (10 to 19)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.models import Membership, OrganisationKind, User
from audit.models import Event
from desk.models import Contact
from handover.calendar import is_business_day
from handover.models import ContactPoint
from recovery.models import ExceptionApproval, RouteChoice
from tests.handover.life.broken import ask
from tests.recovery.life.proofs import (
    BESIDE_KIT,
    DEAD,
    KIT,
    ROUTES,
    STRICT,
    TENURE,
    USUAL,
    is_good,
    lacks_proofs,
)

if TYPE_CHECKING:
    from tests.handover.life.rows import Period
    from tests.recovery.life.rows import Case, Now, Yes
    from tests.recovery.life.world import World

BLOCKED = {"end_contact_point", "draft_handover", "offer", "switch", "export_package", "mandate_settings"}


def business_days(first: date, last: date) -> int:
    """How many lie after `first` up to and with `last`."""
    return sum(is_business_day(first + timedelta(days=step)) for step in range(1, (last - first).days + 1))


def _lacks(world: World, now: Now, case: Case, waived: set[str]) -> Iterator[str]:
    strict = case.tier == 4
    needs = ROUTES[case.route] if case.route else STRICT if strict else USUAL
    good = [one for one in now.standing(case.pk) if is_good(one, case, world.today) and (strict or one.code != "C1b")]
    codes = {one.code for one in good}
    if case.mailbox_verified_at is None:
        yield "mailbox"
    if strict and needs.has_registry and not case.head_office:
        yield "head_office"
    if KIT not in codes or not codes & BESIDE_KIT:
        yield from lacks_proofs(world, good, needs, is_normal=strict and not case.route)
        yield from _lacks_tries(world, now, case, 10 if strict else 5, 3 if strict else 2)


def _lacks_tries(world: World, now: Now, case: Case, days: int, media: int) -> Iterator[str]:
    tries = now.of("tries", case.pk)
    first = timezone.localdate(min(one.at for one in tries)) if tries else world.today
    ever = {"post", *ContactPoint.objects.filter(registration=case.registration).values_list("kind", flat=True)}
    enough = len({one.medium for one in tries}) >= min(media, len(ever)) and len(tries) >= 3
    if not enough or business_days(first, world.today) < days:
        yield "attempts"


def _waived(now: Now, case: Case, today: date) -> set[str]:
    """Needs that an exception with two yeses lets go. Neither person nor authority, notice nor protection is one."""
    rows = [one for one in now.of("bent", case.pk) if one.status == "valid" and one.expires_on >= today]
    return {one.rule for one in rows}


def tier_of(world: World, now: Now, case: Case) -> int:
    """The tier that its registration and circumstances place a claim at (A3)."""
    points = list(ContactPoint.objects.filter(registration=case.registration))
    current = [one for one in points if one.until is None]
    month_ago, year_ago = world.today - TENURE, world.at - timedelta(days=365)
    dead = not [one for one in current if one.health not in DEAD and one.since <= month_ago]
    returned = any(one.kind == "post" and one.health == "returned" for one in current)
    moved = any(one.since > month_ago or (one.until and one.until > month_ago) for one in points if one.kind != "mail")
    others = {one.pk for one in now.cases.values() if one.registration == case.registration and one.pk != case.pk}
    objected = any(one.claim in others and one.at > year_ago for one in now.noes.values())
    floor = ROUTES[case.route].tier if case.route else 0
    return 4 if dead or returned or moved or objected else max(3, floor)


# Who ------------------------------------------------------------------------------------------------------------------


def touched(world: World, now: Now, case: Case, *, contacts: bool = True) -> set[object]:
    """The natural persons who had a hand in a case: prepared, spoke with anybody, printed a code of it."""
    accounts: list[int | None] = [case.proposed_by, case.claimant]
    accounts += [(case.head_office or {}).get(name) for name in ("by", "seconded_by")]
    accounts += [one.asked_by for one in now.of("vouches", case.pk)]
    accounts += RouteChoice.objects.filter(claim=case.pk).values_list("by", flat=True)
    for proof in now.of("proofs", case.pk):
        accounts += [proof.checked_by, proof.second_checked_by]
    for sent in now.of("sent", case.pk):
        accounts += [sent.ordered_by, sent.printed_by if sent.purpose == "code" and contacts else None]
    accounts += [one.by for one in now.of("tries", case.pk)]
    accounts += [one.asked_by for one in now.of("bent", case.pk)]
    if contacts:
        accounts += list(Contact.objects.filter(inquiry=case.inquiry).values_list("by", flat=True))
    return {world.human(one) for one in accounts if one is not None}


def _roles(user: int) -> set[str]:
    rows = Membership.objects.current().filter(user=user, organisation__kind=OrganisationKind.PROVIDER)
    return set(rows.values_list("role", flat=True))


def who_says_yes_had_no_hand_in_it(world: World, before: Now, now: Now) -> None:
    for yes in now.new(before, "yeses"):
        if yes.void_at or yes.pk in before.yeses:
            continue
        case = before.cases[yes.claim]
        ask("10", world.human(yes.by) not in touched(world, before, case), f"who had a hand in it approved: {yes}")
        ask("10", yes.role in _roles(yes.by) & {"approver", "senior"}, f"without the role: {yes}")
        earlier = {world.human(one.by) for one in before.of("yeses", case.pk) if one.void_at is None}
        ask("10", world.human(yes.by) not in earlier, f"one human approved twice: {yes}")
        ask("18", case.frozen_at is None, f"{case.number} was approved while frozen")
        _over(world, now, case)


def _over(world: World, now: Now, case: Case, last: date | None = None) -> None:
    """The notices have arrived, and from then to `last`, or else until yesterday, there is time to object (A5)."""
    owed = [one for one in now.of("sent", case.pk) if one.purpose == "proposed" and one.void_at is None]
    arrived = [one.arrived_at for one in owed if one.returned_at is None]
    ask("10", arrived and all(arrived), f"{case.number}: a notice has not arrived: {owed}")
    good = {one.code for one in now.standing(case.pk) if is_good(one, case, world.today)}
    short = {"C1", "A2"} <= good or (KIT in good and good & BESIDE_KIT)
    short = short or "window" in _waived(now, case, world.today)
    days, business = (14, 10) if case.tier == 4 else (0, 3) if short else (7, 5)
    begun = timezone.localdate(max(filter(None, arrived)))
    last = last or world.today - timedelta(days=1)
    ask("11", (last - begun).days >= days, f"{case.number}: {begun} to {last} is less than {days} days")
    ask("11", business_days(begun, last) >= business, f"{case.number}: less than {business} business days")


def a_step_is_taken_only_with_all_that_it_needs(world: World, before: Now, now: Now) -> None:
    """A proposal is complete, and approved is what everybody said yes to whom it needs: both long before execution."""
    for case in now.new(before, "cases"):
        was = before.cases.get(case.pk)
        step = (was.status, case.status) if was else ("", "")
        if step == ("collecting", "proposed"):
            ask("10", case.tier == tier_of(world, before, case), f"{case.number} is of another tier than {case.tier}")
            _lacks_nothing(world, before, case, "proposed")
        elif step == ("proposed", "notified"):
            owed = [one for one in now.of("sent", case.pk) if one.purpose == "proposed" and one.void_at is None]
            missing = [one for one in owed if not one.arrived_at and one.returned_at is None]
            ask("10", owed and not missing, f"{case.number}: the time began before these arrived: {missing}")
            _over(world, now, case, last=case.window_ends_on)
        elif step == ("notified", "approved"):
            _wanted_said_yes(now, case)


def _lacks_nothing(world: World, now: Now, case: Case, done: str) -> None:
    waived = _waived(now, case, world.today)
    lacks = [one for one in _lacks(world, now, case, waived) if one not in waived]
    ask("10", not lacks, f"{case.number} was {done} and lacked {lacks}")


def an_execution_has_all_that_it_needs(world: World, before: Now, now: Now) -> None:
    for case in now.new(before, "cases"):
        was = before.cases.get(case.pk)
        if case.status != "executed" or was is None or was.status == "executed":
            continue
        ask("10", case.tier == tier_of(world, before, was), f"{case.number} was of another tier than {case.tier}")
        _lacks_nothing(world, before, was, "carried out")
        _over(world, before, was)
        _all_said_yes(world, before, was, case)
        ask("18", was.frozen_at is None, f"{case.number} was carried out while frozen")
        # What was upheld before it was taken up again has been answered since.
        standing = [
            one for one in before.of("noes", case.pk) if one.status in ("open", "upheld") and one.at >= was.since
        ]
        ask("18", not standing, f"{case.number}: an objection stood")
        held = before.current(case.registration or 0)
        acts = Event.objects.filter(actor=f"user:{held.user}", at__gte=was.since, sequence__lte=before.sequence)
        ask("17", held.user is None or not acts.exists(), f"the custodian was here: {case.number}")
        ask("19", now.current(case.registration or 0).user == case.claimant, f"{case.number} gave to somebody else")


def _wanted_said_yes(now: Now, case: Case) -> list[Yes]:
    given = [one for one in now.of("yeses", case.pk) if one.void_at is None and one.signed_hash == case.proposal_hash]
    wanted = {"approver", "senior"} if case.tier == 4 or case.needs_second_look else {"approver"}
    ask("10", wanted <= {one.role for one in given}, f"{case.number}: {given}, wanted {wanted}")
    return given


def _all_said_yes(world: World, before: Now, was: Case, case: Case) -> None:
    given = _wanted_said_yes(before, was)
    ask("10", len({world.human(one.by) for one in given}) == len(given), f"one human twice: {given}")
    by = world.human(case.executed_by or 0)
    ask("10", by not in touched(world, before, was), f"who had a hand in it carried it out: {case.executed_by}")
    ask("10", "approver" in _roles(case.executed_by or 0), "carried out by somebody who is no approver")


def others_decide(world: World, before: Now, now: Now) -> None:
    """Refusals, objections, appeals, exceptions, and putting back: never by who had a hand in what is decided."""
    for no in now.new(before, "noes"):
        if no.decided_by and not before.noes[no.pk].decided_by:
            case = before.cases[no.claim]
            hands = {world.human(one) for one in (no.reviewed_by, no.identified_by) if one}
            ask("18", no.reviewed_by, f"nobody reviewed {no}")
            ask("18", world.human(no.decided_by) not in hands, f"one human looked twice at {no}")
            prepared = touched(world, before, case, contacts=False)
            ask("18", world.human(no.decided_by) not in prepared, f"who prepared it decided {no}")
        if no.reviewed_by and (proposer := before.cases[no.claim].proposed_by) and world.act == "review_objection":
            ask("18", world.human(no.reviewed_by) != world.human(proposer), f"the proposer reviewed {no}")
    for told in now.told:
        if told.verb == "claim.refused":
            case = next(one for one in before.cases.values() if one.label == told.subject)
            by = world.human(int(told.actor.removeprefix("user:")))
            ask("10", by not in touched(world, before, case), f"who had a hand in it refused {case.number}")
    for appeal in now.new(before, "appeals"):
        if appeal.decided_by:
            _judged_by_another(world, before, appeal.claim, appeal.decided_by)
    _put_back_by_another(world, before, now)
    _bent_by_two(world, before, now)


def _judged_by_another(world: World, before: Now, claim: int, by: int) -> None:
    case = before.cases[claim]
    rows = Event.objects.filter(subject=case.label, sequence__lte=before.sequence, actor__startswith="user:")
    acted = {world.human(int(one.removeprefix("user:"))) for one in rows.values_list("actor", flat=True)}
    ask(
        "appeal", world.human(by) not in acted | touched(world, before, case), f"{by} judged the own case {case.number}"
    )


def _put_back_by_another(world: World, before: Now, now: Now) -> None:
    for back in now.new(before, "backs"):
        if back.status != "confirmed":
            continue
        case = before.cases[back.claim]
        hands = [back.asked_by, case.executed_by, *(one.by for one in before.of("yeses", case.pk) if not one.void_at)]
        others = {world.human(one) for one in hands if one} | touched(world, before, case)
        ask("19", world.human(back.decided_by or 0) not in others, f"who had a hand in it put it back: {back}")
        given = before.current(case.registration or 0)
        earlier = _before(before, given)
        ask("19", now.current(case.registration or 0).user == earlier, f"{case.number}: not put back to {earlier}")


def _before(now: Now, row: Period) -> int | None:
    rows = [one for one in now.held.values() if one.registration == row.registration and one.to_at == row.from_at]
    return rows[-1].user if rows else None


def _bent_by_two(world: World, before: Now, now: Now) -> None:
    for bent in now.new(before, "bent"):
        if bent.status != "valid":
            continue
        case = before.cases[bent.claim]
        yeses = list(ExceptionApproval.objects.filter(exception=bent.pk).values_list("by", "role"))
        humans = {world.human(by) for by, _role in yeses}
        ask("A12", {role for _by, role in yeses} == {"approver", "senior"}, f"{bent}: {yeses}")
        ask("A12", len(humans) == 2, f"one human said yes twice to {bent}")
        ask("A12", not humans & touched(world, before, case), f"who had a hand in it bent the rule: {bent}")
        never = bent.rule.startswith(("category:P", "category:A", "mandatory:P", "mandatory:A", "more:A"))
        ask("A12", not never and bent.rule != "notices", f"never excepted: {bent.rule}")
        ask("A12", bent.expires_on <= timezone.localdate(bent.asked_at) + timedelta(days=90), f"too long: {bent}")


# Notices and protection -----------------------------------------------------------------------------------------------

TOLD_AT = {"claim.accepted": "accepted", "claim.proposed": "proposed", "claim.executed": "executed"}
"""A kit tells them as well when the claim is accepted with it; `checks_beside` asks about urgent settings."""


def everybody_on_record_is_told(world: World, before: Now, now: Now) -> None:
    for told in now.told:
        purpose = TOLD_AT.get(told.verb)
        case = next((one for one in before.cases.values() if one.label == told.subject), None)
        if case and told.verb == "kit.redeemed" and now.cases[case.pk].accepted_at != case.accepted_at:
            purpose = "accepted"
        if case and purpose:
            made = {one.to for one in now.new(before, "sent") if one.claim == case.pk and one.purpose == purpose}
            # A proposal weighs it anew: the tier may be another one by now.
            wanted = to_tell(world, before, now.cases[case.pk])
            ask("told", wanted <= made, f"{told.verb} of {case.number} did not go to {wanted - made}")


def to_tell(world: World, before: Now, case: Case, *, of: int | None = None) -> set[str]:
    """Everybody on record of the claimed registration, or of another one that the act was about."""
    registration = of or case.registration or 0
    held = before.current(registration)
    home = world.by_pk[registration].organisation_id
    people = User.objects.filter(memberships__organisation=home, memberships__role="administrator", is_active=True)
    wanted = {f"user:{pk}" for pk in people.filter(memberships__until=None).values_list("pk", flat=True)}
    if held.user:
        wanted.add(f"user:{held.user}")
    rows = ContactPoint.objects.current().filter(registration=registration).exclude(health__in=DEAD)
    points = list(rows.exclude(kind="phone"))
    wanted |= {f"contact_point:{one.pk}" for one in points}
    if not [one for one in points if one.kind == "post" and one.since <= world.today - TENURE]:
        wanted.add("holder")
    return wanted | ({"head_office"} if case.tier == 4 and case.head_office else set())


def what_was_recovered_is_protected(world: World, before: Now, now: Now) -> None:
    for case in now.cases.values():
        if case.status != "executed" or (case == before.cases.get(case.pk) and world.act != "clock"):
            continue
        marks = [one for one in now.marks.values() if one.case == case.number and one.kind == "cooling_off"]
        current = [one for one in marks if one.ended_at is None]
        assert case.executed_at
        until = case.executed_at + timedelta(days=30)
        if case.cooled_off_at is None:
            ask("19", len(current) == 1 and set(current[0].blocks) >= BLOCKED, f"{case.number}: {marks}")
            ask("19", current[0].until is None or current[0].until >= until, f"{case.number} is protected too short")
        else:
            ask("19", not current, f"{case.number}: {marks} outlived the protected time")
            ask("19", case.rolled_back_at or case.cooled_off_at >= until, f"{case.number} was protected too short")


CHECKS = [
    who_says_yes_had_no_hand_in_it,
    a_step_is_taken_only_with_all_that_it_needs,
    an_execution_has_all_that_it_needs,
    others_decide,
    everybody_on_record_is_told,
    what_was_recovered_is_protected,
]
