"""Proofs: papers, calls, codes by letter and mail, tries to reach the predecessor; right ones, wrong ones, others'."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

from recovery import transitions as T
from tests.handover.life.world import Rule
from tests.recovery.life import days
from tests.recovery.life.coming import WRONG
from tests.recovery.life.finding import collecting, compares_head_office
from tests.recovery.life.rows import Call, Case, Proof, Sent
from tests.recovery.life.world import MAIN_NUMBER, PUBLIC, World

SAID_WRONG = "0000-0001"
FRESH = timedelta(days=80)
ANYTHING = (
    *("O1", "O2", "O3", "O4", "O5", "O6", "O9", "O10", "L1", "L2", "L3", "L4", "P1", "P2", "P3"),
    *("A1", "A2", "A4", "C1", "C2", "C2", "C4", "C5"),
)
ON_RECORD = "03-1234-5678"
"""The number that R-1 to R-3 have on record: called as the published one, it serves twice."""
DATED = ("O2", "O3", "A1", "O1", "O5", "O6", "O8", "O10")
FROM_REGISTRY = ("O2", "O3", "A1", "O5", "O6")
NUMBERED = ("A2", "A4")


def proves(
    world: World,
    random: Random,
    case: Case,
    code: str,
    *,
    number: str = "",
    youngest: bool | None = None,
    is_fresh: bool = False,
) -> Any:
    """Record one proof as it is usually recorded; now and then an old paper, or a number that serves twice."""
    if code == "C2":
        return calls(world, random, case, youngest=youngest)
    if code in NUMBERED:
        number = number or (MAIN_NUMBER if random.random() < 0.85 else ON_RECORD)
    age = 0 if is_fresh else random.choice([0, 0, 0, 0, 20, 85, 120])
    who = world.operator(random)
    if code in NUMBERED:
        world.announces(who, case)
    made = world.do(
        T.record_evidence,
        who,
        case.pk,
        code=code,
        source="published" if code in NUMBERED else "registry" if code in FROM_REGISTRY else "",
        endpoint=number,
        issued_on=world.today - timedelta(days=age) if code in DATED else None,
        departure_stated=code in NUMBERED and random.random() < 0.9,
        note="",
    )
    if made:
        world.called[made.pk] = number
    return made


def calls(world: World, random: Random, case: Case, *, youngest: bool | None = None) -> Any:
    """The claimant takes a number, the phone of record is called, and whoever answers says it, or something else."""
    number = world.do(T.take_call_number, PUBLIC, case.pk)
    codes = world.codes_of(case, "phone")
    point = world.point(case, "phone", youngest=random.random() < 0.3 if youngest is None else youngest)
    who, chance = world.operator(random), random.random()
    # Now and then it is who printed a code of the case, and so has seen one.
    printed = [one.printed_by for one in world.now.of("sent", case.pk) if one.purpose == "code" and one.printed_by]
    if printed and random.random() < 0.15:
        who = printed[-1]
    call = world.do(T.begin_phone_call, who, case.pk, contact_point_pk=point.pk if point else None)
    if not call:
        return None
    if chance < 0.15:
        ends_call(world, random, world.now.calls[call.pk])
        return None
    if chance < 0.2:
        world.do(T.enter_said_number, who, call.pk, typed=SAID_WRONG)
    made = world.do(
        T.enter_said_number,
        world.operator(random) if chance > 0.95 else who,
        call.pk,
        typed=number or (codes[-1].plain if codes else SAID_WRONG),
    )
    if made and point:
        world.called[made.pk] = point.value
    return made


def on_the_phone(world: World) -> Sequence[Call]:
    return [one for one in world.now.calls.values() if one.ended_at is None]


def ends_call(world: World, random: Random, call: Call) -> None:
    result = random.choice(["no_answer", "wrong", "unknown", "no_answer", "right"])
    world.do(T.end_phone_call, world.operator(random), call.pk, result=result, note="")


def records_anything(world: World, random: Random, case: Case) -> None:
    made = proves(world, random, case, random.choice(ANYTHING))
    if made and random.random() < 0.3:
        takes_back(world, random, world.now.proofs[made.pk])


def proofs(world: World) -> Sequence[Proof]:
    return [one for one in world.now.proofs.values() if one.taken_back_at is None]


def takes_back(world: World, random: Random, proof: Proof) -> None:
    world.do(T.take_back_evidence, world.operator(random), proof.pk)


def with_seal(world: World) -> Sequence[Proof]:
    return [one for one in proofs(world) if one.code == "O3" and one.second_checked_by is None]


def compares_seal(world: World, random: Random, proof: Proof) -> None:
    world.do(T.second_evidence, world.second(random), proof.pk)


def compares_a_seal(world: World, random: Random, case: Case) -> None:
    """Both of them, one after the other."""
    if made := proves(world, random, case, "O3"):
        compares_seal(world, random, world.now.proofs[made.pk])


# Letters and mails ----------------------------------------------------------------------------------------------------


def orders_letter(world: World, random: Random, case: Case, *, to: str = "") -> list[Any]:
    point = world.point(case, "post")
    if not to:
        to = f"contact_point:{point.pk}" if point and random.random() < 0.7 else "head_office"
    office = world.again(case).head_office
    if to == "head_office" and office and not office.get("seconded_by") and random.random() < 0.95:
        compares_head_office(world, random, case)
    return world.do(T.order_letter, world.operator(random), case.pk, to=to) or []


def waiting(world: World) -> Sequence[Sent]:
    return [
        one
        for one in world.now.sent.values()
        if one.channel == "letter" and one.printed_at is None and one.void_at is None and one.notice__status == "queued"
    ]


def prints(world: World, random: Random, letter: Sent) -> object:
    """A run of what waits of this claim, or of all."""
    rows = [one.pk for one in waiting(world) if one.claim == letter.claim or random.random() < 0.3]
    # Where the second one had to do with it as well, a third one prints.
    return world.do(T.print_letters, world.second(random), rows) or world.do(T.print_letters, world.third.pk, rows)


def on_their_way(world: World) -> Sequence[Sent]:
    return [
        one
        for one in world.now.sent.values()
        if one.channel == "letter" and one.printed_at and one.delivered_at is None and one.returned_at is None
    ]


def arrives(world: World, random: Random, letter: Sent) -> object:
    return world.do(T.record_delivery, world.second(random), letter.pk, delivered_at=world.at)


def returnable(world: World) -> Sequence[Sent]:
    mails = [one for one in world.now.sent.values() if one.channel == "mail" and one.notice__status == "sent"]
    return [one for one in [*on_their_way(world), *mails] if one.returned_at is None and one.delivered_at is None]


def returns(world: World, random: Random, sent: Sent) -> None:
    world.do(T.record_return, world.second(random), sent.pk)


def letters_out(world: World) -> Sequence[Case]:
    """Claims with a code that somebody got, not yet typed in."""
    used = {one.one_time_code for one in world.now.proofs.values()}
    left = {
        one.claim
        for one in world.now.sent.values()
        if one.gives and one.code not in used and (one.printed_at or one.channel == "mail")
    }
    return [one for one in collecting(world) if one.pk in left]


def types_code(world: World, random: Random, case: Case) -> object:
    """What stands in a letter or mail that went out; now and then anything else, or what stands in another's."""
    rows = [one for one in world.now.of("sent", case.pk) if one.gives and (one.printed_at or one.channel == "mail")]
    chance = random.random()
    purpose = "mail" if rows and rows[-1].gives == "C3" else "letter"
    if not rows or chance < 0.06 or rows[-1].code not in world.codes:
        return world.do(T.enter_code, PUBLIC, case.pk, purpose=purpose, typed=WRONG)
    plain = world.codes[rows[-1].code].plain
    others = [one for one in collecting(world) if one.pk != case.pk]
    if others and chance < 0.2:
        return world.do(T.enter_code, PUBLIC, random.choice(others).pk, purpose=purpose, typed=plain)
    return world.do(T.enter_code, PUBLIC, case.pk, purpose=purpose, typed=plain)


