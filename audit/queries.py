"""Reading the log."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet

from audit.chain import GENESIS
from audit.models import Event, EventAbout


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


BY_VOICE = ("call.pin_checked",)
"""What somebody else writes down that a person proved on the phone: it is about the person only when it was right."""


def acted_since(actor: str, at: datetime) -> bool:
    """Tell whether `actor` (a label) did anything at or after `at`, signed in or proven on the phone."""
    if Event.objects.filter(actor=actor, at__gte=at).exists():
        return True
    return Event.objects.filter(about_rows__label=actor, verb__in=BY_VOICE, at__gte=at).exists()


def last_acts(actors: Iterable[str]) -> dict[str, datetime]:
    """Return when each of `actors` (labels) did something last; those who never did are left out."""
    wanted = list(actors)
    own = Event.objects.filter(actor__in=wanted).values_list("actor").annotate(last=Max("at"))
    spoken = EventAbout.objects.filter(label__in=wanted, event__verb__in=BY_VOICE).values_list("label")
    found: dict[str, datetime] = {}
    # One question for both: the pages that ask have few to spare.
    for who, last in own.union(spoken.annotate(last=Max("event__at")), all=True):
        found[who] = max(last, found.get(who, last))
    return found


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


def facts_of_first(subject: str, verb: str) -> dict[str, Any]:
    """Return what was written down when `verb` was first done to `subject`, {} when it never was."""
    rows = Event.objects.filter(subject=subject, verb=verb).order_by("sequence")
    return dict(rows.values_list("facts", flat=True).first() or {})
