"""The desk: contacts and promises, as far as they touch a claim. It decides nothing, whatever it presses."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

from desk import transitions as D
from desk.models import Hold
from recovery import transitions as T
from tests.handover.life.broken import Broken
from tests.handover.life.world import Rule
from tests.recovery.life.coming import open_cases
from tests.recovery.life.rows import Case
from tests.recovery.life.world import World


def notes_contact(world: World, random: Random, case: Case) -> None:
    """Somebody speaks with somebody about it. Now and then it is who wanted to decide."""
    cast = world.cast
    who = world.usually(random, cast.agent, cast.agent, cast.colleague)
    direction = random.choice(["in", "out"])
    if direction == "out":
        world.announces(who, case)
    world.do(
        D.note_contact,
        who,
        case.inquiry,
        direction=direction,
        channel="phone",
        party=random.choice(["claimant", "organisation", "record", "other"]),
        minutes=3,
        text="相談",
    )


def holds(world: World, random: Random, case: Case) -> None:
    cast, begin = world.cast, world.at + timedelta(hours=random.choice([2, 24, -2]))
    world.do(
        D.hold,
        world.usually(random, cast.agent, cast.operator),
        case.inquiry,
        reason=random.choice(Hold.Reason.values),
        owner=random.choice([cast.agent, cast.operator, cast.operator, cast.taro]),
        next_action=random.choice(Hold.NextAction.values),
        promised_from=begin,
        promised_until=begin + timedelta(hours=random.choice([2, 2, 2, -1])),
        wish="折り返し",
    )


def open_holds(world: World) -> Sequence[Any]:
    if not [one for one in world.now.cases.values() if one.inquiry__status == "held"]:
        return ()
    return world.once("holds", lambda: list(Hold.objects.filter(closed_at=None).order_by("pk")))


def closes_hold(world: World, random: Random, hold: Hold) -> None:
    world.do(
        D.close_hold,
        world.usually(random, world.cast.agent),
        hold.pk,
        # Without the inquirer only a released answer closes it, and those have tests of their own.
        outcome=random.choice(["agreed", "agreed", "agreed", "agreed", "decided"]),
        agreed_by="渡邉 翔",
        agreed_how="phone",
    )


DECIDING = (T.accept, T.propose, T.approve, T.execute, T.refuse, T.send_back, T.resume, T.link, T.record_evidence)
PREPARING = (*(T.ask_to_vouch, T.second_head_office, T.take_call_number, T.begin_phone_call, T.set_route),)


def presses_what_others_may(world: World, random: Random, case: Case) -> None:
    """An agent calls an act of the provider directly: none may succeed."""
    act = random.choice(DECIDING if random.random() < 0.7 else PREPARING)
    more: dict[str, Any] = {}
    if act in (T.approve, T.execute):
        more["signed_hash"] = case.proposal_hash
    if act in (T.approve, T.propose, T.send_back, T.resume):
        more["reason"] = "ok"
    if act is T.begin_phone_call:
        more["contact_point_pk"] = None
    if act is T.set_route:
        more |= {"route": "closed_office", "reason": "ok"}
    if act is T.refuse:
        more |= {"reason": "not_confirmed", "words": ""}
    if act is T.link:
        more["registration_number"] = "R-1"
    if act is T.record_evidence:
        nothing: dict[str, Any] = {"issued_on": None, "departure_stated": True, "note": ""}
        more |= {"code": "P1", "source": "", "endpoint": "", **nothing}
    who = random.choice([world.cast.agent, world.cast.supervisor])
    if world.do(act, who.pk, case.pk, **more):
        raise Broken("desk", f"the desk did {act.__name__}")


RULES = [
    Rule("notes_contact", 1, open_cases, notes_contact),
    Rule("holds", 1, open_cases, holds),
    Rule("closes_hold", 3, open_holds, closes_hold),
    Rule("presses_what_others_may", 0.7, open_cases, presses_what_others_may),
]
