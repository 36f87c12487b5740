"""Figures for operations, counted when asked."""

from audit.models import Event
from handover.models import GapAlert, Handover, Registration
from outbox.models import Notice


def current() -> list[tuple[str, str, int]]:
    """Return name, meaning and value of each figure."""
    newest = Event.objects.values_list("sequence", flat=True).order_by("-sequence").first() or 0
    return [
        ("events", "Events in the log", newest),
        ("notices_queued", "Notices waiting for delivery", Notice.objects.filter(status="queued").count()),
        ("notices_failed", "Notices given up", Notice.objects.filter(status="failed").count()),
        ("registrations", "Active registrations", Registration.objects.filter(status="active").count()),
        ("gap_alerts", "Open gap alerts", GapAlert.objects.filter(closed_at=None).count()),
        ("handovers_open", "Open handovers", Handover.objects.open().count()),
    ]
