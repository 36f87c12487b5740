"""What a job issued, taken along together: a ZIP of the signed files, or one file for the printer.

Both are made while they are sent, one certificate at a time, so that a thousand take no more memory than one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.actors import Actor
from handover.models import BulkJob
from handover.packing import Bundle, safe_name, stream
from handover.printing.merging import merged
from handover.queries import certificates as queries

PRINT, ZIP = "print", "zip"
WAYS = (PRINT, ZIP)


@dataclass
class Taking(Bundle):
    """The certificates of `job` that still hold and that the taker may see, ready to be sent.

    `left_out` are those that were issued and are not among them. `keys` are the rows' own.
    """

    job: BulkJob
    way: str
    keys: tuple[int, ...] = ()
    left_out: int = 0
    title: str = ""

    @property
    def folder(self) -> str:
        """The one folder that everything unpacks into."""
        return safe_name(self.job.number)

    @property
    def file_name(self) -> str:
        return f"{self.folder}-certificates.zip" if self.way == ZIP else f"{self.folder}-for-printing-only.pdf"

    @property
    def content_type(self) -> str:
        return "application/zip" if self.way == ZIP else "application/pdf"

    def pieces(self) -> Iterator[bytes]:
        """Give the file in pieces. Raises `documents.Damaged` when a certificate is damaged after `prepare`."""
        return stream(self) if self.way == ZIP else self._printed()

    def _printed(self) -> Iterator[bytes]:
        return merged(self._whole(), title=self.title, made_at=timezone.localtime(self.at))

    def _whole(self) -> Iterator[bytes]:
        for each in self.files:
            with each.blocks() as blocks:
                yield b"".join(blocks)


def prepare(job: BulkJob, *, way: str, language: str, actor: Actor, at: datetime) -> Taking:
    """Read and compare every certificate of `job`; whoever calls it sends or discards it. `way` is one of `WAYS`.

    `language` is that of the notes beside them. Raises `documents.Damaged` and `OSError` (disk full); then nothing is
    left.
    """
    rows = list(queries.of_job(job, actor, at))
    made = Taking(at, job, way, tuple(row.pk for row in rows), job.certificates.count() - len(rows))
    try:
        for place, row in enumerate(rows, start=1):
            made.add(f"{place:04d}-{safe_name(row.serial + '.pdf')}", row.serial, row.blob, row.issued_at)
        with override(language):
            made.title = _("%(number)s: certificates for printing only, the signatures are in the single files") % {
                "number": job.number
            }
            if way == ZIP and rows:
                told = render_to_string("print/certificates_readme.txt", {"count": len(rows), "number": job.number})
                made.write("README.txt", "", [told.strip().encode() + b"\n"])
                made.sums()
    except BaseException:
        made.discard()
        raise
    return made
