"""`import_registrations`: what goes in, what is refused, what a second run does."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from accounts.models import Organisation, OrganisationKind, is_corporate_number
from audit import verify
from audit.models import Event
from handover import importing
from handover.importing import PIECE
from handover.importing.checking import Problem
from handover.importing.differing import Difference
from handover.models import BillReference, ContactPoint, Custody, GapAlert, ImportRun, Product, Registration
from tests.cast import Cast
from tests.handover.imported import AOBA, BARE, FULL, Writer, refused, run


@pytest.mark.django_db(transaction=True)
def test_import_writes_a_registration_with_all_that_belongs_to_it(cast: Cast, csv: Writer) -> None:
    run(csv(FULL), "--on-record-since", "2026-01-15")
    made = Registration.objects.get(number="R-1")
    assert made.organisation == cast.aoba
    assert (made.registered_name, made.registered_kana, made.former_names) == (
        "髙橋商店",
        "タカハシ",
        ["旧商店", "元商店"],
    )
    assert (made.unit, made.postal_code, made.address) == ("総務部", "1000001", "東京都千代田区1-1")
    held = Custody.objects.get(registration=made)
    assert (held.user, held.kind, held.basis, held.to_at) == (cast.taro, "custodian", "registered", None)
    points = ContactPoint.objects.filter(registration=made).values_list("kind", "value", "postal_code", "since")
    assert set(points) == {
        ("mail", "soumu@aoba.example", "", date(2026, 1, 15)),
        ("phone", "03-1234-5678", "", date(2026, 1, 15)),
        ("post", "東京都千代田区1-1", "1000001", date(2026, 1, 15)),
    }
    assert list(BillReference.objects.values_list("reference", flat=True)) == ["B-77"]
    assert not GapAlert.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_import_writes_one_event_a_registration_and_one_for_the_run(cast: Cast, csv: Writer) -> None:
    run(csv(FULL, BARE), "--on-record-since", "2026-01-15")
    done = ImportRun.objects.get()
    first, second, last = Event.objects.order_by("sequence")
    assert (first.verb, first.actor, first.subject) == (
        "registration.registered",
        "system:import_registrations",
        "registration:R-1",
    )
    assert set(first.about) == {"registration:R-1", cast.aoba.label, cast.taro.label}
    assert first.facts == {
        "import": done.label,
        "to": cast.taro.label,
        "kind": "custodian",
        "basis": "registered",
        "on_record_since": "2026-01-15",
    }
    assert second.facts["to"] == "provider"
    assert (last.verb, last.subject) == ("register.imported", done.label)
    assert last.facts["created"] == 2 and last.facts["sha256"] == done.file_hash
    assert (done.rows, done.created, done.finished_at is not None) == (2, 2, True)
    assert verify.run().first_bad is None


@pytest.mark.django_db(transaction=True)
def test_import_without_custodian_leaves_a_caretaker_and_gaps(csv: Writer) -> None:
    run(csv(BARE))
    made = Registration.objects.get()
    assert Custody.objects.filter(registration=made, user=None, kind="caretaker", basis="caretaker").count() == 1
    assert set(GapAlert.objects.values_list("kind", "registration", "organisation")) == {
        ("no_custodian", made.pk, made.organisation_id),
        ("no_administrator", None, made.organisation_id),
    }


@pytest.mark.parametrize("email", ["nobody@aoba.example", "minoru@wakaba.example"])
@pytest.mark.django_db(transaction=True)
def test_import_with_unknown_or_foreign_custodian_warns_and_leaves_a_caretaker(
    cast: Cast, csv: Writer, email: str
) -> None:
    _out, err = run(csv(FULL.replace("taro@aoba.example", email)))
    assert "register.csv: row 2: custodian_email: " in err
    assert Custody.objects.get().user is None
    assert GapAlert.objects.filter(kind="no_custodian", closed_at=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_import_of_a_former_member_as_custodian_leaves_a_caretaker(cast: Cast, csv: Writer) -> None:
    cast.taro.memberships.update(until="2026-05-01T00:00:00Z")
    run(csv(FULL))
    assert Custody.objects.get().user is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.django_db(transaction=True)
def test_import_reads_each_encoding(csv: Writer, encoding: str) -> None:
    # 髙 and ～ are where the many Shift_JIS differ.
    run(csv(BARE.replace("稲荷神社", "髙橋～商店"), encoding=encoding))
    assert Registration.objects.get().registered_name == "髙橋～商店"


@pytest.mark.django_db(transaction=True)
def test_second_import_changes_nothing(cast: Cast, csv: Writer) -> None:
    Product.objects.create(code="line")
    file = csv(FULL.replace(",,B-77", ",line,B-77"), BARE)
    run(file)
    before = Event.objects.count()
    out, _err = run(file)
    assert "新規 0、変更なし 2、相違 0" in out or "0 new, 2 unchanged, 0 different" in out
    assert (Registration.objects.count(), Custody.objects.count(), ContactPoint.objects.count()) == (2, 2, 4)
    assert Organisation.objects.filter(kind=OrganisationKind.CUSTOMER).count() == 3
    # The run itself is logged, no registration.
    assert Event.objects.count() == before + 1


@pytest.mark.django_db(transaction=True)
def test_second_import_reports_differences_and_applies_none(cast: Cast, csv: Writer) -> None:
    run(csv(FULL))
    changed = FULL.replace("総務部", "経理部").replace("0312345678", "0398765432").replace("taro@", "jiro@")
    out, _err = run(csv(changed))
    for column, was, would_be in [
        ("unit", "総務部", "経理部"),
        ("phone", "03-1234-5678", "03-9876-5432"),
        ("custodian_email", "taro@aoba.example", "jiro@aoba.example"),
    ]:
        line = next(line for line in out.splitlines() if f"register.csv: row 2: {column}: " in line)
        assert "R-1" in line and was in line and would_be in line
    assert Registration.objects.get().unit == "総務部"
    assert Custody.objects.get().user == cast.taro
    assert ImportRun.objects.order_by("pk").last().different == 1


@pytest.mark.django_db(transaction=True)
def test_second_import_without_a_column_says_nothing_about_it(cast: Cast, csv: Writer) -> None:
    run(csv(FULL))
    header = "number,organisation_name,corporate_number,registered_name,address"
    run(csv(f"R-1,青葉商事株式会社,{AOBA},髙橋商店,東京都千代田区1-1", header=header))
    assert ImportRun.objects.order_by("pk").last().unchanged == 1


@pytest.mark.django_db(transaction=True)
def test_dry_run_writes_nothing(cast: Cast, csv: Writer) -> None:
    out, _err = run(csv(FULL, BARE), "--dry-run")
    assert "2" in out
    assert not Registration.objects.exists() and not ImportRun.objects.exists() and not Event.objects.exists()
    assert not Organisation.objects.filter(legal_name="稲荷神社").exists()


@pytest.mark.django_db(transaction=True)
def test_dry_run_finds_the_same_broken_rows(csv: Writer) -> None:
    file = csv(BARE, BARE, "R-3,,,,x,,,,,y,,,,,")
    dry, wet = refused(file, "--dry-run"), refused(file)
    assert dry[0] == wet[0] == 1
    for row in ("row 3: number", "row 4: organisation_name"):
        assert row in dry[1] and row in wet[1]


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("R-1,", "Ｒ１,", "number"),
        ("R-1,", "R/1,", "number"),
        ("R-1,", ",", "number"),
        (AOBA, "1010001000007", "corporate_number"),
        (AOBA, "101000100000", "corporate_number"),
        ("100-0001", "100-001", "postal_code"),
        ("0312345678", "abc", "phone"),
        ("Soumu@Aoba.example", "soumu", "email"),
        ("taro@aoba.example", "taro", "custodian_email"),
        ("東京都千代田区1-1", "", "address"),
        ("総務部", "総\u200b務部", "unit"),
        ("総務部", "\ue000部", "unit"),
        ("総務部", "\ufffd部", "unit"),
        ("総務部", '"総務\n部"', "unit"),
        ("総務部", "部" * 121, "unit"),
        ("旧商店|元商店", "|".join(["旧"] * 21), "former_names"),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_import_refuses_a_broken_cell_by_name_and_takes_the_rest(csv: Writer, old: str, new: str, column: str) -> None:
    broken = FULL.replace(old, new, 1)
    assert broken != FULL
    code, text = refused(csv(BARE, broken))
    assert code == 1
    assert f"register.csv: row 3: {column}: " in text
    assert list(Registration.objects.values_list("number", flat=True)) == ["R-2"]


@pytest.mark.django_db(transaction=True)
def test_import_of_broken_rows_in_cp932_names_them(csv: Writer) -> None:
    code, text = refused(csv(BARE, "R-3,青葉,,,青葉,,,,12,東京都,内線,,,,", encoding="cp932"))
    assert code == 1
    assert "row 3: postal_code: " in text and "row 3: phone: " in text


@pytest.mark.django_db(transaction=True)
def test_import_refuses_a_row_with_a_cell_too_many(csv: Writer) -> None:
    code, text = refused(csv(BARE + ","))
    assert code == 1 and "row 2: -: " in text and not Registration.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_import_skips_empty_rows_and_counts_like_a_spreadsheet(csv: Writer) -> None:
    code, text = refused(csv("", ",,,,,,,,,,,,,,", BARE, "R-3,,,,x,,,,,y,,,,,"))
    assert code == 1 and "row 5: organisation_name: " in text
    assert ImportRun.objects.get().rows == 2


@pytest.mark.django_db(transaction=True)
def test_one_corporate_number_is_one_organisation(csv: Writer) -> None:
    first = f"R-1,青葉商事株式会社,,{AOBA},a,,,,,東京都1,,,,,"
    second = f"R-2,青葉商事㈱,,{AOBA},b,,,,,大阪府2,,,,,"
    run(csv(first))
    _out, err = run(csv(first, second))
    made = Organisation.objects.get(corporate_number=AOBA)
    assert made.registrations.count() == 2
    # A using unit's address is not where letters with codes may go.
    assert made.address == ""
    assert "row 3: organisation_name: " in err


@pytest.mark.django_db(transaction=True)
def test_without_corporate_number_one_name_at_one_address_is_one_organisation(csv: Writer) -> None:
    rows = [f"R-{number},稲荷神社,,,稲荷神社,,,,,{place},,,,," for number, place in enumerate(["京都", "大阪", "京都"])]
    run(csv(*rows))
    assert sorted(Organisation.objects.values_list("address", flat=True)) == ["京都", "大阪"]
    assert Organisation.objects.get(address="京都").registrations.count() == 2


@pytest.mark.django_db(transaction=True)
def test_import_refuses_a_corporate_number_of_somebody_who_is_no_customer(cast: Cast, csv: Writer) -> None:
    number = next(text for first in "123456789" if is_corporate_number(text := f"{first}010001000002"))
    Organisation.objects.filter(pk=cast.works.pk).update(corporate_number=number)
    code, text = refused(csv(f"R-1,みどり,,{number},a,,,,,東京都1,,,,,"))
    assert code == 1 and "row 2: corporate_number: " in text and not Registration.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_unknown_product_is_a_warning(csv: Writer) -> None:
    _out, err = run(csv("R-2,稲荷神社,,,稲荷神社,,,,,京都,,,nothing,,"))
    assert "row 2: product_code: " in err
    assert Registration.objects.get().product is None


@pytest.mark.django_db(transaction=True)
def test_text_that_a_spreadsheet_would_run_is_kept_as_text(csv: Writer) -> None:
    run(csv("R-2,=1+1,,,@SUM(A1),,,,,京都,,,,,"))
    assert Registration.objects.get().registered_name == "@SUM(A1)"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\r\n",
        b"number,organisation_name\r\nR-1,a\r\n",
        b"number,organisation_name,registered_name,address,surprise\r\n",
        b"number,number,organisation_name,registered_name,address\r\n",
        b'number,organisation_name,registered_name,address\r\nR-1,"a,b,c\r\n',
        b"number,organisation_name,registered_name,address\r\nR-1,\xff\xff\x00\x81,a,b\r\n",
        "number,organisation_name,registered_name,address\r\nR-1,a,b,c\r\n".encode("utf-16"),
        bytes(range(256)),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_unusable_file_ends_with_2_and_writes_nothing(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "register.csv"
    file.write_bytes(content)
    code, text = refused(file)
    assert code == 2 and "register.csv: " in text
    assert not Registration.objects.exists() and not ImportRun.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_missing_file_ends_with_2(tmp_path: Path) -> None:
    assert refused(tmp_path / "gone.csv")[0] == 2


@pytest.mark.django_db(transaction=True)
def test_date_in_the_future_ends_with_2(csv: Writer) -> None:
    assert refused(csv(BARE), "--on-record-since", "2999-01-01")[0] == 2


class Silent:
    """A reporter that nobody listens to."""

    def problem(self, problem: Problem) -> None: ...

    def warning(self, problem: Problem) -> None: ...

    def difference(self, difference: Difference) -> None: ...

    def progress(self, done: int, total: int) -> None: ...


class Stopped(Exception):
    """The process ended here."""


@pytest.mark.django_db(transaction=True)
def test_import_stopped_in_the_middle_leaves_whole_pieces_and_is_finished_by_the_next(csv: Writer) -> None:
    count = PIECE + 20
    file = csv(*(f"R-{number},稲荷神社,,,稲荷神社,,,,,京都 {number},,,,," for number in range(count)))
    at = datetime(2026, 11, 27, tzinfo=UTC)
    ticks = iter([at, at])

    def clock() -> datetime:
        for tick in ticks:
            return tick
        raise Stopped

    with pytest.raises(Stopped):
        importing.run(file, dry_run=False, on_record_since=at.date(), clock=clock, reporter=Silent())
    assert Registration.objects.count() == Custody.objects.count() == Event.objects.count() == PIECE
    assert ImportRun.objects.get().finished_at is None
    run(file)
    assert Registration.objects.count() == Custody.objects.count() == count
    assert GapAlert.objects.filter(kind="no_custodian").count() == count
    done = ImportRun.objects.order_by("-pk")[0]
    assert ImportRun.objects.count() == 1
    assert (done.rows, done.created, done.unchanged) == (count, count, 0)
    assert verify.run().count == count + 1 and verify.run().first_bad is None
