"""Reads of contractors' mandates: lists, one with its registrations, what a contractor sees, and what is due."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Organisation, OrganisationKind, User
from handover import reaching
from handover.models import (
    ContactPoint,
    Custody,
    Document,
    DocumentVersion,
    FaultReport,
    Mandate,
    MandateRegistration,
    Product,
    Registration,
)
from handover.queries.papers import Paper, papers_of
from handover.rules.mandates import REMINDERS_BEFORE_DAYS, SETTINGS, is_contractor, reminders_passed, represents

A_ROUND = 200
"""Questions looked up in one round of the clock, so that other appointments are kept meanwhile."""


def listed(actor: Actor, at: datetime) -> QuerySet[Mandate]:
    """Return the mandates of a list page, newest first, with both sides and the number of registrations."""
    return (
        Mandate.objects.visible_to(actor, at)
        .select_related("customer", "contractor")
        .annotate(granted_count=Count("registrations", filter=Q(registrations__since__isnull=False)))
        .order_by("-pk")
    )


def find_visible(actor: Actor, number: str, at: datetime) -> Mandate | None:
    """Return the mandate called `number` with both sides if `actor` may see it."""
    rows = Mandate.objects.visible_to(actor, at)
    return rows.select_related("customer", "contractor", "renewed_from", "representative").filter(number=number).first()


def rows_of(mandate: Mandate, actor: Actor, at: datetime) -> list[MandateRegistration]:
    """Return the registrations of `mandate` that `actor` may know of.

    A contractor knows those that were granted, for a question names only what it wrote itself; people of the customer
    those that they see.
    """
    rows = MandateRegistration.objects.filter(mandate=mandate).select_related("registration", "mandate")
    if is_contractor(actor):
        rows = rows.filter(since__isnull=False)
    else:
        rows = rows.filter(registration__in=Registration.objects.visible_to(actor, at))
    return list(rows.order_by("registration__number"))


def waiting_for(mandate: Mandate, actor: Actor) -> list[MandateRegistration]:
    """Return what waits for an answer of `actor`: all for an administrator, else what the actor holds."""
    rows = MandateRegistration.objects.undecided().filter(mandate=mandate).select_related("registration")
    if not actor.is_administrator:
        held = Custody.objects.current().filter(user=actor.user)
        rows = rows.filter(registration__in=held.values("registration"))
    return list(rows.order_by("registration__number"))


def find_renewal(mandate: Mandate) -> Mandate | None:
    """Return the renewal of `mandate`, asked for or granted."""
    return Mandate.objects.filter(renewed_from=mandate, status__in=Mandate.OPEN).first()


def is_in_force(mandate: Mandate, at: datetime) -> bool:
    """Whether the contractor may look and act by `mandate` at `at`."""
    today = timezone.localdate(at)
    return mandate.status == Mandate.Status.ACTIVE and mandate.starts_on <= today <= mandate.ends_on


def faults_of(rows: Sequence[MandateRegistration]) -> list[FaultReport]:
    """Return the faults reported on `rows`, newest first, at most 20."""
    found = FaultReport.objects.filter(row__in=rows).select_related("row__registration", "reported_by")
    return list(found.order_by("-reported_at", "-pk")[:20])


# What a contractor sees ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Glimpse:
    """All that a mandate shows of a registration: no history, no bills, and people and papers only to who stands in."""

    row: MandateRegistration
    number: str
    registered_name: str
    unit: str
    postal_code: str
    address: str
    product: Product | None
    points: list[ContactPoint]
    settings: list[str]
    owner: User | None
    papers: list[Paper]


def find_row(actor: Actor, number: str, registration_number: str, at: datetime) -> MandateRegistration | None:
    """Return the row by which a contractor's `actor` may look at a registration at `at`, else None."""
    if not is_contractor(actor):
        return None
    rows = MandateRegistration.objects.in_force(at).filter(mandate__contractor=actor.organisation)
    rows = rows.filter(mandate__number=number, registration__number=registration_number)
    return rows.select_related("mandate__customer", "mandate__contractor", "registration__product").first()


