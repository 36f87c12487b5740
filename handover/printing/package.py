"""The index of a whole package: what is in it, who held the registration, and where in the log it stands."""

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote

from django.template.loader import render_to_string
from django.utils.translation import override

from handover.printing.era import era_date
from handover.printing.facts import (
    ADDRESS,
    KANA,
    NAME,
    SHORT,
    Issuer,
    check_code,
    check_moment,
    check_origin,
    check_text,
)
from handover.printing.names import postal_code
from handover.printing.pictures import qr_url, seal_url
from handover.printing.press import render
from handover.printing.receipt import moment

PATH = 400
LISTED = 1_200
"""Files on the index: as many as a page may have tags for. The list of hashes beside it names every one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPeriod:
    """One period of custody; `until` None while it lasts. `kind` and `basis` in the words of the index's language."""

    holder: str
    kind: str
    basis: str
    since: date
    until: date | None

    def __post_init__(self) -> None:
        check_text("holder", self.holder, NAME, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexFile:
    """One file of the package: path in it, what it is, bytes, and SHA-256 in hex."""

    path: str
    title: str
    size: int
    sha256: str

    def __post_init__(self) -> None:
        check_text("path", self.path, PATH, required=True)
        check_text("title", self.title, PATH)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageIndex:
    """What the index states. `head_*` is the newest record of the whole log, `log_sequence` the newest about this
    registration when it was made; `unfiled` names papers that were listed without a file and where they lie."""

    registration_number: str
    registered_name: str
    registered_kana: str
    organisation_name: str
    corporate_number: str
    unit: str
    postal_code: str
    address: str
    product: str
    status: str
    registered_on: date
    periods: tuple[IndexPeriod, ...]
    files: tuple[IndexFile, ...]
    unfiled: tuple[str, ...]
    log_events: int
    log_sequence: int
    head_sequence: int
    head_hash: str
    made_at: datetime
    public_origin: str
    issuer: Issuer
    language: str = "ja"

    def __post_init__(self) -> None:
        check_text("registration_number", self.registration_number, SHORT, required=True)
        check_text("registered_name", self.registered_name, 200, required=True)
        check_text("registered_kana", self.registered_kana, max(KANA, 200))
        check_text("organisation_name", self.organisation_name, 200, required=True)
        check_text("unit", self.unit, NAME)
        check_text("address", self.address, max(ADDRESS, 300))
        check_text("product", self.product, NAME)
        check_code("head_hash", self.head_hash.upper(), 64)
        check_moment("made_at", self.made_at)
        check_origin(self.public_origin)


def index_address(index: PackageIndex) -> str:
    """Where the QR code leads: the page of the registration, which asks for sign-in."""
    return f"{index.public_origin}/registrations/{quote(index.registration_number, safe='')}/"


def index_html(index: PackageIndex) -> str:
    """The index as HTML in its language, without its style sheet."""
    language = index.language
    context = {
        "index": index,
        "language": language,
        "made_at": moment(index.made_at, language),
        "registered_on": era_date(index.registered_on, language),
        "postal_code": postal_code(index.postal_code),
        "periods": [
            (each, era_date(each.since, language), era_date(each.until, language) if each.until else "")
            for each in index.periods
        ],
        "files": index.files[:LISTED],
        "unlisted": max(0, len(index.files) - LISTED),
        "qr": qr_url(index_address(index)),
        "seal": seal_url(index.issuer.seal_text),
    }
    with override(language):
        return render_to_string("print/package_index.html", context)


def index_pdf(index: PackageIndex) -> bytes:
    """The index as PDF/A-3a; the same index gives the same bytes. Raises MissingCharacter."""
    return render(
        index_html(index),
        sheet="package",
        created_at=index.made_at,
        pictures=[qr_url(index_address(index))],
        lasting=[seal_url(index.issuer.seal_text)],
    )
