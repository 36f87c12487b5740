"""Who acts: an account with what it may do now."""

from dataclasses import dataclass
from functools import cached_property

from accounts.models import Membership, Organisation, OrganisationKind, Role, User


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


def find_actor(user: User) -> Actor | None:
    """Return what `user` may do now, or None without an active account and a current membership."""
    if not user.is_active:
        return None
    rows = list(Membership.objects.current().filter(user=user).select_related("organisation").order_by("pk"))
    if not rows:
        return None
    return Actor(user, rows[0].organisation, frozenset(row.role for row in rows))
