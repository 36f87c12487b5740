"""Registrations with the facts that a test needs, indexed as the acts do, and what a search finds of them."""

from typing import Any

from desk.models import Statement
from handover import indexing
from handover.models import BillReference, ContactPoint, Registration, UnitAlias
from recovery.matching import Candidate, candidates
from tests.cast import Cast
from tests.stock import NOW, START, registration

POINTS = ("phone", "mail", "post")
OTHERS: list[tuple[str, str, str, str]] = [
    ("R-2", "青山商事株式会社", "アオヤマショウジ", "神奈川県横浜市西区みなとみらい2-3-1"),
    ("R-3", "株式会社若葉商会", "ワカバショウカイ", "大阪府大阪市北区梅田3-2-2"),
    ("R-4", "白樺観光株式会社", "シラカバカンコウ", "長野県茅野市北山3413"),
    ("R-5", "東都運輸株式会社", "トウトウンユ", "東京都千代田区千代田1-1"),
    ("R-6", "Little Factory株式会社", "リトルファクトリー", "福岡県福岡市博多区博多駅前2-1-1"),
]


def on_record(cast: Cast, number: str, **facts: Any) -> Registration:
    """Create one registration of 青葉商事 with `facts`: its columns, `points`, `ended`, `bills`, `aliases`."""
    rows = {name: facts.pop(name, []) for name in ("points", "ended", "bills", "aliases")}
    made = registration(cast.aoba, number, custodian=cast.taro)
    for name, value in facts.items():
        setattr(made, name, value)
    made.save()
    for until, points in ((None, rows["points"]), (NOW.date(), rows["ended"])):
        for kind, value in points:
            ContactPoint.objects.create(registration=made, kind=kind, value=value, since=START.date(), until=until)
    for reference in rows["bills"]:
        BillReference.objects.create(registration=made, reference=reference, since=START.date())
    for alias in rows["aliases"]:
        UnitAlias.objects.create(registration=made, alias=alias, since=NOW)
    indexing.changed([made.pk])
    return made


def others(cast: Cast) -> None:
    """Put registrations beside it that look a little like it, of a holder of their own."""
    for number, name, kana, address in OTHERS:
        made = registration(cast.wakaba, number, custodian=None)
        made.registered_name, made.registered_kana, made.address = name, kana, address
        made.unit = made.postal_code = ""
        made.save()
        indexing.changed([made.pk])


def ranked(**said: str) -> list[Candidate]:
    return candidates(Statement(**said))


def found(**said: str) -> list[str]:
    """Return the numbers of what is found, the likeliest first."""
    return [one.number for one in ranked(**said)]
