"""Both sides of a mandate, and how they are told. Plain functions: they run inside a transition and write no event."""

from collections.abc import Iterable
from datetime import datetime

from accounts.models import Membership, User
from audit.models import Event
from handover import custody, notices
from handover.models import Custody, Mandate, Registration


def of_contractor(mandate: Mandate) -> list[User]:
    """Return who works for the contractor now."""
    rows = Membership.objects.current().filter(organisation=mandate.contractor_id, user__is_active=True)
    return [row.user for row in rows.select_related("user").order_by("since", "pk")]


def of_customer(mandate: Mandate, registrations: Iterable[Registration]) -> list[User]:
    """Return the customer's administrators and who holds one of `registrations`; nobody for a customer unknown."""
    if mandate.customer is None:
        return []
    held = Custody.objects.current().filter(registration__in=list(registrations), user__isnull=False)
    holders = [row.user for row in held.select_related("user").order_by("pk") if row.user]
    return [*holders, *custody.administrators(mandate.customer)]


def tell(template: str, mandate: Mandate, registrations: Iterable[Registration], *, event: Event, at: datetime) -> None:
    """Tell both sides; the words name neither who is in charge nor what the registration is called."""
    people = [*of_customer(mandate, registrations), *of_contractor(mandate)]
    notices.tell(template, people, event=event, at=at, mandate=mandate)


def tell_settled(ended: Iterable[str], registrations: Iterable[Registration], *, event: Event, at: datetime) -> None:
    """Tell both sides of each mandate, by its number, that a change of custodian ended it on `registrations`."""
    for mandate in (
        Mandate.objects.filter(number__in=set(ended)).select_related("customer", "contractor").order_by("pk")
    ):
        tell("mandate_not_kept", mandate, registrations, event=event, at=at)


def tell_back(back: Iterable[str], registrations: Iterable[Registration], *, event: Event, at: datetime) -> None:
    """Tell both sides of each mandate, by its number, that it goes on for `registrations` as before."""
    rows = Mandate.objects.filter(number__in=set(back)).select_related("customer", "contractor")
    for mandate in rows.order_by("pk"):
        tell("mandate_goes_on", mandate, registrations, event=event, at=at)


def about(mandate: Mandate, registrations: Iterable[Registration]) -> list[str]:
    """Return the labels in whose history an event of `mandate` appears."""
    sides = [f"organisation:{pk}" for pk in (mandate.customer_id, mandate.contractor_id) if pk]
    return [*sides, *(registration.label for registration in registrations)]
