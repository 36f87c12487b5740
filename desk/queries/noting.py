"""What is noted about a person."""

from datetime import datetime

from django.db.models import Q

from desk import noting
from desk.models import Inquiry, PersonNote


def notes_about(inquiry: Inquiry, at: datetime) -> list[PersonNote]:
    """Return what is noted at `at` about whoever `inquiry` is from, in any inquiry of theirs, the oldest first."""
    known = Q(pk__in=[])
    for column, value in noting.prints(inquiry.statement).items():
        if value:
            known |= Q(**{column: value})
    return list(PersonNote.objects.standing(at).filter(known).select_related("by").order_by("at", "pk"))


def due_for_expiry_of_notes(at: datetime) -> list[int]:
    """Return the notes that have run out at `at`."""
    rows = PersonNote.objects.filter(removed_at=None, expires_at__lte=at).order_by("pk")
    return list(rows.values_list("pk", flat=True))
