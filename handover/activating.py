"""Steps on activation letters that several transitions share. Plain functions: they run inside a transition."""

import secrets
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Organisation, User
from accounts.rulebook import Rule
from audit import record
from audit.models import Event
from audit.record import Public
from handover import announced, reaching
from handover.models import CODE_LIFE, Activation, ActivationLetter, ContactPoint
from handover.printing.activation_facts import ActivationFacts
from handover.receipts import issuer
from outbox import post

NOBODYS_DOMAINS = frozenset(
    {
        *("gmail.com", "googlemail.com", "yahoo.co.jp", "ymail.ne.jp", "yahoo.com", "outlook.com", "outlook.jp"),
        *("hotmail.com", "hotmail.co.jp", "live.jp", "live.com", "msn.com", "icloud.com", "me.com", "mac.com"),
        *(
            "docomo.ne.jp",
            "ezweb.ne.jp",
            "au.com",
            "softbank.ne.jp",
            "i.softbank.jp",
            "vodafone.ne.jp",
            "ymobile.ne.jp",
        ),
        *("rakuten.jp", "nifty.com", "nifty.ne.jp", "excite.co.jp", "aol.com", "proton.me", "protonmail.com"),
        *("gmx.com", "mail.com", "zoho.com", "yandex.com", "qq.com", "163.com"),
    }
)
"""Mail services where anybody gets an address: none of them is an organisation's own."""
LINK_LIFE = timedelta(days=7)
"""How long the link that proves the mailbox is good, as that of an invitation."""
LETTERS_OF_RECORD = 20
"""Letters to postal addresses of record, where an organisation has no mail address on record: the oldest ones."""


def is_of_organisation(mail: str) -> bool:
    """Whether an address can be one of an organisation's own domain. Says nothing about any organisation."""
    return mail.rpartition("@")[2].lower() not in NOBODYS_DOMAINS


def new_number() -> str:
    """Return a letter number nobody has: eight digits, so that guessing one finds a letter once in thousands."""
    while True:
        digits = f"{secrets.randbelow(10**8):08}"
        number = f"A-{digits[:4]}-{digits[4:]}"
        if not Activation.objects.filter(number=number).exists():
            return number


def number_in(typed: str) -> str:
    """Return a letter number as we write it, from any spelling; "" for what is none."""
    digits = "".join(sign for sign in unicodedata.normalize("NFKC", typed[:64]) if sign.isdecimal() and sign.isascii())
    return f"A-{digits[:4]}-{digits[4:]}" if len(digits) == 8 else ""


def queue(
    activation: Activation,
    kind: str,
    *,
    postal_code: str,
    address: str,
    event: Event,
    by: User,
    at: datetime,
    code: str = "",
    contact_point: ContactPoint | None = None,
) -> ActivationLetter:
    """Announce and queue one letter of `activation` for the next print run.

    `contact_point` is the one whose address it has. The call code stands in the letter alone.
    """
    count = activation.letters.count()
    number = activation.number if not count else f"{activation.number}-{count + 1}"
    matter = announced.Matter.ACCESS if kind == ActivationLetter.Kind.CODE else announced.Matter.TOLD
    content = {
        "call_code": announced.announcer().letter(matter, about=activation.label, by=by, at=at),
        "letter_number": number,
        "kind": kind,
        "addressee": [activation.organisation.legal_name],
        "postal_code": postal_code,
        "address": address,
        "code": code,
        "administrator": activation.name if kind == ActivationLetter.Kind.TOLD else "",
    }
    recipient = activation.organisation.label
    notice = post.letter("activation_letter", content=content, event=event, recipient=recipient, at=at)
    return ActivationLetter.objects.create(
        activation=activation,
        kind=kind,
        number=number,
        notice=notice,
        contact_point=contact_point,
        ordered_by=by,
        queued_at=at,
    )


def mark_returned(letter: ActivationLetter, *, at: datetime) -> int:
    """Mark the address of a letter that came back, wherever its organisation has it on record; returns how often.

    An address that no contact point has is marked nowhere. What follows (an alert of absence) is the clock's to find.
    """
    value = letter.contact_point.value if letter.contact_point else letter.activation.address
    rows = ContactPoint.objects.current().filter(kind=ContactPoint.Kind.POST, value=value)
    rows = rows.filter(registration__organisation=letter.activation.organisation_id)
    return rows.update(health=ContactPoint.Health.RETURNED, came_back_at=at)


def facts_of(content: dict[str, Any], at: datetime) -> ActivationFacts:
    """Return what a letter printed at `at` says. Raises FactRefused when it cannot be printed."""
    is_code = content["kind"] == ActivationLetter.Kind.CODE
    return ActivationFacts(
        letter_number=content["letter_number"],
        kind=content["kind"],
        addressee=(*content["addressee"], "ご担当者様"),
        postal_code=content["postal_code"],
        address=content["address"],
        issued_at=timezone.localtime(at),
        code=content["code"].replace("-", ""),
        # The days count from posting.
        code_until=timezone.localdate(at + CODE_LIFE) if is_code else None,
        call_code=content.get("call_code", ""),
        administrator=content["administrator"],
        public_origin=settings.PUBLIC_ORIGIN,
        phone=settings.SUPPORT_PHONE,
        hours=settings.SUPPORT_HOURS,
        issuer=issuer("ja"),
    )


def points_of(organisation: Organisation, kind: str) -> Iterable[ContactPoint]:
    """Return the healthy contact points of record of an organisation, each value once, the longest on record first."""
    rows = ContactPoint.objects.current().filter(registration__organisation=organisation, kind=kind)
    rows = rows.exclude(health__in=[ContactPoint.Health.BOUNCED, ContactPoint.Health.RETURNED])
    seen: dict[str, ContactPoint] = {}
    for point in reaching.serving(rows.order_by("since", "pk").iterator(), reaching.PROCEDURE):
        seen.setdefault(point.value, point)
    return list(seen.values())


def lock(number: str) -> Activation:
    """Lock the organisation first, as ordering does, then the activation with this letter number, and re-read it."""
    home = Activation.objects.values_list("organisation_id", flat=True).get(number=number)
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=home)
    rows = Activation.objects.select_for_update(no_key=True, of=("self",))
    found = rows.select_related("ordered_by", "checked_by", "code").get(number=number)
    found.organisation = organisation
    return found


def end(activation: Activation, status: str, at: datetime) -> None:
    """End an activation in `status`, with what its columns say of link, decision and invitation."""
    activation.status, activation.ended_at = status, at
    activation.save(update_fields=["status", "ended_at", "token_hash", "decided_by", "invitation"])


def write(rule: Rule, activation: Activation, *, actor: Actor | Public, at: datetime, **more: object) -> Event:
    """Write the event of one act on an activation."""
    return record.event(
        rule.event,
        actor=actor,
        at=at,
        subject=activation.label,
        about=[f"organisation:{activation.organisation_id}"],
        facts={"status": activation.status, **more},
    )
