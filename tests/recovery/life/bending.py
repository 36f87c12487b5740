"""Exceptions: asked for, decided by two people, taken back, run out; and the rule that is bent too often."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

from recovery import transitions as T
from recovery.models import CaseException, Claim, RuleReview
from recovery.queries import exceptions, weighing
from tests.handover.life.world import Rule
from tests.recovery.life import deciding
from tests.recovery.life.finding import collecting
from tests.recovery.life.rows import Bent, Case
from tests.recovery.life.world import World

NEVER = ("category:P", "category:A", "mandatory:A2", "notices", "mailbox")
WORDS = {"text": "水害", "control": "総務部長に電話", "risk": "低い", "compared": "前例なし"}
REASONS = ("disaster", "disaster", "disaster", "no_seal")


def asks(world: World, random: Random, case: Case) -> Any:
    claim = Claim.objects.select_related("registration", "procedure", "inquiry").get(pk=case.pk)
    standing = weighing.standing_of(claim, world.at)
    rules = [*exceptions.open_to_ask(claim, standing, is_shortened=False)]
    rule = random.choice(rules) if rules and random.random() < 0.9 else random.choice(NEVER)
    return world.do(
        T.ask_exception,
        world.operator(random),
        case.pk,
        rule=rule,
        reason_code=random.choice(REASONS),
        missing_proof=random.choice(["", "O2", "C1"]),
        words=WORDS,
        expires_on=world.today + timedelta(days=random.choice([5, 30, 60, 90, 120])),
    )


def asked(world: World) -> Sequence[Bent]:
    return [one for one in world.now.bent.values() if one.status == "asked"]


def decides(world: World, random: Random, bent: Bent) -> None:
    cast = world.cast
    signed = CaseException.objects.values_list("facts_hash", flat=True).get(pk=bent.pk)
    if random.random() < 0.15:
        world.do(T.refuse_exception, world.usually(random, cast.approver), bent.pk, reason="だめ")
        return
    pairs = random.choice([[cast.approver, cast.senior], [cast.senior, cast.approver], [cast.approver, cast.approver]])
    for right in pairs:
        who = world.usually(random, right)
        world.do(T.approve_exception, who, bent.pk, signed_hash=signed, reason="やむを得ない")


def asks_and_decides(world: World, random: Random, case: Case) -> None:
    if made := asks(world, random, case):
        decides(world, random, world.now.bent[made.pk])


def standing(world: World) -> Sequence[Bent]:
    return [one for one in world.now.bent.values() if one.status in ("asked", "valid")]


def ends(world: World, random: Random, bent: Bent) -> None:
    who = world.usually(random, world.cast.operator, world.cast.approver)
    world.do(T.end_exception, who, bent.pk, reason="いらなくなった")


def reviews(world: World) -> Sequence[Any]:
    if not [one for one in world.now.bent.values() if one.decided_at]:
        return ()
    return world.once("reviews", lambda: list(RuleReview.objects.filter(status="open").order_by("pk")))


def closes_review(world: World, random: Random, review: RuleReview) -> None:
    who = world.usually(random, world.cast.editor)
    world.do(T.close_rule_review, who, review.pk, outcome=random.choice(["changes", "stays"]), words="見直した")


def _is_bent(world: World, random: Random, nothing: None) -> None:
    """A beginning: a claim with exceptions for one reason, as many as make the editor look at the rule, or nearly."""
    cast = world.cast
    case = deciding.gets_far(world, random, "collecting", random.choice(["R-1", "R-2"]))
    for rule in ("attempts", "points", "channels"):
        if not case or world.again(case).status != "collecting" or world.again(case).frozen_at:
            return
        made = world.do(
            T.ask_exception,
            cast.operator.pk,
            case.pk,
            rule=rule,
            reason_code="disaster",
            missing_proof="",
            words=WORDS,
            expires_on=world.today + timedelta(days=80),
        )
        if made and rule == "channels" and random.random() < 0.3:
            world.do(T.refuse_exception, cast.senior.pk, made.pk, reason="だめ")
            return
        for who in (cast.approver, cast.senior) if made else ():
            hash_ = CaseException.objects.values_list("facts_hash", flat=True).get(pk=made.pk)
            world.do(T.approve_exception, who.pk, made.pk, signed_hash=hash_, reason="やむを得ない")


RULES = [
    Rule("asks_and_decides", 2, collecting, asks_and_decides),
    Rule("decides_exception", 2, asked, decides),
    Rule("ends_exception", 1, standing, ends),
    Rule("closes_review", 4, reviews, closes_review),
    Rule("is_bent", 0.2, deciding.never, _is_bent),
]
BEGINNINGS = ["is_bent"]
