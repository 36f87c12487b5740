"""Reads about requests of change: the worklist, one request, what a cancellation stops for whom."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from accounts.actors import Actor
from accounts.models import Organisation, OrganisationKind
from handover.models import (
    Affiliation,
    BillReference,
    ChangeApproval,
    ChangeItem,
    ChangeRequest,
    Document,
    HandoverItem,
    MandateRegistration,
    Registration,
    Restriction,
    Task,
    UnitAlias,
    UnitQuestion,
)

SHOWN = 100
"""Registrations of one request that its page lists; the count tells the rest."""


@dataclass(frozen=True)
class Impact:
    """What a cancellation stops, ends and leaves, as whoever asks sees it. `others`: the holder's own neighbours."""

    registration: Registration
    aliases: list[str]
    bills: list[str]
    others: list[tuple[str, str, str]]
    others_hidden: int
    handovers: list[str]
    mandates: int
    tasks: int
    marks: list[str]
    papers: int

    @property
    def facts(self) -> dict[str, Any]:
        """What is kept with the wish: numbers and counts, no names of people."""
        product = self.registration.product
        return {
            "product": product.code if product else "",
            "unit": self.registration.unit,
            "aliases": self.aliases,
            "bills": self.bills,
            "others": [number for number, _unit, _why in self.others],
            "others_hidden": self.others_hidden,
            "handovers": self.handovers,
            "mandates": self.mandates,
            "tasks": self.tasks,
            "marks": self.marks,
            "papers": self.papers,
        }


def impact_of(registration: Registration, actor: Actor, at: datetime) -> Impact:
    """Return what stops for whom when `registration` ends. Neighbours that `actor` may not see are only counted."""
    bills = list(BillReference.objects.filter(registration=registration, until=None).order_by("pk"))
    same_bill = BillReference.objects.filter(until=None, reference__in=[bill.reference for bill in bills])
    beside = Registration.objects.filter(
        Q(address=registration.address) | Q(pk__in=same_bill.values("registration")),
        organisation_id=registration.organisation_id,
        status=Registration.Status.ACTIVE,
    ).exclude(pk=registration.pk)
    seen = beside if actor.kind == OrganisationKind.PROVIDER else beside.filter(_visible(actor, at))
    shown = list(seen.order_by("number").values_list("number", "unit", "address")[:SHOWN])
    open_items = HandoverItem.objects.filter(registration=registration, is_open=True)
    marks = Restriction.objects.in_force(at).filter(registration=registration).order_by("since", "pk")
    aliases = UnitAlias.objects.filter(registration=registration, until=None).order_by("pk")
    return Impact(
        registration=registration,
        aliases=list(aliases.values_list("alias", flat=True)),
        bills=[bill.reference for bill in bills],
        others=[(n, unit, "address" if address == registration.address else "bill") for n, unit, address in shown],
        others_hidden=beside.count() - len(shown),
        handovers=list(open_items.order_by("pk").values_list("handover__number", flat=True)),
        mandates=count_mandates(registration),
        tasks=Task.objects.filter(registration=registration, done_at=None).count(),
        marks=[mark.get_kind_display() for mark in marks],
        papers=Document.objects.filter(registration=registration).count(),
    )


def count_mandates(registration: Registration) -> int:
    """Return how many contractors may act on `registration`."""
    return MandateRegistration.objects.granted().filter(registration=registration).count()


def _visible(actor: Actor, at: datetime) -> Q:
    return Q(pk__in=Registration.objects.visible_to(actor, at).values("pk"))


def worklist(actor: Actor, *, only_open: bool) -> QuerySet[ChangeRequest]:
    """Return the requests that `actor` may see with their number of registrations, the oldest open ones first."""
    rows = ChangeRequest.objects.visible_to(actor)
    if only_open:
        rows = rows.open()
    return (
        rows.select_related("organisation", "receiver")
        .annotate(count=Count("items"))
        .order_by("ended_at", "executed_at", "requested_at", "pk")
    )


