"""Reads around deputies."""

from django.db.models import QuerySet

from accounts.models import User
from handover.models import Custody, Deputy, Registration
from handover.queries.handovers import possible_successors


def find_deputy(registration: Registration, pk: int) -> Deputy | None:
    """Return a deputyship of `registration`, ended or not."""
    return Deputy.objects.filter(registration=registration, pk=pk).select_related("registration", "user").first()


def possible_deputies(registration: Registration) -> QuerySet[User]:
    """Return who of the holder's people may be named: neither in charge nor deputy already."""
    held = Custody.objects.current().filter(registration=registration, user__isnull=False)
    named = Deputy.objects.current().filter(registration=registration)
    people = possible_successors(registration.organisation, but=None)
    return people.exclude(pk__in=held.values("user")).exclude(pk__in=named.values("user"))