def glimpse(row: MandateRegistration, actor: Actor, today: date) -> Glimpse:
    """Return what `row` shows `actor`; the caller has found it by `find_row`, which judges person and time.

    Who is named to stand for the person in charge sees that person and the papers as well.
    """
    is_named = represents(actor, row)
    seen, mandate = row.registration, row.mandate
    points = ContactPoint.objects.current().filter(registration=seen).order_by("kind", "pk")
    return Glimpse(
        row=row,
        number=seen.number,
        registered_name=seen.registered_name,
        unit=seen.unit,
        postal_code=seen.postal_code,
        address=seen.address,
        product=seen.product,
        points=reaching.serving(points, ContactPoint.Purpose.FAULT),
        settings=setting_words(mandate),
        owner=_owner(seen) if is_named else None,
        papers=[one for one in papers_of(seen, today) if one.document.kind not in Document.SEALED] if is_named else [],
    )


def _owner(registration: Registration) -> User | None:
    held = Custody.objects.current().filter(registration=registration).select_related("user").first()
    return held.user if held else None


def find_version(row: MandateRegistration, document_pk: int, number: int) -> DocumentVersion | None:
    """Return version `number` of a paper of the row's registration that a mandate may show at all."""
    rows = DocumentVersion.objects.exclude(document__kind__in=Document.SEALED)
    rows = rows.filter(document=document_pk, number=number, document__registration=row.registration_id)
    return rows.select_related("document", "blob").first()


def setting_words(mandate: Mandate) -> list[str]:
    """Return the named settings of `mandate` in the reader's language; none where it only lets look."""
    if mandate.scope == Mandate.Scope.VIEW:
        return []
    return [str(words) for name, words in SETTINGS.items() if name in mandate.settings]


# What is named -------------------------------------------------------------------------------------------------------


def _named(kind: OrganisationKind, text: str) -> QuerySet[Organisation]:
    plain = unicodedata.normalize("NFKC", text).strip()
    rows = Organisation.objects.filter(kind=kind)
    if plain.isdigit():
        return rows.filter(corporate_number=plain)
    return rows.filter(legal_name__in={text.strip(), plain})


def find_contractor(text: str) -> Organisation | None:
    """Return the contractor with this corporate number or exact legal name; None for none, and for several."""
    found = list(_named(OrganisationKind.CONTRACTOR, text)[:2])
    return found[0] if len(found) == 1 else None


def find_named(mandate: Mandate) -> list[Registration]:
    """Return the registrations that a question names, if they all belong to one customer of the name it gives."""
    rows = Registration.objects.filter(
        number__in=mandate.named_registrations,
        organisation__in=_named(OrganisationKind.CUSTOMER, mandate.named_customer),
        status=Registration.Status.ACTIVE,
    )
    found = list(rows.select_related("organisation").order_by("pk"))
    return found if len({one.organisation_id for one in found}) == 1 else []


# What is due ---------------------------------------------------------------------------------------------------------


def due_for_delivery() -> QuerySet[Mandate]:
    """Return the questions that nobody has looked up, the oldest first, at most a round of them."""
    return Mandate.objects.filter(status=Mandate.Status.ASKED, looked_up_at=None).order_by("pk")[:A_ROUND]


def due_for_reminder(at: datetime) -> list[tuple[Mandate, int]]:
    """Return mandates with the number of the reminder that is due; whose renewal is granted needs none."""
    today = timezone.localdate(at)
    last = today + timedelta(days=REMINDERS_BEFORE_DAYS[0])
    rows = Mandate.objects.filter(status=Mandate.Status.ACTIVE, ends_on__gte=today, ends_on__lte=last)
    rows = rows.exclude(
        pk__in=Mandate.objects.filter(status="active", renewed_from__isnull=False).values("renewed_from")
    )
    passed = [(mandate, reminders_passed(mandate.ends_on, today)) for mandate in rows.order_by("pk")]
    return [(mandate, reached) for mandate, reached in passed if reached > mandate.reminded]


def due_for_expiry(at: datetime) -> QuerySet[Mandate]:
    """Return the granted mandates whose last day has passed."""
    return Mandate.objects.filter(status=Mandate.Status.ACTIVE, ends_on__lt=timezone.localdate(at)).order_by("pk")
