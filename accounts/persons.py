"""Natural persons behind accounts. Approvals count humans, never accounts (invariant 10)."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from accounts.models import User


def is_same_human(one: User, other: User) -> bool:
    """Whether two accounts are one natural person."""
    return one.pk == other.pk or (one.person_id is not None and one.person_id == other.person_id)


def accounts_of(user: User) -> QuerySet[User]:
    """Return every account of the natural person behind `user`."""
    return User.objects.filter(Q(pk=user.pk) | (Q(person=user.person_id) if user.person_id else Q(pk=user.pk)))


def is_one_of(user: User, accounts: Iterable[int | None]) -> bool:
    """Whether one of `accounts` (primary keys) belongs to the natural person behind `user`."""
    return accounts_of(user).filter(pk__in=[pk for pk in accounts if pk is not None]).exists()
