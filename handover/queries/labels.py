"""Reads of labels: those of a registration, one by its code, and whom to remind before the year-end clean-up."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, Q, QuerySet, When
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import User
from handover.calendar import first_business_day
from handover.models import Custody, Document, Label, Registration, YearEndReminder

LAST_DAY = 28
"""Of December: on the 29th offices are closed. A worker that stood still on the first day catches up until then."""
A_ROUND = 200
"""Reminders of one round of the clock, so that other appointments are kept meanwhile."""


def of_registration(registration: Registration) -> QuerySet[Label]:
    """Return the labels of `registration`: in use first, then lost, then void, the newest first."""
    rows = Label.objects.filter(registration=registration).select_related("document")
    places = [When(status=status, then=place) for place, status in enumerate(Label.Status.values)]
    return rows.order_by(Case(*places), "-pk")


def find_label(actor: Actor | None, code: str, at: datetime) -> Label | None:
    """Return the label with `code` if `actor` may know what it is; None for everybody else and every other code."""
    if actor is None:
        return None
    rows = Label.objects.visible_to(actor, at).filter(code=code)
    return rows.select_related("registration__organisation", "document", "issued_by", "ended_by", "replaced_by").first()


def in_use_of(registration: Registration) -> list[Label]:
    """Return the labels of `registration` that may be printed, in the order they were made."""
    return list(Label.objects.in_use().filter(registration=registration).order_by("pk"))


def is_cleaning_time(today: date) -> bool:
    """Whether `today` lies between the first business day of December and the last before the turn of the year."""
    return today.month == 12 and first_business_day(today.year, 12) <= today and today.day <= LAST_DAY


def due_for_reminder(at: datetime) -> Sequence[User]:
    """Return people in charge of something to keep whom nobody reminded this year, at most a round of them."""
    today = timezone.localdate(at)
    if not is_cleaning_time(today):
        return []
    held = Custody.objects.current().filter(registration__in=with_things_to_keep())
    reminded = YearEndReminder.objects.filter(year=today.year)
    rows = User.objects.filter(is_active=True, pk__in=held.values("user"))
    return list(rows.exclude(pk__in=reminded.values("user")).order_by("pk")[:A_ROUND])


def with_things_to_keep() -> QuerySet[Registration]:
    """Return active registrations with a label in use or a paper whose original lies somewhere."""
    originals = Document.objects.exclude(original_at="")
    labelled = Label.objects.in_use()
    return Registration.objects.filter(status=Registration.Status.ACTIVE).filter(
        Q(pk__in=labelled.values("registration")) | Q(pk__in=originals.values("registration"))
    )


@dataclass(frozen=True)
class ThingsToKeep:
    """What of one registration must not be thrown away: names of labelled things, and how many originals."""

    registration: Registration
    labelled: list[str]
    originals: int


def things_to_keep(registrations: Sequence[Registration]) -> list[ThingsToKeep]:
    """Return for each of `registrations` what is to be kept, in two queries."""
    names: dict[int, list[str]] = {}
    for pk, name in (
        Label.objects.in_use()
        .filter(registration__in=registrations)
        .order_by("pk")
        .values_list("registration_id", "name")
    ):
        names.setdefault(pk, []).append(name)
    rows = Document.objects.filter(registration__in=registrations).exclude(original_at="")
    originals = Counter(rows.values_list("registration_id", flat=True))
    return [ThingsToKeep(one, names.get(one.pk, []), originals[one.pk]) for one in registrations]
