"""What things are called, and what is noted beside: units, product cards, affiliations, the past. It moves nothing."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

from handover.models import Affiliation, Product, Registration
from handover.transitions.products import TEXTS
from tests.handover.life.changing import staff
from tests.handover.life.world import Rule, T, World, always, registrations


def moves_unit(world: World, random: Random, held: Registration) -> None:
    who = world.usually(random, world.holder_or_administrator(random, held.pk))
    world.do(T.change_unit, who, registration_pk=held.pk, unit=f"第{random.randint(1, 99)}課")


def asks_for_units(world: World, random: Random, nothing: None) -> None:
    name, unit = random.choice(
        list(Registration.objects.filter(organisation=world.aoba).values_list("registered_name", "unit").order_by("pk"))
        or [("", "")]
    )
    who = staff(world, random, world.cast.operator)
    world.do(T.ask_for_unit, who, organisation_pk=world.aoba.pk, registered_name=name, unit=unit)


def keeps_cards(world: World, random: Random, nothing: None) -> None:
    who = staff(world, random, world.cast.operator)
    card = Product.objects.order_by("pk").first()
    if card is None or random.random() < 0.5:
        texts = dict.fromkeys(TEXTS, "電話回線")
        card = world.do(T.add_product, who, code=f"P-{random.randint(1, 99)}", texts=texts) or card
    if card is not None:
        texts = dict.fromkeys(TEXTS, f"電話回線 {random.randint(1, 9)}")
        world.do(T.change_product, who, product_pk=card.pk, texts=texts)


def relates(world: World, random: Random, nothing: None) -> None:
    other = random.choice([*[world.cast.wakaba] * 5, *[world.unclaimed] * 5, world.cast.works])
    made = world.do(
        T.record_affiliation,
        staff(world, random, world.cast.operator),
        organisation_pk=world.aoba.pk,
        other_pk=other.pk,
        kind=random.choice(Affiliation.Kind.values),
        proof="登記簿",
        issued_on=world.today - timedelta(days=random.choice([*[3] * 8, 30, -1])),
    )
    if made and random.random() < 0.8:
        parts(world, random, made)


def related(world: World) -> Sequence[Any]:
    if "record_affiliation" not in world.begun:
        return ()
    return list(Affiliation.objects.order_by("pk"))


def parts(world: World, random: Random, affiliation: Affiliation) -> None:
    who = staff(world, random, world.cast.operator, world.cast.colleague)
    world.do(T.end_affiliation, who, affiliation_pk=affiliation.pk)


def notes_the_past(world: World, random: Random, held: Registration) -> None:
    first = world.today - timedelta(days=random.randint(30, 3_000))
    world.do(
        T.note_unverified_period,
        world.usually(random, world.administrator(random)),
        registration_pk=held.pk,
        name="前任の方",
        first_on=first,
        last_on=random.choice([None, first + timedelta(days=20), first - timedelta(days=1)]),
    )


RULES = [
    Rule("notes_the_past", 0.6, registrations, notes_the_past),
    Rule("moves_unit", 0.8, registrations, moves_unit),
    Rule("asks_for_units", 0.6, always, asks_for_units),
    Rule("keeps_cards", 0.6, always, keeps_cards),
    Rule("relates", 0.7, always, relates),
    Rule("parts", 0.7, related, parts),
]
