"""Reads of papers: those of a registration, and one with its versions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery

from accounts.actors import Actor
from handover.models import Blob, Document, DocumentVersion, Erasure, Handover, Registration
from handover.rules.papers import EXPIRES_SOON_DAYS
from handover.vault.kinds import Kind
from handover.vault.preview import kind_of

KIND_WORDS = {kind.content_type: kind.label for kind in Kind}


@dataclass(frozen=True)
class Version:
    """One version as pages show it; `size` in bytes of clear text."""

    pk: int
    number: int
    file_name: str
    kind_words: str
    size: int
    sha256: str
    added_at: datetime
    added_by: str
    is_current: bool
    scan: str = ""
    scan_words: str = ""
    is_shown: bool = False  # whether its kind has a preview
    erased_at: datetime | None = None

    @property
    def is_erased(self) -> bool:
        """Whether two persons erased it: a stub without a file."""
        return self.erased_at is not None

    @property
    def is_held(self) -> bool:
        """Whether it is in quarantine, so that nobody opens it."""
        return self.scan in Blob.HELD


@dataclass(frozen=True)
class Paper:
    """A paper with its versions, the newest first. `expiry`: "" (none), "valid", "soon", "expired"."""

    document: Document
    versions: list[Version]
    expiry: str

    @property
    def current(self) -> Version | None:
        """The newest version; None for a paper that was only listed."""
        return self.versions[0] if self.versions else None


def expiry(ends_on: date | None, today: date) -> str:
    """Return how a paper that is valid through `ends_on` stands on `today`."""
    if ends_on is None:
        return ""
    if ends_on < today:
        return "expired"
    return "soon" if ends_on <= today + timedelta(days=EXPIRES_SOON_DAYS) else "valid"


def papers_of(registration: Registration, today: date) -> list[Paper]:
    """Return the papers of `registration` in the order they came, in two queries."""
    return _papers(_with_versions(Document.objects.filter(registration=registration).order_by("pk")), today)


def documents_of(registration: Registration) -> QuerySet[Document]:
    """Return the papers of `registration` without their versions, for choosing one: none that was erased."""
    return Document.objects.filter(registration=registration, erased_at=None).order_by("pk")


def find_paper(actor: Actor, pk: int, at: datetime, today: date) -> Paper | None:
    """Return paper `pk` as `actor` may see it, with its registration; None when there is none to see.

    `is_proposed` on its row: somebody proposed to erase it, and the second person has not answered. `proposal`: the
    key of that proposal when `actor` may read it.
    """
    rows = Document.objects.visible_to(actor, at).filter(pk=pk).select_related("registration__organisation", "added_by")
    waiting = Erasure.objects.open().filter(document=OuterRef("pk"))
    readable = Subquery(waiting.visible_to(actor).values("pk")[:1])
    rows = rows.annotate(is_proposed=Exists(waiting), proposal=readable)
    found = _papers(_with_versions(rows), today)
    return found[0] if found else None


def find_version(actor: Actor, pk: int, number: int, at: datetime) -> DocumentVersion | None:
    """Return version `number` of paper `pk` as `actor` may see it."""
    seen = Document.objects.visible_to(actor, at).filter(pk=pk)
    rows = DocumentVersion.objects.filter(document__in=seen, number=number)
    return rows.select_related("document__registration", "blob").first()


def current_blob(document: Document) -> int:
    """Return the key of the bytes of the newest version of `document`."""
    return DocumentVersion.objects.values_list("blob", flat=True).get(document=document, superseded_at=None)


def offered_with(document: Document, actor: Actor) -> Handover | None:
    """Return the handover offered to `actor` that lists `document`, for the way back to it."""
    statuses = (Handover.Status.OFFERED, Handover.Status.ACCEPTED, Handover.Status.CONFIRMED)
    rows = Handover.objects.filter(
        items__document=document, items__left_at=None, given_to=actor.user, status__in=statuses
    )
    return rows.order_by("-drafted_at").first()


def _with_versions(rows: QuerySet[Document]) -> QuerySet[Document]:
    versions = DocumentVersion.objects.select_related("blob", "added_by").order_by("-number")
    return rows.prefetch_related(Prefetch("versions", versions, to_attr="newest_first"))


def _papers(rows: Iterable[Document], today: date) -> list[Paper]:
    return [
        Paper(row, [_version(each) for each in getattr(row, "newest_first", [])], expiry(row.expires_on, today))
        for row in rows
    ]


def _version(row: DocumentVersion) -> Version:
    return Version(
        pk=row.pk,
        number=row.number,
        file_name=row.file_name,
        kind_words=str(KIND_WORDS.get(row.blob.content_type, row.blob.content_type)),
        size=row.blob.size,
        sha256=row.blob.sha256,
        added_at=row.added_at,
        added_by=row.added_by.display_name,
        is_current=row.superseded_at is None,
        scan=row.blob.status,
        scan_words=row.blob.get_status_display(),
        is_shown=bool(kind_of(row.blob.content_type)),
        erased_at=row.blob.erased_at,
    )
