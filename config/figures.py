"""Figures for operations, counted when asked."""

from datetime import datetime

from django.db.models import Count, Min
from django.utils import timezone

from audit.models import Event
from handover.models import Blob, GapAlert, Handover, Registration
from outbox.models import Notice


def current() -> list[tuple[str, str, int]]:
    """Return name, meaning and value of each figure."""
    newest = Event.objects.values_list("sequence", flat=True).order_by("-sequence").first() or 0
    waiting = Blob.objects.filter(status=Blob.Status.WAITING).aggregate(count=Count("pk"), oldest=Min("stored_at"))
    return [
        ("events", "Events in the log", newest),
        ("notices_queued", "Notices waiting for delivery", Notice.objects.filter(status="queued").count()),
        ("notices_failed", "Notices given up", Notice.objects.filter(status="failed").count()),
        ("registrations", "Active registrations", Registration.objects.filter(status="active").count()),
        ("gap_alerts", "Open gap alerts", GapAlert.objects.filter(closed_at=None).count()),
        ("papers_waiting", "Papers in quarantine that the virus scanner has not answered for", waiting["count"]),
        ("papers_waiting_seconds", "How long the oldest of them waits", _seconds(waiting["oldest"])),
        ("handovers_open", "Open handovers", Handover.objects.open().count()),
    ]


def _seconds(since: datetime | None) -> int:
    return int((timezone.now() - since).total_seconds()) if since else 0
