"""Claims come in, by the form or on the phone; their mailboxes, wishes for codes, and those taken back."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

from recovery import transitions as T
from tests import claims
from tests.handover.life.world import Rule
from tests.recovery.life import days
from tests.recovery.life.rows import Case
from tests.recovery.life.world import PUBLIC, World

MOST = 4
"""Open claims at a time: more of them only take longer."""
WRONG = "22222-22222"


def few(world: World) -> Sequence[None]:
    return (None,) if len(world.now.open_cases()) < MOST else ()


def comes_in(world: World, random: Random, nothing: None = None) -> Any:
    """Somebody sends the form, or the desk takes the call. Returns the claim as it is on record."""
    world.count += 1
    cast, by_phone = world.cast, random.random() < 0.2
    statement = replace(
        claims.STATEMENT,
        # Each claimant has a mailbox; once in a while it is that of somebody who has an account here.
        mail=cast.minoru.email if random.random() < 0.03 else f"c{world.count}@new.example",
        own_phone="03-1234-5678" if random.random() < 0.1 else "",
        postal_code="100-0001" if random.random() < 0.6 else "",
        address="東京都千代田区千代田1-1",
    )
    done = world.do(
        T.open_claim,
        world.usually(random, cast.agent) if by_phone else PUBLIC,
        statement=statement,
        capacity="customer" if random.random() < 0.9 else "contractor",
        answer_by="mail",
        language="ja" if random.random() < 0.8 else "en",
        sender=f"host-{world.count}",
    )
    if not done:
        return None
    case = world.now.cases[done[0].pk]
    if random.random() < 0.85:
        confirms_mailbox(world, random, case)
    return world.again(case)


def unconfirmed(world: World) -> Sequence[Case]:
    return [one for one in world.now.open_cases() if one.mailbox_verified_at is None]


def confirms_mailbox(world: World, random: Random, case: Case) -> object:
    codes = world.codes_of(case, "mailbox")
    if not codes or random.random() < 0.05:
        return world.do(T.enter_mailbox_code, PUBLIC, case.pk, typed=WRONG)
    return world.do(T.enter_mailbox_code, PUBLIC, case.pk, typed=codes[-1].plain)


def open_cases(world: World) -> Sequence[Case]:
    return world.now.open_cases()


def changes_mailbox(world: World, random: Random, case: Case) -> None:
    world.count += 1
    who = PUBLIC if random.random() < 0.7 else world.usually(random, world.cast.agent, world.cast.operator)
    if world.do(T.change_mailbox, who, case.pk, mail=f"m{world.count}@new.example") and random.random() < 0.8:
        confirms_mailbox(world, random, case)


def asks_for_code(world: World, random: Random, case: Case) -> None:
    who = PUBLIC if random.random() < 0.9 else world.usually(random, world.cast.agent)
    world.do(T.ask_for_code, who, case.pk, wish=random.choice(["letter", "mail", "other", "money"]))


def withdraws(world: World, random: Random, case: Case) -> None:
    world.do(T.withdraw, PUBLIC if random.random() < 0.9 else world.usually(random, world.cast.agent), case.pk)


def asks_to_withdraw(world: World, random: Random, case: Case) -> None:
    """On the page of the case; the worker does it a moment later, or finds that somebody was quicker."""
    if not world.do(T.hand_in, PUBLIC, case.pk, act="withdraw"):
        return
    chance = random.random()
    if chance < 0.3:
        by = world.usually(random, world.judge)
        world.do(T.refuse, by, case.pk, reason="not_confirmed", words="足りない", missing=["C"])
    if chance < 0.7:
        days.worker_comes(world)


RULES = [
    Rule("comes_in", 6, few, comes_in),
    Rule("confirms_mailbox", 2, unconfirmed, confirms_mailbox),
    Rule("changes_mailbox", 2, unconfirmed, changes_mailbox),
    Rule("asks_for_code", 1, open_cases, asks_for_code),
    Rule("withdraws", 1, open_cases, withdraws),
    Rule("asks_to_withdraw", 0.5, open_cases, asks_to_withdraw),
]
