"""
The whole package of one registration: made ready outside the transaction, sent as one ZIP in small pieces (D7).

What we print or write for it waits encrypted on the disk, like a paper that is arriving; papers and certificates are
read from where they lie. Nothing of it is ever whole in memory. Every stored file is read and compared first, so that
a damaged one refuses the package before its first byte.
"""

import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.errors import Refused
from audit import proof
from audit import queries as log
from handover import documents, receipts
from handover.models import Blob, Custody, DocumentVersion, Registration
from handover.printing.errors import MissingCharacter
from handover.printing.package import IndexFile, IndexPeriod, PackageIndex, index_pdf
from handover.queries import package as queries
from handover.receipts import UNPRINTED
from handover.vault.kinds import clean_name
from handover.vault.store import Draft

PIECE = 256 * 1024
"""Bytes of the ZIP that are gathered before they are sent."""
LONGEST = 150
"""Bytes of one name in the ZIP; with folder and number it stays below the 255 of every file system."""


@dataclass(frozen=True)
class File:
    """One file of the package: where in the ZIP, what it is for a reader, and where its bytes are."""

    path: str
    title: str
    size: int
    sha256: str
    at: datetime
    source: Blob | Draft

    @contextmanager
    def blocks(self) -> Iterator[Iterable[bytes]]:
        """Give the clear bytes in blocks of at most 1 MiB. Raises `documents.Damaged` before the first."""
        if isinstance(self.source, Draft):
            yield self.source.clear_blocks()
            return
        with closing(documents.open_blob(self.source)) as reader:
            yield reader


@dataclass
class Bundle(ABC):
    """Files ready to be sent together; `at` is when it was made."""

    at: datetime
    files: list[File] = field(default_factory=list, kw_only=True)

    @property
    @abstractmethod
    def folder(self) -> str:
        """The one folder that everything unpacks into."""

    def add(self, path: str, title: str, blob: Blob, at: datetime) -> None:
        """Add a stored file. Raises `documents.Damaged` unless all of it is as it was kept."""
        documents.open_blob(blob).close()
        self.files.append(File(path, title, blob.size, blob.sha256, at, blob))

    def write(self, path: str, title: str, blocks: Iterable[bytes]) -> File:
        """Add what is made for it, kept encrypted on the disk until it is sent."""
        draft = Draft()
        try:
            for block in blocks:
                draft.write(block)
            draft.finish()
        except BaseException:
            draft.discard()
            raise
        self.files.append(File(path, title, draft.size, draft.sha256.hex(), self.at, draft))
        return self.files[-1]

    def sums(self) -> None:
        """Add the list of the hashes of all files, as `sha256sum --check` reads it."""
        self.write("SHA256SUMS.txt", "", (f"{each.sha256}  {each.path}\n".encode() for each in list(self.files)))

    def discard(self) -> None:
        """Take away what was made for it."""
        for each in self.files:
            if isinstance(each.source, Draft):
                each.source.discard()


@dataclass
class Package(Bundle):
    """A package ready to be sent. `log_sequence` is the newest event about the registration that is in it."""

    registration: Registration
    log_sequence: int = 0
    events: int = 0
    index_sha256: str = ""
    papers: tuple[str, ...] = ()  # labels of the papers whose files are in it
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def folder(self) -> str:
        """The one folder that everything unpacks into."""
        return safe_name(self.registration.number)

    @property
    def file_name(self) -> str:
        return f"{self.folder}-{timezone.localtime(self.at):%Y%m%d}.zip"


def safe_name(name: str) -> str:
    """Return `name` as every system can unpack it: no folders, no marks, at most `LONGEST` bytes, ending kept."""
    cleaned = clean_name(name.replace("/", "_").replace("\\", "_"))
    stem, dot, ending = cleaned.rpartition(".") if "." in cleaned else (cleaned, "", "")
    if len(ending) > 10:  # no ending but a sentence
        stem, dot, ending = cleaned, "", ""
    while len(f"{stem}{dot}{ending}".encode()) > LONGEST:
        stem = stem[:-1]
    return f"{stem.rstrip(' .')}{dot}{ending}"


