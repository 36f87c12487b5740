"""
Is this file exactly what one of our signers signed? Strict: one revision, one signature over every other byte of it.

Runs in the confined child (`asking.ask`) for whatever strangers send, so it knows neither Django nor any setting. It
first asks for the one shape that our files have, then lets pyHanko judge signature, coverage and permission.
"""

import re
from collections.abc import Callable, Collection
from io import BytesIO
from typing import Any

from asn1crypto import cms
from pyhanko.pdf_utils.generic import DictionaryObject, IndirectObject
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from handover.signing.chain import print_of
from handover.signing.reasons import Reason, Verdict

END = re.compile(rb"\nstartxref\n\d{1,10}\n%%EOF\n\Z")
RANGE = re.compile(rb"/ByteRange \[0 (\d{1,10}) (\d{1,10}) (\d{1,10}) *\]")
TIME_STAMP = "1.2.840.113549.1.9.16.2.14"
"""The one unsigned attribute that a signature of ours may have."""


class _Refused(Exception):
    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def judge(data: bytes, ours: Collection[str]) -> Verdict:
    """Judge a whole file; `ours` are the prints of the signers that count. Never raises for anything in the file."""
    known: list[str] = []
    try:
        _judge(data, ours, known.append)
    except _Refused as refused:
        return Verdict(refused.reason, known[0] if known else "")
    except Exception:  # a parser met bytes that it was not made for
        return Verdict(Reason.BROKEN, known[0] if known else "")
    return Verdict(None, known[0])


def _judge(data: bytes, ours: Collection[str], know: Callable[[str], None]) -> None:
    if b"/ByteRange" not in data:
        raise _Refused(Reason.UNSIGNED)
    reader = PdfFileReader(BytesIO(data), strict=True)
    signature = _only_signature(reader)
    certificates = [choice.chosen for choice in signature.signed_data["certificates"]]
    signer = print_of(certificates)
    if signer not in ours:
        raise _Refused(Reason.FOREIGN)
    know(signer)
    if not END.search(data) or data.count(b"%%EOF") != 1 or reader.total_revisions != 1:
        raise _Refused(Reason.APPENDED)
    _check_range(data, signature)
    _check_permission(reader, signature)
    _check_signature(signature)


def _only_signature(reader: PdfFileReader) -> EmbeddedPdfSignature:
    try:
        found = list(reader.embedded_signatures)
    except Exception as error:
        raise _Refused(Reason.DAMAGED) from error
    if not found:
        raise _Refused(Reason.UNSIGNED)
    if len(found) > 1:
        raise _Refused(Reason.APPENDED)
    return found[0]


def _check_range(data: bytes, signature: EmbeddedPdfSignature) -> None:
    """The range leaves out the signature's own digits and nothing else, and these hold nothing but the signature."""
    places = RANGE.findall(data)
    if len(places) != 1 or data.count(b"/ByteRange") != 1:
        raise _Refused(Reason.UNCOVERED)
    start, after, rest = (int(place) for place in places[0])
    if list(signature.byte_range) != [0, start, after, rest] or after + rest != len(data) or not start < after:
        raise _Refused(Reason.UNCOVERED)
    if data[start - 10 : start] != b"/Contents " or data[start : start + 1] + data[after - 1 : after] != b"<>":
        raise _Refused(Reason.UNCOVERED)
    der = cms.ContentInfo.load(bytes(signature.pkcs7_content)).untag().dump(force=True)
    digits = data[start + 1 : after - 1]
    if digits != der.hex().upper().encode().ljust(len(digits), b"0"):
        raise _Refused(Reason.DAMAGED)


def _check_permission(reader: PdfFileReader, signature: EmbeddedPdfSignature) -> None:
    permissions = reader.root.get("/Perms")
    if not isinstance(permissions, DictionaryObject) or list(permissions) != ["/DocMDP"]:
        raise _Refused(Reason.PERMISSION)
    named = permissions.raw_get("/DocMDP")
    held = signature.sig_field.raw_get("/V")
    if not isinstance(named, IndirectObject) or not isinstance(held, IndirectObject):
        raise _Refused(Reason.PERMISSION)
    if named.reference != held.reference or signature.docmdp_level != MDPPerm.NO_CHANGES:
        raise _Refused(Reason.PERMISSION)


def _check_signature(signature: EmbeddedPdfSignature) -> None:
    _check_form(signature.signed_data)
    leaf = signature.signer_cert
    # The signer is known by its print; whether its time is over now says nothing about the day it signed.
    trust = ValidationContext(trust_roots=[leaf], moment=leaf.not_valid_before, allow_fetching=False)
    status = validate_pdf_signature(
        signature,
        signer_validation_context=trust,
        ts_validation_context=ValidationContext(trust_roots=[], allow_fetching=False),
        key_usage_settings=KeyUsageConstraints(key_usage=set()),
    )
    if not (status.intact and status.valid):
        raise _Refused(Reason.CHANGED)
    if status.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        raise _Refused(Reason.UNCOVERED)
    if status.modification_level != ModificationLevel.NONE or not status.docmdp_ok or not status.trusted:
        raise _Refused(Reason.CHANGED)
    stamp = status.timestamp_validity
    if stamp is not None and not (stamp.intact and stamp.valid):
        raise _Refused(Reason.DAMAGED)


def _check_form(signed: Any) -> None:
    """One signer, nothing beside what we write: what the signature itself does not protect may not vary either."""
    infos = signed["signer_infos"]
    if len(infos) != 1 or signed["crls"].native or signed["encap_content_info"]["content"].native is not None:
        raise _Refused(Reason.DAMAGED)
    info = infos[0]
    unsigned = info["unsigned_attrs"]
    if len(unsigned) and [attribute["type"].dotted for attribute in unsigned] != [TIME_STAMP]:
        raise _Refused(Reason.DAMAGED)
    leaf = [choice.chosen for choice in signed["certificates"]]
    if not any(_names(info["sid"], certificate) for certificate in leaf):
        raise _Refused(Reason.DAMAGED)


def _names(sid: Any, certificate: Any) -> bool:
    named = sid.chosen
    return bool(
        sid.name == "issuer_and_serial_number"
        and named["serial_number"].native == certificate.serial_number
        and named["issuer"].dump() == certificate.issuer.dump()
    )
