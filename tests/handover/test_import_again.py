"""A second import: differences shown, applied when asked for, closures; what no import ever changes."""

import csv as table
import random
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Organisation
from audit import verify
from audit.models import Event
from handover import transitions
from handover.models import (
    BillReference,
    Certificate,
    ContactPoint,
    Custody,
    GapAlert,
    Handover,
    ImportRun,
    ImportTold,
    Product,
    Registration,
    Restriction,
)
from handover.restricting import CONTESTED_BLOCKS, restrict
from tests.cast import Cast, actor
from tests.handover.test_import_registrations import AOBA, FULL, HEADER, refused, run
from tests.letterbox import mails
from tests.seen import mark, notices, verbs

Writer = Callable[..., Path]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def csv(tmp_path: Path) -> Writer:
    def write(*rows: str) -> Path:
        file = tmp_path / "register.csv"
        file.write_text("\r\n".join([HEADER, *rows, ""]), encoding="utf-8")
        return file

    return write


def state() -> dict[str, Any]:
    """Return everything an import may change, without times."""
    rows = Registration.objects.order_by("number")
    return {
        "registrations": list(
            rows.values_list(
                "number",
                "organisation__legal_name",
                "registered_name",
                "registered_kana",
                "former_names",
                "unit",
                "postal_code",
                "address",
                "product__code",
                "status",
                "search_text",
            )
        ),
        "points": sorted(
            ContactPoint.objects.values_list("registration__number", "kind", "value", "postal_code", "since", "until"),
            key=repr,
        ),
        "bills": sorted(BillReference.objects.values_list("registration__number", "reference", "until"), key=repr),
        "custody": sorted(Custody.objects.values_list("registration__number", "user__email", "kind"), key=repr),
    }


CHANGED = (
    FULL.replace("髙橋商店,タカハシ,旧商店|元商店,総務部", "髙橋商会,タカハシショウカイ,,経理部")
    .replace("100-0001,東京都千代田区1-1", "100-0002,東京都千代田区2-2")
    .replace("0312345678", "0398765432")
    .replace("Soumu@", "keiri@")
    .replace("B-77", "B-88")
)


def test_apply_changes_what_a_file_may_and_keeps_the_old(cast: Cast, csv: Writer) -> None:
    run(csv(FULL), "--on-record-since", "2026-01-15")
    Product.objects.create(code="line")
    since = mark()
    out, _err = run(csv(CHANGED.replace(",B-88", "line,B-88")), "--apply", "--on-record-since", "2026-03-01")
    held = Registration.objects.get()
    assert (held.registered_name, held.registered_kana) == ("髙橋商会", "タカハシショウカイ")
    assert held.former_names == ["旧商店", "元商店", "髙橋商店"]
    assert (held.unit, held.postal_code, held.address) == ("経理部", "1000002", "東京都千代田区2-2")
    assert held.product and held.product.code == "line"
    assert "経理部" in held.search_text and "髙橋商会"[1:] in held.search_text
    current = ContactPoint.objects.current().values_list("kind", "value", "postal_code", "since", "purposes")
    assert sorted(current) == [
        ("mail", "keiri@aoba.example", "", date(2026, 3, 1), ["procedure"]),
        ("phone", "03-9876-5432", "", date(2026, 3, 1), ["procedure"]),
        ("post", "東京都千代田区2-2", "1000002", date(2026, 3, 1), ["procedure"]),
    ]
    assert ContactPoint.objects.filter(until=timezone.localdate()).count() == 3
    assert set(BillReference.objects.values_list("reference", "until")) == {
        ("B-77", timezone.localdate()),
        ("B-88", None),
    }
    assert verbs(since) == ["registration.changed", "register.import_told", "register.imported"]
    changed = Event.objects.get(verb="registration.changed")
    done = ImportRun.objects.order_by("-pk")[0]
    assert (changed.subject, set(changed.about)) == (held.label, {held.label, cast.aoba.label, done.label})
    assert changed.facts == {
        "import": done.label,
        "fields": [
            "address",
            "bill_reference",
            "email",
            "phone",
            "post",
            "postal_code",
            "product_code",
            "registered_kana",
            "registered_name",
            "unit",
        ],
        "certificates_superseded": [],
    }
    assert notices(since) == [("import_address_ended", done.label), ("import_changed", cast.taro.label)]
    assert (done.different, done.updated, done.conflicts, done.unchanged) == (1, 1, 0, 0)
    assert "unit 1" in out and verify.run().first_bad is None


def test_without_apply_a_second_import_changes_nothing(cast: Cast, csv: Writer, tmp_path: Path) -> None:
    run(csv(FULL))
    before, since = state(), mark()
    file = csv(CHANGED)
    out = tmp_path / "differences.csv"
    printed, _err = run(file, "--dry-run", "--differences", str(out))
    assert state() == before and mark() == since
    rows = list(table.reader(out.open(encoding="utf-8-sig")))
    assert rows[0] == ["row", "number", "column", "was", "would_be", "fate"]
    assert ["2", "R-1", "unit", "総務部", "経理部", "applies"] in rows
    assert "register.csv: row 2: unit: " in printed and "unit 1" in printed
    run(file)
    assert state() == before
    assert verbs(since) == ["register.imported"]


