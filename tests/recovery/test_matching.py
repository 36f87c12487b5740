"""Half-remembered and misspelt, and still found; nothing found where there is nothing."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from desk.models import Statement
from handover.models import Registration
from recovery.matching import candidates, names, places, sounds
from recovery.matching.facts import digits
from tests.cast import Cast
from tests.recovery.remembered import found, on_record, others, ranked

pytestmark = pytest.mark.django_db


@pytest.fixture
def register(cast: Cast) -> Registration:
    """青葉商事's registration among others that look a little like it."""
    others(cast)
    return on_record(
        cast,
        "R-1",
        former_names=["若松貿易株式会社"],
        points=[("phone", "03-1234-5678"), ("mail", "kanri@aoba.example"), ("post", "東京都港区虎ノ門3-2-2")],
        ended=[("phone", "045-222-3333"), ("post", "長崎県佐世保市三浦町4-28")],
        bills=["B-2026-77"],
        aliases=["駅前センター"],
    )


@pytest.mark.parametrize(
    "name",
    [
        *(
            "青葉商事株式会社",
            "株式会社青葉商事",
            "(株)青葉商亊",
            "㈱青葉商事",
            "青葉商事㈱",
            "青葉商事(株",
            "株)青葉商事",
        ),
        *(
            "株)青葉商事",
            "青葉　商事",
            "青葉商",
            "青葉商時",
            "靑葉商事",
            "あおばしょうじ",
            "ｱｵﾊﾞｼｮｳｼﾞ",
            "アオバシヨウジ(カ",
        ),
        *(
            "aoba shoji",
            "ＡＯＢＡ　ＳＨＯＪＩ",
            "Aoba Shoji Co., Ltd.",
            "青葉商事 横浜支店",
            "青葉商事株式会社　総務部",
        ),
        *("青葉商事株式会社　総務部", "青葉商事の者です", "（財）青葉商事"),
    ],
)
def test_company_is_found_however_it_is_spelled(register: Registration, name: str) -> None:
    assert found(organisation_name=name)[:1] == ["R-1"]


@pytest.mark.parametrize("name", ["リトルファクトリー", "Little Factory", "little-factory inc", "リトル・ファクトリー"])
def test_latin_name_and_its_kana_find_each_other(register: Registration, name: str) -> None:
    assert found(organisation_name=name)[:1] == ["R-6"]


@pytest.mark.parametrize(
    "said",
    [
        {"organisation_name": "若松貿易"},
        {"organisation_name": "若松貿易(株)", "phone": "03-9999-0000"},
        {"organisation_kana": "アオバ　ショウジ"},
        {"phone": "０３（１２３４）５６７８"},
        {"phone": "+81 3-1234-5678"},
        {"phone": "1234-5678"},
        {"phone": "045-222-3333"},
        {"bill_reference": "ｂ-2026-77"},
        {"mail": "Kanri@aoba.example"},
        {"postal_code": "100-0001", "address": "千代田区千代田一丁目一番", "organisation_name": "あおば"},
        {"address": "港区虎ノ門三丁目二番二号"},
        {"address": "佐世保市三浦町4番28号"},
    ],
)
def test_each_kind_of_memory_finds_it(register: Registration, said: dict[str, str]) -> None:
    assert found(**said)[:1] == ["R-1"]


@pytest.mark.parametrize("address", ["東京都千代田区千代田一丁目一番", "千代田区千代田１－１", "千代田1丁目1番地"])
def test_place_tells_namesakes_apart(register: Registration, cast: Cast, address: str) -> None:
    on_record(cast, "R-0", address="北海道札幌市中央区北一条西2-1", postal_code="0600001")
    for said, order in ((address, ["R-1", "R-0"]), ("札幌市中央区", ["R-0", "R-1"])):
        rows = ranked(organisation_name="青葉商事", address=said)
        assert [one.number for one in rows if one.registered_name == "青葉商事株式会社"] == order
        assert rows[0].number == order[0] and rows[0].score > 0.5


