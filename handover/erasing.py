"""What an erasure does to rows and files, and what speaks against one. Plain functions: no event, no mail.

The rows change in the caller's transaction; the files go after its commit. If the process dies in between, files are
left that no row names any more, and `documents.sweep` takes them away.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.errors import WrongState
from handover.models import (
    Blob,
    CaseAccess,
    Certificate,
    ChangeProof,
    ChangeRequest,
    Document,
    DocumentVersion,
    Erasure,
    Handover,
    HandoverItem,
    LegalHold,
    Registration,
    Restriction,
)
from handover.models.erasures import CASES
from handover.vault import store

BLOCKING = (Restriction.Kind.CONTESTED, Restriction.Kind.COOLING_OFF, Restriction.Kind.AUTHORITY)
"""Marks under which nothing is erased. An open claim is none: an anonymous one must not hinder the custodian, and what
is to be kept for it a senior holds fast."""


def open_case(registration: Registration, at: datetime) -> str | None:
    """Return the number of the provider's open case about `registration`, the newest; None without one."""
    marks = Restriction.objects.in_force(at).filter(registration=registration, kind__in=CASES)
    looks = CaseAccess.objects.in_force(at).filter(registration=registration)
    for rows in (marks, looks):
        if case := rows.order_by("-since", "-pk").values_list("case", flat=True).first():
            return str(case)
    return None


def refuse_held(registration: Registration) -> None:
    """Raise `WrongState` while a hold stands on `registration`, whoever placed it."""
    if LegalHold.objects.standing().filter(registration=registration).exists():
        raise WrongState(_("The papers of this registration are held fast. Until that is lifted none is erased."))


def refuse_protected(document: Document, *, at: datetime) -> None:
    """Raise `WrongState` while `document` is needed: held fast, contested, on its way to a successor, or a proof."""
    refuse_held(document.registration)
    marks = Restriction.objects.in_force(at).filter(registration=document.registration_id, kind__in=BLOCKING)
    if marks.exists():
        raise WrongState(_("This registration is being examined or protected. Until that is over nothing is erased."))
    listed = HandoverItem.objects.standing().filter(document=document, handover__status__in=Handover.OPEN)
    if number := listed.values_list("handover__number", flat=True).first():
        raise WrongState(
            _("This paper is on the list of handover %(number)s. Finish or withdraw that one first.")
            % {"number": number}
        )
    if ChangeProof.objects.filter(document=document, change__status__in=ChangeRequest.OPEN).exists():
        raise WrongState(_("This paper is a proof of a change that is being examined. Nothing was erased."))


def versions_of(document: Document, number: int | None) -> list[DocumentVersion]:
    """Return the versions with bytes that an erasure of `document` takes: all of them, or the one called `number`."""
    rows = DocumentVersion.objects.filter(document=document, blob__erased_at=None).select_related("blob")
    if number is not None:
        rows = rows.filter(number=number)
    return list(rows.order_by("number"))


def make_stubs(erasure: Erasure, versions: Iterable[DocumentVersion], *, at: datetime) -> list[str]:
    """Turn the rows of `versions`, and of the whole paper where that is meant, into stubs; returns the files to remove.

    What stays: kind, dates, sizes, hashes, who kept it. What goes: every word that somebody typed about it.
    """
    names = []
    for version in versions:
        blob = version.blob
        if Certificate.objects.filter(blob=blob).exists():
            raise WrongState(_("Certificates are never erased."))
        blob.status, blob.finding, blob.scan_due_at, blob.erased_at = Blob.Status.ERASED, "", None, at
        blob.save(update_fields=["status", "finding", "scan_due_at", "erased_at"])
        version.file_name, version.erasure = "", erasure
        version.save(update_fields=["file_name", "erasure"])
        names.append(blob.name)
    if erasure.number is None:
        document = erasure.document
        with override("ja"):  # the language of the register, as for everything that is stored
            document.title = _("Erased paper")
        document.original_at, document.expires_on, document.erased_at = "", None, at
        document.save(update_fields=["title", "original_at", "expires_on", "erased_at"])
    return names


def remove_files(names: Iterable[str]) -> None:
    """Take the files away, first the key in their header. To be called after the commit; a second call does nothing."""
    for name in names:
        store.destroy(name)


def facts_of(erasure: Erasure, versions: Iterable[DocumentVersion]) -> dict[str, Any]:
    """Return what the log keeps of what is erased: numbers and hashes."""
    gone = [{"version": one.number, "sha256": one.blob.sha256} for one in versions]
    return {"document": erasure.document.label, "whole": erasure.number is None, "versions": gone}
