"""Urgent settings: by which call one may be made, which stand, and which the clock is to point out."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from handover import reaching
from handover.calendar import business_days_after
from handover.models import ContactPoint
from recovery.models import Claim, Duty, UrgentSetting
from recovery.models.evidence import UNHEALTHY

CONFIRM_WITHIN = 1
"""Business days in which the second person looks at a setting. Ours."""


def phones_of(claim: Claim, at: datetime) -> list[ContactPoint]:
    """Return the phone numbers of record for an emergency: long enough on record and not known to be dead."""
    settled = timezone.localdate(at) - timedelta(days=claim.procedure.procedure.tenure_days)
    rows = ContactPoint.objects.current().filter(registration=claim.registration_id, kind=ContactPoint.Kind.PHONE)
    live = rows.filter(since__lte=settled).exclude(health__in=UNHEALTHY).order_by("since", "pk")
    return reaching.serving(live, *reaching.URGENT)


def find(claim: Claim, pk: int) -> UrgentSetting | None:
    """Return one setting of `claim`."""
    rows = UrgentSetting.objects.filter(claim=claim, pk=pk)
    return rows.select_related("claim", "made_by", "contact", "contact_point").first()


def is_due(setting: UrgentSetting, at: datetime) -> bool:
    """Whether somebody is to look at a standing `setting`: nobody confirmed it in time, or its day has come."""
    today = timezone.localdate(at)
    if setting.remind_on <= today:
        return True
    late = business_days_after(timezone.localdate(setting.made_at), CONFIRM_WITHIN) <= today
    return setting.status == UrgentSetting.Status.MADE and late


def for_reminding(at: datetime) -> list[int]:
    """Return the standing settings of which somebody is to be reminded and nobody is yet."""
    asked = Duty.objects.open().filter(claim=OuterRef("claim"), kind=Duty.Kind.SETTING)
    today = timezone.localdate(at)
    rows = UrgentSetting.objects.standing().filter(
        Q(remind_on__lte=today) | Q(status=UrgentSetting.Status.MADE, made_at__date__lt=today), ~Exists(asked)
    )
    return [one.pk for one in rows.order_by("pk") if is_due(one, at)]