def test_applied_twice_changes_nothing_more(cast: Cast, csv: Writer) -> None:
    run(csv(FULL), "--on-record-since", "2026-01-15")
    file = csv(CHANGED)
    run(file, "--apply", "--on-record-since", "2026-03-01")
    before, since = state(), mark()
    run(file, "--apply", "--on-record-since", "2026-03-01")
    assert state() == before
    assert verbs(since) == ["register.imported"]
    assert ImportRun.objects.order_by("-pk")[0].unchanged == 1


def test_custody_and_holder_never_change_by_an_import(cast: Cast, csv: Writer) -> None:
    run(csv(FULL))
    before, since = state(), mark()
    other = FULL.replace(AOBA, cast.wakaba.corporate_number).replace("taro@aoba.example", "minoru@wakaba.example")
    out, _err = run(csv(other), "--apply")
    assert state() == before
    assert verbs(since) == ["register.imported"]
    jiro, _err = run(csv(FULL.replace("taro@", "jiro@")), "--apply")
    assert "引継ぎ" in jiro or "by a handover only" in jiro
    assert "corporate_number" in out
    assert Custody.objects.get().user == cast.taro


def test_an_address_that_a_person_changed_is_a_conflict(cast: Cast, csv: Writer) -> None:
    run(csv(FULL))
    held = Registration.objects.get()
    transitions.add_contact_point(
        registration_pk=held.pk,
        kind="phone",
        value="03-1111-2222",
        postal_code="",
        purposes=["procedure"],
        hours="",
        receiver_pays=False,
        actor=actor(cast.taro),
        at=timezone.now(),
    )
    old = ContactPoint.objects.get(value="03-1234-5678")
    transitions.end_contact_point(contact_point_pk=old.pk, actor=actor(cast.taro), at=timezone.now())
    out, _err = run(csv(FULL.replace("Soumu@", "keiri@")), "--apply")
    current = set(ContactPoint.objects.current().values_list("kind", "value"))
    assert ("phone", "03-1111-2222") in current and ("phone", "03-1234-5678") not in current
    assert ("mail", "keiri@aoba.example") in current
    done = ImportRun.objects.order_by("-pk")[0]
    assert (done.updated, done.conflicts) == (1, 1)
    assert "row 2: phone: " in out


def test_a_postal_address_that_a_person_changed_stays_while_the_registration_moves(cast: Cast, csv: Writer) -> None:
    run(csv(FULL))
    held = Registration.objects.get()
    transitions.add_contact_point(
        registration_pk=held.pk,
        kind="post",
        value="大阪府大阪市1-1",
        postal_code="5300001",
        purposes=["procedure"],
        hours="",
        receiver_pays=False,
        actor=actor(cast.taro),
        at=timezone.now(),
    )
    run(csv(FULL.replace("東京都千代田区1-1", "東京都千代田区9-9")), "--apply")
    held.refresh_from_db()
    assert held.address == "東京都千代田区9-9"
    posts = set(ContactPoint.objects.current().filter(kind="post").values_list("value", flat=True))
    assert posts == {"大阪府大阪市1-1", "東京都千代田区1-1"}
    assert ImportRun.objects.order_by("-pk")[0].differences == {"address": 1, "post": 1}


def test_a_protected_registration_keeps_its_contact_points(cast: Cast, csv: Writer) -> None:
    run(csv(FULL))
    held = Registration.objects.get()
    restrict(held, Restriction.Kind.CONTESTED, case="C-1", at=timezone.now(), blocks=CONTESTED_BLOCKS)
    run(csv(FULL.replace("0312345678", "0398765432").replace("総務部", "経理部")), "--apply")
    held.refresh_from_db()
    assert held.unit == "経理部"
    assert ContactPoint.objects.current().filter(value="03-1234-5678").exists()


def test_changed_facts_supersede_a_certificate_and_other_changes_do_not(cast: Cast, csv: Writer) -> None:
    run(csv(FULL))
    held = Registration.objects.get()
    made = transitions.issue_certificate(
        registration_pk=held.pk, language="ja", actor=actor(cast.taro), at=timezone.now()
    )
    run(csv(FULL.replace("B-77", "B-78")), "--apply")
    assert Certificate.objects.get().status == "valid"
    run(csv(FULL.replace("総務部", "経理部")), "--apply")
    assert Certificate.objects.get().status == "superseded"
    assert Event.objects.filter(verb="registration.changed").last().facts["certificates_superseded"] == [made.serial]


def test_a_person_is_mailed_once_a_run(cast: Cast, csv: Writer) -> None:
    rows = [FULL.replace("R-1,", f"R-{number},") for number in range(1, 8)]
    run(csv(*rows))
    since = mark()
    run(csv(*(row.replace("総務部", "経理部") for row in rows)), "--apply")
    assert notices(since) == [("import_changed", cast.taro.label)]
    assert "7" in mails("import_changed")[0]["body"]
    assert ImportTold.objects.get().changed == 7


