"""What an act left behind, for exact comparison."""

from audit.models import Event
from outbox.models import Notice


def mark() -> int:
    """Return the number of the newest event, to compare from there on."""
    return Event.objects.order_by("-sequence").values_list("sequence", flat=True).first() or 0


def verbs(since: int) -> list[str]:
    """Return the verbs after event number `since`, oldest first."""
    return list(Event.objects.filter(sequence__gt=since).order_by("sequence").values_list("verb", flat=True))


def notices(since: int) -> list[tuple[str, str]]:
    """Return template and recipient of each notice of the events after `since`, sorted."""
    rows = Notice.objects.filter(event__sequence__gt=since).values_list("template", "recipient")
    return sorted(rows)