def test_unit_and_its_other_names_tell_namesakes_apart(register: Registration, cast: Cast) -> None:
    on_record(cast, "R-0", unit="第二営業所", aliases=["みなと作業所"])
    for said, first in (("みなと作業所", "R-0"), ("第二営業所", "R-0"), ("本社", "R-1"), ("駅前センター", "R-1")):
        assert found(organisation_name="青葉商事", unit=said)[0] == first, said


@pytest.mark.parametrize("said", ["物流", "物流センタ", "物流ｾﾝﾀｰ", "物流センター課"])
def test_unit_said_in_part_comes_before_namesakes_of_other_units(register: Registration, cast: Cast, said: str) -> None:
    for number, unit in (("R-70", "広島営業所"), ("R-72", "物流センター"), ("R-73", "")):
        on_record(cast, number, unit=unit)
    rows = ranked(organisation_name="青葉商事", unit=said)
    assert rows[0].number == "R-72"
    with translation.override("en"):
        told = {one.number: set(one.reasons) for one in ranked(organisation_name="青葉商事", unit=said)}
        bare = {one.number: one.reasons for one in ranked(organisation_name="青葉商事")}
    assert told["R-72"] & {"the unit agrees in part", "the unit was named"}
    assert "another unit" in told["R-70"] and not told["R-73"] & {"another unit", "its unit was not named"}
    assert all("its unit was not named" in bare[number] for number in ("R-70", "R-72"))


def test_first_group_of_a_bill_number_tells_namesakes_apart(register: Registration, cast: Cast) -> None:
    for number, bill in (("R-70", "AZ-4471-0208"), ("R-72", "AZ-3310-0001")):
        on_record(cast, number, bills=[bill])
    rows = ranked(organisation_name="青葉商事", bill_reference="ＡＺ－４４７１")
    assert rows[0].number == "R-70" and rows[0].evidence["bill_in_part"] and not rows[1].evidence["bill_in_part"]
    assert ranked(organisation_name="青葉商事", bill_reference="AZ-4")[0].evidence["bill_in_part"] == 0


def test_namesakes_share_what_one_alone_would_get(register: Registration, cast: Cast) -> None:
    alone = ranked(organisation_name="青葉商事")[0].score
    on_record(cast, "R-0", former_names=["若松貿易株式会社"])
    shared = ranked(organisation_name="青葉商事")
    assert [one.number for one in shared[:2]] == ["R-0", "R-1"], "equal ones come by number"
    assert shared[0].score == shared[1].score < alone
    assert sum(one.score for one in shared) <= 1


def test_more_that_agrees_counts_more(register: Registration) -> None:
    said = {"organisation_name": "青葉商事", "phone": "03-1234-5678", "address": "東京都千代田区千代田1-1"}
    scores = [ranked(**dict(list(said.items())[:many]))[0].score for many in (1, 2, 3)]
    assert scores == sorted(scores) and scores[-1] > 0.95
    assert ranked(**said)[0].band == "strong"


def test_reasons_say_what_agrees_and_what_differs(register: Registration) -> None:
    def reasons(**said: str) -> list[str]:
        with translation.override("en"):
            return ranked(**said)[0].reasons

    assert reasons(organisation_name="青葉商事", unit="本社", phone="0312345678") == [
        *("same name", "same phone", "the unit was named")
    ]
    assert "former name" in reasons(organisation_name="若松貿易")
    assert "name reads alike" in reasons(organisation_name="アオバショージ")
    told = reasons(organisation_name="有限会社青葉商事", address="沖縄県那覇市泉崎1-2-2", phone="098-111-2222")
    assert {"another phone", "another legal form", "address moved, or another place"} <= set(told)


def test_closed_registration_is_never_found(register: Registration) -> None:
    Registration.objects.filter(pk=register.pk).update(status="closed")
    for said in ({"organisation_name": "青葉商事"}, {"phone": "0312345678"}, {"bill_reference": "B-2026-77"}):
        assert "R-1" not in found(**said)


