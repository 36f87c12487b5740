"""Putting deputies and contact points back as a snapshot has them. Plain functions: they write no event."""

from collections.abc import Collection
from datetime import datetime

from django.utils import timezone

from accounts.models import Membership, Organisation, User
from handover import custody
from handover.models import ContactPoint, Deputy, Registration

PLACES = (1, 2)


def belongs(user: User | None, organisation: Organisation) -> bool:
    """Whether `user` still has an account here and is with the organisation."""
    if user is None or not user.is_active:
        return False
    return Membership.objects.current().filter(user=user, organisation=organisation).exists()


def contact_points(registration: Registration, kept: Collection[int], *, at: datetime) -> dict[str, list[int]]:
    """End the contact points of a locked `registration` that came since, and take up those `kept` that ended since.

    A row that is taken up goes on as it was, with the day since which it is on record: it was slipped away, not
    changed. Its health is what has been seen of it last. The log tells of the time between.
    """
    rows = ContactPoint.objects.filter(registration=registration)
    ended = rows.filter(until=None).exclude(pk__in=kept).order_by("pk")
    back = rows.filter(pk__in=kept).exclude(until=None).order_by("pk")
    found = {
        "contact_points_ended": list(ended.values_list("pk", flat=True)),
        "contact_points_back": list(back.values_list("pk", flat=True)),
    }
    # In this order: an address that was ended and added again is one of each.
    rows.filter(pk__in=found["contact_points_ended"]).update(until=timezone.localdate(at))
    rows.filter(pk__in=found["contact_points_back"]).update(until=None)
    return {name: keys for name, keys in found.items() if keys}


def deputies(registration: Registration, kept: Collection[int], *, at: datetime) -> dict[str, list[int]]:
    """End the deputies of a locked `registration` named since, and name those `kept` anew whose time ended since.

    Who has left meanwhile, or holds it now, is not named (invariant 8).
    """
    current = Deputy.objects.current().filter(registration=registration)
    named_since = list(current.exclude(user__in=kept).order_by("pk").values_list("user_id", flat=True))
    custody.end_deputies(current.exclude(user__in=kept), at=at)
    standing = set(current.values_list("user_id", flat=True))
    holders = set(registration.custodies.filter(to_at=None).values_list("user_id", flat=True))
    wanted = [pk for pk in kept if pk not in standing and pk not in holders]
    people = {user.pk: user for user in User.objects.filter(pk__in=wanted)}
    back = [pk for pk in wanted if belongs(people.get(pk), registration.organisation)]
    taken = list(current.values_list("place", flat=True))
    free = [place for place in PLACES if place not in taken][: len(PLACES) - len(taken)]
    Deputy.objects.bulk_create(
        Deputy(registration=registration, user_id=pk, since=at, place=place)
        for pk, place in zip(back, free, strict=False)
    )
    found = {"deputies_ended": named_since, "deputies_back": back[: len(free)]}
    return {name: keys for name, keys in found.items() if keys}
