"""Files that tests keep as papers, sent as browsers send them."""

import io
import uuid
from datetime import date, datetime
from pathlib import Path

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from accounts.models import User
from handover import transitions
from handover.models import Document, Registration
from handover.vault.store import PART
from handover.vault.upload import IncomingPaper
from tests.cast import actor
from tests.stock import NOW

TEXT = "契約番号 R-1\r\n".encode()
MORE = "契約番号 R-1（改定）\r\n".encode()
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def incoming(name: str = "契約書.txt", body: bytes = TEXT) -> IncomingPaper:
    """Return `body` as the portal's own upload handler takes it in."""
    [paper] = RequestFactory().post("/", {"paper": SimpleUploadedFile(name, body)}).FILES.getlist("paper")
    assert isinstance(paper, IncomingPaper)
    return paper


def kept(
    held: Registration,
    by: User,
    *,
    title: str = "利用契約書",
    kind: str = "contract",
    expires_on: date | None = None,
    name: str = "契約書.txt",
    body: bytes = TEXT,
    token: uuid.UUID | None = None,
    at: datetime = NOW,
) -> Document:
    """Keep a paper with its file."""
    keep = transitions.add_sealed if kind in Document.SEALED else transitions.add_document
    return keep(
        registration_pk=held.pk,
        kind=kind,
        title=title,
        expires_on=expires_on,
        original_at="本社 契約書庫 B-12",
        paper=incoming(name, body),
        token=token or uuid.uuid4(),
        actor=actor(by),
        at=at,
    )


def pdf(*, password: str = "") -> bytes:
    """Return a PDF of one empty page, encrypted when a password is given."""
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(out, encryption=pikepdf.Encryption(owner=password, user=password) if password else None)
    return out.getvalue()


def stored(vault: Path) -> list[str]:
    """Return the names of the stored files. What only arrived goes with its request, which here is nobody's."""
    return sorted(path.name for path in vault.iterdir() if path.suffix != PART)