def prepare(registration: Registration, *, language: str, at: datetime) -> Package:
    """Read, check and print all of the package; whoever calls it sends or discards it.

    `language` is that of index and receipts. Raises `documents.Damaged`, `Refused` for a name that no font can print,
    and `OSError` (disk full); then nothing is left.
    """
    # The place in the log is taken first: what changes after it is noticed when the download is written down.
    last, head = log.last_about(registration.label), log.head()
    found = Registration.objects.select_related("organisation", "product").get(pk=registration.pk)
    made = Package(at, found, log_sequence=last)
    try:
        with override(language):
            unfiled = _papers(made)
            _certificates(made)
            _receipts(made, language)
            _log(made)
            made.write("README.txt", "", [_readme(registration)])
            _index(made, unfiled, head, language)
        made.sums()
    except BaseException:
        made.discard()
        raise
    return made


def _papers(made: Package) -> tuple[str, ...]:
    """Add each version of each paper, a folder a paper; returns what is to be said of papers without a file."""
    papers, unfiled, labels, versions = queries.papers_of(made.registration), [], [], 0
    for place, paper in enumerate(papers, start=1):
        # The numbers keep names apart that are equal, or that a file system takes for equal.
        folder = f"papers/{place:03d}-{safe_name(paper.title)}"
        of_paper = getattr(paper, "oldest_first", [])
        standing = [version for version in of_paper if version.blob.erased_at is None]
        unfiled += [_erased(paper.title, version) for version in of_paper if version.blob.erased_at]
        for version in standing:
            path = f"{folder}/v{version.number}-{safe_name(version.file_name)}"
            made.add(path, paper.title, version.blob, version.added_at)
            versions += 1
        if standing:
            labels.append(paper.label)
        elif not of_paper:
            unfiled.append(f"{paper.title}　{paper.original_at}".strip())
    made.papers = tuple(labels)
    made.counts |= {"papers": len(labels), "versions": versions}
    return tuple(unfiled)


def _erased(title: str, version: DocumentVersion) -> str:
    """Say of a version that two persons erased what is still known of it."""
    return _("%(title)s, version %(number)d: erased by two persons on %(day)s, SHA-256 %(sha256)s") % {
        "title": title,
        "number": version.number,
        "day": timezone.localdate(version.blob.erased_at).isoformat(),
        "sha256": version.blob.sha256,
    }


def _certificates(made: Package) -> None:
    found = list(queries.certificates_of(made.registration))
    for place, each in enumerate(found, start=1):
        path = f"certificates/{place:03d}-{safe_name(each.serial + '.pdf')}"
        made.add(path, f"{each.serial} {each.get_status_display()}", each.blob, each.issued_at)
    made.counts["certificates"] = len(found)


def _receipts(made: Package, language: str) -> None:
    found = list(queries.finished_handovers_of(made.registration))
    for place, each in enumerate(found, start=1):
        try:
            pdf = receipts.render(each, language=language)
        except MissingCharacter as missing:
            raise _unprintable(missing) from missing
        made.write(f"receipts/{place:03d}-{safe_name(each.number + '.pdf')}", each.number, [pdf])
    made.counts["receipts"] = len(found)


def _log(made: Package) -> None:
    def counted() -> Iterator[bytes]:
        for line in proof.lines(made.registration.label, up_to=made.log_sequence):
            made.events += 1
            yield line

    made.write("log.jsonl", "", counted())
    made.counts["events"] = made.events


def _readme(registration: Registration) -> bytes:
    texts = []
    for language in ("ja", "en"):
        with override(language):
            context = {"number": registration.number, "origin": settings.PUBLIC_ORIGIN}
            texts.append(render_to_string("print/package_readme.txt", context).strip())
    return ("\n\n----\n\n".join(texts) + "\n").encode()


