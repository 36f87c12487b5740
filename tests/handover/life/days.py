"""Time passes: mostly to the next day on which something is due, and the clock keeps every appointment."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from handover import clock
from handover.rules.handovers import EXPIRES_AFTER_DAYS, REMINDERS_ON_DAYS
from tests.handover.life.broken import Broken
from tests.handover.life.world import Rule, World, always

UNANSWERED = timedelta(days=EXPIRES_AFTER_DAYS)


def counted(act: Callable[..., int], world: World) -> Callable[..., int]:
    """The clock's one way to act, which counts each by the name it has among the transitions."""

    def one(transition: Callable[..., object], **arguments: Any) -> int:
        done = act(transition, **arguments)
        world.visits[transition.__name__] += done
        return done

    return one


class Loud:
    """The clock goes on when a case fails, and writes that down: here it is a finding."""

    def __init__(self, world: World) -> None:
        self.world = world

    def warning(self, said: str, *, act: str = "act", why: str = "", **more: object) -> None:
        self.world.refused[f"clock {act}"] += 1
        self.world.trail.append(f"the clock did not {act}: {why}")

    def exception(self, said: str, **more: object) -> None:
        raise


def passes(world: World, random: Random, nothing: None) -> None:
    choices = _due_days(world)
    if choices and random.random() < 0.75:
        goes_to(world, random.choice(choices))
    else:
        goes_to(world, world.at + timedelta(hours=random.choice([1, 24, 24 * 4, 24 * 12])))


def _due_days(world: World) -> list[datetime]:
    """The instants at which something will be due, as far as the rows tell."""
    days: list[datetime] = []
    for deal in world.now.deals.values():
        if deal.status == "offered" and deal.offered_at:
            days += [deal.offered_at + timedelta(days=day) for day in (*REMINDERS_ON_DAYS, EXPIRES_AFTER_DAYS)]
        elif deal.status in ("accepted", "confirmed"):
            days += [begin(deal.effective_on)] * 8
        elif deal.status == "overlap" and deal.reads_until:
            days.append(deal.reads_until)
    for bundle in world.now.open_bundles():
        if bundle.last_day:
            days += [begin(bundle.last_day + timedelta(days=day)) for day in (-7, -1, *[1] * 8)]
    return sorted(day for day in days if day > world.at)


def goes_to(world: World, instant: datetime) -> None:
    """Let the time pass until just after `instant`, or a minute when that is over."""
    world.at = max(world.at, instant) + timedelta(minutes=1)
    ticks(world)


def begin(day: date) -> datetime:
    """The instant at which a day begins here."""
    # Midnight of the provider is 15:00 UTC of the day before.
    return datetime.combine(day, datetime.min.time(), UTC) - timedelta(hours=9)


def ticks(world: World) -> None:
    world.trail.append(f"the clock at {world.at.isoformat()}")
    clock.run(at=world.at)
    world.look()
    _nothing_is_left_undone(world)


def _nothing_is_left_undone(world: World) -> None:
    """What is due was done: a second round of the clock would find nothing that it could do."""
    for deal in world.now.deals.values():
        late = deal.status == "offered" and deal.offered_at and world.at - deal.offered_at >= UNANSWERED
        if late or (deal.status == "overlap" and deal.reads_until and deal.reads_until <= world.at):
            raise Broken("clock", f"left as it was: {deal}")


RULES = [Rule("passes", 14, always, passes)]
