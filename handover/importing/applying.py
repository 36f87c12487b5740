"""Applying what a file says otherwise: a fixed number of statements a piece, custody and holder never."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from audit import record
from handover import custody, indexing
from handover.folding import registration_text
from handover.importing import telling
from handover.importing.differing import KINDS, Change
from handover.importing.writing import SYSTEM
from handover.models import BillReference, Certificate, ContactPoint, ImportRun, Registration, UnitAlias

PLAIN = ("registered_name", "registered_kana", "unit", "postal_code", "address")
"""Columns that become the registration's own. All of them stand on a certificate."""
WRITTEN = [*PLAIN, "former_names", "product", "search_text"]


def apply(changes: list[Change], run: ImportRun, *, at: datetime) -> None:
    """Apply `changes` in the caller's transaction, which holds the locks: rows, events, certificates, whom to tell."""
    for change in changes:
        _change(change)
    _bills(changes, run, at)
    ended = _points(changes, run, at)
    rows = [change.registration for change in changes]
    _refold(rows)
    Registration.objects.bulk_update(rows, WRITTEN)
    indexing.changed([one.pk for one in rows])
    superseded = _supersede(changes, at)
    entries = [_entry(change, run, superseded.get(change.registration.pk, ())) for change in changes]
    telling.note(run, rows, "changed")
    telling.note_addresses(run, ended)
    record.events("registration.changed", entries, actor=SYSTEM, at=at)


def _change(change: Change) -> None:
    held, parsed = change.registration, change.parsed
    names = list(held.former_names)
    if "registered_name" in change.columns:
        names.append(held.registered_name)
    if "former_names" in change.columns:
        names += parsed.former_names
    held.former_names = list(dict.fromkeys(names))
    for column in PLAIN:
        if column in change.columns:
            setattr(held, column, getattr(parsed, column))
    if "product_code" in change.columns:
        held.product = change.product


def _of(changes: Iterable[Change], column: str) -> list[Change]:
    return [change for change in changes if column in change.columns]


def _bills(changes: list[Change], run: ImportRun, at: datetime) -> None:
    """End the references that a bill carried and begin the new ones."""
    concerned = _of(changes, "bill_reference")
    rows = BillReference.objects.filter(registration__in=[one.registration.pk for one in concerned], until=None)
    rows.update(until=timezone.localdate(at))
    BillReference.objects.bulk_create(
        BillReference(registration=one.registration, reference=one.parsed.bill_reference, since=run.on_record_since)
        for one in concerned
    )


def _points(changes: list[Change], run: ImportRun, at: datetime) -> list[str]:
    """End contact points and begin the new ones for the same purposes; return mail addresses that ended."""
    ended: list[str] = []
    for column, kind in KINDS.items():
        concerned = {one.registration.pk: one for one in _of(changes, column)}
        if not concerned:
            continue
        rows = list(ContactPoint.objects.current().filter(registration__in=concerned, kind=kind).order_by("pk"))
        before = {row.registration_id: row for row in reversed(rows)}
        ContactPoint.objects.filter(pk__in=[row.pk for row in rows]).update(until=timezone.localdate(at))
        ContactPoint.objects.bulk_create(_point(one, kind, before.get(pk), run) for pk, one in concerned.items())
        if kind == ContactPoint.Kind.MAIL:
            ended += [row.value for row in rows if row.health != ContactPoint.Health.BOUNCED]
    return ended


def _point(change: Change, kind: str, before: ContactPoint | None, run: ImportRun) -> ContactPoint:
    parsed = change.parsed
    is_post = kind == ContactPoint.Kind.POST
    values = {ContactPoint.Kind.PHONE.value: parsed.phone, ContactPoint.Kind.MAIL.value: parsed.email}
    return ContactPoint(
        registration=change.registration,
        kind=kind,
        value=parsed.address if is_post else values[kind],
        # As the registration has it by now: an empty cell said nothing.
        postal_code=change.registration.postal_code if is_post else "",
        since=run.on_record_since,
        purposes=before.purposes if before else [ContactPoint.Purpose.PROCEDURE],
        hours=before.hours if before else "",
        receiver_pays=before.receiver_pays if before else False,
    )


def _refold(rows: list[Registration]) -> None:
    aliases = _texts(UnitAlias.objects.filter(registration__in=rows, until=None), "alias")
    bills = _texts(BillReference.objects.filter(registration__in=rows, until=None), "reference")
    for one in rows:
        one.search_text = registration_text(
            number=one.number,
            organisation=one.organisation.legal_name,
            registered_name=one.registered_name,
            registered_kana=one.registered_kana,
            former_names=one.former_names,
            unit=one.unit,
            aliases=aliases.get(one.pk, ()),
            postal_code=one.postal_code,
            address=one.address,
            bill_references=bills.get(one.pk, ()),
        )


def _texts(rows: QuerySet[Any], column: str) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for pk, text in rows.order_by("pk").values_list("registration_id", column):
        found.setdefault(pk, []).append(text)
    return found


def _supersede(changes: list[Change], at: datetime) -> dict[int, tuple[str, ...]]:
    """End the certificates whose facts have changed."""
    stated = {one.registration.pk: one.registration for one in changes if one.columns & set(PLAIN)}
    valid = Certificate.objects.filter(registration__in=stated, status=Certificate.Status.VALID)
    concerned = valid.values_list("registration_id", flat=True).distinct()
    return {pk: custody.supersede_certificates(stated[pk], at=at) for pk in sorted(concerned)}


def _entry(change: Change, run: ImportRun, superseded: tuple[str, ...]) -> record.Entry:
    held = change.registration
    return record.Entry(
        subject=held.label,
        about=[f"organisation:{held.organisation_id}", run.label],
        # Names of columns, never what stood or stands in them.
        facts={"import": run.label, "fields": sorted(change.columns), "certificates_superseded": list(superseded)},
    )
