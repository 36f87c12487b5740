"""Reading the log."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Max, QuerySet

from audit.chain import GENESIS
from audit.models import Event


def about(label: str) -> QuerySet[Event]:
    """Return the events in the history of `label`, newest first."""
    return Event.objects.filter(about_rows__label=label).order_by("-sequence")


def last_about(label: str) -> int:
    """Return the sequence of the newest event about `label`, 0 if there is none."""
    return about(label).values_list("sequence", flat=True).first() or 0


def about_after(label: str, sequence: int) -> QuerySet[Event]:
    """Return the events in the history of `label` after `sequence`, the oldest first."""
    return Event.objects.filter(about_rows__label=label, sequence__gt=sequence).order_by("sequence")


def head() -> tuple[int, str]:
    """Return sequence and hash of the newest event of the whole log; 0 and the hash before the first when empty."""
    return Event.objects.order_by("-sequence").values_list("sequence", "hash").first() or (0, GENESIS)


def acted_since(actor: str, at: datetime) -> bool:
    """Tell whether `actor` (a label) has an event at or after `at`."""
    return Event.objects.filter(actor=actor, at__gte=at).exists()


def last_acts(actors: Iterable[str]) -> dict[str, datetime]:
    """Return when each of `actors` (labels) did something last; those who never did are left out."""
    rows = Event.objects.filter(actor__in=list(actors)).values_list("actor").annotate(last=Max("at"))
    return dict(rows)


def last_by(subject: str, verbs: Iterable[str]) -> str:
    """Return who (a label) did the last of `verbs` to `subject`, "" when nobody did."""
    rows = Event.objects.filter(subject=subject, verb__in=list(verbs)).order_by("-sequence")
    return rows.values_list("actor", flat=True).first() or ""


def last_at(subject: str, *, actor: str, but: Iterable[str] = ()) -> datetime | None:
    """Return when `actor` (a label) did something to `subject` last, other than the verbs in `but`."""
    rows = Event.objects.filter(subject=subject, actor=actor).exclude(verb__in=list(but))
    return rows.order_by("-sequence").values_list("at", flat=True).first()


def acted_on(subject: str, actors: Iterable[str]) -> bool:
    """Tell whether one of `actors` (labels) ever did anything to `subject`."""
    return Event.objects.filter(subject=subject, actor__in=list(actors)).exists()
