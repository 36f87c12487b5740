"""Mails and letters of a claim. Plain functions: they run inside the transaction of the act that owes them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import codes
from accounts.errors import Refused
from accounts.models import OneTimeCode, User
from audit.models import Event
from desk import announcing
from desk.enveloping import name_only
from desk.models import CallIntention, Statement
from handover import custody, reaching
from handover.models import ContactPoint, Custody, Deputy, Registration
from outbox import post
from outbox.models import Notice
from recovery import covering
from recovery.models import Claim, Dispatch
from recovery.models.evidence import UNHEALTHY
from recovery.procedure import Procedure

OBJECTION_LIFE = timedelta(days=120)
"""How long an objection code of a notice is good: longer than any claim takes; it dies with the claim."""


@dataclass(frozen=True)
class Recipient:
    """Somebody or something that is told: a person's account, a contact point of record, or an address by post."""

    label: str
    mail: str = ""
    language: str = "ja"
    postal_code: str = ""
    address: str = ""
    point: ContactPoint | None = None
    registration: Registration | None = None
    """Whose post it is; None: the claim's own registration."""


def recipients(claim: Claim, *, at: datetime, of: Registration | None = None) -> Iterator[Recipient]:
    """Yield everybody who is told of `claim`, each once (procedure.md A5, notice to); `of`: about that one alone.

    Tier 3: every live mail and postal address of record, custodian, deputies, administrators, and the holder by post
    where no postal address is long enough on record.
    Tier 4 also: the head office taken from the registry, and addresses replaced in the last twelve months.
    """
    about = [of] if of else covering.concerned(claim)
    told: set[tuple[str, str]] = set()
    for registration in about:
        for one in _of_registration(claim, registration, at=at):
            # Hundreds of registrations of one house share their addresses: each is written to once.
            key = (one.point.kind, one.point.value) if one.point else (one.label, one.address)
            if key not in told:
                told.add(key)
                yield one if registration == claim.registration else _of_line(one, registration)
    if about and claim.tier == 4 and claim.head_office:
        office = claim.head_office
        yield Recipient("head_office", postal_code=office["postal_code"], address=office["address"])


def _of_line(one: Recipient, registration: Registration) -> Recipient:
    label = f"{one.label}:{registration.pk}" if one.label == "holder" else one.label
    return replace(one, label=label, registration=registration)


def _of_registration(claim: Claim, registration: Registration, *, at: datetime) -> Iterator[Recipient]:
    yield from _accounts(registration)
    points = list(_points(claim, registration, at=at))
    for point in points:
        if point.kind != ContactPoint.Kind.PHONE:
            yield recipient_of(point)
    # An address that was slipped in lately is never the only one that is written to (invariant 15).
    long_enough = timezone.localdate(at) - timedelta(days=rules_of(claim).tenure_days)
    settled = any(point.kind == ContactPoint.Kind.POST and point.since <= long_enough for point in points)
    known = {point.value for point in points if point.kind == ContactPoint.Kind.POST}
    if not settled and registration.address not in known:
        yield Recipient("holder", postal_code=registration.postal_code, address=registration.address)


def _accounts(registration: Registration) -> Iterator[Recipient]:
    held = Custody.objects.current().filter(registration=registration).select_related("user").first()
    deputies = Deputy.objects.current().filter(registration=registration).select_related("user").order_by("pk")
    people: list[User | None] = [held.user if held else None, *(deputy.user for deputy in deputies)]
    told: set[int] = set()
    for person in [*people, *custody.administrators(registration.organisation)]:
        if person is not None and person.is_active and person.pk not in told:
            told.add(person.pk)
            yield Recipient(person.label, mail=person.email, language=person.language)


