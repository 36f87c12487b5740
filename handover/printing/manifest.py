"""What one print run holds: the sheet on top of it, which stays in the post room."""

from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.utils.translation import override

from handover.printing.envelope import NUMBER
from handover.printing.errors import FactRefused
from handover.printing.facts import NAME, SHORT, Issuer, check_moment, check_text
from handover.printing.press import render
from handover.printing.receipt import moment

MOST = 500
"""Letters on one manifest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestLine:
    """One letter of the run. `kind` in the words of the manifest's language; `pages` of the file behind this sheet.

    `is_registered`: it goes by registered mail, and the number that the post gives it is written down here by hand.
    """

    number: str
    kind: str
    pages: int
    is_registered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A print run: its letters in the order of the file, who printed it and when. No codes, no addressees."""

    number: str
    lines: tuple[ManifestLine, ...]
    printed_by: str
    printed_at: datetime
    issuer: Issuer
    language: str = "ja"

    def __post_init__(self) -> None:
        check_text("number", self.number, NUMBER, required=True)
        check_text("printed_by", self.printed_by, NAME, required=True)
        check_moment("printed_at", self.printed_at)
        if not 1 <= len(self.lines) <= MOST:
            raise FactRefused("lines", "too_long" if self.lines else "empty")
        for line in self.lines:
            check_text("number", line.number, NUMBER, required=True)
            check_text("kind", line.kind, SHORT, required=True)

    @property
    def pages(self) -> int:
        """Sheets behind this one."""
        return sum(line.pages for line in self.lines)

    @property
    def registered(self) -> int:
        """Letters that go by registered mail."""
        return sum(line.is_registered for line in self.lines)

    @property
    def counts(self) -> dict[str, int]:
        """Letters of each kind, in the order of the run."""
        found: dict[str, int] = {}
        for line in self.lines:
            found[line.kind] = found.get(line.kind, 0) + 1
        return found


def manifest_html(manifest: Manifest) -> str:
    """The sheet as HTML in its language, without its style sheet."""
    with override(manifest.language):
        context = {
            "manifest": manifest,
            "language": manifest.language,
            "printed_at": moment(manifest.printed_at, manifest.language),
        }
        return render_to_string("print/run_manifest.html", context)


def manifest_pdf(manifest: Manifest) -> bytes:
    """The sheet as PDF/A-3a; the same run gives the same bytes. Raises MissingCharacter."""
    return render(manifest_html(manifest), sheet="manifest", created_at=manifest.printed_at)
