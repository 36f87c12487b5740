"""A second import: differences shown, and applied when asked for; what no import ever changes."""

import csv as table
from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone

from audit import verify
from audit.models import Event
from handover import transitions
from handover.models import (
    BillReference,
    Certificate,
    ContactPoint,
    Custody,
    ImportRun,
    ImportTold,
    Product,
    Registration,
    Restriction,
)
from handover.restricting import CONTESTED_BLOCKS, restrict
from tests.cast import Cast, actor
from tests.handover.imported import AOBA, FULL, Writer, put_on_record, run, state
from tests.letterbox import mails
from tests.seen import mark, notices, verbs

pytestmark = pytest.mark.django_db(transaction=True)


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
    put_on_record(held, "03-1111-2222", cast.taro)
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
    put_on_record(held, "大阪府大阪市1-1", cast.taro, kind="post", postal_code="5300001")
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
