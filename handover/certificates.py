"""Certificates: what is certified now, and what a file or code presented by anybody is worth."""

import hashlib
import re
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import islice

from django.utils import timezone

from audit.queries import facts_of_first
from handover.models import Certificate, Custody, Registration
from handover.printing.errors import FactRefused
from handover.printing.facts import CertificateFacts
from handover.queries import certificates as queries
from handover.signing import asking
from handover.signing.limits import LARGEST
from handover.signing.reasons import Reason, Verdict

VALID, SUPERSEDED, WITHDRAWN = Certificate.Status.VALID, Certificate.Status.SUPERSEDED, Certificate.Status.WITHDRAWN
ALTERED, UNKNOWN, UNCHECKED = "altered", "unknown", "unchecked"
CODE_LENGTH = 12
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""12 characters of 30 carry 58 bits: nobody finds a certificate by trying codes."""

MARK = re.compile(rb"hikitsugi:([2-9A-HJKMNP-Z]{12})")
"""In the metadata of each certificate: its check code, which only those have who have the certificate."""
STREAM = re.compile(rb"stream\r?\n")
STREAMS = 64  # how many compressed parts are looked into; ours have about 20
INFLATE_EACH, INFLATE_ALL = 1 << 20, 8 << 20  # bytes; ours unfold to about 300 KiB
CANDIDATES = 16


@dataclass(frozen=True)
class Answer:
    """`state` is valid, superseded, withdrawn, altered, unknown, or unchecked when the check did not end.

    `certificate` is the one that is meant, if known.

    `reason` says why a file is altered or unknown, as far as the file itself tells.
    """

    state: str
    certificate: Certificate | None = None
    reason: Reason | None = None


def facts_of(registration: Registration) -> CertificateFacts:
    """Return what a certificate of `registration` states now. Raises `printing.errors.FactRefused`."""
    held = Custody.objects.current().select_related("user").get(registration=registration)
    holder = held.user
    return CertificateFacts(
        registration_number=registration.number,
        organisation_name=registration.organisation.legal_name,
        registered_name=registration.registered_name,
        registered_kana=registration.registered_kana,
        unit=registration.unit,
        corporate_number=registration.organisation.corporate_number,
        postal_code=registration.postal_code,
        address=registration.address,
        custody=held.kind,
        basis=held.basis,
        custodian_name=holder.display_name if holder else "",
        custodian_kana=holder.kana if holder else "",
        custodian_department=holder.department if holder else "",
        since=timezone.localdate(held.from_at),
    )


def key_of(facts: CertificateFacts) -> str:
    """Return the hash under which equal facts are recognised."""
    return hashlib.sha256(facts.as_json().encode()).hexdigest()


def as_stored(facts: CertificateFacts) -> dict[str, str]:
    """Return the facts as the row keeps them."""
    return {name: str(value) for name, value in asdict(facts).items()}


def state_now(certificate: Certificate) -> str:
    """Return whether `certificate` still holds: its own mark, and whether its facts are still those of the register.

    A custodian who changes name or department changes the facts without any act on the certificate.
    """
    if certificate.status != VALID:
        return certificate.status
    try:
        now = key_of(facts_of(certificate.registration))
    except FactRefused:  # what cannot be printed is not what was printed
        return SUPERSEDED
    return VALID if now == certificate.facts_key else SUPERSEDED


def check_code(typed: str) -> Answer:
    """Look a check code up as it was typed: case, spaces and hyphens do not matter."""
    plain = "".join(character for character in typed.upper() if character.isalnum())
    certificate = queries.find_by_code(plain)
    return Answer(state_now(certificate), certificate) if certificate else Answer(UNKNOWN)


def check_file(blocks: Iterable[bytes]) -> Answer:
    """Compare a presented file with the stored hash of the whole file; any other byte anywhere is an alteration.

    Then its signature is judged, in a confined child: of a file whose hash is stored it has to be the one that was
    written, of any other it tells why the file is refused. A file that carries the mark of one of ours or our signature
    but other bytes is altered. The work is bounded whatever is sent; a mark cannot be guessed, so the answer tells
    nothing to whoever has no certificate.
    """
    data, digest, size = bytearray(), hashlib.sha256(), 0
    for block in blocks:
        digest.update(block)
        size += len(block)
        if size <= LARGEST:
            data += block
    certificate = queries.find_by_hash(digest.hexdigest())
    if certificate:
        return _recorded(bytes(data), size, certificate)
    return Answer(UNKNOWN) if size > LARGEST else _refused(bytes(data), queries.find_by_codes(_marks(bytes(data))))


def _recorded(data: bytes, size: int, certificate: Certificate) -> Answer:
    """The bytes are those of the row, and `data` holds all of them unless they are too large for one of ours.

    The log and the signature must say so as well, so that a changed row alone deceives nobody, and no answer from the
    child is none: it neither confirms a file nor speaks against it.
    """
    if not _is_as_logged(certificate):
        return Answer(ALTERED, certificate, Reason.UNRECORDED)
    if certificate.signed_by:
        if size > LARGEST:
            return Answer(ALTERED, certificate, Reason.BROKEN)
        verdict = asking.ask(data, [certificate.signed_by])
        if verdict.reason is Reason.UNCHECKED:
            return Answer(UNCHECKED)
        if verdict.reason:
            return Answer(ALTERED, certificate, verdict.reason)
    return Answer(state_now(certificate), certificate)


def _is_as_logged(certificate: Certificate) -> bool:
    """Whether hash and signer of the row are those that the log says were issued."""
    written = facts_of_first(certificate.label, "certificate.issued")
    return (written.get("sha256"), written.get("signer", "")) == (certificate.blob.sha256, certificate.signed_by)


def _refused(data: bytes, claimed: Certificate | None) -> Answer:
    """No row has these bytes: `claimed` is the certificate whose mark they carry. Say why they are refused."""
    verdict = _verdict(data, claimed)
    if verdict.reason is None:
        return Answer(UNKNOWN, None, Reason.UNRECORDED)
    if claimed and not claimed.signed_by and verdict.reason is not Reason.FOREIGN:
        return Answer(ALTERED, claimed, Reason.CHANGED)
    if claimed or verdict.signer:
        return Answer(ALTERED, claimed, verdict.reason)
    return Answer(UNKNOWN, None, verdict.reason if verdict.reason is Reason.FOREIGN else None)


def _verdict(data: bytes, claimed: Certificate | None) -> Verdict:
    if not data.startswith(b"%PDF-"):
        return Verdict(Reason.BROKEN)
    if b"/ByteRange" not in data:
        return Verdict(Reason.UNSIGNED)
    return asking.ask(data, {claimed.signed_by if claimed else "", queries.latest_signer()} - {""})


def _marks(data: bytes) -> list[str]:
    """Return the marks in `data` and in its compressed streams, unfolded within fixed bounds."""
    view, left, pieces = memoryview(data), INFLATE_ALL, [data]
    for match in islice(STREAM.finditer(data), STREAMS):
        if left <= 0:
            break
        part = view[match.end() : match.end() + INFLATE_EACH]
        try:
            piece = zlib.decompressobj().decompress(part, INFLATE_EACH)
        except zlib.error:
            piece = b""
        left -= len(piece) + len(part) // 16  # a part that fails late has cost work too
        pieces.append(piece)
    found: dict[str, None] = {}
    for piece in pieces:
        # Texts in a document's information are UTF-16: without the zero bytes they read like the others.
        for text in (piece, piece.replace(b"\0", b"")):
            found |= dict.fromkeys(match.group(1).decode() for match in islice(MARK.finditer(text), CANDIDATES))
    return list(found)[:CANDIDATES]
