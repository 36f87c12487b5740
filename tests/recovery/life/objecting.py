"""Objections, whoever looks at them, custodians who are back, and the claim that is left of several."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random

from django.db import transaction

from audit import record
from recovery import transitions as T
from tests.handover.life.world import Rule
from tests.recovery.life import days, deciding
from tests.recovery.life.finding import linked, links
from tests.recovery.life.rows import Case, No
from tests.recovery.life.world import PUBLIC, World


def with_codes(world: World) -> Sequence[Case]:
    """Claims about which somebody was told: every notice carries a code to object."""
    told = {one.subject for one in world.codes.values() if one.purpose == "objection"}
    return [
        one for one in world.now.cases.values() if one.label in told and (one.is_linked or one.status == "executed")
    ]


def objects(world: World, random: Random, case: Case) -> object:
    codes = world.codes_of(case, "objection")
    typed = random.choice(codes).plain if codes and random.random() < 0.95 else "2222-22222-22222"
    return world.do(T.object_to, PUBLIC, typed=typed, words="知りません")


def open_noes(world: World) -> Sequence[No]:
    return [one for one in world.now.noes.values() if one.status == "open"]


def identifies(world: World, random: Random, no: No) -> None:
    case = world.now.cases[no.claim]
    how = random.choice(["callback", "code", "sign_in"])
    point, holder = world.point(case, "phone"), world.holder(case)
    if how == "sign_in" and holder and random.random() < 0.6:
        comes(world, random, case)
    who = world.second(random)
    if how == "callback":
        world.announces(who, case)
    world.do(
        T.identify_objector,
        who,
        no.pk,
        how=how,
        contact_point_pk=point.pk if point and how == "callback" else None,
        person_pk=holder if how == "sign_in" else None,
        note="",
    )


def settles(world: World, random: Random, no: No) -> None:
    """Two people look at it; now and then the second one alone, or the same human in both chairs."""
    cast = world.cast
    if no.identified_at is None and random.random() < 0.4:
        identifies(world, random, no)
    outcome = "dismissed" if random.random() < 0.65 else "upheld"
    if random.random() < 0.93:
        world.do(T.review_objection, world.second(random), no.pk, recommendation=outcome)
    if random.random() < 0.9:
        right = [cast.approver, cast.senior, world.judge]
        who = world.colleague_twin.pk if random.random() < 0.2 else world.usually(random, *right)
        if not world.do(T.decide_objection, who, no.pk, outcome=outcome, reason="調べた"):
            world.do(T.decide_objection, world.judge.pk, no.pk, outcome=outcome, reason="調べた")


def objects_and_waits(world: World, random: Random, case: Case) -> None:
    """Nobody looks at it, and the objector never says who it is."""
    if objects(world, random, case):
        open_ones = [one for one in open_noes(world) if one.claim == case.pk]
        if open_ones:
            days.goes_to(world, open_ones[-1].identify_by + timedelta(hours=1))


def held_by_somebody(world: World) -> Sequence[Case]:
    return [one for one in linked(world) if world.holder(one)]


def comes(world: World, random: Random, case: Case) -> None:
    """The custodian signs in. The clock sees it with its next round."""
    holder = world.holder(case)
    actor = world.actor(holder) if holder else None
    if actor is None:
        return
    world.at += timedelta(minutes=1)
    with transaction.atomic():
        record.event("accounts.signed_in", actor=actor, at=world.at, subject=actor.label, facts={"methods": []})
    world.trail.append(f"{actor.label} signs in")
    world.act, world.was_refused = "signs_in", False
    world.look()
    if random.random() < 0.4:
        days.ticks(world)


def one_alone(world: World) -> Sequence[Case]:
    return [one for one in linked(world) if not [other for other in linked(world) if _competes(one, other)]]


def _competes(one: Case, other: Case) -> bool:
    return one.registration == other.registration and one.pk != other.pk


def gets_a_rival(world: World, random: Random, case: Case) -> None:
    number = world.by_pk[case.registration].number if case.registration else "R-1"
    rival = deciding.coming.comes_in(world, random)
    if rival and random.random() < 0.95:
        links(world, random, rival, number)


def frozen_by_others(world: World) -> Sequence[Case]:
    return [one for one in linked(world) if one.frozen_by in ("competing", "calls")]


def gets_clear(world: World, random: Random, case: Case) -> None:
    """All but one are ended, and a senior lets that one go on."""
    cast = world.cast
    for other in [one for one in linked(world) if _competes(case, one)]:
        if random.random() < 0.85:
            who = world.usually(random, cast.approver, world.judge)
            world.do(T.refuse, who, other.pk, reason="not_confirmed", words="もう一方", missing=["O"])
    if random.random() < 0.5:
        days.ticks(world)
    world.do(T.resume, world.usually(random, cast.senior, world.judge), case.pk, reason="残った方")


def _is_contested(world: World, random: Random, nothing: None) -> None:
    """A beginning: two claims on one registration, of which one had got somewhere."""
    case = deciding.gets_far(world, random, random.choice(["collecting", "notified", "approved"]), "R-1")
    if case:
        gets_a_rival(world, random, world.again(case))


def _is_objected_to(world: World, random: Random, nothing: None) -> None:
    """A beginning: somebody objects to a claim that had got somewhere, or was carried out."""
    status = random.choice(["collecting", "notified", "approved", "executed"])
    case = deciding.gets_far(world, random, status, random.choice(["R-1", "R-1", "R-2"]))
    if case and case.registration:
        objects(world, random, world.again(case))


RULES = [
    Rule("objects", 2, with_codes, objects),
    Rule("identifies", 2, open_noes, identifies),
    Rule("settles", 4, open_noes, settles),
    Rule("objects_and_waits", 1, with_codes, objects_and_waits),
    Rule("comes", 0.7, held_by_somebody, comes),
    Rule("gets_a_rival", 1, one_alone, gets_a_rival),
    Rule("gets_clear", 3, frozen_by_others, gets_clear),
    Rule("is_contested", 0.2, deciding.never, _is_contested),
    Rule("is_objected_to", 0.2, deciding.never, _is_objected_to),
]
BEGINNINGS = ["is_contested", "is_objected_to"]
