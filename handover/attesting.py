"""Steps of the yearly question and the season that several transitions share. They run inside a transition."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from audit.models import Event
from handover import announced, notices
from handover.models import Attestation, ContactPoint, GapAlert, NoticeLetter, Registration, Told
from handover.printing.asking import AskingLetter
from handover.printing.errors import FactRefused
from handover.queries.attestation import post_of
from handover.receipts import issuer
from outbox import post

LISTED = 10
"""Registrations named in one mail; the page has them all."""
TEMPLATE = "attestation_letter"


def lock_registrations(keys: Iterable[int]) -> list[Registration]:
    """Lock registrations, always in the order of their keys."""
    rows = Registration.objects.select_for_update(no_key=True).filter(pk__in=list(keys))
    return list(rows.order_by("pk"))


def open_alerts(
    kind: str, registrations: Sequence[Registration], *, at: datetime, reasons: dict[int, list[str]] | None = None
) -> None:
    """Open an alert of `kind` for each of `registrations` that has none; `reasons` by key of the registration."""
    standing = GapAlert.objects.filter(kind=kind, registration__in=registrations, closed_at=None)
    known = set(standing.values_list("registration_id", flat=True))
    GapAlert.objects.bulk_create(
        GapAlert(
            kind=kind,
            organisation_id=one.organisation_id,
            registration=one,
            opened_at=at,
            reasons=(reasons or {}).get(one.pk, []),
        )
        for one in registrations
        if one.pk not in known
    )


def tell_once(
    template: str, people: Iterable[User | None], what: str, *, event: Event, at: datetime, **context: Any
) -> list[User]:
    """Mail each of `people` once of `what`, however many pieces the work has; returns who was told now.

    Called after the event: whoever waits for a row of `Told` must not hold the chain that the other waits for.
    """
    new = []
    for person in people:
        if person is None or not person.is_active:
            continue
        if Told.objects.get_or_create(user=person, what=what, defaults={"told_at": at})[1]:
            new.append(person)
    notices.tell(template, new, event=event, at=at, **context)
    return new


def queue_letters(questions: Mapping[int, Attestation], registrations: Sequence[Registration], *, event: Event) -> int:
    """Queue the letters of `questions` (by key of the registration), one an address and day; returns how many are new.

    An address that does not fit the window of an envelope has none: its alert is open, and the log tells.
    """
    today = timezone.localdate(event.at)
    wanted: dict[str, _Window] = {}
    points = post_of(registrations)
    for one in registrations:
        if one.pk in points:
            window = _Window(one, points[one.pk])
            wanted.setdefault(window.key, window).add(questions[one.pk])
    known = NoticeLetter.objects.filter(queued_on=today, address_key__in=list(wanted))
    for key in known.values_list("address_key", flat=True):
        del wanted[key]
    printable = [window for window in wanted.values() if _find_facts(window.content("-"), event.at)]
    for place, window in enumerate(printable, start=1):
        number = f"N{timezone.localdate(event.at):%y%m}-{event.sequence}-{place}"
        point = window.point
        to = f"contact_point:{point.pk}" if point else window.holder.label
        call_code = announced.announcer().letter(announced.Matter.IN_CHARGE, about=to, by=None, at=event.at)
        content = window.content(number) | {"call_code": call_code}
        notice = post.letter(TEMPLATE, content=content, event=event, recipient=to, at=event.at)
        NoticeLetter.objects.create(
            organisation_id=window.holder.organisation_id,
            contact_point=point,
            number=number,
            address_key=window.key,
            queued_on=today,
            queued_at=event.at,
            notice=notice,
        )
    return len(printable)


class _Window:
    """What stands in one window, and the questions behind it."""

    def __init__(self, holder: Registration, point: ContactPoint | None) -> None:
        self.holder, self.point = holder, point
        self.postal_code = point.postal_code if point else holder.postal_code
        self.address = point.value if point else holder.address
        self.lines = [holder.registered_name, holder.unit]
        # A hash, because names and addresses have no place in an index that outlives the letter.
        text = json.dumps([self.lines, self.postal_code, self.address], ensure_ascii=False)
        self.key = hashlib.sha256(text.encode()).hexdigest()
        self.asked: list[tuple[date, date]] = []

    def add(self, question: Attestation) -> None:
        self.asked.append((timezone.localdate(question.asked_at), question.due_on))

    def content(self, number: str) -> dict[str, Any]:
        asked_on, due_on = min(self.asked)
        return {
            "letter_number": number,
            "addressee": self.lines,
            "postal_code": self.postal_code,
            "address": self.address,
            "asked_on": asked_on.isoformat(),
            "due_on": due_on.isoformat(),
        }


def facts_of(content: Mapping[str, Any], at: datetime) -> AskingLetter:
    """Return what a letter says, printed at `at`. Raises `FactRefused`."""
    return AskingLetter(
        letter_number=content["letter_number"],
        addressee=(*(line for line in content["addressee"] if line), "登録ご担当者様"),
        postal_code=content["postal_code"],
        address=content["address"],
        issued_at=timezone.localtime(at),
        asked_on=date.fromisoformat(content["asked_on"]),
        due_on=date.fromisoformat(content["due_on"]),
        call_code=content.get("call_code", ""),
        public_origin=settings.PUBLIC_ORIGIN,
        phone=settings.SUPPORT_PHONE,
        hours=settings.SUPPORT_HOURS,
        issuer=issuer("ja"),
    )


def _find_facts(content: Mapping[str, Any], at: datetime) -> AskingLetter | None:
    try:
        return facts_of(content, at)
    except FactRefused:
        return None


@dataclass(frozen=True)
class Share:
    """What one mail tells of many registrations: how many, and the first of them."""

    count: int
    first: list[Registration]

    @property
    def more(self) -> int:
        return self.count - len(self.first)
