"""Contractors' mandates: asked for, brought, granted, declined, used, shortened, renewed, ended, run out."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from audit.record import System
from handover.models import Mandate, MandateRegistration
from tests.handover.life.days import begin, goes_to, ticks
from tests.handover.life.rows import Deal
from tests.handover.life.world import Rule, T, World, always

LASTS = [3, 20, 39, 60, 60, 200, 364, 366]
"""Days of a mandate; the last is more than is allowed."""
NAMES = ["forwarding", "hours"]
CLOCK = System("clock")


def asks(world: World, random: Random, nothing: None) -> None:
    held = random.sample(world.registrations, random.randint(1, len(world.registrations)))
    unknown = ["R-99"] if random.random() < 0.15 else []
    scope = random.choice([1, 2])
    made = world.do(
        T.ask_mandate,
        world.mostly(random, world.cast.worker.pk),
        customer=world.aoba.legal_name if random.random() < 0.93 else "知らない会社",
        registrations=[*(one.number for one in held), *unknown],
        scope=scope,
        settings=NAMES if scope == 2 else [],
        ends_on=world.today + timedelta(days=random.choice(LASTS)),
        reason="",
        token=_token(random),
    )
    if made and random.random() < 0.8:
        # Mostly before the next round of the clock, which would bring it too.
        brought = random.random() < 0.8 and world.do(T.deliver_mandate, CLOCK, mandate_pk=made.pk)
        if not brought:
            ticks(world)
        if random.random() < 0.7:
            _answer_one(world, random, made.pk)


def _token(random: Random) -> uuid.UUID:
    return uuid.UUID(int=random.getrandbits(128), version=4)


def _answer_one(world: World, random: Random, pk: int) -> None:
    for mandate in questions(world):
        if mandate.pk == pk:
            answers(world, random, mandate)


def mandates(world: World) -> Sequence[Any]:
    """Those asked for or granted."""
    return world.once("mandates", lambda: list(Mandate.objects.filter(status__in=Mandate.OPEN).order_by("pk")))


def questions(world: World) -> Sequence[Any]:
    return [one for one in mandates(world) if one.status == "asked" and one.customer_id]


def standing(world: World) -> Sequence[Any]:
    return [one for one in mandates(world) if one.status == "active"]


def _rows(world: World) -> list[MandateRegistration]:
    """What was ever granted, also what was taken out since: for trying to use it all the same."""
    rows = MandateRegistration.objects.filter(since__isnull=False).select_related("mandate").order_by("pk")
    return world.once("mandate rows", lambda: list(rows))


def answers(world: World, random: Random, mandate: Mandate) -> None:
    waiting = MandateRegistration.objects.undecided().filter(mandate=mandate).order_by("pk")
    asked = list(waiting.values_list("registration_id", flat=True))
    if not asked:
        return
    holders = [one for pk in asked if (one := world.now.current(pk).user)]
    who = world.usually(random, random.choice([world.administrator(random), *holders]))
    if random.random() < 0.35:
        world.do(T.decline_mandate, who, mandate_pk=mandate.pk, reason="")
        return
    held = world.now.held_by(who)
    # Sometimes also what others hold: a custodian decides for the own ones only.
    whole = who in world.administrators or random.random() < 0.3
    own = asked if whole else [pk for pk in asked if pk in held] or asked
    scope = random.choice([mandate.scope, mandate.scope, 1])
    world.do(
        T.approve_mandate,
        who,
        mandate_pk=mandate.pk,
        registrations=random.sample(own, random.randint(1, len(own))),
        scope=scope,
        settings=mandate.settings if scope == 2 else [],
        ends_on=mandate.ends_on - timedelta(days=random.choice([0, 0, 1])),
    )


def grants(world: World, random: Random, nothing: None) -> None:
    held = random.choice(world.registrations)
    who = world.usually(random, world.holder_or_administrator(random, held.pk))
    own = [one.pk for one in world.registrations] if who in world.administrators else world.now.held_by(who)
    chosen = random.sample(own, random.randint(1, len(own))) if own else [held.pk]
    scope = random.choice([1, 2])
    made = world.do(
        T.grant_mandate,
        who,
        contractor=world.cast.works.legal_name,
        registrations=[world.numbers[pk] for pk in chosen],
        scope=scope,
        settings=NAMES if scope == 2 else [],
        ends_on=world.today + timedelta(days=random.choice(LASTS)),
        reason="",
        token=_token(random),
    )
    if made and random.random() < 0.3:
        uses(world, random, random.choice(_rows(world)))


def _side(world: World, random: Random, registrations: Sequence[int]) -> int:
    """Somebody who may end it: of the contractor, of the customer, or of those only one who holds a part."""
    worker = world.cast.worker.pk
    if random.random() < 0.4 or not registrations:
        return world.mostly(random, worker)
    holder = world.now.current(random.choice(list(registrations))).user
    return world.usually(random, random.choice([world.administrator(random), holder]))


def ends(world: World, random: Random, mandate: Mandate) -> None:
    inside = [row.registration_id for row in _rows(world) if row.mandate_id == mandate.pk and row.until is None]
    world.do(T.end_mandate, _side(world, random, inside), mandate_pk=mandate.pk, reason="")


def rows(world: World) -> Sequence[Any]:
    return [row for row in _rows(world) if row.until is None and row.mandate.status == "active"]


def takes_out(world: World, random: Random, row: MandateRegistration) -> None:
    done = world.do(T.remove_registration, _side(world, random, [row.registration_id]), row_pk=row.pk)
    if done and random.random() < 0.3:
        uses(world, random, row)


def ending(world: World) -> Sequence[Any]:
    return [one for one in standing(world) if (one.ends_on - world.today).days <= 45]


def renews(world: World, random: Random, mandate: Mandate) -> None:
    made = world.do(T.renew_mandate, world.mostly(random, world.cast.worker.pk), mandate_pk=mandate.pk)
    if made and random.random() < 0.6:
        _answer_one(world, random, made.pk)


def usable(world: World) -> Sequence[Any]:
    """What is granted, and now and then what was."""
    return rows(world) or (_rows(world) if world.at.minute % 4 == 0 else [])


def uses(world: World, random: Random, row: MandateRegistration) -> None:
    who = world.mostly(random, world.cast.worker.pk)
    if random.random() < 0.6:
        world.do(T.look_by_mandate, who, row_pk=row.pk)
    if random.random() < 0.6:
        world.do(T.report_fault, who, row_pk=row.pk, text="つながりません", token=_token(random))


def days(world: World) -> list[datetime]:
    """The days on which the clock reminds of a mandate, and on which it has run out."""
    ahead = [begin(one.ends_on + timedelta(days=day)) for one in standing(world) for day in (-40, -14, 1)]
    return sorted(one for one in ahead if one > world.at)


def time_runs(world: World, random: Random, day: datetime) -> None:
    """Up to one of those days, and mostly on to the end, with somebody who asks to go on."""
    goes_to(world, day)
    for _day in range(random.choice([0, 1, 2])):
        if ending(world) and random.random() < 0.5:
            renews(world, random, random.choice(ending(world)))
        if ahead := days(world):
            goes_to(world, ahead[0])


def choices(world: World, random: Random, deal: Deal) -> dict[str, str]:
    """What a successor says of each mandate on what they get."""
    inside = world.now.registrations_of(deal.pk)
    numbers = [row.mandate.number for row in rows(world) if row.registration_id in inside]
    return {number: random.choice(["keep", "end"]) for number in dict.fromkeys(numbers)}


RULES = [
    Rule("asks_mandate", 2.5, always, asks),
    Rule("answers_mandate", 8, questions, answers),
    Rule("grants_mandate", 2.5, always, grants),
    Rule("ends_mandate", 2, mandates, ends),
    Rule("takes_out", 3, rows, takes_out),
    Rule("renews", 8, ending, renews),
    Rule("uses", 6, usable, uses),
    Rule("mandates_time_runs", 4, days, time_runs),
]
