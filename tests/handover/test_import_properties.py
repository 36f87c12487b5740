"""What holds for any second import."""

import csv as table
import random
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Organisation
from handover.models import (
    ImportRun,
    Registration,
)
from tests.cast import Cast
from tests.handover.imported import AOBA, FULL, HEADER, Writer, listed, put_on_record, run, state
from tests.seen import mark, verbs

pytestmark = pytest.mark.django_db(transaction=True)


CELLS = {
    "registered_name": ["髙橋商店", "髙橋商会", "青葉"],
    "registered_kana": ["", "タカハシ"],
    "former_names": ["", "旧商店", "髙橋商会|旧商店"],
    "unit": ["", "総務部", "経理部"],
    "postal_code": ["", "1000001", "1000002"],
    "address": ["東京都1", "東京都2"],
    "phone": ["", "0312345678", "0398765432"],
    "email": ["", "a@aoba.example", "b@aoba.example"],
    "bill_reference": ["", "B-1", "B-2"],
    "custodian_email": ["", "taro@aoba.example", "jiro@aoba.example"],
}


ROW = st.fixed_dictionaries({column: st.sampled_from(values) for column, values in CELLS.items()})


def _text(rows: list[dict[str, str]]) -> str:
    out = StringIO()
    writer = table.DictWriter(out, HEADER.split(","), restval="")
    writer.writeheader()
    for number, row in enumerate(rows, 1):
        home = {"organisation_name": "青葉商事株式会社", "corporate_number": AOBA}
        writer.writerow({"number": f"R-{number}", **home, **row})
    return out.getvalue()


@settings(max_examples=25)
@given(first=st.lists(ROW, min_size=2, max_size=2), then=st.lists(ROW, min_size=2, max_size=2))
def test_any_difference_applied_twice_is_as_applied_once(
    cast: Cast, tmp_path: Path, first: list[dict[str, str]], then: list[dict[str, str]]
) -> None:
    number = random.randrange(10**9)
    for rows in (first, then):
        for place, row in enumerate(rows):
            row["number"] = f"P-{number}-{place}"
    file = tmp_path / "p.csv"
    file.write_text(_text(first), encoding="utf-8")
    run(file, "--on-record-since", "2026-01-15")
    file.write_text(_text(then), encoding="utf-8")
    run(file, "--apply", "--on-record-since", "2026-02-15")
    once, since = state(), mark()
    out, _err = run(file, "--apply", "--on-record-since", "2026-02-15")
    assert state() == once
    assert verbs(since) == ["register.imported"]
    # What is left are cells that no import changes.
    assert set(ImportRun.objects.order_by("-pk")[0].differences) <= {"custodian_email"}, out


def test_own_export_imported_again_reports_nothing(cast: Cast, csv: Writer, tmp_path: Path) -> None:
    run(csv(*listed(1, 2), "R-9,稲荷神社,イナリ,,稲荷神社,,旧社|元社,,,京都,,,,,"))
    held = Registration.objects.get(number="R-1")
    put_on_record(held, "03-1111-2222", cast.taro)
    out = tmp_path / "export.csv"
    call_command("export_registrations", str(out), stdout=StringIO())
    assert out.stat().st_mode & 0o077 == 0
    _out, err = run(out, "--apply", "--closures")
    done = ImportRun.objects.order_by("-pk")[0]
    assert (done.rows, done.unchanged, done.different, done.missing, done.warnings) == (3, 3, 0, 0, 0), err
    with pytest.raises(CommandError):
        call_command("export_registrations", str(out), stdout=StringIO())


def test_differences_file_runs_no_formula(cast: Cast, csv: Writer, tmp_path: Path) -> None:
    run(csv(FULL))
    out = tmp_path / "d.csv"
    run(csv(FULL.replace("総務部", "=1+1")), "--dry-run", "--differences", str(out))
    assert "'=1+1" in out.read_text(encoding="utf-8-sig")


def test_names_of_the_holder_are_not_touched(cast: Cast, csv: Writer) -> None:
    run(csv(FULL))
    run(csv(FULL.replace("青葉商事株式会社", "別の会社")), "--apply")
    assert Organisation.objects.get(pk=cast.aoba.pk).legal_name == "青葉商事株式会社"
