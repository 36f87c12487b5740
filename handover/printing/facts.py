"""What is printed, as plain values. Every value is checked here, so that no text of any length reaches the layout."""

import json
import re
import unicodedata
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

from handover.printing.errors import FactRefused

NAME, KANA, UNIT, ADDRESS = 120, 160, 120, 200  # characters; the longest on record are 58, 73, 54 and 58
SHORT = 40
SERIAL = 60  # number of the registration, a hyphen and a count
TITLE = 200
REMARK = 500
ITEMS = 500

BASES = frozenset({"registered", "handover", "reassignment", "authority", "recovery", "caretaker"})
FORMAT = 1  # of the stored JSON; raise it when a field changes its meaning


def check_text(field: str, value: str, longest: int, *, required: bool = False) -> None:
    """Refuse a text that is too long, empty where one is needed, or that holds a character without a shape of its own.

    Marks that turn the direction of writing could make a name read as another. Raises FactRefused.
    """
    if required and not value.strip():
        raise FactRefused(field, "empty")
    if len(value) > longest:
        raise FactRefused(field, "too_long")
    if any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} for character in value):
        raise FactRefused(field, "control_character")


def check_code(field: str, value: str, length: int) -> None:
    """Refuse a code that has not `length` capitals and digits, hyphens left out. Raises FactRefused."""
    bare = value.replace("-", "")
    if len(bare) != length or not bare.isascii() or not bare.isalnum() or bare != bare.upper():
        raise FactRefused(field, "malformed")


def check_origin(value: str) -> None:
    """Refuse what is no web address without a slash at its end. Raises FactRefused."""
    check_text("public_origin", value, 100, required=True)
    if not value.startswith(("https://", "http://")) or value.endswith("/") or not value.isascii():
        raise FactRefused("public_origin", "malformed")


def check_moment(field: str, value: datetime) -> None:
    """Refuse a moment without its time zone. Raises FactRefused."""
    if value.tzinfo is None:
        raise FactRefused(field, "malformed")


