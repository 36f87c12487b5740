"""What the virus scanner said of a paper: out of quarantine, or held for good until a clean file takes its place."""

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.rulebook import Rule, check
from audit.models import Event
from audit.record import System, event
from handover import notices, scanning
from handover.models import Blob, Custody, DocumentVersion
from handover.rules import TABLE


def record_clean(*, blob_pk: int, scanner: str, actor: System, at: datetime) -> Blob:
    """Take a paper out of quarantine: the scanner looked and found nothing.

    `scanner` is what it says of itself, with the date of its signatures. Raises `NotAllowed` for everybody but the
    worker, `WrongState` when it was looked at already.
    """
    with transaction.atomic(durable=True):
        blob = Blob.objects.select_for_update().get(pk=blob_pk)
        rule = check(TABLE, "record_clean", blob, actor)
        _keep(blob, Blob.Status.CLEAN, "", at)
        _write(rule, blob, {"scanner": scanner}, actor=actor, at=at)
        return blob


def record_infected(*, blob_pk: int, finding: str, scanner: str, actor: System, at: datetime) -> Blob:
    """Hold a paper for good: nobody opens it, and who kept it and who is in charge are told what to do instead.

    The bytes stay, encrypted: a paper is never thrown away on the word of a machine. `finding` is the scanner's name
    for what it found. Raises as `record_clean`.
    """
    with transaction.atomic(durable=True):
        blob = Blob.objects.select_for_update().get(pk=blob_pk)
        rule = check(TABLE, "record_infected", blob, actor)
        _keep(blob, Blob.Status.INFECTED, finding, at)
        written = _write(rule, blob, {"scanner": scanner, "finding": finding}, actor=actor, at=at)
        version = _version(blob)
        if version is None:
            scanning.tell_elsewhere(blob, written, at)
            return blob
        registration = version.document.registration
        current = Custody.objects.current().filter(registration=registration).select_related("user").first()
        notices.tell(
            "paper_infected",
            [version.added_by, current.user if current else None],
            event=written,
            at=at,
            document=version.document,
            version=version,
            registration=registration,
        )
        return blob


def scan_again(*, blob_pk: int, actor: Actor, at: datetime) -> Blob:
    """Have the scanner asked again about a paper that it held: its newer signatures may know better.

    Raises `NotAllowed`, `WrongState` when it is not held as malware.
    """
    with transaction.atomic(durable=True):
        blob = Blob.objects.select_for_update().get(pk=blob_pk)
        rule = check(TABLE, "scan_again", blob, actor)
        blob.status, blob.finding, blob.scanned_at = Blob.Status.WAITING, "", None
        blob.scan_tries, blob.scan_due_at = 0, at
        blob.save(update_fields=["status", "finding", "scanned_at", "scan_tries", "scan_due_at"])
        _write(rule, blob, {}, actor=actor, at=at)
        return blob


def _keep(blob: Blob, status: Blob.Status, finding: str, at: datetime) -> None:
    blob.status, blob.finding, blob.scanned_at, blob.scan_due_at = status, finding, at, None
    blob.save(update_fields=["status", "finding", "scanned_at", "scan_due_at"])


def _version(blob: Blob) -> DocumentVersion | None:
    rows = DocumentVersion.objects.select_related("document__registration", "added_by")
    return rows.filter(blob=blob).first()


def _write(rule: Rule, blob: Blob, facts: dict[str, object], *, actor: Actor | System, at: datetime) -> Event:
    version = _version(blob)
    if version is None:  # a paper of another room's case: its label is the one that the bytes were sealed with
        return event(rule.event, actor=actor, at=at, subject=blob.tenant, about=[], facts={**facts, "blob": blob.pk})
    registration = version.document.registration
    return event(
        rule.event,
        actor=actor,
        at=at,
        subject=version.document.label,
        about=[registration.label, f"organisation:{registration.organisation_id}"],
        facts={**facts, "version": version.number},
    )