def guesses(world: World, random: Random, case: Case) -> None:
    """Somebody tries until the code is dead; the right one comes too late then."""
    for _try in range(random.choice([2, 5])):
        world.do(T.enter_code, PUBLIC, case.pk, purpose="letter", typed=WRONG)
    types_code(world, random, case)


def guesses_all_day(world: World, random: Random, case: Case) -> None:
    """So often that the phone is switched off."""
    for _try in range(10):
        world.do(T.enter_code, PUBLIC, case.pk, purpose=random.choice(["letter", "mail"]), typed=WRONG)
    days.ticks(world)
    if random.random() < 0.3:
        calls(world, random, case)


def codes_by_letter(world: World, random: Random, case: Case, *, to: str = "") -> object:
    """From the order to the code typed in."""
    sent = orders_letter(world, random, case, to=to)
    if not sent:
        return None
    letter = world.now.sent[sent[-1].pk]
    if letter.printed_at is None and not prints(world, random, letter):
        return None
    if random.random() < 0.3:
        arrives(world, random, letter)
    return types_code(world, random, case)


def types_second(world: World, random: Random, case: Case) -> object:
    """The code that went to the mail address of record with the kit."""
    codes = world.codes_of(case, "mail")
    typed = codes[-1].plain if codes and random.random() < 0.95 else WRONG
    return world.do(T.enter_code, PUBLIC, case.pk, purpose="mail", typed=typed)


def codes_by_mail(world: World, random: Random, case: Case) -> object:
    point = world.point(case, "mail")
    if point and world.do(T.order_mail_code, world.operator(random), case.pk, contact_point_pk=point.pk):
        return types_code(world, random, case)
    return None


# The predecessor ------------------------------------------------------------------------------------------------------


def under_way(world: World) -> Sequence[Case]:
    return world.now.open_cases("collecting", "proposed", "notified", "approved")


def tries(world: World, random: Random, case: Case, medium: str = "") -> object:
    medium = medium or random.choice(["mail", "phone", "post"])
    point = world.point(case, medium)
    result = "no_answer" if random.random() < 0.95 else "reached"
    pk = point.pk if point and random.random() < 0.8 else None
    who = world.operator(random)
    if medium == "phone":
        world.announces(who, case)
    return world.do(T.record_attempt, who, case.pk, medium=medium, contact_point_pk=pk, result=result)


RULES = [
    Rule("records_anything", 3, collecting, records_anything),
    Rule("takes_back", 1, proofs, takes_back),
    Rule("compares_seal", 2, with_seal, compares_seal),
    Rule("compares_a_seal", 1, collecting, compares_a_seal),
    Rule("orders_letter", 1, collecting, orders_letter),
    Rule("prints", 2, waiting, prints),
    Rule("arrives", 2, on_their_way, arrives),
    Rule("returns", 1, returnable, returns),
    Rule("types_code", 3, letters_out, types_code),
    Rule("guesses", 0.5, letters_out, guesses),
    Rule("guesses_all_day", 0.2, collecting, guesses_all_day),
    Rule("calls", 1, collecting, calls),
    Rule("ends_call", 1, on_the_phone, ends_call),
    Rule("codes_by_letter", 2, collecting, codes_by_letter),
    Rule("codes_by_mail", 2, collecting, codes_by_mail),
    Rule("tries", 2, under_way, tries),
]
