"""A wish to be called, as the desk writes back to it. Plain functions: they run inside a transition of the desk."""

from collections.abc import Collection, Iterable
from datetime import datetime, time

from django.utils import timezone

from accounts.models import User
from audit.models import Event
from handover import notices
from handover.calendar import business_days_after
from handover.models import ExplanationRequest

CALLED_WITHIN = 2
"""Business days within which somebody is called, unless the asker's own days rule it out."""
HOURS: dict[str, tuple[time, time]] = {
    ExplanationRequest.Hours.ANY: (time(9), time(17)),
    ExplanationRequest.Hours.MORNING: (time(9), time(12)),
    ExplanationRequest.Hours.AFTERNOON: (time(13), time(17)),
}
"""From when until when, in the time zone of the provider."""
WEEKDAYS = range(5)
"""Days on which the provider may call, Monday is 0."""


def is_possible(not_on: Collection[int]) -> bool:
    """Whether a day is left on which to call."""
    return bool(set(WEEKDAYS) - set(not_on))


def promise(hours: str, not_on: Collection[int], *, at: datetime) -> tuple[datetime, datetime]:
    """Return from when until when the asker is called: on the first business day after `at` that the asker allows.

    That is one business day ahead, and later only by the asker's own "do not call" days. Raises `ValueError` when
    these leave none.
    """
    if not is_possible(not_on):
        raise ValueError("no day is left on which to call")
    day = business_days_after(timezone.localdate(at), 1)
    while day.weekday() in not_on:
        day = business_days_after(day, 1)
    first, last = (timezone.make_aware(datetime.combine(day, moment)) for moment in HOURS[hours])
    return first, last


def due_for_pulling() -> Iterable[ExplanationRequest]:
    """Return what the desk has not taken over yet, the oldest first."""
    return ExplanationRequest.objects.filter(status=ExplanationRequest.Status.ASKED).order_by("asked_at", "pk")


def pulled(
    request: ExplanationRequest, *, receipt_number: str, promised: tuple[datetime, datetime], event: Event, at: datetime
) -> None:
    """Write down that the desk has it, under which number, and when it calls; tell whoever asked."""
    request.status, request.receipt_number = ExplanationRequest.Status.PULLED, receipt_number
    request.promised_from, request.promised_until = promised
    request.save(update_fields=["status", "receipt_number", "promised_from", "promised_until"])
    _tell("explanation_promised", request, event, at)


def promised_again(
    request: ExplanationRequest, *, promised: tuple[datetime, datetime], event: Event, at: datetime
) -> None:
    """Write down a new promise and tell whoever asked."""
    request.promised_from, request.promised_until = promised
    request.save(update_fields=["promised_from", "promised_until"])
    _tell("explanation_promised", request, event, at)


def explained(request: ExplanationRequest, *, event: Event, at: datetime) -> None:
    """Write down that it was explained, forget the number, and ask once by mail whether it is clear now.

    The answers of a checklist stay as they are: only the successor knows what is clear.
    """
    request.status, request.ended_at, request.sealed = ExplanationRequest.Status.DONE, at, b""
    request.save(update_fields=["status", "ended_at", "sealed"])
    _tell("explanation_done", request, event, at)


def _tell(template: str, request: ExplanationRequest, event: Event, at: datetime) -> None:
    people: list[User | None] = [request.asked_by]
    notices.tell(template, people, event=event, at=at, explanation=request)
