"""By what a signer is recognised. Knows neither Django nor a setting: the checking child reads it too."""

import hashlib
from collections.abc import Iterable

from asn1crypto import x509


def print_of(certificates: Iterable[x509.Certificate]) -> str:
    """One SHA-256 over all certificates that a signature brings along, in any order: no byte of them may differ."""
    each = sorted(hashlib.sha256(certificate.dump()).digest() for certificate in certificates)
    return hashlib.sha256(b"".join(each)).hexdigest()