def find_change(actor: Actor, number: str) -> ChangeRequest | None:
    """Return the request with this number if `actor` may see it."""
    wide = ("organisation", "receiver", "requested_by", "proposed_by", "executed_by", "ended_by")
    return ChangeRequest.objects.visible_to(actor).select_related(*wide).filter(number=number).first()


def items_of(change: ChangeRequest) -> list[ChangeItem]:
    """Return the first registrations of a request (at most `SHOWN`)."""
    return list(change.items.select_related("registration").order_by("registration__number")[:SHOWN])


def counts_of(change: ChangeRequest) -> dict[str, int]:
    """Return how many registrations the request has, and how far it is."""
    return change.items.aggregate(
        all=Count("pk"),
        released=Count("pk", filter=Q(released_at__isnull=False)),
        executed=Count("pk", filter=Q(executed_at__isnull=False)),
        left_out=Count("pk", filter=Q(left_out=True)),
    )


def due_for_continuation(at: datetime) -> QuerySet[ChangeRequest]:
    """Return the requests of which a person began to carry out the first piece."""
    under_way = (ChangeRequest.Status.RELEASING, ChangeRequest.Status.EXECUTING)
    return ChangeRequest.objects.filter(status__in=under_way).order_by("pk")


def open_change_of(registration: Registration) -> ChangeRequest | None:
    """Return the open request about `registration`, if there is one."""
    return ChangeRequest.objects.filter(items__registration=registration, items__is_open=True).first()


def customers_called(name: str) -> QuerySet[Organisation]:
    """Return the customers with this corporate number or exact legal name, for an operator."""
    customers = Organisation.objects.filter(kind=OrganisationKind.CUSTOMER)
    return customers.filter(Q(corporate_number=name) | Q(legal_name=name)).order_by("pk")


def coarse_names() -> QuerySet[Registration, Any]:
    """Return names that do not tell callers apart, the worst first, with when their units were last asked for (R13).

    One registered name with one unit (or none) of one organisation that several active registrations share: who
    phones and says it could mean any of them.
    """
    asked = UnitQuestion.objects.filter(
        organisation=OuterRef("organisation_id"), registered_name=OuterRef("registered_name"), unit=OuterRef("unit")
    )
    return (
        Registration.objects.filter(status=Registration.Status.ACTIVE)
        .values("organisation_id", "organisation__legal_name", "registered_name", "unit")
        .annotate(count=Count("pk"))
        .filter(count__gt=1)
        .annotate(asked_at=Subquery(asked.order_by("-asked_at").values("asked_at")[:1]))
        .order_by("-count", "registered_name", "unit", "organisation_id")
    )


def unit_is_asked(registration: Registration) -> bool:
    """Whether the using unit waits for a confirmation."""
    kind = Task.Kind.CONFIRM_UNIT
    return Task.objects.filter(registration=registration, kind=kind, done_at=None).exists()


def affiliations() -> QuerySet[Affiliation]:
    """Return every affiliation on record, the newest first, those that ended last."""
    rows = Affiliation.objects.select_related("organisation", "other")
    return rows.order_by("until", "-since", "pk")


def find_affiliation(pk: int) -> Affiliation | None:
    """Return an affiliation, ended or not."""
    return Affiliation.objects.select_related("organisation", "other").filter(pk=pk).first()


def shares_a_name(registration: Registration) -> bool:
    """Whether another active registration of the holder carries the same name and unit."""
    alike = Registration.objects.filter(
        organisation=registration.organisation_id,
        registered_name=registration.registered_name,
        unit=registration.unit,
        status=Registration.Status.ACTIVE,
    )
    return alike.exclude(pk=registration.pk).exists()


def is_customer(pk: int) -> bool:
    """Whether a customer has this key."""
    return Organisation.objects.filter(pk=pk, kind=OrganisationKind.CUSTOMER).exists()


def approvals_of(change: ChangeRequest) -> list[ChangeApproval]:
    """Return the yeses that count, in the order in which they were given."""
    return list(change.approvals.filter(void_at=None).select_related("by").order_by("at", "pk"))
