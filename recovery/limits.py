"""The limits of procedure.md A10 that count claims, calls and codes. Plain functions: they read rows, count, refuse.

The numbers are data of the procedure's version. Where the procedure says "repeated" without a number it is here.
"""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import tallies
from accounts.errors import Refused, WrongState
from accounts.models import same_address
from desk.models import Inquiry, Statement
from handover.calendar import day_of
from handover.folding import find_phone
from handover.models import ContactPoint, Registration
from recovery import endpoints
from recovery.models import Claim, FailedCode, PhonePause, SenderPrint
from recovery.models.evidence import UNHEALTHY
from recovery.procedure import Procedure

A_DAY = timedelta(days=1)
AN_HOUR = timedelta(hours=1)
A_YEAR = timedelta(days=365)
REPEATED_CALLS = 3
"""Claims by phone on registrations of one organisation on one day from which they are stopped (A10: "repeated")."""


# Taking in ----------------------------------------------------------------------------------------------------------


def charge_sender(statement: Statement, procedure: Procedure, *, sender: str, at: datetime) -> None:
    """Count one claim against the day's limits of connection, mail address and phone number; raise `Refused` beyond.

    `sender` is empty for somebody of the staff. What was stated is counted as stated, so that the answer is the same
    whoever asks and whatever is on record. A name is searched for by each claim, so the hour's limit holds as well.
    """
    limits = procedure.limits
    a_day, an_hour = limits["per_sender_a_day"], limits["name_searches_an_hour"]
    if sender and not (
        tallies.charge(f"search:sender:{sender}", limit=an_hour, period=AN_HOUR, at=at)
        and tallies.charge(f"claims:sender:{sender}", limit=a_day, period=A_DAY, at=at)
    ):
        raise Refused(_("Too many inquiries came from your connection today. Please call us, or try again tomorrow."))
    mail, phone = same_address(statement.mail), find_phone(statement.own_phone) or ""
    for key, field, stated in (("claims:mail", "mail", mail), ("claims:phone", "own_phone", phone)):
        if stated and not tallies.charge(f"{key}:{stated}", limit=a_day, period=A_DAY, at=at):
            words = _("Too many inquiries named this mail address or phone number today. Please try again tomorrow.")
            raise Refused(words, {field: words})


def keep_prints(claim: Claim, statement: Statement) -> None:
    """Keep by what this claimant is known again; two rows for everybody."""
    stated = {SenderPrint.Kind.MAIL: same_address(statement.mail), SenderPrint.Kind.PHONE: statement.own_phone.strip()}
    SenderPrint.objects.bulk_create(
        [
            SenderPrint(claim=claim, kind=kind, print=endpoints.print_of(kind, value) if value else "")
            for kind, value in stated.items()
        ]
    )


def change_print(claim: Claim, mail: str) -> None:
    """Keep the claimant's mail address as it is now."""
    rows = SenderPrint.objects.filter(claim=claim, kind=SenderPrint.Kind.MAIL)
    rows.update(print=endpoints.print_of(SenderPrint.Kind.MAIL, mail))


# Examining ----------------------------------------------------------------------------------------------------------


def refuse_too_many(claim: Claim) -> None:
    """Raise `Refused` when the claimant or the organisation has as many claims in examination as the procedure allows.

    A mail address counts once it is confirmed, on either side: nobody uses up somebody else's. The words say where it
    goes on: several registrations are taken in together. Such a claim is one, however long its list is, and is not
    refused when it is taken up again: it is where the words lead.
    """
    if claim.registration is None or claim.is_bulk:
        return
    limits = claim.procedure.procedure.limits
    others = Claim.objects.open().exclude(pk=claim.pk).filter(accepted_at__isnull=False)
    theirs = SenderPrint.objects.filter(claim=claim).exclude(print="")
    if claim.mailbox_verified_at is None:
        theirs = theirs.exclude(kind=SenderPrint.Kind.MAIL)
    same = SenderPrint.objects.filter(print__in=theirs.values("print"), claim__in=others)
    same = same.exclude(kind=SenderPrint.Kind.MAIL, claim__mailbox_verified_at=None)
    if same.values("claim").distinct().count() >= limits["open_per_claimant"]:
        raise Refused(
            _(
                "This claimant has %(count)d claims in examination already: no more one by one. Take the registrations"
                " in together, with one list and one file of evidence, or finish one of the others first."
            )
            % {"count": limits["open_per_claimant"]}
        )
    organisation = claim.registration.organisation_id
    if others.filter(registration__organisation=organisation).count() >= limits["open_per_organisation"]:
        raise Refused(
            _(
                "This organisation has %(count)d claims in examination already: no more one by one. Take the"
                " registrations in together, with one list and one file of evidence, or finish one of the others first."
            )
            % {"count": limits["open_per_organisation"]}
        )


def is_senior_matter(claim: Claim, registration: Registration, at: datetime) -> bool:
    """Whether so many claims came in on `registration` within twelve months that a senior has to agree to this one."""
    rows = Claim.objects.filter(registration=registration, received_at__gt=at - A_YEAR).exclude(pk=claim.pk)
    return rows.count() >= claim.procedure.procedure.limits["per_registration_in_12_months"]


def repeated_calls(claim: Claim, registration: Registration) -> list[Claim]:
    """Return the other open claims that came by phone on the same day on registrations of the same organisation.

    Empty below `REPEATED_CALLS` of them, this one included: the pattern of callers who try one agent after another.
    """
    if claim.inquiry.came_by != Inquiry.Way.PHONE:
        return []
    begun, ended = day_of(claim.received_at)
    rows = Claim.objects.filter(
        registration__organisation=registration.organisation_id,
        inquiry__came_by=Inquiry.Way.PHONE,
        received_at__gte=begun,
        received_at__lt=ended,
    )
    found = list(rows.exclude(pk=claim.pk).select_related("inquiry", "registration").order_by("pk"))
    return found if len(found) + 1 >= REPEATED_CALLS else []


# Phone --------------------------------------------------------------------------------------------------------------


def failures_on(registration_pk: int, at: datetime) -> int:
    """Return how many codes failed on the local day of `at` in claims on one registration."""
    begun, ended = day_of(at)
    return FailedCode.objects.filter(claim__registration=registration_pk, at__gte=begun, at__lt=ended).count()


def pause_of(registration: Registration, at: datetime) -> PhonePause | None:
    """Return the pause of verification by phone that is in force."""
    rows = PhonePause.objects.filter(registration=registration, since__lte=at, until__gt=at)
    return rows.order_by("-until").first()


def refuse_phone(claim: Claim, point: ContactPoint, at: datetime) -> None:
    """Raise unless the phone of record `point` may be called to verify: alive, long enough on record, not paused.

    What failed counts at once, whether or not the worker has written the pause down.
    """
    registration, procedure = claim.registration, claim.procedure.procedure
    if registration is None:
        raise WrongState(_("No registration is linked to this claim yet."))
    most = procedure.limits["failures_per_registration_a_day"]
    if pause_of(registration, at) or failures_on(registration.pk, at) >= most:
        raise WrongState(
            _("Verification by phone is off for this registration: too many codes failed. Use a letter or a mail.")
        )
    long_enough = timezone.localdate(at) - timedelta(days=procedure.tenure_days)
    if point.health in UNHEALTHY or point.since > long_enough:
        words = _("Only a phone of record shows it that is alive and has been on record for 30 days.")
        raise Refused(words, {"contact_point": words})
