"""Who acts: an account with what it may do now."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from accounts.models import Membership, Organisation, OrganisationKind, Role, User
from accounts.prepared import Prepared, columns, instance


@dataclass(frozen=True)
class Actor:
    """A signed-in person with a current membership. One account works for one organisation at a time."""

    user: User
    organisation: Organisation
    roles: frozenset[str]

    @property
    def label(self) -> str:
        return self.user.label

    @property
    def organisation_label(self) -> str:
        return self.organisation.label

    @cached_property
    def kind(self) -> OrganisationKind:
        return OrganisationKind(self.organisation.kind)

    @property
    def is_administrator(self) -> bool:
        return self.kind == OrganisationKind.CUSTOMER and Role.ADMINISTRATOR in self.roles

    @property
    def is_customer(self) -> bool:
        return self.kind == OrganisationKind.CUSTOMER

    @property
    def is_claimant(self) -> bool:
        """Whether this is an account without rights, opened for somebody whose claim was approved."""
        return self.kind == OrganisationKind.CLAIMANT

    @property
    def needs_second_factor(self) -> bool:
        return self.organisation.is_staff or self.is_administrator or self.is_claimant

    def has(self, *roles: str) -> bool:
        """Whether any of `roles` is held."""
        return bool(self.roles & set(roles))


def of_kind(kind: str, administers: bool, *, user: int, organisation: int) -> Actor:
    """Return an actor of keys only, for writing a query for all of this kind: without any role but administrator's."""
    roles = frozenset({str(Role.ADMINISTRATOR)}) if administers else frozenset()
    return Actor(User(pk=user), Organisation(pk=organisation, kind=kind), roles)


def find_actor(user: User) -> Actor | None:
    """Return what `user` may do now, or None without an active account and a current membership."""
    if not user.is_active:
        return None
    rows = _TERMS.rows(user=user.pk)
    if not rows:
        return None
    return Actor(user, instance(Organisation, rows[0][1:]), frozenset(row[0] for row in rows))


def _terms(user: int) -> QuerySet[Membership, tuple[Any, ...]]:
    current = Membership.objects.current().filter(user=user).order_by("pk")
    return current.values_list("role", *columns(Organisation, "organisation__"))


_TERMS = Prepared(_terms, user=int)