@pytest.mark.parametrize(
    "said", [{}, {"organisation_name": "  "}, {"organisation_name": "琉球海運"}, {"remarks": "青葉"}, {"name": "青葉"}]
)
def test_nothing_said_or_nothing_alike_finds_nothing(register: Registration, said: dict[str, str]) -> None:
    assert found(**said) == []


def test_nothing_of_a_place_is_shown_behind_its_first_number(register: Registration) -> None:
    assert ranked(organisation_name="青葉商事")[0].place == "東京都千代田区千代田"


@pytest.mark.parametrize("count", [1, 3])
def test_search_takes_as_many_queries_for_any_number_of_rows(cast: Cast, count: int) -> None:
    for number in range(count):
        on_record(cast, f"R-{number:03}")
    said = Statement(
        organisation_name="青葉商事", phone="03-1234-5678", bill_reference="B1", mail="r-000@record.example"
    )
    with CaptureQueriesContext(connection) as seen:
        rows = candidates(said)
        assert len(rows) == count and all(one.reasons for one in rows)
    assert len(seen) == 4


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("青葉商事株式会社", "青葉商事"),
        ("（有）青葉商事", "青葉商事"),
        ("株）青葉商事", "青葉商事"),
        ("アオバショウジ カブシキガイシヤ", "アオバシヨウジ"),
        ("Aoba Trading Co., Ltd.", "aobatrading"),
        ("株式会社", "株式会社"),
        ("医療法人社団青葉会", "青葉会"),
        ("(福)青葉会", "青葉会"),
    ],
)
def test_core_of_a_name_has_no_legal_form(name: str, core: str) -> None:
    assert names.core(name) == core


@pytest.mark.parametrize(
    ("name", "form"),
    [("㈱青葉", "company"), ("青葉(有)", "limited"), ("青葉合同会社", "llc"), ("Aoba LLC", "llc"), ("青葉", "")],
)
def test_legal_form_is_read_in_any_notation(name: str, form: str) -> None:
    assert names.legal_form(name) == form


@pytest.mark.parametrize(
    "address",
    ["東京都港区虎ノ門三丁目二番二号", "港区虎ノ門３－２－２", "東京都港区虎ノ門3丁目2番地の2", "港区虎ノ門 三―二―二"],
)
def test_numbers_of_a_place_are_read_in_any_notation(address: str) -> None:
    assert places.place(address).numbers == ("3", "2", "2")


def test_place_with_a_number_in_its_name_keeps_it() -> None:
    assert places.place("三鷹市下連雀三丁目").words == places.place("三鷹市下連雀3丁目").words
    assert places.place("東京都千代田区千代田1-1").words.startswith("千代田区")
    assert places.place("愛知県豊田市大字青葉字東二十三番地") == places.place("豊田市青葉東23")


@pytest.mark.parametrize(("one", "other"), [("リトル", "little"), ("プラザ", "plaza"), ("ソフトバンク", "softbank")])
def test_latin_and_kana_sound_alike(one: str, other: str) -> None:
    assert sounds.skeleton(one) == sounds.skeleton(other)


@pytest.mark.parametrize(
    ("phone", "read"),
    [("03-1234-5678", "0312345678"), ("＋８１（０）３ １２３４", "031234"), ("+81-90-1", "0901"), ("なし", "")],
)
def test_phone_is_read_however_it_is_typed(phone: str, read: str) -> None:
    assert digits(phone) == read


def test_what_was_said_is_never_changed(register: Registration) -> None:
    said: dict[str, Any] = {"organisation_name": "(株)青葉商亊", "address": "千代田区千代田１－１"}
    statement = Statement(**said)
    candidates(statement)
    assert {name: getattr(statement, name) for name in said} == said
    register.refresh_from_db()
    assert register.registered_name == "青葉商事株式会社"