def _points(claim: Claim, registration: Registration, *, at: datetime) -> Iterator[ContactPoint]:
    rows = ContactPoint.objects.filter(registration=registration).exclude(health__in=UNHEALTHY)
    yield from reaching.serving(rows.filter(until=None).order_by("kind", "since", "pk"), reaching.PROCEDURE)
    if claim.tier == 4:
        replaced_since = timezone.localdate(at) - timedelta(days=365)
        replaced = rows.filter(until__gte=replaced_since).order_by("kind", "since", "pk")
        yield from reaching.serving(replaced, reaching.PROCEDURE)


def recipient_of(point: ContactPoint) -> Recipient:
    """Return a contact point of record as somebody who is told."""
    label = f"contact_point:{point.pk}"
    if point.kind == ContactPoint.Kind.MAIL:
        return Recipient(label, mail=point.value, point=point)
    return Recipient(label, postal_code=point.postal_code, address=point.value, point=point)


def predecessor(claim: Claim, medium: str, point: ContactPoint | None) -> Recipient:
    """Return where a try to reach the predecessor goes: the contact point of record, else what stands for it.

    Raises `Refused` where nobody could get a mail.
    """
    if point is not None:
        return recipient_of(point)
    registration = claim.registration
    if registration is None:
        raise Refused(_("No registration is linked to this claim yet."))
    if medium == ContactPoint.Kind.POST:
        return Recipient("holder", postal_code=registration.postal_code, address=registration.address)
    held = Custody.objects.current().filter(registration=registration).select_related("user").first()
    if held is None or held.user is None or not held.user.is_active:
        raise Refused(_("There is no account to write to. Choose a mail address of record."))
    return Recipient(held.user.label, mail=held.user.email, language=held.user.language)


def tell_everybody(
    claim: Claim,
    purpose: str,
    *,
    event: Event,
    at: datetime,
    to: Iterable[Recipient] | None = None,
    ordered_by: User | None = None,
) -> int:
    """Queue the notice `purpose` to everybody who is told of `claim`, or to those in `to`; returns how many.

    `ordered_by` is the operator whose act owes them: somebody else sees that the letters leave.
    """
    everybody = list(recipients(claim, at=at) if to is None else to)
    for recipient in everybody:
        code, plain = objection_code(claim, purpose, recipient, at=at)
        send(claim, purpose, recipient, event=event, at=at, code=code, objection=plain, ordered_by=ordered_by)
    return len(everybody)


def warn_of_guesses(claim: Claim, *, event: Event, at: datetime) -> None:
    """Mail everybody who can be told by mail that a code was guessed at until it died."""
    for to in recipients(claim, at=at):
        if to.mail:
            post.mail(
                "claim_guessed",
                to=to.mail,
                language=to.language,
                context={"claim": claim, "by_person": to.label.startswith("user:"), "phone": settings.SUPPORT_PHONE},
                event=event,
                recipient=to.label,
                at=at,
            )


def objection_code(claim: Claim, purpose: str, recipient: Recipient, *, at: datetime) -> tuple[OneTimeCode, str]:
    """Make the objection code of one notice to one recipient.

    One each, so that an objection tells whose notice it came from, and nobody who knows only the receipt number can
    use up anybody's code. A later notice leaves the code of an earlier one good: that letter may be all that arrived.
    """
    return codes.issue(
        purpose=OneTimeCode.Purpose.OBJECTION,
        subject=claim.label,
        step=f"{purpose}:{recipient.label}:{claim.dispatches.count() + 1}",
        life=OBJECTION_LIFE,
        at=at,
        with_selector=True,
    )


