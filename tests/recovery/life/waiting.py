"""Ends and what follows them: reminders, duties, appeals, claims taken up again; who the claimant turned out to be."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

from recovery import transitions as T
from recovery.models import Duty
from tests.handover.life.world import Rule
from tests.recovery.life import coming, days, deciding, finding, proving
from tests.recovery.life.rows import Appealed, Case, Owed
from tests.recovery.life.world import PUBLIC, World


def before_proposal(world: World) -> Sequence[Case]:
    return world.now.open_cases("received", "matched", "collecting")


def reminds(world: World, random: Random, case: Case, medium: str = "") -> object:
    medium = medium or random.choice(["mail", "letter", "phone"])
    note = "伝言を残した" if random.random() < 0.95 else ""
    who = world.second(random)
    if medium == "phone":
        world.announces(who, case)
    return world.do(T.remind, who, case.pk, medium=medium, note=note)


def gives_up(world: World, random: Random, case: Case) -> None:
    """Two reminders in two ways and thirty days, or less of it; then somebody refuses for want of an answer."""
    for medium in random.sample(["mail", "letter", "phone", "phone"], random.choice([1, 2, 2, 3])):
        reminds(world, random, case, medium)
        world.at += timedelta(days=random.choice([1, 6]))
    days.mails_leave(world)
    if random.random() < 0.8:
        for letter in [one for one in proving.waiting(world) if one.claim == case.pk][:1]:
            proving.prints(world, random, letter)
    if random.random() < 0.25:
        coming.asks_for_code(world, random, case)
    days.goes_to(world, world.at + timedelta(days=random.choice([31, 31, 31, 25])))
    who = world.usually(random, world.cast.approver, world.judge)
    world.do(T.refuse, who, case.pk, reason="no_response", words="返事なし", missing=[])


def duties(world: World) -> Sequence[Owed]:
    return [one for one in world.now.duties.values() if one.closed_at is None]


def does_duty(world: World, random: Random, duty: Owed) -> None:
    right = world.cast.operator if duty.kind in Duty.OF_OPERATORS else world.cast.senior
    world.do(T.finish_duty, world.usually(random, right), duty.pk, words="連絡した")


# After an end ---------------------------------------------------------------------------------------------------------


def ended(world: World) -> Sequence[Case]:
    return [one for one in world.now.cases.values() if one.status in ("refused", "stopped", "withdrawn")]


def appealable(world: World) -> Sequence[Case]:
    return [one for one in ended(world) if one.status != "withdrawn"]


def appeals(world: World, random: Random, case: Case) -> object:
    if random.random() < 0.1:
        days.goes_to(world, world.at + timedelta(days=31))
    who = PUBLIC if random.random() < 0.8 else world.usually(random, world.cast.agent)
    return world.do(T.appeal, who, case.pk, words="もう一度見てください")


def open_appeals(world: World) -> Sequence[Appealed]:
    return [one for one in world.now.appeals.values() if one.status == "open"]


def judges(world: World, random: Random, appeal: Appealed) -> None:
    if random.random() < 0.2:
        days.goes_to(world, days.begin(appeal.due_on + timedelta(days=1)))
    outcome = random.choice(["upheld", "upheld", "dismissed", "open"])
    words: dict[str, Any] = {"outcome": outcome, "findings": ["looked_anew"], "words": "規則のとおりです"}
    # Now and then it is who refused it; then another one has to.
    who = world.usually(random, world.judge, world.judge, world.cast.senior, world.cast.approver)
    if not world.do(T.decide_appeal, who, appeal.pk, **words):
        world.do(T.decide_appeal, world.judge.pk, appeal.pk, **words)


def appeals_and_judges(world: World, random: Random, case: Case) -> None:
    if made := appeals(world, random, case):
        judges(world, random, world.now.appeals[made.pk])


def takes_up_again(world: World, random: Random, case: Case) -> object:
    if random.random() < 0.15:
        days.goes_to(world, world.at + timedelta(days=random.choice([170, 185])))
    world.count += 1
    return world.do(T.reopen, PUBLIC, case.pk)


def asks_after_the_end(world: World, random: Random, case: Case) -> None:
    """On the page of the case; now and then twice, and the worker comes when it comes."""
    act = random.choice(["appeal", "appeal", "reopen", "withdraw"])
    world.count += 1
    for _press in range(random.choice([1, 1, 2])):
        world.do(T.hand_in, PUBLIC, case.pk, act=act, words="", sender=f"host-{world.count}")
    if random.random() < 0.3:
        # By phone, or in another window, before the worker comes.
        world.do(T.appeal, world.usually(random, world.cast.agent), case.pk, words="")
        world.do(T.reopen, PUBLIC, case.pk)
    if random.random() < 0.7:
        days.worker_comes(world)


def takes_up_and_goes_on(world: World, random: Random, case: Case) -> None:
    if takes_up_again(world, random, case):
        deciding.moves_on(world, random, world.again(case))


# Who it is ------------------------------------------------------------------------------------------------------------


def turns_out(world: World, random: Random, case: Case) -> object:
    capacity = random.choice(["customer", "contractor", "contractor", "affiliate", "unknown"])
    return world.do(T.find_capacity, world.operator(random), case.pk, capacity=capacity)


def _pose(world: World, random: Random, nothing: None) -> None:
    """A beginning: contractors who said to be the customer, one after the other."""
    posed = 0
    for _time in range(4):
        case = deciding.gets_far(world, random, "matched", "R-1")
        if case and case.is_linked:
            posed += bool(world.do(T.find_capacity, world.cast.operator.pk, case.pk, capacity="contractor"))
        if posed == 2:
            break
    days.ticks(world)


def _has_ended(world: World, random: Random, nothing: None) -> None:
    """A beginning: a claim that was refused or stopped, some proofs in hand."""
    case: Any = deciding.gets_far(world, random, "collecting", random.choice(["R-1", "R-1", "R-2", "R-4"]))
    if case and case.status == "collecting":
        for code in ("O2", "P1"):
            proving.proves(world, random, world.again(case), code)
        deciding.refuses(world, random, world.again(case))
        if world.again(case).is_open:
            world.do(
                T.refuse, world.cast.approver.pk, case.pk, reason="not_confirmed", words="確認できない", missing=["C"]
            )


RULES = [
    Rule("reminds", 2, before_proposal, reminds),
    Rule("gives_up", 1, before_proposal, gives_up),
    Rule("does_duty", 2, duties, does_duty),
    Rule("appeals_and_judges", 2, appealable, appeals_and_judges),
    Rule("judges", 3, open_appeals, judges),
    Rule("takes_up_again", 1, ended, takes_up_again),
    Rule("asks_after_the_end", 1, ended, asks_after_the_end),
    Rule("takes_up_and_goes_on", 2, ended, takes_up_and_goes_on),
    Rule("turns_out", 1, finding.linked, turns_out),
    Rule("pose", 0.2, deciding.never, _pose),
    Rule("has_ended", 0.2, deciding.never, _has_ended),
]
BEGINNINGS = ["pose", "has_ended"]
