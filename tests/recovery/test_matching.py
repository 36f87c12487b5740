"""The first search: half-remembered and misspelt, and still found; nothing found where there is nothing."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from desk.models import Statement
from handover.folding import registration_text
from handover.models import BillReference, ContactPoint, Registration, UnitAlias
from recovery.matching import candidates, names, places
from recovery.matching.searching import SAME
from tests.cast import Cast
from tests.stock import NOW, START, registration

pytestmark = pytest.mark.django_db


def written(held: Registration, **changes: Any) -> Registration:
    """Change a registration and write its search text as the acts do."""
    for name, value in changes.items():
        setattr(held, name, value)
    held.search_text = registration_text(
        number=held.number,
        organisation=held.organisation.legal_name,
        registered_name=held.registered_name,
        registered_kana=held.registered_kana,
        former_names=held.former_names,
        unit=held.unit,
        aliases=[],
        postal_code=held.postal_code,
        address=held.address,
        bill_references=[],
    )
    held.save()
    return held


@pytest.fixture
def register(cast: Cast) -> Registration:
    """青葉商事's registration among others that look a little like it."""
    wanted = written(registration(cast.aoba, "R-1", custodian=cast.taro))
    others = [
        ("R-2", "青山商事株式会社", "アオヤマショウジ", "神奈川県横浜市西区みなとみらい2-3-1"),
        ("R-3", "株式会社若葉商会", "ワカバショウカイ", "大阪府大阪市北区梅田3-2-2"),
        ("R-4", "白樺観光株式会社", "シラカバカンコウ", "長野県茅野市北山3413"),
        ("R-5", "東都運輸株式会社", "トウトウンユ", "東京都千代田区千代田1-1"),
    ]
    for number, name, kana, address in others:
        made = registration(cast.wakaba, number, custodian=None)
        written(made, registered_name=name, registered_kana=kana, address=address, unit="", postal_code="")
    return wanted


def found(**said: str) -> list[str]:
    return [one.number for one in candidates(Statement(**said))]


@pytest.mark.parametrize(
    "name",
    [
        "青葉商事株式会社",
        "(株)青葉商亊",
        "㈱青葉商事",
        "青葉　商事",
        "青葉商",
        "青場商事",
        "あおばしょうじ",
        "ｱｵﾊﾞｼｮｳｼﾞ",
        "aoba shoji",
        "青葉商事 横浜支店",
    ],
)
def test_operator_finds_the_company_however_it_is_spelled(register: Registration, name: str) -> None:
    assert found(organisation_name=name)[:1] == ["R-1"]


def test_former_name_finds_the_company(register: Registration) -> None:
    written(register, former_names=["若松貿易株式会社"])
    assert found(organisation_name="若松貿易")[:1] == ["R-1"]


@pytest.mark.parametrize("address", ["東京都千代田区千代田一丁目一番", "千代田区千代田１－１", "千代田1丁目1番地"])
def test_place_tells_two_of_one_name_apart(register: Registration, cast: Cast, address: str) -> None:
    twin = registration(cast.aoba, "R-0", custodian=cast.taro)
    written(twin, address="北海道札幌市中央区北一条西2-1", postal_code="0600001")
    assert found(organisation_name="青葉商事", address=address)[:2] == ["R-1", "R-0"]


def test_phone_bill_and_mail_find_it_without_any_name(register: Registration) -> None:
    for kind, value in (("phone", "03-1234-5678"), ("mail", "kanri@aoba.example")):
        ContactPoint.objects.create(registration=register, kind=kind, value=value, since=START.date())
    BillReference.objects.create(registration=register, reference="B-2026-77", since=START.date())
    assert found(phone="０３（１２３４）５６７８") == ["R-1"]
    assert found(bill_reference="b-2026-77") == ["R-1"]
    assert found(mail="Kanri@aoba.example") == ["R-1"]
    # Each is worth its own and nothing for what was not said.
    scores = [
        candidates(Statement(**said))[0].score for said in ({"phone": "0312345678"}, {"bill_reference": "B-2026-77"})
    ]
    assert scores == [SAME["phone"], SAME["bill"]]


def test_alias_of_the_unit_tells_two_apart(register: Registration, cast: Cast) -> None:
    twin = written(registration(cast.aoba, "R-0", custodian=cast.taro), unit="第二営業所")
    UnitAlias.objects.create(registration=twin, alias="駅前センター", since=NOW)
    assert found(organisation_name="青葉商事", unit="駅前センター")[:2] == ["R-0", "R-1"]
    assert found(organisation_name="青葉商事", unit="本社")[:2] == ["R-1", "R-0"]


def test_closed_registration_is_no_candidate(register: Registration) -> None:
    Registration.objects.filter(pk=register.pk).update(status="closed")
    assert "R-1" not in found(organisation_name="青葉商事")


@pytest.mark.parametrize(
    "said", [{}, {"organisation_name": "  "}, {"organisation_name": "琉球海運"}, {"remarks": "青葉"}]
)
def test_nothing_said_or_nothing_alike_finds_nothing(register: Registration, said: dict[str, str]) -> None:
    assert found(**said) == []


def test_equal_ones_come_by_number_and_scores_are_between_0_and_1(register: Registration, cast: Cast) -> None:
    for number in ("R-9", "R-8"):
        written(registration(cast.aoba, number, custodian=cast.taro))
    rows = candidates(Statement(organisation_name="青葉商事", address="千代田区千代田1-1", postal_code="100-0001"))
    assert [one.number for one in rows if one.registered_name == "青葉商事株式会社"] == ["R-1", "R-8", "R-9"]
    assert all(0 < one.score < 1 for one in rows) and rows[0].band == "strong"
    assert "1" not in rows[0].place


@pytest.mark.parametrize("count", [1, 30])
def test_search_takes_as_many_queries_for_any_number_of_rows(cast: Cast, count: int) -> None:
    for number in range(count):
        written(registration(cast.aoba, f"R-{number:03}", custodian=cast.taro))
    said = Statement(organisation_name="青葉商事", phone="03-1234-5678", bill_reference="B1", mail="a@b.example")
    with CaptureQueriesContext(connection) as seen:
        assert len(candidates(said, limit=5)) == min(count, 5)
    assert len(seen) == 6


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("青葉商事株式会社", "青葉商事"),
        ("（有）青葉商事", "青葉商事"),
        ("株）青葉商事", "青葉商事"),
        ("アオバショウジ カブシキガイシヤ", "アオバシヨウジ"),
        ("Aoba Trading Co., Ltd.", "aobatrading"),
        ("株式会社", "株式会社"),
    ],
)
def test_core_of_a_name_has_no_legal_form(name: str, core: str) -> None:
    assert names.core(name) == core


@pytest.mark.parametrize(
    "address",
    ["東京都港区虎ノ門三丁目二番二号", "港区虎ノ門３－２－２", "東京都港区虎ノ門3丁目2番地の2", "港区虎ノ門 三―二―二"],
)
def test_numbers_of_a_place_are_read_in_any_notation(address: str) -> None:
    assert places.place(address).numbers == ("3", "2", "2")
    assert places.likeness(address, "東京都港区虎ノ門3-2-2") == pytest.approx(1.0)


def test_place_with_a_number_in_its_name_keeps_it() -> None:
    assert places.place("三鷹市下連雀三丁目").words == places.place("三鷹市下連雀3丁目").words
    assert places.place("東京都千代田区千代田1-1").words.startswith("千代田区")
