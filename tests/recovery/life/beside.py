"""Ways beside the usual one: a recovery kit, a colleague's word, another route, and one setting while all stands."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

from recovery import transitions as T
from tests.handover.life.world import Rule
from tests.recovery.life import coming, days, deciding, finding, proving
from tests.recovery.life.rows import Case, Made, Vouch
from tests.recovery.life.world import PUBLIC, World

WRONG_KIT = "2222-2222-2222-2222"
ROUTES = ("representative", "association", "superior_body", "closed_office", "closed_office", "", "sole_trader", "x")

# A kit ----------------------------------------------------------------------------------------------------------------


def before_proposal(world: World) -> Sequence[Case]:
    return world.now.open_cases("received", "matched", "collecting")


def shows_kit(world: World, random: Random, case: Case) -> None:
    """The right one mostly, or that of another registration, or something made up."""
    chance = random.random()
    held = case.registration if case.registration in world.kits and chance < 0.8 else random.choice([*world.kits])
    number, code = world.kits[held]
    typed = WRONG_KIT if chance > 0.9 else code
    if world.do(T.redeem_kit, PUBLIC, case.pk, number=number, typed=typed) and random.random() < 0.6:
        proving.types_second(world, random, world.again(case))


def guesses_kit(world: World, random: Random, case: Case) -> None:
    """Somebody tries a kit until it is dead, or stops just before; the right code comes then, and the clock."""
    number, code = world.kits[random.choice([*world.kits])]
    for _try in range(random.choice([3, 5, 5, 6])):
        world.do(T.redeem_kit, PUBLIC, case.pk, number=number, typed=WRONG_KIT)
    if random.random() < 0.4:
        world.do(T.redeem_kit, PUBLIC, case.pk, number=number, typed=code)
    if random.random() < 0.7:
        days.goes_to(world, world.at + timedelta(minutes=random.choice([1, 5])))


# A colleague ----------------------------------------------------------------------------------------------------------


def asks_to_vouch(world: World, random: Random, case: Case) -> None:
    made = world.do(T.ask_to_vouch, world.operator(random), case.pk)
    if made and random.random() < 0.7:
        answers(world, random, world.now.vouches[random.choice(made).pk])


def open_vouches(world: World) -> Sequence[Vouch]:
    return [one for one in world.now.vouches.values() if one.status == "open"]


def answers(world: World, random: Random, vouch: Vouch) -> None:
    who = world.usually(random, world.user(vouch.user))
    world.do(T.answer_vouch, who, vouch.pk, knows=random.random() < 0.8)


# A route --------------------------------------------------------------------------------------------------------------


def chooses_route(world: World, random: Random, case: Case) -> None:
    route, reason = random.choice(ROUTES), "議事録を見ました" if random.random() < 0.95 else ""
    if world.do(T.set_route, world.operator(random), case.pk, route=route, reason=reason) and random.random() < 0.5:
        deciding.moves_on(world, random, world.again(case))


# A setting ------------------------------------------------------------------------------------------------------------


def makes_setting(world: World, random: Random, case: Case) -> Any:
    point = world.point(case, "phone")
    who = world.operator(random)
    world.announces(who, case)
    return world.do(
        T.make_setting,
        who,
        case.pk,
        code=random.choice(["forwarding", "restart", "restart", "nothing"]),
        before="本社",
        after="支社",
        reason="社屋が水びたし",
        remind_on=world.today + timedelta(days=random.choice([1, 5, 10, 40])),
        contact_point_pk=point.pk if point else None,
        number="03-9999-0000",
        note="総務の方",
    )


def makes_setting_and_decides(world: World, random: Random, case: Case) -> None:
    if made := makes_setting(world, random, case) or makes_setting(world, random, case):
        if random.random() < 0.4:
            days.goes_to(world, world.at + timedelta(days=random.choice([1, 4, 12])))
        decides_setting(world, random, world.now.settings[made.pk])


def standing(world: World) -> Sequence[Made]:
    return [one for one in world.now.settings.values() if one.status != "reversed"]


def decides_setting(world: World, random: Random, setting: Made) -> None:
    """Another one confirms it, or it is taken back; now and then who made it wants to be both."""
    cast = world.cast
    if random.random() < 0.5:
        right = [cast.colleague, cast.approver, world.operator_twin]
        world.do(T.confirm_setting, world.usually(random, *right), setting.pk)
    else:
        reason = "もう要らない" if random.random() < 0.95 else ""
        world.do(T.reverse_setting, world.usually(random, cast.operator, cast.senior), setting.pk, reason=reason)


# Beginnings -----------------------------------------------------------------------------------------------------------


def _has_kit(world: World, random: Random, nothing: None) -> None:
    """A beginning: somebody comes with a kit and gets somewhere with it."""
    case = coming.comes_in(world, random)
    if case is None:
        return
    if random.random() < 0.3:
        finding.links(world, random, case, "R-1")
    number, code = random.choice([*world.kits.values()][:2])
    world.do(T.redeem_kit, PUBLIC, case.pk, number=number, typed=code)
    if random.random() < 0.7:
        proving.types_second(world, random, world.again(case))
    else:
        # As if the kit alone were enough.
        coming.confirms_mailbox(world, random, world.again(case))
        deciding.proposes(world, random, world.again(case))
    for _step in range(2):
        deciding.moves_on(world, random, world.again(case))


def _goes_another_way(world: World, random: Random, nothing: None) -> None:
    """A beginning: a claim by another route than the normal one."""
    case = deciding.gets_far(world, random, "collecting", random.choice(["R-1", "R-2"]))
    if case and case.status == "collecting":
        route = random.choice(ROUTES[:5])
        world.do(T.set_route, world.cast.operator.pk, case.pk, route=route, reason="議事録を見ました")
        for _step in range(2):
            deciding.moves_on(world, random, world.again(case))


RULES = [
    Rule("shows_kit", 1, before_proposal, shows_kit),
    Rule("guesses_kit", 0.5, before_proposal, guesses_kit),
    Rule("asks_to_vouch", 1, finding.collecting, asks_to_vouch),
    Rule("answers", 2, open_vouches, answers),
    Rule("chooses_route", 1, before_proposal, chooses_route),
    Rule("makes_setting_and_decides", 1, finding.linked, makes_setting_and_decides),
    Rule("decides_setting", 2, standing, decides_setting),
    Rule("has_kit", 0.2, deciding.never, _has_kit),
    Rule("goes_another_way", 0.2, deciding.never, _goes_another_way),
]
BEGINNINGS = ["has_kit", "goes_another_way"]