def send(
    claim: Claim,
    purpose: str,
    recipient: Recipient,
    *,
    event: Event,
    at: datetime,
    code: OneTimeCode | None = None,
    objection: str = "",
    secret: str = "",
    gives: str = "",
    ordered_by: User | None = None,
    more: Mapping[str, Any] | None = None,
) -> Dispatch:
    """Queue one mail or letter of `claim` and write down that it is owed.

    `secret` is the plain code that the recipient is to type in, `objection` the plain objection code, `gives` the
    evidence that typing `secret` in makes, `more` what only the mail of this purpose says.
    """
    number = None
    if recipient.mail:
        notice = _mail(claim, purpose, recipient, objection, secret, event, at, more or {})
    else:
        number = f"L{timezone.localdate(at):%y%m}-{event.sequence}-{claim.dispatches.count() + 1}"
        announced = announcing.announce_letter(inquiry=claim.inquiry, purpose=_announced(purpose), by=ordered_by, at=at)
        notice = _letter(claim, purpose, recipient, number, code, objection, secret, event, at, announced[1])
    return Dispatch.objects.create(
        claim=claim,
        purpose=purpose,
        channel=Dispatch.Channel.MAIL if recipient.mail else Dispatch.Channel.LETTER,
        to=recipient.label,
        contact_point=recipient.point,
        code=code,
        notice=notice,
        letter_number=number,
        gives=gives,
        ordered_by=ordered_by,
        queued_at=at,
    )


def _announced(purpose: str) -> str:
    kinds = {Dispatch.Purpose.CODE: CallIntention.Purpose.CODE, Dispatch.Purpose.SETTING: CallIntention.Purpose.SETTING}
    return kinds.get(Dispatch.Purpose(purpose), CallIntention.Purpose.NOTICE)


def _mail(
    claim: Claim,
    purpose: str,
    to: Recipient,
    objection: str,
    secret: str,
    event: Event,
    at: datetime,
    more: Mapping[str, Any],
) -> Notice:
    return post.mail(
        f"claim_{purpose}",
        to=to.mail,
        language=to.language,
        context={
            **more,
            "claim": claim,
            "objection": objection,
            "secret": secret,
            "by_person": to.label.startswith("user:"),
            "phone": settings.SUPPORT_PHONE,
            "until": last_day(claim, purpose),
        },
        event=event,
        recipient=to.label,
        at=at,
    )


def _letter(
    claim: Claim,
    purpose: str,
    to: Recipient,
    number: str,
    code: OneTimeCode | None,
    objection: str,
    secret: str,
    event: Event,
    at: datetime,
    call_code: str,
) -> Notice:
    registration = to.registration or claim.registration
    content: dict[str, Any] = {
        "letter_number": number,
        "kind": "code" if purpose == Dispatch.Purpose.CODE else f"notice_{purpose}",
        "receipt_number": claim.number,
        # To the holder and the unit, never to the claimant's name alone (A6).
        "addressee": [registration.registered_name, registration.unit] if registration else [],
        "postal_code": to.postal_code,
        "address": to.address,
        "issued_at": at.isoformat(),
        "asked_on": timezone.localdate(claim.received_at).isoformat(),
        "claimant": stated_claimant(claim),
        "code": secret,
        "code_until": timezone.localdate(code.expires_at).isoformat() if code and secret else None,
        "object_code": objection,
        # With it the reader asks at /caller/ whether this letter is ours.
        "call_code": call_code,
        "window_until": day.isoformat() if (day := last_day(claim, purpose)) else None,
    }
    return post.letter("claim_letter", content=content, event=event, recipient=to.label, at=at)


def last_day(claim: Claim, purpose: str) -> date | None:
    """Return the day that what is told of `claim` names: of its protected time once it was executed, else to object."""
    if purpose in (Dispatch.Purpose.EXECUTED, Dispatch.Purpose.ENDED) and claim.cooling_off_until:
        return timezone.localdate(claim.cooling_off_until)
    return claim.window_ends_on


def stated_claimant(claim: Claim) -> str:
    """Return the claimant as others read of one: department and surname as stated."""
    asking: Statement = claim.inquiry.statement
    return " ".join(filter(None, map(name_only, (asking.department, *asking.name.split()[:1]))))


def rules_of(claim: Claim) -> Procedure:
    """Return the procedure that `claim` began with."""
    return claim.procedure.procedure
