"""One registration from one person to another: prepared, offered, marked, accepted or not, confirmed, asked about."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

from handover.models import HandoverItem, HandoverQuestion, Registration
from tests.handover.life import mandates
from tests.handover.life.rows import Deal
from tests.handover.life.world import Rule, T, World, registrations
from tests.stock import ALL_YES

NOT_YET = dict.fromkeys(ALL_YES, "not_yet")


def drafts(world: World, random: Random, held: Registration) -> None:
    who = world.usually(random, world.holder_or_administrator(random, held.pk))
    holder = world.now.current(held.pk).user
    to = world.other(random, holder, who) if random.random() < 0.9 else world.somebody(random)
    own = who == holder or holder is None
    made = world.do(
        T.draft_handover,
        who,
        registration_pk=held.pk,
        successor=world.user(to),
        effective_on=world.today + timedelta(days=random.choice([0, 0, 1, 6]) if own else random.choice([6, 8, 1])),
        reason="",
        note="",
        things=[("鍵", "総務部")] if random.random() < 0.5 else [],
    )
    if made and random.random() < 0.8:
        world.do(T.offer, who, handover_pk=made.pk)


def named_drafts(world: World) -> Sequence[Deal]:
    return [one for one in world.now.open_deals("draft") if one.given_to]


def offered(world: World) -> Sequence[Deal]:
    return world.now.open_deals("offered")


def to_confirm(world: World) -> Sequence[Deal]:
    return [one for one in world.now.open_deals("accepted") if one.needs_confirmation]


def offers(world: World, random: Random, deal: Deal) -> None:
    world.do(T.offer, world.usually(random, random.choice([deal.offered_by, deal.given_by])), handover_pk=deal.pk)


def marks(world: World, random: Random, deal: Deal) -> None:
    said = {one: mark for one, mark in _marks(world, random, deal).items() if random.random() < 0.6}
    world.do(T.mark_items, world.usually(random, deal.given_to), handover_pk=deal.pk, marks=said, answers=NOT_YET)


def _marks(world: World, random: Random, deal: Deal) -> dict[int, tuple[str, str]]:
    lines = world.now.standing(deal.pk)
    whole = [one for one in lines if one.kind == "registration"]
    aside = {one.pk for one in whole if random.random() < 0.45} if len(whole) > 1 or random.random() < 0.1 else set()
    said = {one.pk: ("not_mine" if one.pk in aside else "received", "") for one in whole}
    for one in lines:
        if one.kind != "registration":
            odd = "opened" if one.kind == "envelope" else "missing"
            said[one.pk] = (odd if random.random() < 0.2 else "received", "")
    return said


def accepts(world: World, random: Random, deal: Deal) -> None:
    who = world.usually(random, deal.given_to)
    if (said := mandates.choices(world, random, deal)) and random.random() < 0.95:
        world.do(T.mark_items, who, handover_pk=deal.pk, marks={}, answers=NOT_YET, mandates=said)
    done = world.do(T.accept, who, handover_pk=deal.pk, marks=_marks(world, random, deal), answers=ALL_YES)
    after = world.now.deals[deal.pk]
    if done and after.status == "accepted" and after.needs_confirmation and random.random() < 0.4:
        confirms(world, random, after)


def _confirmer(world: World, random: Random, deal: Deal) -> int:
    return world.usually(random, world.administrator(random, deal.given_to, deal.offered_by))


def confirms(world: World, random: Random, deal: Deal) -> None:
    world.do(T.confirm, _confirmer(world, random, deal), handover_pk=deal.pk)


def refuses(world: World, random: Random, deal: Deal) -> None:
    world.do(T.refuse_confirmation, _confirmer(world, random, deal), handover_pk=deal.pk, reason="")


def declines(world: World, random: Random, deal: Deal) -> None:
    world.do(T.decline, world.usually(random, deal.given_to), handover_pk=deal.pk, reason="異動のため")


def withdrawable(world: World) -> Sequence[Deal]:
    return world.now.open_deals("draft", "offered", "frozen")


def withdraws(world: World, random: Random, deal: Deal) -> None:
    who = world.usually(random, random.choice([deal.offered_by, world.administrator(random)]))
    world.do(T.withdraw, who, handover_pk=deal.pk, reason="")


def askable(world: World) -> Sequence[Deal]:
    return [one for one in world.now.deals.values() if one.status in ("offered", "overlap")]


def asks(world: World, random: Random, deal: Deal) -> None:
    asked = world.do(T.ask, world.usually(random, deal.given_to), handover_pk=deal.pk, text="鍵はどこですか")
    if asked and random.random() < 0.6:
        _answers(world, random, deal, asked)


def answerable(world: World) -> Sequence[Any]:
    # Asking the rows is spared where nothing can be found.
    return list(world.now.deals) and list(HandoverQuestion.objects.filter(answered_at=None).order_by("pk"))


def answers(world: World, random: Random, asked: HandoverQuestion) -> None:
    _answers(world, random, world.now.deals[asked.handover_id], asked)


def _answers(world: World, random: Random, deal: Deal, asked: HandoverQuestion) -> None:
    who = world.usually(random, random.choice([deal.given_by, deal.offered_by]))
    world.do(T.answer, who, question_pk=asked.pk, text="金庫の中です")


def does_something_impossible(world: World, random: Random, deal: Deal) -> None:
    """Any act on any handover by anybody, finished ones included."""
    act = random.choice([T.offer, T.decline, T.confirm, T.withdraw, T.refuse_confirmation, T.accept, T.countersign])
    more: dict[str, Any] = {
        "decline": {"reason": ""},
        "withdraw": {"reason": ""},
        "refuse_confirmation": {"reason": ""},
        "countersign": {"remark": ""},
        "accept": {"marks": {}, "answers": ALL_YES},
    }.get(act.__name__, {})
    world.do(act, world.somebody(random), handover_pk=deal.pk, **more)


def deals(world: World) -> Sequence[Deal]:
    return list(world.now.deals.values())


LOOSE = HandoverItem.LOOSE

RULES = [
    Rule("drafts", 8, registrations, drafts),
    Rule("offers", 5, named_drafts, offers),
    Rule("marks", 4, offered, marks),
    Rule("accepts", 18, offered, accepts),
    Rule("confirms", 34, to_confirm, confirms),
    Rule("refuses", 34, to_confirm, refuses),
    Rule("declines", 3, offered, declines),
    Rule("withdraws", 2.5, withdrawable, withdraws),
    Rule("asks", 3, askable, asks),
    Rule("answers", 12, answerable, answers),
    Rule("does_something_impossible", 1, deals, does_something_impossible),
]
