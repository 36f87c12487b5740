"""Mails that an act owes to people. Each is a row of the act's own transaction."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts.models import User
from audit.models import Event
from handover import reaching
from handover.models import ContactPoint, Registration
from outbox import post


def tell(template: str, people: Iterable[User | None], *, event: Event, at: datetime, **context: Any) -> None:
    """Queue one mail of `template` to each of `people` who still has an account, once each, in their language."""
    told: set[int] = set()
    for person in people:
        if person is None or person.pk in told or not person.is_active:
            continue
        told.add(person.pk)
        post.mail(
            template,
            to=person.email,
            language=person.language,
            context={**context, "reader": person},
            event=event,
            recipient=person.label,
            at=at,
        )


def tell_record(
    template: str, registrations: Iterable[Registration], *, event: Event, at: datetime, **context: Any
) -> None:
    """Queue one mail of `template` to each healthy mail address of record kept for procedures."""
    points = ContactPoint.objects.current().filter(registration__in=list(registrations), kind=ContactPoint.Kind.MAIL)
    sent: set[str] = set()
    for point in points.exclude(health__in=ContactPoint.NO_MAIL).select_related("registration").order_by("pk"):
        if point.value in sent or not reaching.serves(point, reaching.PROCEDURE):
            continue
        sent.add(point.value)
        tell_point(template, point, event=event, at=at, **context)


def tell_point(template: str, point: ContactPoint, /, *, event: Event, at: datetime, **context: Any) -> None:
    """Queue one mail of `template` to a mail address of record.

    A contact point has no language of its own; Japanese is the language of the register.
    """
    post.mail(
        template,
        to=point.value,
        language="ja",
        context=context,
        event=event,
        recipient=f"contact_point:{point.pk}",
        at=at,
    )
