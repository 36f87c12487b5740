"""Calls that a customer's people are about to get: about what they asked for, and about claims on what is theirs."""

from datetime import datetime

from django.db.models import Q

from accounts.actors import Actor
from desk.models import CallIntention
from handover.models import Registration

Purpose = CallIntention.Purpose
TO_RECORD = (Purpose.CONFIRM, Purpose.NOTICE, Purpose.SETTING)
"""Calls that go to the organisation itself. What is said to a claimant is for the claimant."""
SPOKEN = (CallIntention.Channel.PHONE, CallIntention.Channel.VIDEO)


def expected_calls(actor: Actor, at: datetime) -> list[CallIntention]:
    """Return the calls that somebody of a customer may compare with the one that comes, the next one first.

    About a claim only once the organisation reads of it anyway: when it was accepted.
    """
    if not actor.is_customer:
        return []
    own = Registration.objects.visible_to(actor, at).values("pk")
    claimed = Q(purpose__in=TO_RECORD, inquiry__claim__accepted_at__isnull=False, inquiry__claim__registration__in=own)
    asked = Q(inquiry__call__request__asked_by=actor.user)
    rows = CallIntention.objects.genuine(at).filter(claimed | asked, channel__in=SPOKEN)
    return list(rows.order_by("window_from", "pk"))
