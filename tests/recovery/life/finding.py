"""Operators look for the registration, link it, open its record, and accept the claim for examination."""

from collections.abc import Sequence
from random import Random

from recovery import transitions as T
from tests.handover.life.world import Rule
from tests.recovery.life.rows import Case
from tests.recovery.life.world import World


def unlinked(world: World) -> Sequence[Case]:
    return world.now.open_cases("received", "matched")


def links(world: World, random: Random, case: Case, number: str = "") -> object:
    """Say which registration it is: often one that somebody else claims as well."""
    if random.random() < 0.15:
        world.do(T.look_for, world.operator(random), case.pk, found=random.randint(0, 3))
    if not number:
        number = random.choice(["R-1", "R-1", "R-1", "R-2", "R-2", "R-3", "R-3", "R-4"])
    if random.random() < 0.02:
        number = "R-99"
    return world.do(T.link, world.operator(random), case.pk, registration_number=number)


def matched(world: World) -> Sequence[Case]:
    return world.now.open_cases("matched")


def accepts(world: World, random: Random, case: Case) -> object:
    return world.do(T.accept, world.operator(random), case.pk)


def linked(world: World) -> Sequence[Case]:
    return [one for one in world.now.cases.values() if one.is_linked]


def looks_at_record(world: World, random: Random, case: Case) -> None:
    world.do(T.look_for, world.operator(random), case.pk, found=1)
    world.do(T.open_record, world.operator(random), case.pk)


def takes_head_office(world: World, random: Random, case: Case) -> object:
    taken = world.do(
        T.take_head_office,
        world.operator(random),
        case.pk,
        postal_code="1000002",
        address=f"東京都千代田区皇居外苑{random.choice([1, 1, 1, 2])}-1",
        source=random.choice(["registry", "registry", "published", "claimant"]),
    )
    if taken and random.random() < 0.5:
        compares_head_office(world, random, case)
    return taken


def with_office(world: World) -> Sequence[Case]:
    return [one for one in collecting(world) if one.head_office]


def compares_head_office(world: World, random: Random, case: Case) -> object:
    """Another one compares it; now and then who took it wants to be first."""
    first = world.usually(random, world.third, world.third, world.cast.operator)
    return world.do(T.second_head_office, first, case.pk) or world.do(T.second_head_office, world.third.pk, case.pk)


def supplements_head_office(world: World, random: Random, case: Case) -> None:
    source = random.choice(["registry", "record", "published", "claimant"])
    floor = random.choice(["青葉ビル5階", "青葉ビル5階", "別館", ""])
    if world.do(T.supplement_head_office, world.operator(random), case.pk, supplement=floor, source=source):
        compares_head_office(world, random, case)


def collecting(world: World) -> Sequence[Case]:
    return world.now.open_cases("collecting")


RULES = [
    Rule("links", 3, unlinked, links),
    Rule("accepts", 3, matched, accepts),
    Rule("looks_at_record", 1, linked, looks_at_record),
    Rule("takes_head_office", 1, collecting, takes_head_office),
    Rule("compares_head_office", 1, with_office, compares_head_office),
    Rule("supplements_head_office", 1, with_office, supplements_head_office),
]
