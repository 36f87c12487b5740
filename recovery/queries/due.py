"""What the clock has to do."""

from datetime import datetime

from recovery import covering
from recovery.models import Claim, Objection, Rollback
from recovery.queries import weighing


def for_stop() -> list[int]:
    """Return the linked claims whose custodian was here since they came in."""
    rows = Claim.objects.filter(status__in=Claim.LINKED).order_by("pk")
    return [claim.pk for claim in rows if weighing.custodian_was_here(claim)]


def for_dropping() -> list[int]:
    """Return the linked claims on whose list somebody in charge was here since they came in."""
    rows = Claim.objects.filter(status__in=Claim.LINKED, is_bulk=True).order_by("pk")
    return [claim.pk for claim in rows if covering.active_lines(claim)]


def for_window() -> list[int]:
    """Return the proposals of which every notice has arrived."""
    rows = Claim.objects.filter(status=Claim.Status.PROPOSED, frozen_at=None).order_by("pk")
    return [claim.pk for claim in rows if weighing.last_delivery(claim) is not None]


def for_lapse(at: datetime) -> list[int]:
    """Return the objections whose objector never said who it is, and which nobody has reviewed."""
    rows = Objection.objects.filter(
        status=Objection.Status.OPEN, identified_at=None, reviewed_by=None, identify_by__lte=at
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))


def for_cooling_off(at: datetime) -> list[int]:
    """Return the executed claims whose protected time is over."""
    rows = Claim.objects.filter(status=Claim.Status.EXECUTED, cooled_off_at=None, cooling_off_until__lte=at)
    waiting = Objection.objects.standing().values("claim")
    asked = Rollback.objects.open().values("claim")
    return list(rows.exclude(pk__in=waiting).exclude(pk__in=asked).order_by("pk").values_list("pk", flat=True))
