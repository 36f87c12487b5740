"""What either side says besides yes and no: the list, the giver's signature, objections, reading again."""

from collections.abc import Sequence
from random import Random

from tests.handover.life.rows import Deal, Line
from tests.handover.life.world import Rule, T, World

KINDS = ["thing", "key", "envelope", "note"]


def listable(world: World) -> Sequence[Deal]:
    return world.now.open_deals("draft", "offered")


def adds(world: World, random: Random, deal: Deal) -> None:
    inside = sorted(world.now.registrations_of(deal.pk))
    if not inside:
        return
    world.do(
        T.add_item,
        world.usually(random, deal.offered_by),
        handover_pk=deal.pk,
        registration_pk=random.choice(inside),
        kind=random.choice(KINDS),
        name="書庫の鍵",
        place="総務部",
        detail="",
    )


def droppable(world: World) -> Sequence[Line]:
    drafts = {one.pk for one in world.now.open_deals("draft")}
    lines = world.now.lines.values()
    return [one for one in lines if one.handover in drafts and one.kind in KINDS and one.left_at is None]


def drops(world: World, random: Random, line: Line) -> None:
    world.do(T.drop_item, world.usually(random, world.now.deals[line.handover].offered_by), item_pk=line.pk)


def signable(world: World) -> Sequence[Deal]:
    signed = ("accepted", "confirmed", "overlap", "closed")
    return [one for one in world.now.deals.values() if one.status in signed and one.countersigned_at is None]


def countersigns(world: World, random: Random, deal: Deal) -> None:
    who = world.usually(random, random.choice([deal.given_by, deal.offered_by]))
    world.do(T.countersign, who, handover_pk=deal.pk, remark="")


def objectionable(world: World) -> Sequence[Deal]:
    rows = world.now.open_deals("offered", "accepted", "confirmed")
    return [one for one in rows if one.given_by not in (None, one.offered_by) and one.objected_at is None]


def objects(world: World, random: Random, deal: Deal) -> None:
    who = world.usually(random, deal.given_by)
    made = world.do(T.raise_objection, who, handover_pk=deal.pk, reason="まだ引き継げません")
    if made and random.random() < 0.4:
        settles(world, random, world.now.deals[deal.pk])


def frozen(world: World) -> Sequence[Deal]:
    return world.now.open_deals("frozen")


def settles(world: World, random: Random, deal: Deal) -> None:
    who = world.usually(random, world.administrator(random, deal.given_to, deal.given_by, deal.offered_by))
    world.do(T.settle_objection, who, handover_pk=deal.pk, answer="業務上必要です")


def finished(world: World) -> Sequence[Deal]:
    return [one for one in world.now.deals.values() if one.is_done]


def reopens(world: World, random: Random, deal: Deal) -> None:
    who = world.usually(random, random.choice([deal.given_to, world.administrator(random)]))
    world.do(T.reopen_overlap, who, handover_pk=deal.pk)


RULES = [
    Rule("adds", 3, listable, adds),
    Rule("drops", 8, droppable, drops),
    Rule("countersigns", 12, signable, countersigns),
    Rule("objects", 24, objectionable, objects),
    Rule("settles", 60, frozen, settles),
    Rule("reopens", 10, finished, reopens),
]
