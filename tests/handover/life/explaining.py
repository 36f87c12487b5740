"""“Explain it to me”: wishes to be called, which hold nothing up, and looking at the pack before accepting."""

from collections.abc import Sequence
from random import Random
from typing import Any

from accounts.errors import DomainError
from handover.models import ExplanationRequest, HandoverItem, Registration
from tests.handover.life.broken import Broken
from tests.handover.life.rows import Deal
from tests.handover.life.savepoints import rolled_back
from tests.handover.life.singles import NOT_YET, offered
from tests.handover.life.world import Rule, T, World, registrations

S = ExplanationRequest.Status


def wants_to_know(world: World, random: Random, held: Registration) -> None:
    """Who holds it asks, or who is to get it; then calls it off, or is called by the desk."""
    coming = world.now.under_way().get(held.pk)
    successor = world.now.deals[coming].given_to if coming else None
    who = world.usually(random, successor if successor and random.random() < 0.7 else world.now.current(held.pk).user)
    made = _asks(world, random, who, held.pk)
    if made and random.random() < 0.4:
        world.do(T.withdraw_explanation, world.usually(random, who), request_pk=made.pk)
    elif made and random.random() < 0.7:
        # The call is another app's act; here only the row that it leaves.
        ExplanationRequest.objects.filter(pk=made.pk).update(status=S.DONE, ended_at=world.at, sealed=b"")
        world.do(T.answer_explanation, world.usually(random, who), request_pk=made.pk, is_clear=random.random() < 0.5)


def _asks(world: World, random: Random, who: int, registration_pk: int) -> Any:
    not_on = random.choice([[], [], [0, 1], [0, 1], [0, 1], [0, 1, 2, 3, 4]])
    given = {"phone": "03-1234-5678", "unclear": "何に使うか", "hours": "any", "not_on": not_on}
    return world.do(T.ask_explanation, who, registration_pk=registration_pk, **given)


def opens_pack(world: World, random: Random, deal: Deal) -> None:
    world.do(T.open_pack, world.usually(random, deal.given_to), handover_pk=deal.pk)


def accepts_before_the_call(world: World, random: Random, deal: Deal) -> None:
    """The successor asks to be called, and accepts without waiting: with “not yet” as every answer."""
    who, inside = world.usually(random, deal.given_to), sorted(world.now.registrations_of(deal.pk))
    _asks(world, random, who, random.choice(inside))
    received = {one.pk: (HandoverItem.Mark.RECEIVED.value, "") for one in world.now.standing(deal.pk)}
    given = {"handover_pk": deal.pk, "marks": received, "answers": NOT_YET}
    if not world.do(T.accept, who, **given) and _could_without_a_wish(world, who, given):
        raise Broken("blocked", f"{deal.number} waits for an explanation")


def _could_without_a_wish(world: World, who: int, given: dict[str, Any]) -> bool:
    wishes = ExplanationRequest.objects.open().filter(asked_by=who)
    actor = world.actor(who)
    if actor is None or not wishes.exists():
        return False
    with rolled_back():
        wishes.update(status=S.WITHDRAWN, ended_at=world.at)
        try:
            T.accept(**given, actor=actor, at=world.at)
        except DomainError:
            return False
    return True


def with_pack(world: World) -> Sequence[Deal]:
    return world.now.open_deals("offered", "accepted", "confirmed")


RULES = [
    Rule("wants_to_know", 1.2, registrations, wants_to_know),
    Rule("opens_pack", 2.5, with_pack, opens_pack),
    Rule("accepts_before_the_call", 2.5, offered, accepts_before_the_call),
]
