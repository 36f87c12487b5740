"""Who is found though more than are compared closely have more characters in common with what was said."""

import pytest

from desk.models import Statement
from handover.models import ContactPoint, Registration
from recovery.matching import index, names
from recovery.matching.searching import POOL, compared
from tests.cast import Cast
from tests.recovery.remembered import found
from tests.stock import NOW, START

pytestmark = pytest.mark.django_db(transaction=True)

COUNT = POOL + 40
# Of equals those with the lowest keys are compared: this one never is by chance.
MEANT = max((f"R-{number:03}" for number in range(COUNT)), key=index.document_of)
NUMBERS = [number for number in (f"R-{number:03}" for number in range(COUNT)) if number != MEANT]
SIGNS = [chr(0x5000 + number) for number in range(len(NUMBERS))]


FILLERS = 1_500


def crowd(cast: Cast, others: list[str], meant: str, kana: str = "", phone: str = "", more: str = "銀河") -> None:
    """Put `others` and `meant` on record, and as many that begin with `more` as make those others rare."""
    Registration.objects.bulk_create(
        [
            *(
                Registration(number=number, organisation=cast.aoba, registered_name=name, registered_at=NOW)
                for number, name in zip(NUMBERS, others, strict=True)
            ),
            *(
                Registration(
                    number=f"F-{number}",
                    organisation=cast.aoba,
                    registered_name=f"{more}{chr(0x5200 + number)}",
                    registered_at=NOW,
                )
                for number in range(FILLERS)
            ),
            Registration(
                number=MEANT,
                organisation=cast.aoba,
                registered_name=meant,
                registered_kana=kana,
                registered_at=NOW,
            ),
        ]
    )
    if phone:
        held = Registration.objects.get(number=MEANT)
        ContactPoint.objects.create(registration=held, kind="phone", value=phone, since=START.date())
    index.rebuild(told=lambda _done: None)


def test_short_form_of_two_words_is_found_among_all_that_begin_alike(cast: Cast) -> None:
    crowd(cast, [f"住{sign}商会" for sign in SIGNS], "住友ベークライト株式会社")
    assert found(organisation_name="住ベ")[0] == MEANT


def test_latin_letters_find_kana_among_names_in_latin_letters(cast: Cast) -> None:
    crowd(cast, [f"Watt{sign}s" for sign in SIGNS], "株式会社ワッツ", "ワッツ", more="ワツツ")
    assert MEANT in found(organisation_name="WATTS")


def test_end_of_a_phone_number_is_enough_to_be_compared_whatever_else_was_said(cast: Cast) -> None:
    crowd(cast, [f"クレセント{sign}商会" for sign in SIGNS], "株式会社アロー", phone="0358239475")
    near = compared(Statement(organisation_name="クレセント株）", phone="5823-9475"))
    assert MEANT in [number for number, _evidence in near]


@pytest.mark.parametrize(
    ("said", "forms"),
    [
        ("クレセント株）", ["クレセント"]),
        ("株）　シャフト", ["シヤフト"]),
        ("（カ）クレアテロワール", ["クレアテロワル"]),
        ("大興(株)東京支店", ["大興東京支店", "大興", "東京支店"]),
    ],
)
def test_half_a_bracket_of_a_legal_form_is_no_part_of_a_name(said: str, forms: list[str]) -> None:
    assert names.forms(said) == forms


@pytest.mark.parametrize(
    ("name", "pairs"),
    [
        ("住友ベークライト", ["住ベ"]),
        ("日本経済新聞社", ["日経", "日新", "日社"]),
        ("青葉", []),
        ("アロー", []),
        ("", []),
    ],
)
def test_words_begin_where_the_script_changes_and_at_every_second_kanji(name: str, pairs: list[str]) -> None:
    assert names.initials(names.core(name)) == pairs
