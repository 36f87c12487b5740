"""People come and go: leaving, joining, becoming an administrator, taking into care."""

from collections.abc import Sequence
from random import Random

from accounts.models import Membership, Role
from handover import custody
from handover.models import Registration
from tests.handover.life.world import Rule, T, World, always, registrations


def members(world: World) -> Sequence[int]:
    return sorted(world.members)


def leaves(world: World, random: Random, person: int) -> None:
    world.do(T.leave, world.usually(random, random.choice([person, world.administrator(random)])), user_pk=person)


def few(world: World) -> Sequence[None]:
    return (None,) if len(world.members) < 6 else ()


def joins(world: World, random: Random, nothing: None) -> None:
    world.joins(random, Role.ADMINISTRATOR if random.random() < 0.25 else Role.MEMBER)
    world.look()


def becomes_administrator(world: World, random: Random, nothing: None) -> None:
    """Their memberships are another app's acts; here only the row that they leave."""
    person = world.somebody(random)
    if person in world.administrators or len(world.administrators) > 2:
        return
    Membership.objects.create(user_id=person, organisation=world.aoba, role=Role.ADMINISTRATOR, since=world.at)
    custody.mind_administrator_gap(world.aoba, at=world.at)
    world.members_changed()
    world.look()


def kept_by_provider(world: World) -> Sequence[Registration]:
    return [one for one in registrations(world) if world.now.current(one.pk).user is None]


def takes_into_care(world: World, random: Random, held: Registration) -> None:
    world.do(T.take_into_care, world.usually(random, world.administrator(random)), registration_pk=held.pk)


RULES = [
    Rule("leaves", 2.2, members, leaves),
    Rule("joins", 1.5, few, joins),
    Rule("becomes_administrator", 0.8, always, becomes_administrator),
    Rule("takes_into_care", 4, kept_by_provider, takes_into_care),
]
