"""`match_claims` and `rebuild_matching`: what the commands read, write and refuse."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from handover.models import Registration
from recovery.management.commands import rebuild_matching
from recovery.matching import index
from recovery.models import MatchDocument, MatchPosting, MatchToken
from tests.cast import Cast
from tests.recovery.remembered import found, on_record, others

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = "claim_id,organisation_name,organisation_kana,unit,postal_code,address,phone,bill_reference,product_code"
CLAIMS = f"""{HEADER}
C1,(株)青葉商亊,,,,,,,
C2,琉球海運,,,,,,,
C3,,,,,,０３（１２３４）５６７８,,
C4,,,,,"港区虎ノ門三丁目二番二号
三階",,b-77,
"""


@pytest.fixture
def register(cast: Cast) -> Registration:
    others(cast)
    points = [("phone", "03-1234-5678"), ("post", "東京都港区虎ノ門3-2-2")]
    return on_record(cast, "R-1", points=points, bills=["B-77"])


def run(file: Path, out: Path, *options: str) -> tuple[list[list[str]], str]:
    told = StringIO()
    call_command("match_claims", str(file), "--output", str(out), *options, stdout=told)
    with out.open(encoding="utf-8", newline="") as written:
        return list(csv.reader(written)), told.getvalue()


def put(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "claims.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_each_claim_gets_its_candidates_best_first(register: Registration, tmp_path: Path, encoding: str) -> None:
    rows, told = run(put(tmp_path, CLAIMS, encoding), tmp_path / "out.csv")
    assert rows[0] == ["claim_id", "rank", "registration_number", "score"]
    by_claim = {claim: [row for row in rows[1:] if row[0] == claim] for claim in ("C1", "C2", "C3", "C4")}
    assert [by_claim[claim][0][2] for claim in ("C1", "C3", "C4")] == ["R-1"] * 3
    assert by_claim["C2"] == [], "no row for a claim without candidate"
    for some in by_claim.values():
        scores = [float(row[3]) for row in some]
        assert [row[1] for row in some] == [str(rank) for rank in range(1, len(some) + 1)]
        assert scores == sorted(scores, reverse=True) and all(0 < score <= 1 for score in scores)
    assert "3" in told and "4" in told


def test_no_more_than_asked_for(register: Registration, cast: Cast, tmp_path: Path) -> None:
    for number in range(3):
        on_record(cast, f"R-1{number}")
    file = put(tmp_path, f"{HEADER}\nC1,青葉商事,,,,,,,\n")
    assert [len(run(file, tmp_path / "out.csv", "--top", str(top))[0]) - 1 for top in (1, 2, 4)] == [1, 2, 4]


def test_columns_may_be_left_out_and_come_in_any_order(register: Registration, tmp_path: Path) -> None:
    rows, _told = run(put(tmp_path, "phone,claim_id\n0312345678,C9\n"), tmp_path / "out.csv")
    assert [row[:3] for row in rows[1:]] == [["C9", "1", "R-1"]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["claim_id"]),
        ("organisation_name\n青葉\n", ["claim_id"]),
        ("claim_id,colour\nC1,red\n", ["Row 1", "colour"]),
        (f"{HEADER}\nC1,青葉,,,,,,,\n,若葉,,,,,,,\n", ["Row 3", "claim_id"]),
        (f"{HEADER}\nC1,青葉,,,,,,,,too,many\n", ["Row 2", "11", "9"]),
        (f'{HEADER}\nC1,"青葉,,,,,,,\n', ["Row"]),
        (f"{HEADER}\nC1,青葉,,,,,,,\nC1,若葉,,,,,,,\n", ["Row 3", "claim_id", "C1"]),
        ("claim_id,phone,phone\nC1,1,2\n", ["Row 1", "phone"]),
    ],
)
def test_unusable_file_is_refused_by_row_and_column(db: None, tmp_path: Path, text: str, words: list[str]) -> None:
    out = tmp_path / "out.csv"
    with translation.override("en"), pytest.raises(CommandError) as refused:
        run(put(tmp_path, text), out)
    assert refused.value.returncode == 2 and not out.exists()
    assert all(word in str(refused.value) for word in ["claims.csv", *words]), str(refused.value)


def test_unreadable_unwritable_and_senseless_are_refused(db: None, tmp_path: Path) -> None:
    broken = tmp_path / "broken.csv"
    broken.write_bytes(b"claim_id\n\x81")
    good = put(tmp_path, f"{HEADER}\n")
    for file, out, options in (
        (tmp_path / "missing.csv", tmp_path / "out.csv", ()),
        (broken, tmp_path / "out.csv", ()),
        (good, tmp_path / "no" / "out.csv", ()),
        (good, tmp_path / "out.csv", ("--top", "0")),
    ):
        with pytest.raises(CommandError) as refused:
            run(file, out, *options)
        assert refused.value.returncode == 2, file


def test_index_is_made_anew_with_progress(
    register: Registration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = [list(model.objects.order_by("pk").values()) for model in (MatchDocument, MatchPosting, MatchToken)]
    MatchPosting.objects.all().delete()
    assert found(organisation_name="青葉商事") == []
    monkeypatch.setattr(rebuild_matching, "EVERY", 0)
    monkeypatch.setattr(index, "PIECE", 4)
    out, progress = StringIO(), StringIO()
    call_command("rebuild_matching", stdout=out, stderr=progress)
    assert len(progress.getvalue().splitlines()) == 2 and "6" in out.getvalue()
    made = [list(model.objects.order_by("pk").values()) for model in (MatchDocument, MatchPosting, MatchToken)]
    assert made == kept
    assert found(organisation_name="青葉商事")[:1] == ["R-1"]


def test_worker_makes_the_index_after_an_upgrade_in_pieces(
    register: Registration, monkeypatch: pytest.MonkeyPatch
) -> None:
    for model in (MatchPosting, MatchDocument, MatchToken):
        model.objects.all().delete()
    monkeypatch.setattr(index, "AT_ONCE", 4)
    counts = []
    for _round in range(3):
        call_command("work", "--once", verbosity=0)
        counts.append(MatchDocument.objects.count())
    assert counts == [4, 6, 6] and found(organisation_name="青葉商事")[:1] == ["R-1"]
    with CaptureQueriesContext(connection) as seen:
        assert index.catch_up() == 0
    assert len(seen) == 2, "where nothing is missing two counts say so"
