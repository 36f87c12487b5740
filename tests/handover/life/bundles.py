"""Packages: everything somebody holds, split, offered, changed, extended and withdrawn."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random

from tests.handover.life.rows import Bundle
from tests.handover.life.world import Rule, T, World


def holders(world: World) -> Sequence[int]:
    planned = {one.person for one in world.now.open_bundles() if one.kind != "caretaker"}
    return [one for one in sorted(world.members) if one not in planned and world.now.held_by(one)]


def opens(world: World, random: Random, person: int) -> None:
    who = world.usually(random, person if random.random() < 0.6 else world.administrator(random))
    last = random.choice([4, 10, 20, 40])
    own = who == person
    favourite = world.other(random, person, who)
    successors = {
        pk: favourite if random.random() < 0.8 else world.other(random, person, who)
        for pk in world.now.held_by(person)
        if random.random() < 0.85
    }
    made = world.do(
        T.open_package,
        who,
        person_pk=person,
        kind=random.choice(["leaves", "leaves", "moves"]),
        last_day=world.today + timedelta(days=last),
        effective_on=world.today
        + timedelta(days=random.choice([0, 0, 1]) if own else min(last, random.choice([7, 9]))),
        reason="",
        successors=successors,
    )
    if made and random.random() < 0.7:
        world.do(T.offer_package, who, package_pk=made.pk)


def _minder(world: World, random: Random, bundle: Bundle) -> int:
    right = [bundle.person, bundle.person, bundle.opened_by, world.administrator(random)]
    return world.usually(random, random.choice(right))


def assignable(world: World) -> Sequence[Bundle]:
    waiting = {one.package for one in world.now.open_deals("draft", "offered")}
    return [one for one in world.now.open_bundles() if one.pk in waiting]


def assigns(world: World, random: Random, bundle: Bundle) -> None:
    deals = [one for one in world.now.open_deals() if one.package == bundle.pk]
    movable = [one for one in deals if one.status in ("draft", "offered") or random.random() < 0.2]
    inside = sorted({pk for deal in movable for pk in world.now.registrations_of(deal.pk)})
    if not inside:
        return
    who = _minder(world, random, bundle)
    to = None if random.random() < 0.15 else world.other(random, bundle.person, who)
    chosen = random.sample(inside, random.randint(1, len(inside)))
    done = world.do(T.assign, who, package_pk=bundle.pk, registration_pks=chosen, successor_pk=to)
    if done and random.random() < 0.6:
        world.do(T.offer_package, who, package_pk=bundle.pk)


def prepared(world: World) -> Sequence[Bundle]:
    ready = {one.package for one in world.now.open_deals("draft") if one.given_to}
    return [one for one in world.now.open_bundles() if one.pk in ready]


def offers_all(world: World, random: Random, bundle: Bundle) -> None:
    world.do(T.offer_package, _minder(world, random, bundle), package_pk=bundle.pk)


def planned(world: World) -> Sequence[Bundle]:
    """Packages with a day; now and then a caretaker's, which has none and says so."""
    rows = world.now.open_bundles()
    return [one for one in rows if one.kind != "caretaker"] or (rows if world.at.minute % 8 == 0 else [])


def extendable(world: World) -> Sequence[Bundle]:
    moving = world.now.under_way()
    return [one for one in world.now.open_bundles() if any(pk not in moving for pk in world.now.held_by(one.person))]


def extends(world: World, random: Random, bundle: Bundle) -> None:
    world.do(T.extend_package, _minder(world, random, bundle), package_pk=bundle.pk)


def with_waiting(world: World) -> Sequence[Bundle]:
    waiting = {one.package for one in world.now.open_deals("draft") if one.given_to is None}
    return [one for one in world.now.open_bundles() if one.pk in waiting and one.kind != "caretaker"]


def takes_one_out(world: World, random: Random, bundle: Bundle) -> None:
    """Somebody prepares one of the waiting ones by itself, thinks better of it, and takes it up again."""
    waiting = [one.pk for one in world.now.open_deals("draft") if one.package == bundle.pk and one.given_to is None]
    held = random.choice(sorted(world.now.registrations_of(waiting[0])))
    made = world.do(
        T.draft_handover,
        world.usually(random, bundle.person),
        registration_pk=held,
        successor=world.user(world.other(random, bundle.person)),
        effective_on=world.today + timedelta(days=6),
        reason="",
        note="",
        things=[],
    )
    if made and random.random() < 0.9:
        world.do(T.withdraw, made.offered_by_id, handover_pk=made.pk, reason="")
        if world.now.bundles[bundle.pk].status == "open":
            extends(world, random, bundle)


def changes(world: World, random: Random, bundle: Bundle) -> None:
    last = random.choice([7, 15, 30])
    world.do(
        T.change_package,
        _minder(world, random, bundle),
        package_pk=bundle.pk,
        last_day=world.today + timedelta(days=last),
        effective_on=world.today + timedelta(days=random.choice([0, 6, 7])),
    )


def withdraws(world: World, random: Random, bundle: Bundle) -> None:
    world.do(T.withdraw_package, _minder(world, random, bundle), package_pk=bundle.pk, reason="")


RULES = [
    Rule("opens_package", 5, holders, opens),
    Rule("assigns", 6, assignable, assigns),
    Rule("offers_package", 9, prepared, offers_all),
    Rule("extends_package", 20, extendable, extends),
    Rule("takes_one_out", 4, with_waiting, takes_one_out),
    Rule("changes_package", 6, planned, changes),
    Rule("withdraws_package", 3, planned, withdraws),
]