def grouped(code: str, size: int = 4) -> str:
    """A code in groups that can be read aloud: 7Q4M-2KXH-9PTD."""
    bare = code.replace("-", "")
    return "-".join(bare[start : start + size] for start in range(0, len(bare), size))


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    """What a certificate states. Two certificates with equal facts say the same; only changed facts supersede one.

    `organisation_name` is the holder that is addressed, `registered_name` the name on
    record (登録者名義). `custodian_name` is empty while the registration is in the provider's keeping. `since` is the
    first day of the present custody, local time.
    """

    registration_number: str
    organisation_name: str
    registered_name: str
    registered_kana: str = ""
    unit: str = ""
    corporate_number: str = ""
    postal_code: str = ""
    address: str
    custody: str = "custodian"  # or "caretaker"
    basis: str = "registered"
    custodian_name: str = ""
    custodian_kana: str = ""
    custodian_department: str = ""
    since: date

    def __post_init__(self) -> None:
        check_text("registration_number", self.registration_number, SHORT, required=True)
        check_text("organisation_name", self.organisation_name, NAME, required=True)
        check_text("registered_name", self.registered_name, NAME, required=True)
        check_text("registered_kana", self.registered_kana, KANA)
        check_text("unit", self.unit, UNIT)
        check_text("corporate_number", self.corporate_number, 13)
        check_text("postal_code", self.postal_code, 8)
        check_text("address", self.address, ADDRESS, required=True)
        check_text("custodian_name", self.custodian_name, NAME, required=self.custody == "custodian")
        check_text("custodian_kana", self.custodian_kana, KANA)
        check_text("custodian_department", self.custodian_department, UNIT)
        if self.custody not in {"custodian", "caretaker"}:
            raise FactRefused("custody", "malformed")
        if self.basis not in BASES:
            raise FactRefused("basis", "malformed")

    def as_json(self) -> str:
        """One line of JSON, the same text for equal facts in any process."""
        values = {**asdict(self), "since": self.since.isoformat(), "format": FORMAT}
        return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "CertificateFacts":
        """The facts from what as_json wrote. Raises FactRefused when it is of another format."""
        values: dict[str, Any] = json.loads(text)
        if values.pop("format", None) != FORMAT or set(values) != {field.name for field in fields(cls)}:
            raise FactRefused("format", "malformed")
        return cls(**{**values, "since": date.fromisoformat(values["since"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Who issues: the provider's legal name, the office in it, and the characters of its seal (one to nine).

    `address` of the office stands on letters: where an answer goes by post.
    """

    name: str
    office: str = ""
    address: str = ""
    seal_text: str

    def __post_init__(self) -> None:
        check_text("issuer_name", self.name, 60, required=True)
        check_text("issuer_office", self.office, 60)
        check_text("issuer_address", self.address, 100)
        check_text("seal_text", self.seal_text, 9, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateIssue:
    """One issue of a certificate: what differs between two of them with the same facts.

    `issued_at` carries its time zone and is printed as the day in it. `log_sequence` is the certificate's place in
    the log. `check_code` has twelve characters, with or without hyphens. `public_origin` has no slash at its end.
    """

    serial: str
    issued_at: datetime
    log_sequence: int
    check_code: str
    public_origin: str
    issuer: Issuer
    language: str = "ja"

    def __post_init__(self) -> None:
        check_text("serial", self.serial, SERIAL, required=True)
        check_moment("issued_at", self.issued_at)
        check_code("check_code", self.check_code, 12)
        check_origin(self.public_origin)
        if self.log_sequence < 0 or self.log_sequence >= 10**15:
            raise FactRefused("log_sequence", "malformed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One side of a handover and when that person acted, in an own session."""

    name: str
    kana: str = ""
    department: str = ""
    organisation: str = ""
    acted_at: datetime

    def __post_init__(self) -> None:
        check_text("party_name", self.name, NAME, required=True)
        check_text("party_kana", self.kana, KANA)
        check_text("party_department", self.department, UNIT)
        check_text("party_organisation", self.organisation, NAME)
        check_moment("acted_at", self.acted_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRegistration:
    """A registration that changes hands."""

    number: str
    name: str
    unit: str = ""

    def __post_init__(self) -> None:
        check_text("registration_number", self.number, SHORT, required=True)
        check_text("registration_name", self.name, NAME, required=True)
        check_text("registration_unit", self.unit, UNIT)


ITEM_KINDS = frozenset({"registration", "document", "thing", "key", "envelope", "note"})
ITEM_MARKS = frozenset({"received", "opened", "missing", "not_mine"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptItem:
    """One item of the handover with what the successor said of it: see `ITEM_KINDS` and `ITEM_MARKS`."""

    kind: str
    title: str
    mark: str

    def __post_init__(self) -> None:
        check_text("item_title", self.title, TITLE, required=True)
        if self.kind not in ITEM_KINDS:
            raise FactRefused("item_kind", "malformed")
        if self.mark not in ITEM_MARKS:
            raise FactRefused("item_mark", "malformed")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptMandate:
    """A contractor's mandate at the change, and whether the successor kept it."""

    number: str
    contractor: str
    ends_on: date
    is_kept: bool

    def __post_init__(self) -> None:
        check_text("mandate_number", self.number, SHORT, required=True)
        check_text("mandate_contractor", self.contractor, NAME, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverReceipt:
    """A handover as both sides saw it. `receipt_number` is printed and is the last part of the address in the QR code,
    a page that asks for sign-in."""

    receipt_number: str
    issued_at: datetime
    effective_on: date
    giver: Party
    successor: Party
    registrations: tuple[ReceiptRegistration, ...]
    items: tuple[ReceiptItem, ...]
    log_sequence: int
    public_origin: str
    issuer: Issuer
    language: str = "ja"
    # The giver's signature under the marks, where there is one: who, when, and what was added.
    signed_by: str = ""
    signed_at: datetime | None = None
    remark: str = ""
    mandates: tuple[ReceiptMandate, ...] = ()

    def __post_init__(self) -> None:
        check_text("receipt_number", self.receipt_number, SHORT, required=True)
        check_text("signed_by", self.signed_by, NAME)
        check_text("remark", self.remark, REMARK)
        if not re.fullmatch(r"[A-Za-z0-9_-]+", self.receipt_number):  # it becomes part of an address
            raise FactRefused("receipt_number", "malformed")
        check_moment("issued_at", self.issued_at)
        check_origin(self.public_origin)
        if len(self.items) > ITEMS or len(self.registrations) > ITEMS:
            raise FactRefused("items", "too_long")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryKit:
    """The sheet a custodian keeps: the code and how to use it. Nothing on it says whose or which registration.

    `code` has 16 to 32 characters of an unambiguous alphabet; `kit_number` names this sheet without giving the code
    away. `addressee` (at most four lines), `postal_code` and `address` stand on the sheet in front of it, in the
    window of the envelope; without `address` that sheet says that no window takes it.
    """

    kit_number: str
    code: str
    issued_at: datetime
    public_origin: str
    issuer: Issuer
    language: str = "ja"
    addressee: tuple[str, ...] = ()
    postal_code: str = ""
    address: str = ""

    def __post_init__(self) -> None:
        check_text("kit_number", self.kit_number, SHORT, required=True)
        bare = self.code.replace("-", "")
        if not 16 <= len(bare) <= 32:
            raise FactRefused("code", "malformed")
        check_code("code", self.code, len(bare))
        check_moment("issued_at", self.issued_at)
        check_origin(self.public_origin)
        check_text("postal_code", self.postal_code, 8)
        check_text("address", self.address, ADDRESS)
        if len(self.addressee) > 4:
            raise FactRefused("addressee", "too_long")
        for line in self.addressee:
            check_text("addressee", line, NAME, required=True)
