"""Issuing and withdrawing certificates."""

import hashlib
import secrets
from datetime import datetime

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.rulebook import check
from audit.queries import last_about
from audit.record import System, event
from handover import certificates, documents, receipts
from handover.models import Blob, Certificate, Registration
from handover.printing.certificate import certificate_pdf
from handover.printing.errors import DoesNotFit, FactRefused, MissingCharacter
from handover.printing.facts import CertificateFacts, CertificateIssue
from handover.queries.certificates import issued_for, issued_so_far
from handover.rules import TABLE
from handover.signing.errors import SigningError

log = structlog.get_logger(__name__)

TRIES = 3
"""Printing happens outside the transaction; if the register changes meanwhile, it is printed anew, so many times."""


def issue_certificate(
    *, registration_pk: int, language: str, actor: Actor | System, at: datetime, job_pk: int | None = None
) -> Certificate:
    """Issue a certificate of what the register holds now, sign it, store its very bytes, and write its event.

    The page is printed and signed before the transaction, so that nobody waits for it with locks held; the transaction
    then makes sure that the facts, the serial and the place in the log are still those that were printed. With the
    key of a job (`job_pk`) there is one for that job: the one that stands is given back, after a kill too.
    Raises `NotAllowed`, `WrongState` (closed), `Refused` when a name cannot be printed or nothing can be
    signed.
    """
    for _try in range(TRIES):
        standing = issued_for(job_pk, registration_pk)
        if standing:
            return standing
        registration = Registration.objects.select_related("organisation").get(pk=registration_pk)
        check(TABLE, "issue_certificate", registration, actor)
        facts, issue = _prepare(registration, language, at)
        pdf, signer = _print(facts, issue)
        blob = _store(pdf, registration, at)
        try:
            with transaction.atomic(durable=True):
                made = _record(registration_pk, facts, issue, blob, signer, actor=actor, at=at, job_pk=job_pk)
        except IntegrityError:
            continue  # another certificate of the same registration took the serial, or its place in the job
        if made:
            return made
    raise WrongState(_("The registration is being changed at this moment. Please try again."))


def _prepare(registration: Registration, language: str, at: datetime) -> tuple[CertificateFacts, CertificateIssue]:
    try:
        facts = certificates.facts_of(registration)
    except FactRefused as wrong:
        raise Refused(
            _("The register holds something that cannot be printed (%(field)s). Please contact us.")
            % {"field": wrong.field}
        ) from wrong
    code = "".join(secrets.choice(certificates.CODE_ALPHABET) for _place in range(certificates.CODE_LENGTH))
    issue = CertificateIssue(
        serial=f"{registration.number}-{issued_so_far(registration) + 1:02d}",
        issued_at=timezone.localtime(at),
        log_sequence=last_about(registration.label),
        check_code=code,
        public_origin=settings.PUBLIC_ORIGIN,
        issuer=receipts.issuer(language),
        language=language,
    )
    return facts, issue


def _print(facts: CertificateFacts, issue: CertificateIssue) -> tuple[bytes, str]:
    """The signed page, and by what its signer is recognised."""
    from handover.signing import signer  # pyHanko takes half a second to load, and only this needs it

    try:
        room = signer.room(at=issue.issued_at, signer=issue.issuer.name)
        return signer.sign(certificate_pdf(facts, issue, room), room)
    except SigningError as error:
        log.critical("certificates cannot be signed", why=str(error))
        raise Refused(
            _("Certificates cannot be signed at the moment. Please try again later; we have been told.")
        ) from error
    except MissingCharacter as missing:
        raise Refused(
            _("These characters cannot be printed with the installed fonts: %(characters)s. Please contact us.")
            % {"characters": " ".join(missing.characters)}
        ) from missing
    except DoesNotFit as long:
        raise Refused(_("The names are too long for one page. Please contact us.")) from long


def _store(pdf: bytes, registration: Registration, at: datetime) -> Blob:
    try:
        return documents.store_bytes(pdf, tenant=registration.organisation.label, content_type="application/pdf", at=at)
    except OSError as error:
        log.critical("a certificate could not be stored", why=type(error).__name__, number=error.errno)
        raise Refused(_("The certificate could not be stored just now. Please try again later.")) from error


def _record(
    registration_pk: int,
    facts: CertificateFacts,
    issue: CertificateIssue,
    blob: Blob,
    signer: str,
    *,
    actor: Actor | System,
    at: datetime,
    job_pk: int | None,
) -> Certificate | None:
    """Write the rows if the facts are still those printed; None asks to print anew. The place in the log may move."""
    rows = Registration.objects.select_for_update(no_key=True, of=("self",)).select_related("organisation")
    registration = rows.get(pk=registration_pk)
    rule = check(TABLE, "issue_certificate", registration, actor)
    if certificates.facts_of(registration) != facts:
        return None
    blob.save(force_insert=True)
    made = Certificate.objects.create(
        serial=issue.serial,
        check_code=issue.check_code,
        registration=registration,
        language=issue.language,
        facts=certificates.as_stored(facts),
        facts_key=certificates.key_of(facts),
        log_sequence=issue.log_sequence,
        blob=blob,
        signed_by=signer,
        issued_at=at,
        issued_by=actor.user if isinstance(actor, Actor) else None,
        job_id=job_pk,
    )
    event(
        rule.event,
        actor=actor,
        at=at,
        subject=made.label,
        about=[registration.label, registration.organisation.label],
        facts={
            "serial": made.serial,
            "language": made.language,
            "sha256": blob.sha256,
            "signer": signer,
            "facts": made.facts_key,
            "code": hashlib.sha256(made.check_code.encode()).hexdigest(),
        },
    )
    return made


def withdraw_certificate(*, certificate_pk: int, actor: Actor, at: datetime) -> Certificate:
    """Withdraw a certificate, for instance after a loss: from now on it verifies as withdrawn.

    Raises `NotAllowed`, `WrongState` when it is no longer valid.
    """
    with transaction.atomic(durable=True):
        registration_pk = Certificate.objects.values_list("registration_id", flat=True).get(pk=certificate_pk)
        Registration.objects.select_for_update(no_key=True).get(pk=registration_pk)
        certificate = Certificate.objects.select_related("registration__organisation").get(pk=certificate_pk)
        rule = check(TABLE, "withdraw_certificate", certificate, actor)
        certificate.status = Certificate.Status.WITHDRAWN
        certificate.ended_at = at
        certificate.save(update_fields=["status", "ended_at"])
        event(
            rule.event,
            actor=actor,
            at=at,
            subject=certificate.label,
            about=[certificate.registration.label, certificate.registration.organisation.label],
            facts={"serial": certificate.serial},
        )
        return certificate


def download_certificate(*, certificate_pk: int, actor: Actor, at: datetime) -> Certificate:
    """Write down that somebody took a copy of a certificate, before its bytes are given. Raises `NotAllowed`."""
    with transaction.atomic(durable=True):
        certificate = Certificate.objects.select_related("registration__organisation", "blob").get(pk=certificate_pk)
        rule = check(TABLE, "download_certificate", certificate, actor)
        event(
            rule.event,
            actor=actor,
            at=at,
            subject=certificate.label,
            about=[certificate.registration.label],
            facts={"serial": certificate.serial},
        )
        return certificate