def _index(made: Package, unfiled: tuple[str, ...], head: tuple[int, str], language: str) -> None:
    index = _facts(made, unfiled, head, language)
    try:
        pdf = index_pdf(index)
    except MissingCharacter as missing:
        # As on a receipt: names of people are right or not printed at all, what people call their files may show 〓.
        signs = str.maketrans(dict.fromkeys("".join(missing.characters), "〓"))
        files = [
            replace(each, path=each.path.translate(signs), title=each.title.translate(signs)) for each in index.files
        ]
        plain = tuple(words.translate(signs) for words in index.unfiled)
        try:
            pdf = index_pdf(replace(index, files=tuple(files), unfiled=plain))
        except MissingCharacter as still:
            raise _unprintable(still) from still
    made.index_sha256 = made.write("index.pdf", "", [pdf]).sha256


def _facts(made: Package, unfiled: tuple[str, ...], head: tuple[int, str], language: str) -> PackageIndex:
    registration, organisation = made.registration, made.registration.organisation
    issuer = receipts.issuer(language)
    return PackageIndex(
        registration_number=registration.number,
        registered_name=_shown(registration.registered_name),
        registered_kana=_shown(registration.registered_kana),
        organisation_name=_shown(organisation.legal_name),
        corporate_number=organisation.corporate_number,
        unit=_shown(registration.unit),
        postal_code=registration.postal_code,
        address=_shown(registration.address),
        product=_shown(registration.product.name) if registration.product else "",
        status=registration.get_status_display(),
        registered_on=timezone.localdate(registration.registered_at),
        periods=tuple(_period(each, issuer.name) for each in queries.periods_of(registration)),
        files=tuple(
            IndexFile(path=_shown(each.path), title=_shown(each.title), size=each.size, sha256=each.sha256)
            for each in made.files
        ),
        unfiled=tuple(_shown(words) for words in unfiled),
        log_events=made.events,
        log_sequence=made.log_sequence,
        head_sequence=head[0],
        head_hash=head[1],
        made_at=timezone.localtime(made.at),
        public_origin=settings.PUBLIC_ORIGIN,
        issuer=issuer,
        language=language,
    )


def _period(each: Custody, provider: str) -> IndexPeriod:
    return IndexPeriod(
        holder=_shown(each.user.display_name) if each.user else provider,
        kind=str(each.get_kind_display()),
        basis=str(each.get_basis_display()),
        since=timezone.localdate(each.from_at),
        until=timezone.localdate(each.to_at) if each.to_at else None,
    )


def _shown(text: str) -> str:
    """Return `text` with a space for every sign that has no shape of its own."""
    return "".join(" " if unicodedata.category(sign) in UNPRINTED else sign for sign in text)


def _unprintable(missing: MissingCharacter) -> Refused:
    return Refused(
        _("These characters cannot be printed with the installed fonts: %(characters)s. Please contact us.")
        % {"characters": " ".join(missing.characters)}
    )


class _Window:
    """What ZipFile writes to: it cannot seek, so sizes and checksums follow each file."""

    def __init__(self) -> None:
        self.waiting = bytearray()

    def write(self, data: bytes, /) -> int:
        self.waiting += data
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is open."""

    def take(self) -> bytes:
        taken = bytes(self.waiting)
        self.waiting.clear()
        return taken


def stream(made: Bundle) -> Iterator[bytes]:
    """Give the ZIP in pieces of little more than `PIECE` bytes, and discard them at the end.

    Raises `documents.Damaged` when a file is damaged after `prepare`; the ZIP then has no end, and no program takes
    it for whole.
    """
    window = _Window()
    try:
        with ZipFile(window, "w") as archive:
            for each in made.files:
                with archive.open(_entry(made, each), "w") as member, each.blocks() as blocks:
                    for block in blocks:
                        member.write(block)
                        if len(window.waiting) >= PIECE:
                            yield window.take()
        yield window.take()
    finally:
        made.discard()


def _entry(made: Bundle, each: File) -> ZipInfo:
    local = timezone.localtime(each.at)
    # The format knows no year before 1980.
    moment = (max(local.year, 1980), local.month, local.day, local.hour, local.minute, local.second)
    entry = ZipInfo(f"{made.folder}/{each.path}", moment)
    # Readers that cannot seek find the end of a compressed file only.
    entry.compress_type = ZIP_DEFLATED
    entry.file_size = each.size
    return entry
