"""Papers: kept, superseded by a newer version, described anew, and opened. Nobody deletes one (R10)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import NotAllowed, Refused, WrongState
from accounts.rulebook import Rule, check
from audit.record import event
from handover import documents
from handover.documents import refuse_held
from handover.models import Blob, Document, DocumentVersion, LookReason, Registration
from handover.rules import TABLE
from handover.rules.papers import capacity, must_say_why
from handover.vault.upload import IncomingPaper

log = structlog.get_logger(__name__)


def add_document(
    *,
    registration_pk: int,
    kind: str,
    title: str,
    expires_on: date | None,
    original_at: str,
    paper: IncomingPaper,
    token: UUID,
    actor: Actor,
    at: datetime,
) -> Document:
    """Keep a paper with its first file.

    The bytes are on the disk for good before the transaction opens; only when it is committed is the paper kept.
    `token` is the form's own: a second press of the same form gives back what the first one stored.
    Raises `NotAllowed`, `WrongState` (closed), `Refused` with the field's name (sealed kind, file not accepted).
    """
    if kind in Document.SEALED:
        words = TABLE["add_sealed"].why_not
        raise Refused(words, {"kind": words})
    details = {"kind": kind, "title": title, "expires_on": expires_on, "original_at": original_at}
    return _keep_first("add_document", registration_pk, details, paper, token, actor=actor, at=at)


def add_sealed(
    *,
    registration_pk: int,
    kind: str,
    title: str,
    expires_on: date | None,
    original_at: str,
    paper: IncomingPaper,
    token: UUID,
    actor: Actor,
    at: datetime,
) -> Document:
    """Keep a paper under seal: the person in charge alone keeps it, for nobody else could see that it is right.

    Order, `token` and errors as in `add_document`; `Refused` for a kind that is not kept under seal.
    """
    if kind not in Document.SEALED:
        words = _("Papers of this kind are not kept under seal.")
        raise Refused(words, {"kind": words})
    details = {"kind": kind, "title": title, "expires_on": expires_on, "original_at": original_at}
    return _keep_first("add_sealed", registration_pk, details, paper, token, actor=actor, at=at)


def add_version(
    *,
    document_pk: int,
    expires_on: date | None,
    paper: IncomingPaper,
    token: UUID,
    actor: Actor,
    at: datetime,
) -> DocumentVersion:
    """Keep a newer version; the last one stays and is superseded. `expires_on` is the end of the new one.

    Order, `token` and errors as in `add_document`.
    """
    document = Document.objects.select_related("registration__organisation").get(pk=document_pk)
    check(TABLE, "add_version", document.registration, actor)
    if standing := _find_stored(token, document.registration, actor):
        return standing
    _refuse_stub(document)
    _check_seal(document.kind, document.registration, actor)
    blob = _store(paper, document.registration, at)
    with transaction.atomic(durable=True):
        document, rule = _lock(document_pk, "add_version", actor)
        if standing := _find_stored(token, document.registration, actor):
            return standing
        versions = DocumentVersion.objects.filter(document=document)
        last = versions.order_by("-number").values_list("number", flat=True).first() or 0
        versions.filter(superseded_at=None).update(superseded_at=at)
        version = _add(document, last + 1, blob, paper, token, actor=actor, at=at)
        document.expires_on = expires_on
        document.save(update_fields=["expires_on"])
        _write(rule, document, actor=actor, at=at, facts=_facts(version))
        return version


def change_document(
    *, document_pk: int, title: str, expires_on: date | None, original_at: str, actor: Actor, at: datetime
) -> Document:
    """Describe a paper anew: title, end of validity, where the original lies. Its versions stay as they are.

    Raises `NotAllowed`, `WrongState` (closed), `Refused` when nothing differs.
    """
    with transaction.atomic(durable=True):
        document, rule = _lock(document_pk, "change_document", actor)
        given = {"title": title, "expires_on": expires_on, "original_at": original_at}
        changed = [name for name, value in given.items() if getattr(document, name) != value]
        if not changed:
            raise Refused(_("This is what is kept already. Nothing was changed."))
        for name in changed:
            setattr(document, name, given[name])
        document.save(update_fields=changed)
        _write(rule, document, actor=actor, at=at, facts={"changed": changed})
        return document


def download_document(*, version_pk: int, reason: str, actor: Actor, at: datetime) -> DocumentVersion:
    """Write down that `actor` opens a version, before the first byte is given (R11).

    `reason` is one of `LookReason`, needed from administrators who do not hold the registration and "" from everybody
    else. Locks nothing, for nothing changes. Raises `NotAllowed`, `Refused` without a needed reason.
    """
    with transaction.atomic(durable=True):
        return _seen("download_document", version_pk, reason, actor=actor, at=at)


def look_at_paper(*, version_pk: int, reason: str, actor: Actor, at: datetime) -> DocumentVersion:
    """Write down that `actor` looks at the pages of a version, before the first one is shown (R11, D5).

    Once for each opening of the page that shows them; otherwise like `download_document`, with the same errors.
    """
    with transaction.atomic(durable=True):
        return _seen("look_at_paper", version_pk, reason, actor=actor, at=at)


def open_sealed(*, version_pk: int, actor: Actor, at: datetime) -> DocumentVersion:
    """Write down that the person in charge opens a paper under seal, before the first byte is given (D2).

    The fresh check was asked by the page. Locks the registration, so that whoever hands it over at this moment opens
    nothing any more. Raises `NotAllowed` for everybody else, `documents.Held` in quarantine.
    """
    with transaction.atomic(durable=True):
        version = DocumentVersion.objects.select_related("document", "blob").get(pk=version_pk)
        document, rule = _lock(version.document_id, "open_sealed", actor)
        refuse_held(version.blob)
        _write(rule, document, actor=actor, at=at, facts={"version": version.number})
        return version


def _keep_first(
    action: str,
    registration_pk: int,
    details: dict[str, Any],
    paper: IncomingPaper,
    token: UUID,
    *,
    actor: Actor,
    at: datetime,
) -> Document:
    """Keep the first file of a paper by the rule of `action`; `details` are the paper's own columns."""
    registration = Registration.objects.select_related("organisation").get(pk=registration_pk)
    check(TABLE, action, registration, actor)
    if standing := _find_stored(token, registration, actor):
        return standing.document
    blob = _store(paper, registration, at)
    with transaction.atomic(durable=True):
        registration = Registration.objects.select_for_update(no_key=True).get(pk=registration_pk)
        rule = check(TABLE, action, registration, actor)
        if standing := _find_stored(token, registration, actor):
            return standing.document
        document = Document.objects.create(registration=registration, **details, added_by=actor.user, added_at=at)
        version = _add(document, 1, blob, paper, token, actor=actor, at=at)
        _write(rule, document, actor=actor, at=at, facts={"kind": document.kind, **_facts(version)})
        return document


