"""Kits, colleagues, calls, head offices and urgent settings: who had which part in them (A2, A4, A6, A12)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from accounts.models import Membership
from outbox.models import Notice
from tests.handover.life.broken import ask
from tests.recovery.life.checks_decided import to_tell
from tests.recovery.life.proofs import ROUTES

if TYPE_CHECKING:
    from tests.recovery.life.rows import Kit, Now
    from tests.recovery.life.world import World

TRIES = 5
"""Of a code (procedure.md A10)."""
HOW = {"A3": "answer_vouch", "C2": "enter_said_number", "C5": "redeem_kit"}
"""Proofs that one act alone makes."""


def some_proofs_come_by_their_act_alone(world: World, before: Now, now: Now) -> None:
    for proof in now.new(before, "proofs"):
        if proof.pk in before.proofs:
            continue
        if proof.code in HOW:
            ask("made", world.act == HOW[proof.code], f"{world.act} made {proof}")
        if proof.code == "C2":
            printed = {one.printed_by for one in now.of("sent", proof.claim) if one.purpose == "code"} - {None}
            saw = {world.human(one) for one in printed if one}
            ask("C2", world.human(proof.checked_by or 0) not in saw, f"who printed a code heard one: {proof}")
        if proof.code == "C5":
            kit = [one for one in now.told if one.verb == "kit.redeemed"]
            ask("C5", kit and world.kits, f"a proof without a kit: {proof}")


def a_kit_counts_once(world: World, before: Now, now: Now) -> None:
    for told in now.told:
        if told.verb == "kit.redeemed":
            ask("C5", told.facts["kit"] not in world.used_kits, f"a kit counted twice: {told}")
            world.used_kits = world.used_kits | {told.facts["kit"]}


def a_kit_dies_of_wrong_tries(world: World, before: Now, now: Now) -> None:
    """As often as any code, whoever tries (A6, A10); and whoever made it is told when the clock writes it down."""
    for kit in now.new(before, "kits"):
        was = before.kits[kit.pk]
        ask("16", kit.tries <= TRIES, f"tried too often: {kit}")
        ask("refused", not world.was_refused or kit.void_at == was.void_at, f"refused, and used up: {kit}")
        if world.act == "redeem_kit" and kit.void_at and not was.void_at:
            ask("16", was.tries < TRIES and was.void_at is None, f"a dead kit opened: {kit}")
            ask("16", kit.custody__to_at is None, f"a kit of a custody that has ended opened: {kit}")
        if kit.void_at and not was.void_at and world.act == "clock":
            told = [one for one in now.told if one.verb == "kit.guessed" and one.facts["kit"] == kit.pk]
            ask("16", told and kit.tries == TRIES, f"voided with tries left: {kit}")
            who = f"user:{now.held[kit.custody].user}"
            mails = Notice.objects.filter(template="kit_guessed", event__sequence=told[0].sequence)
            ask("told", who in mails.values_list("recipient", flat=True), f"{who} was not told of {kit}")
    if world.act == "clock":
        waits = [one for one in now.kits.values() if _is_dead(one, world.at)]
        ask("16", not waits, f"left as they were: {waits}")


def _is_dead(kit: Kit, at: datetime) -> bool:
    valid = kit.void_at is None and kit.custody__to_at is None
    return valid and kit.tries >= TRIES and kit.tried_at is not None and kit.tried_at <= at - timedelta(minutes=1)


def who_was_asked_vouches(world: World, before: Now, now: Now) -> None:
    for vouch in now.new(before, "vouches"):
        if vouch.evidence is None or before.vouches[vouch.pk].evidence:
            continue
        case, proof = now.cases[vouch.claim], now.proofs[vouch.evidence]
        ask("A3", (proof.checked_by, proof.claim) == (vouch.user, vouch.claim), f"not asked, but vouched: {proof}")
        held = before.current(case.registration or 0)
        ask("A3", vouch.user not in (held.user, case.claimant), f"who is concerned vouched: {vouch}")
        home = world.by_pk[case.registration or 0].organisation_id
        ask("A3", _belongs(vouch.user, home), f"a stranger vouched: {vouch}")


def _belongs(user: int, organisation: int) -> bool:
    return Membership.objects.current().filter(user=user, organisation=organisation).exists()


def two_people_know_the_head_office(world: World, before: Now, now: Now) -> None:
    for sent in now.new(before, "sent"):
        if sent.gives == "C1b" and sent.pk not in before.sent:
            office = before.cases[sent.claim].head_office or {}
            both = {world.human(office[name]) for name in ("by", "seconded_by") if office.get(name)}
            ask("A6", len(both) == 2, f"a letter to a head office that one person knows: {office}")
    for case in now.new(before, "cases"):
        was, office = before.cases.get(case.pk), case.head_office or {}
        alone = "seconded_by" in office and world.human(office["by"]) == world.human(office["seconded_by"])
        ask("A6", not alone, f"one person took and compared a head office: {office}")
        if was and case.head_office and _place(was.head_office) != _place(case.head_office):
            ask("A6", not case.head_office.get("seconded_by"), f"compared before it was taken: {case.head_office}")
            left = [one for one in now.standing(case.pk) if one.code == "C1b"]
            ask("A6", not left, f"{case.number}: a letter to another head office counts")


def _place(office: dict[str, str] | None) -> tuple[str, str]:
    return (office["postal_code"], office["address"]) if office else ("", "")


def a_route_keeps_its_tier(world: World, before: Now, now: Now) -> None:
    """Who comes without an independent authority needs more notices, more time and a senior (A12)."""
    for case in now.new(before, "cases"):
        floor = ROUTES[case.route].tier if case.route else 0
        ask("10", case.tier is None or case.tier >= floor, f"{case.number}: tier {case.tier} by {case.route}")


def a_setting_has_two_people_and_is_told(world: World, before: Now, now: Now) -> None:
    for setting in now.new(before, "settings"):
        case, was = now.cases[setting.claim], before.settings.get(setting.pk)
        if setting.confirmed_by:
            same = world.human(setting.confirmed_by) == world.human(setting.made_by)
            ask("urgent", not same, f"who made it confirmed it: {setting}")
        if was is None:
            ask("urgent", case.is_linked and case.frozen_at is None, f"set for a {case.status} claim: {setting}")
            ask("urgent", setting.registration == case.registration, f"set for another one: {setting}")
        if was is None or (setting.status == "reversed" != was.status):
            purpose = "setting" if was is None else "unset"
            made = {one.to for one in now.new(before, "sent") if one.claim == case.pk and one.purpose == purpose}
            wanted = to_tell(world, before, case, of=setting.registration)
            ask("told", wanted <= made, f"{purpose} of {case.number} did not go to {wanted - made}")
    standing = [one.registration for one in now.settings.values() if one.status != "reversed"]
    ask("urgent", len(standing) == len(set(standing)), f"two settings stand: {standing}")
    if len(now.settings) != len(before.settings) or world.act in ("confirm_setting", "reverse_setting"):
        ask("urgent", now.held == before.held, f"{world.act} changed who holds it")


CHECKS = [
    some_proofs_come_by_their_act_alone,
    a_kit_counts_once,
    a_kit_dies_of_wrong_tries,
    who_was_asked_vouches,
    two_people_know_the_head_office,
    a_route_keeps_its_tier,
    a_setting_has_two_people_and_is_told,
]
