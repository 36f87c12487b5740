"""The list of what was erased, signed and kept outside, and erasing it again in a place restored from an older backup.

A backup of last week still holds what was erased since. Papers are found by the names of their files, which no two
papers ever share, and the words of a paper by its number and the instant it was kept.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from audit import sealed
from audit.record import System, event
from handover import erasing
from handover.models import Document, DocumentVersion, Erasure

FORMAT = "hikitsugi-erasures-1"


@dataclass(frozen=True)
class Gone:
    """One erasure as it is on the list. Times are ISO 8601; people are labels; `blobs` are names of files."""

    token: str
    document: int
    added_at: str
    number: int | None
    reason: str
    checked: str
    proposed_by: str
    proposed_at: str
    decided_by: str
    decided_at: str
    blobs: list[str]


def signed(*, at: datetime) -> dict[str, Any]:
    """Return the signed list of everything that was erased up to `at`."""
    rows = Erasure.objects.filter(status=Erasure.Status.ERASED).select_related("document", "proposed_by", "decided_by")
    blobs: dict[int, list[str]] = {}
    pairs = DocumentVersion.objects.filter(erasure__isnull=False).values_list("erasure_id", "blob__name")
    for erasure, name in pairs.order_by("pk"):
        blobs.setdefault(erasure or 0, []).append(name)
    gone = [vars(_gone(row, blobs.get(row.pk, []))) for row in rows.order_by("pk")]
    return sealed.sign({"format": FORMAT, "at": at.isoformat(), "erasures": gone})


def _gone(row: Erasure, blobs: list[str]) -> Gone:
    return Gone(
        token=str(row.token),
        document=row.document_id,
        added_at=row.document.added_at.isoformat(),
        number=row.number,
        reason=row.reason,
        checked=row.checked,
        proposed_by=row.proposed_by.label if row.proposed_by else "",
        proposed_at=row.proposed_at.isoformat(),
        decided_by=row.decided_by.label if row.decided_by else "",
        decided_at=(row.decided_at or row.proposed_at).isoformat(),
        blobs=blobs,
    )


def read(path: Path) -> list[Gone]:
    """Return the erasures in the file `path`. Raises `sealed.NotOurs`, `OSError`."""
    try:
        body = sealed.opened(json.loads(path.read_text()), kind=FORMAT)
        return [Gone(**each) for each in body["erasures"]]
    except (ValueError, TypeError, KeyError):
        raise sealed.NotOurs(f"this is no {FORMAT}") from None


def apply(listed: Iterable[Gone], *, at: datetime) -> int:
    """Erase again what of `listed` is here and not erased; returns how many erasures had something to do.

    A hold that stands in the older state does not stop it: it was lifted, or placed afterwards, when two persons
    erased this. Each is one transaction with its event; the files go after the commit. Safe to repeat.
    """
    done = 0
    for gone in listed:
        with transaction.atomic():
            files = _again(gone, at=at)
        erasing.remove_files(files or ())
        done += files is not None
    return done


def _again(gone: Gone, *, at: datetime) -> list[str] | None:
    rows = Document.objects.select_for_update(no_key=True, of=("self",)).select_related("registration__organisation")
    document = rows.filter(pk=gone.document, added_at=datetime.fromisoformat(gone.added_at)).first()
    if document is None:
        return None
    found = DocumentVersion.objects.filter(document=document, blob__name__in=gone.blobs, blob__erased_at=None)
    versions = list(found.select_related("blob").order_by("number"))
    if not versions and (gone.number is not None or document.erased_at):
        return None
    erasure = _row(gone, document)
    files = erasing.make_stubs(erasure, versions, at=datetime.fromisoformat(gone.decided_at))
    facts = {
        **erasing.facts_of(erasure, versions),
        "reason": gone.reason,
        "erased_at": gone.decided_at,
        "proposed_by": gone.proposed_by,
        "agreed_by": gone.decided_by,
    }
    about = [document.label, document.registration.label, document.registration.organisation.label]
    event("erasure.applied_again", actor=System("restore"), at=at, subject=erasure.label, about=about, facts=facts)
    return files


def _row(gone: Gone, document: Document) -> Erasure:
    """Return the row of an erasure as it was decided: the one that waited in the older state, or a new one."""
    made = Erasure.objects.filter(token=UUID(gone.token)).first() or Erasure(
        token=UUID(gone.token),
        organisation=document.registration.organisation,
        number=gone.number,
        reason=gone.reason,
        proposed_by=_person(gone.proposed_by),
        proposed_at=datetime.fromisoformat(gone.proposed_at),
    )
    made.document = document
    made.status, made.checked = Erasure.Status.ERASED, gone.checked
    made.decided_by, made.decided_at = _person(gone.decided_by), datetime.fromisoformat(gone.decided_at)
    made.save()
    return made


def _person(label: str) -> User | None:
    number = label.removeprefix("user:")
    return User.objects.filter(pk=number).first() if number.isdigit() else None
