"""What was accepted is seen through: confirmed or not, the day, the giver's signature, the time of reading, its end."""

from collections.abc import Sequence
from random import Random

from tests.handover.life.days import begin, goes_to
from tests.handover.life.rows import Deal
from tests.handover.life.sides import countersigns, reopens
from tests.handover.life.singles import confirms, refuses
from tests.handover.life.world import Rule, World


def accepted(world: World) -> Sequence[Deal]:
    return world.now.open_deals("accepted", "confirmed")


def sees_through(world: World, random: Random, deal: Deal) -> None:
    if deal.status == "accepted" and deal.needs_confirmation:
        random.choice([confirms, confirms, refuses])(world, random, deal)
    deal = world.now.deals[deal.pk]
    if deal.is_open and random.random() < 0.9:
        goes_to(world, begin(deal.effective_on))
    deal = world.now.deals[deal.pk]
    if deal.is_done:
        _looks_back(world, random, deal)


def _looks_back(world: World, random: Random, deal: Deal) -> None:
    if random.random() < 0.5 and deal.countersigned_at is None:
        countersigns(world, random, deal)
    if random.random() < 0.4 and deal.reads_until:
        goes_to(world, deal.reads_until)
        if random.random() < 0.6:
            reopens(world, random, world.now.deals[deal.pk])


RULES = [Rule("sees_through", 14, accepted, sees_through)]