def _seen(action: str, version_pk: int, reason: str, *, actor: Actor, at: datetime) -> DocumentVersion:
    """Write down that `actor` sees a version by the rule of `action`, in which role, and why where that is asked."""
    version = DocumentVersion.objects.select_related("document__registration", "blob").get(pk=version_pk)
    document = version.document
    rule = check(TABLE, action, document.registration, actor)
    refuse_held(version.blob)
    role = capacity(actor, document, at)
    if not role or document.is_sealed:
        raise NotAllowed(rule.why_not)
    facts: dict[str, object] = {"version": version.number, "as": role}
    if must_say_why(role):
        if reason not in LookReason.values:
            words = _("Choose why you open this paper.")
            raise Refused(words, {"reason": words})
        facts["reason"] = reason
    _write(rule, document, actor=actor, at=at, facts=facts)
    return version


def _find_stored(token: UUID, registration: Registration, actor: Actor) -> DocumentVersion | None:
    """Return what an earlier press of the same form stored; the token of another's form is nothing to build on."""
    found = DocumentVersion.objects.select_related("document").filter(token=token).first()
    if found and (found.document.registration_id, found.added_by_id) != (registration.pk, actor.user.pk):
        raise WrongState(_("This form has been used already. Open it again."))
    return found


def _check_seal(kind: str, registration: Registration, actor: Actor) -> None:
    """Only who can open a sealed paper keeps one."""
    rule = TABLE["add_sealed"]
    if kind in Document.SEALED and not rule.who(actor, registration):
        raise Refused(rule.why_not, {"kind": rule.why_not})


def _store(paper: IncomingPaper, registration: Registration, at: datetime) -> Blob:
    verdict = paper.inspect()
    if not verdict.accepted:
        words = " ".join(refusal.words for refusal in verdict.refusals)
        raise Refused(words, {"paper": words})
    try:
        return documents.keep(paper, tenant=registration.organisation.label, at=at)
    except OSError as error:
        log.critical("a paper could not be stored", why=type(error).__name__, number=error.errno)
        raise Refused(_("The file could not be stored just now. Nothing was changed. Try again later.")) from error


def _lock(document_pk: int, action: str, actor: Actor) -> tuple[Document, Rule]:
    """Lock the registration of a paper, read the paper, ask the rule; returns the paper and the rule."""
    registration_pk = Document.objects.values_list("registration_id", flat=True).get(pk=document_pk)
    registration = Registration.objects.select_for_update(no_key=True).get(pk=registration_pk)
    rule = check(TABLE, action, registration, actor)
    document = Document.objects.get(pk=document_pk)
    document.registration = registration
    _refuse_stub(document)
    return document, rule


def _refuse_stub(document: Document) -> None:
    if document.erased_at is not None:
        raise WrongState(_("This paper was erased for good. Keep what you have as a new paper."))


def _add(
    document: Document, number: int, blob: Blob, paper: IncomingPaper, token: UUID, *, actor: Actor, at: datetime
) -> DocumentVersion:
    blob.save(force_insert=True)
    return DocumentVersion.objects.create(
        document=document,
        number=number,
        blob=blob,
        file_name=paper.inspect().name,
        added_by=actor.user,
        added_at=at,
        token=token,
    )


def _facts(version: DocumentVersion) -> dict[str, object]:
    return {"version": version.number, "sha256": version.blob.sha256, "size": version.blob.size}


def _write(rule: Rule, document: Document, *, actor: Actor, at: datetime, facts: dict[str, object]) -> None:
    event(
        rule.event,
        actor=actor,
        at=at,
        subject=document.label,
        about=[document.registration.label, f"organisation:{document.registration.organisation_id}"],
        facts=facts,
    )