def test_without_a_custodian_the_administrators_are_told(cast: Cast, csv: Writer) -> None:
    row = FULL.replace("taro@aoba.example", "")
    run(csv(row))
    since = mark()
    run(csv(row.replace("総務部", "経理部")), "--apply")
    assert notices(since) == [("import_changed", cast.hanako.label)]


# What is not listed any more -----------------------------------------------------------------------------------------


def listed(*numbers: int) -> list[str]:
    return [FULL.replace("R-1,", f"R-{number},") for number in numbers]


def open_numbers() -> list[str]:
    return sorted(Registration.objects.filter(status="active").values_list("number", flat=True))


def test_missing_are_named_and_not_closed_without_being_asked(cast: Cast, csv: Writer) -> None:
    run(csv(*listed(1, 2, 3), "W-1,若葉省,,1000012010003,若葉省,,,,,東京都9,,,,,"))
    file, since = csv(*listed(1, 2)), mark()
    for options in (["--dry-run", "--closures"], ["--closures"], ["--closures", "--apply"]):
        out, _err = run(file, *options)
        assert "R-3" in out and "W-1" not in out, options
    assert open_numbers() == ["R-1", "R-2", "R-3", "W-1"]
    assert "registration.closed" not in verbs(since)


def test_close_missing_needs_apply(csv: Writer) -> None:
    assert refused(csv(FULL), "--close-missing")[0] == 2
    assert refused(csv(FULL), "--dry-run", "--apply")[0] == 2


def test_close_missing_closes_ends_handovers_and_tells(cast: Cast, csv: Writer) -> None:
    run(csv(*listed(1, 2, 3)))
    held = Registration.objects.get(number="R-3")
    draft = transitions.draft_handover(
        registration_pk=held.pk,
        successor=cast.jiro,
        effective_on=timezone.localdate() + timedelta(days=3),
        reason="",
        note="",
        things=[],
        actor=actor(cast.taro),
        at=timezone.now(),
    )
    transitions.offer(handover_pk=draft.pk, actor=actor(cast.taro), at=timezone.now())
    since = mark()
    out, _err = run(csv(*listed(1, 2)), "--apply", "--close-missing")
    held.refresh_from_db()
    assert held.status == "closed" and "R-3" in out
    assert Custody.objects.current().get(registration=held).user == cast.taro
    assert Handover.objects.get().status == "withdrawn"
    assert verbs(since) == [
        "registration.closed",
        "handover.ended_by_closing",
        "register.import_told",
        "register.imported",
    ]
    assert set(notices(since)) == {
        ("handover_withdrawn", cast.jiro.label),
        ("handover_withdrawn", cast.taro.label),
        ("import_changed", cast.taro.label),
    }
    done = ImportRun.objects.order_by("-pk")[0]
    assert (done.missing, done.closed) == (1, 1)
    # Listed again, it stays closed: nothing is opened by a spreadsheet.
    run(csv(*listed(1, 2, 3)), "--apply", "--close-missing")
    held.refresh_from_db()
    assert held.status == "closed"


def test_closing_the_last_one_ends_the_alerts_of_a_customer(csv: Writer) -> None:
    rows = [f"R-{number},稲荷神社,,,稲荷神社,,,,,京都,,,,," for number in (1, 2)]
    run(csv(*rows))
    run(csv(rows[0]), "--apply", "--close-missing")
    assert set(GapAlert.objects.filter(closed_at=None).values_list("kind", "registration__number")) == {
        ("no_custodian", "R-1"),
        ("no_administrator", None),
    }


def test_an_excerpt_does_not_cover_an_organisation(cast: Cast, csv: Writer) -> None:
    run(csv(*listed(1, 2, 3, 4, 5)))
    run(csv(*listed(1, 2)), "--apply", "--close-missing")
    assert len(open_numbers()) == 5
    run(csv(*listed(1, 2, 3)), "--apply", "--close-missing")
    assert open_numbers() == ["R-1", "R-2", "R-3"]


def test_a_refused_row_keeps_everything_open(cast: Cast, csv: Writer) -> None:
    run(csv(*listed(1, 2, 3)))
    assert refused(csv(*listed(1, 2), "R-9,,,,x,,,,,y,,,,,"), "--apply", "--close-missing")[0] == 1
    assert open_numbers() == ["R-1", "R-2", "R-3"]


def test_a_registration_with_an_open_case_is_not_closed(cast: Cast, csv: Writer) -> None:
    run(csv(*listed(1, 2, 3)))
    held = Registration.objects.get(number="R-3")
    restrict(held, Restriction.Kind.CLAIM_OPEN, case="C-1", at=timezone.now())
    out, _err = run(csv(*listed(1, 2)), "--apply", "--close-missing")
    assert "R-3" in out and open_numbers() == ["R-1", "R-2", "R-3"]


# Properties ----------------------------------------------------------------------------------------------------------

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
    transitions.add_contact_point(
        registration_pk=held.pk,
        kind="phone",
        value="03-1111-2222",
        postal_code="",
        purposes=["procedure"],
        hours="",
        receiver_pays=False,
        actor=actor(cast.taro),
        at=timezone.now(),
    )
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
