"""What the limits leave to the clock and to pages: failed codes, phones to switch off, calls under way."""

from datetime import datetime, timedelta

from django.db.models import Count

from accounts.actors import Actor
from accounts.persons import is_one_of
from handover.calendar import day_of
from handover.models import RecoveryKit
from recovery.models import Claim, FailedCode, PhoneCall, PhonePause
from recovery.queries import procedures

A_MINUTE = timedelta(minutes=1)


def for_noting() -> list[int]:
    """Return the failed codes that nobody has written down yet, the oldest first."""
    return list(FailedCode.objects.filter(noted_at=None).order_by("at", "pk").values_list("pk", flat=True))


def for_pausing(at: datetime) -> list[int]:
    """Return the registrations on which too many codes failed today and whose phone is not off yet."""
    begun, ended = day_of(at)
    rows = FailedCode.objects.filter(at__gte=begun, at__lt=ended, claim__registration__isnull=False)
    most = procedures.live().procedure.limits["failures_per_registration_a_day"]
    many = rows.values("claim__registration").annotate(count=Count("pk")).filter(count__gte=most)
    off = PhonePause.objects.filter(since__lte=at, until__gt=at).values("registration")
    found = many.exclude(claim__registration__in=off).order_by("claim__registration")
    return list(found.values_list("claim__registration", flat=True))


def for_ending_kits(at: datetime) -> list[int]:
    """Return the kits of running custodies that have no try left.

    A minute after the last one: what is being compared just now may be right, and voids the kit itself.
    """
    most = procedures.live().procedure.limits["tries_per_code"]
    rows = RecoveryKit.objects.filter(void_at=None, custody__to_at=None, tries__gte=most, tried_at__lte=at - A_MINUTE)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def find_call(claim: Claim, actor: Actor, pk: int) -> PhoneCall | None:
    """Return a call of `claim` that the actor makes and nobody has ended."""
    rows = PhoneCall.objects.filter(claim=claim, pk=pk, ended_at=None).select_related("contact_point", "intention")
    found = rows.first()
    return found if found and is_one_of(actor.user, [found.by_id]) else None


def open_call(claim: Claim, actor: Actor, at: datetime) -> PhoneCall | None:
    """Return the call that the actor has under way for `claim`."""
    found = PhoneCall.objects.filter(claim=claim, ended_at=None, until__gt=at).first()
    return found if found and is_one_of(actor.user, [found.by_id]) else None
