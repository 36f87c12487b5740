"""
Signs a page that was written with room for it: PAdES B-B, or B-T where a time-stamp service is configured.

pyHanko makes the signature; the key object is kept, because pyHanko's own signer reads the key again each time.
"""

import asyncio
import hashlib
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import Any

from asn1crypto import cms, x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from django.conf import settings
from pyhanko.sign.general import SigningError as PyHankoError
from pyhanko.sign.signers import Signer
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.sign.timestamps import TimestampRequestError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from handover.printing import room as gap
from handover.signing import keys
from handover.signing.chain import print_of
from handover.signing.errors import KeyUnusable, TimestampMissing
from handover.signing.timestamps import Service

SIZE = 8 << 10
"""Bytes reserved for a signature with its chain; RSA-3072 with a certificate of its own needs 2 KiB."""
STAMP_SIZE = 24 << 10
"""And for a time stamp with the certificates of its service: up to what is read of its answer."""
DIGEST = "sha256"


class KeptKey(Signer):
    """pyHanko's signer with a key that was read and checked once."""

    def __init__(self, pair: keys.KeyPair) -> None:
        own, *above = [_as_asn1(certificate) for certificate in (pair.certificate, *pair.above)]
        store = SimpleCertificateStore()
        store.register_multiple(above)
        super().__init__(signing_cert=own, cert_registry=store)
        self.pair = pair
        self.print = print_of([own, *above])

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The signature over `data`; asked by pyHanko, always with SHA-256."""
        if digest_algorithm != DIGEST:
            raise KeyUnusable("only SHA-256 is signed")
        if isinstance(self.pair.key, ec.EllipticCurvePrivateKey):
            return self.pair.key.sign(data, ec.ECDSA(hashes.SHA256()))
        return self.pair.key.sign(data, padding.PKCS1v15(), hashes.SHA256())


def _as_asn1(certificate: Any) -> x509.Certificate:
    return x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


@lru_cache(maxsize=4)
def _signer(pair: keys.KeyPair) -> KeptKey:
    return KeptKey(pair)


def signer_print(*, at: datetime) -> str:
    """What our signatures are recognised by: one hash over our certificate and those above it.

    Raises `KeyUnusable`.
    """
    return _signer(keys.current(at=at)).print


def room(*, at: datetime, signer: str) -> gap.Room:
    """The room that a page needs to be signed at `at` in the name of `signer`. Raises `KeyUnusable`."""
    keys.current(at=at)
    return gap.Room(signer=signer, at=at, size=SIZE + (STAMP_SIZE if settings.TIMESTAMP_URL else 0))


def sign(pdf: bytes, room: gap.Room) -> tuple[bytes, str]:
    """Fill the room in `pdf`; returns the signed file and the print of its signer.

    Raises `KeyUnusable`, `TimestampMissing`, and ValueError for a page without that room.
    """
    signer = _signer(keys.current(at=room.at))
    hole, unfilled = gap.empty(room.size), gap.unfilled_range()
    start = pdf.find(hole)
    if start < 0 or pdf.count(unfilled) != 1:
        raise ValueError("this page was printed without room for a signature")
    end = start + len(hole)
    places = f"{start} {end} {len(pdf) - end}".ljust(3 * gap.NUMBER_WIDTH + 2)
    ready = pdf.replace(unfilled, b"/ByteRange [0 " + places.encode() + b"]")
    digest = hashlib.sha256(ready[:start])
    digest.update(ready[end:])
    service = Service(settings.TIMESTAMP_URL) if settings.TIMESTAMP_URL else None
    made = _made(signer, digest.digest(), room.size, service)
    output = BytesIO(ready)
    PreparedByteRangeDigest(digest.digest(), start, end).fill_with_cms(output, made)
    return output.getvalue(), signer.print


def warm(*, at: datetime) -> None:
    """Read the key and sign nothing, so that nobody waits for it later; asks no time-stamp service.

    Raises `KeyUnusable` when the settings are wrong: whoever starts the process learns it now.
    """
    _made(_signer(keys.current(at=at)), bytes(32), SIZE, None)


def _made(signer: KeptKey, digest: bytes, size: int, service: Service | None) -> bytes:
    try:
        made: cms.ContentInfo = _finished(signer.async_sign(digest, DIGEST, use_pades=True, timestamper=service))
    except TimestampRequestError as refused:
        raise TimestampMissing("the time-stamp service refused to stamp") from refused
    except PyHankoError as error:
        raise KeyUnusable(str(error)) from error
    der: bytes = made.dump()
    if len(der) > size:
        raise KeyUnusable(f"signature and chain have {len(der)} bytes, {size} are reserved: shorten the chain")
    return der


def _finished(work: Coroutine[Any, Any, Any]) -> Any:
    """Run pyHanko's coroutine to its end, in a thread of its own where this one runs a loop already."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as one:
        return one.submit(asyncio.run, work).result()
