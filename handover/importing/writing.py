"""Writing the new registrations of one piece, with all that belongs to each: a fixed number of statements a piece."""

from collections.abc import Iterable
from datetime import date, datetime

from accounts.models import Membership, Organisation, OrganisationKind, Role
from audit import record
from handover import indexing
from handover.folding import registration_text
from handover.importing.checking import Parsed
from handover.importing.planning import Key, New, organisation_key
from handover.models import BillReference, ContactPoint, Custody, GapAlert, ImportRun, Registration

SYSTEM = record.System("import_registrations")
Held = list[tuple[New, Registration]]


def write(new: list[New], run: ImportRun, *, at: datetime) -> None:
    """Write `new` in the caller's transaction: organisations, registrations, custody, contact points, gaps, events."""
    organisations = _organisations(new)
    rows = [_registration(each, organisations, at) for each in new]
    held = list(zip(new, Registration.objects.bulk_create(rows), strict=True))
    _contact_points(held, run.on_record_since)
    BillReference.objects.bulk_create(
        BillReference(registration=registration, reference=each.parsed.bill_reference, since=run.on_record_since)
        for each, registration in held
        if each.parsed.bill_reference
    )
    indexing.changed([registration.pk for _each, registration in held])
    _custodies(held, run, at)
    _administrator_gaps({registration.organisation_id for _each, registration in held}, at)
    entries = (_entry(each, registration, run) for each, registration in held)
    record.events("registration.registered", entries, actor=SYSTEM, at=at)


def _organisations(new: list[New]) -> dict[Key, Organisation]:
    """Return all organisations of `new` by their keys; those that come with these rows are made."""
    found = {organisation_key(each.parsed): each.organisation for each in new if each.organisation}
    missing: dict[Key, Organisation] = {}
    for each in new:
        key = organisation_key(each.parsed)
        if key not in found and key not in missing:
            missing[key] = _organisation(each.parsed)
    for key, organisation in zip(missing, Organisation.objects.bulk_create(missing.values()), strict=True):
        found[key] = organisation
    return found


def _organisation(parsed: Parsed) -> Organisation:
    # With a corporate number the row's address is that of a using unit, perhaps of a branch: it must not become the
    # registered address, to which codes would go by post.
    place = {} if parsed.corporate_number else {"postal_code": parsed.postal_code, "address": parsed.address}
    return Organisation(
        kind=OrganisationKind.CUSTOMER,
        legal_name=parsed.organisation_name,
        kana=parsed.organisation_kana,
        corporate_number=parsed.corporate_number,
        **place,
    )


def _registration(each: New, organisations: dict[Key, Organisation], at: datetime) -> Registration:
    parsed = each.parsed
    organisation = organisations[organisation_key(parsed)]
    return Registration(
        number=parsed.number,
        organisation=organisation,
        registered_name=parsed.registered_name,
        registered_kana=parsed.registered_kana,
        former_names=list(parsed.former_names),
        unit=parsed.unit,
        postal_code=parsed.postal_code,
        address=parsed.address,
        product=each.product,
        registered_at=at,
        search_text=registration_text(
            number=parsed.number,
            organisation=organisation.legal_name,
            registered_name=parsed.registered_name,
            registered_kana=parsed.registered_kana,
            former_names=parsed.former_names,
            unit=parsed.unit,
            aliases=(),
            postal_code=parsed.postal_code,
            address=parsed.address,
            bill_references=(parsed.bill_reference,),
        ),
    )


def _contact_points(held: Held, since: date) -> None:
    kind = ContactPoint.Kind

    def points(parsed: Parsed) -> Iterable[tuple[str, str, str]]:
        yield kind.MAIL, parsed.email, ""
        yield kind.PHONE, parsed.phone, ""
        yield kind.POST, parsed.address, parsed.postal_code

    ContactPoint.objects.bulk_create(
        ContactPoint(
            registration=registration,
            kind=which,
            value=value,
            postal_code=postal_code,
            since=since,
            purposes=[ContactPoint.Purpose.PROCEDURE],
        )
        for each, registration in held
        for which, value, postal_code in points(each.parsed)
        if value
    )


def _first_basis(each: New) -> str:
    return Custody.Basis.REGISTERED if each.user else Custody.Basis.CARETAKER


def _custodies(held: Held, run: ImportRun, at: datetime) -> None:
    kind = Custody.Kind
    Custody.objects.bulk_create(
        Custody(
            registration=registration,
            user=each.user,
            kind=kind.CUSTODIAN if each.user else kind.CARETAKER,
            basis=_first_basis(each),
            basis_label=run.label,
            from_at=at,
        )
        for each, registration in held
    )
    GapAlert.objects.bulk_create(
        GapAlert(
            kind=GapAlert.Kind.NO_CUSTODIAN,
            organisation_id=registration.organisation_id,
            registration=registration,
            opened_at=at,
        )
        for each, registration in held
        if each.user is None
    )


def _administrator_gaps(organisations: set[int], at: datetime) -> None:
    """Open the gap alert of each customer that now has registrations and no administrator (invariant 6)."""
    led = Membership.objects.current().filter(
        organisation__in=organisations, role=Role.ADMINISTRATOR, user__is_active=True
    )
    alerted = GapAlert.objects.filter(
        organisation__in=organisations, kind=GapAlert.Kind.NO_ADMINISTRATOR, registration=None, closed_at=None
    )
    known = {*led.values_list("organisation_id", flat=True), *alerted.values_list("organisation_id", flat=True)}
    GapAlert.objects.bulk_create(
        GapAlert(kind=GapAlert.Kind.NO_ADMINISTRATOR, organisation_id=organisation, registration=None, opened_at=at)
        for organisation in sorted(organisations - known)
    )


def _entry(each: New, registration: Registration, run: ImportRun) -> record.Entry:
    organisation = f"organisation:{registration.organisation_id}"
    holder = each.user.label if each.user else "provider"
    return record.Entry(
        subject=registration.label,
        about=[organisation, *([holder] if each.user else [])],
        facts={
            "import": run.label,
            "to": holder,
            "kind": Custody.Kind.CUSTODIAN if each.user else Custody.Kind.CARETAKER,
            "basis": _first_basis(each),
            "on_record_since": run.on_record_since.isoformat(),
        },
    )
