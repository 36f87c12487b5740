"""What is noted about a person."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, Q

from desk import noting
from desk.models import Inquiry, PersonNote


def notes_about(inquiry: Inquiry, at: datetime) -> list[PersonNote]:
    """Return what is noted at `at` about whoever `inquiry` is from, in any inquiry of theirs, the oldest first."""
    known = Q(pk__in=[])
    for column, value in noting.prints(inquiry.statement).items():
        if value:
            known |= Q(**{column: value})
    return list(PersonNote.objects.standing(at).filter(known).select_related("by").order_by("at", "pk"))


def with_notes(at: datetime | None) -> dict[str, Exists]:
    """Return what a query of one row needs to know whether anything is noted about anybody at `at`: see `notes_in`.

    The prints are of what an inquiry says, which is encrypted: which notes fit is known only once it is read.
    """
    rows = PersonNote.objects.filter(removed_at=None) if at is None else PersonNote.objects.standing(at)
    return {"has_notes": Exists(rows)}


def notes_in(row: Any, inquiry: Inquiry, at: datetime) -> list[PersonNote]:
    """Return what `notes_about` returns, read only where `row` says that there is any note."""
    return notes_about(inquiry, at) if row.has_notes else []


def due_for_expiry_of_notes(at: datetime) -> list[int]:
    """Return the notes that have run out at `at`."""
    rows = PersonNote.objects.filter(removed_at=None, expires_at__lte=at).order_by("pk")
    return list(rows.values_list("pk", flat=True))
