"""After the execution: what is blocked, the wish to put it back, and the end of the protected time."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random

from accounts.models import User
from handover import transitions as handing
from handover.models import ContactPoint
from recovery import transitions as T
from tests.handover.life.broken import Broken
from tests.handover.life.world import Rule
from tests.recovery.life import days, deciding, objecting
from tests.recovery.life.rows import Back, Case
from tests.recovery.life.world import World


def done(world: World) -> Sequence[Case]:
    return [one for one in world.now.cases.values() if one.status == "executed"]


def asks_back(world: World, random: Random, case: Case) -> object:
    cast = world.cast
    return world.do(T.ask_rollback, world.usually(random, cast.operator, cast.senior), case.pk, reason="違う人だった")


def wished(world: World) -> Sequence[Back]:
    return [one for one in world.now.backs.values() if one.status == "asked"]


def decides_back(world: World, random: Random, back: Back) -> None:
    cast = world.cast
    if random.random() < 0.3:
        world.do(T.decline_rollback, world.usually(random, world.judge, cast.operator), back.pk, reason="合っている")
        return
    world.do(T.confirm_rollback, world.usually(random, world.judge, world.judge, cast.senior, cast.approver), back.pk)


def asks_and_decides_back(world: World, random: Random, case: Case) -> None:
    if asks_back(world, random, case):
        for back in wished(world):
            decides_back(world, random, back)


def protected(world: World) -> Sequence[Case]:
    return [one for one in done(world) if one.cooled_off_at is None and one.cooling_off_until]


def tries_what_is_blocked(world: World, random: Random, case: Case) -> None:
    """The new custodian tries what nobody may: whatever of it succeeds is a finding."""
    if case.claimant is None or world.holder(case) != case.claimant:
        return
    if random.random() < 0.5:
        world.at = max(world.at, case.cooling_off_until - timedelta(hours=random.choice([1, 24 * 10])))  # type: ignore[operator]
    # The days are over a moment before the clock writes that down; while somebody doubts it they are not.
    doubts = (*world.now.of("noes", case.pk), *world.now.of("backs", case.pk))
    a_while = timedelta(minutes=3)
    if not any(one.status in ("open", "asked") for one in doubts) and world.at + a_while >= case.cooling_off_until:  # type: ignore[operator]
        return
    points = ContactPoint.objects.current().filter(registration=case.registration, kind="mail")
    tried = world.do(handing.end_contact_point, case.claimant, contact_point_pk=points.order_by("pk")[0].pk)
    members = User.objects.filter(memberships__organisation=world.by_pk[case.registration or 0].organisation_id)
    tried = tried or world.do(
        handing.draft_handover,
        case.claimant,
        registration_pk=case.registration,
        successor=members.filter(memberships__until=None).exclude(pk=case.claimant).order_by("pk")[0],
        effective_on=world.today + timedelta(days=3),
        reason="",
        note="",
        things=[],
    )
    if tried:
        raise Broken("19", f"{case.number}: {tried} was not refused")


def is_over(world: World, random: Random, case: Case) -> None:
    """The protected time ends, if nothing stands in its way."""
    if random.random() < 0.3:
        objecting.objects(world, random, case)
    if random.random() < 0.3:
        asks_back(world, random, case)
    if case.cooling_off_until:
        days.goes_to(world, case.cooling_off_until)


def _is_put_in_doubt(world: World, random: Random, nothing: None) -> None:
    """A beginning: carried out, and somebody wants it put back."""
    case = deciding.gets_far(world, random, "executed", random.choice(["R-1", "R-1", "R-2"]))
    if case and case.status == "executed":
        asks_back(world, random, case)


RULES = [
    Rule("asks_and_decides_back", 2, done, asks_and_decides_back),
    Rule("decides_back", 4, wished, decides_back),
    Rule("tries_what_is_blocked", 2, protected, tries_what_is_blocked),
    Rule("is_over", 2, protected, is_over),
    Rule("is_put_in_doubt", 0.2, deciding.never, _is_put_in_doubt),
]
BEGINNINGS = ["is_put_in_doubt"]
