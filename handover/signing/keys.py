"""
The key that signs certificates: an own one by configuration, or one made on the first run, kept in the process.

Settings: `SIGNING_PKCS12` (a file with key and chain), or `SIGNING_KEY` and `SIGNING_CERTIFICATE` (PEM files; the
second holds our certificate first and then those above it), each with `SIGNING_PASSWORD` where it is locked. Without
them `SIGNING_FILE` in the data folder is made: RSA with 3072 bits and a certificate that we sign ourselves.
"""

import os
import secrets
import stat
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID, ObjectIdentifier
from django.conf import settings

from handover.signing.errors import KeyUnusable

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

BITS = 3072
LEAST_BITS = 2048
VALID_FOR = timedelta(days=365 * 20)
DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")
CHAIN_AT_MOST = 10
CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)


@dataclass(frozen=True)
class KeyPair:
    """A key that may sign, its certificate, and those above it."""

    key: Key
    certificate: x509.Certificate
    above: tuple[x509.Certificate, ...]

    def check_time(self, at: datetime) -> None:
        """Raise `KeyUnusable` when the certificate is over at `at`."""
        if at >= self.certificate.not_valid_after_utc:
            raise KeyUnusable(f"the signing certificate expired on {self.certificate.not_valid_after_utc:%Y-%m-%d}")

    def check_begun(self, at: datetime) -> None:
        """Raise `KeyUnusable` when the certificate is not good yet at `at`: asked of an own one at the start."""
        if at < self.certificate.not_valid_before_utc:
            raise KeyUnusable(
                f"the signing certificate is good only from {self.certificate.not_valid_before_utc:%Y-%m-%d}"
            )


def configured() -> bool:
    """Whether the installation brings its own key."""
    return bool(settings.SIGNING_PKCS12 or settings.SIGNING_KEY or settings.SIGNING_CERTIFICATE)


def current(*, at: datetime) -> KeyPair:
    """The key of this installation; made at `at` where none is configured and none was made. Raises `KeyUnusable`."""
    pair = _loaded(
        settings.SIGNING_PKCS12,
        settings.SIGNING_KEY,
        settings.SIGNING_CERTIFICATE,
        settings.SIGNING_PASSWORD,
        "" if configured() else _own_file(at),
    )
    pair.check_time(at)
    return pair


@lru_cache(maxsize=4)
def _loaded(bundle: str, key_file: str, certificate_file: str, password: str, own: str) -> KeyPair:
    """Read once a process: checking an RSA key takes ten times as long as signing with it."""
    secret = password.encode() or None
    if own:
        return _checked(*_from_pem(own, own, None))
    if bundle and (key_file or certificate_file):
        raise KeyUnusable("set SIGNING_PKCS12, or SIGNING_KEY with SIGNING_CERTIFICATE, but not both")
    if bundle:
        return _checked(*_from_pkcs12(bundle, secret))
    if not (key_file and certificate_file):
        raise KeyUnusable("SIGNING_KEY and SIGNING_CERTIFICATE belong together: one of them is missing")
    return _checked(*_from_pem(key_file, certificate_file, secret))


def _read(name: str, file: str, *, secret: bool) -> bytes:
    try:
        with Path(file).open("rb") as opened:
            if secret and os.fstat(opened.fileno()).st_mode & stat.S_IRWXO:
                raise KeyUnusable(f"{name}: everybody on this machine may read {file}; chmod 600 it")
            return opened.read(1 << 20)
    except OSError as error:
        raise KeyUnusable(f"{name}: {file} cannot be read ({error.strerror})") from error


def _from_pkcs12(file: str, password: bytes | None) -> tuple[object, list[x509.Certificate]]:
    data = _read("SIGNING_PKCS12", file, secret=True)
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(data, password)
    except ValueError as error:
        raise KeyUnusable(f"SIGNING_PKCS12: {file} is no PKCS#12 file, or SIGNING_PASSWORD does not open it") from error
    if key is None or certificate is None:
        raise KeyUnusable(f"SIGNING_PKCS12: {file} must hold a key and its certificate")
    return key, [certificate, *others]


def _from_pem(key_file: str, certificate_file: str, password: bytes | None) -> tuple[object, list[x509.Certificate]]:
    pem = _read("SIGNING_KEY", key_file, secret=True)
    try:
        key = serialization.load_pem_private_key(pem, password)
    except (ValueError, TypeError) as error:
        raise KeyUnusable(f"SIGNING_KEY: {key_file} holds no PEM key that SIGNING_PASSWORD opens") from error
    try:
        chain = x509.load_pem_x509_certificates(_read("SIGNING_CERTIFICATE", certificate_file, secret=False))
    except ValueError as error:
        raise KeyUnusable(f"SIGNING_CERTIFICATE: {certificate_file} holds no PEM certificate") from error
    return key, chain


def _checked(key: object, chain: list[x509.Certificate]) -> KeyPair:
    certificate, *above = chain
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise KeyUnusable("the signing key must be RSA, or on the curve P-256, P-384 or P-521")
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size < LEAST_BITS:
        raise KeyUnusable(f"the signing key has {key.key_size} bits; at least {LEAST_BITS} are needed")
    if isinstance(key, ec.EllipticCurvePrivateKey) and not isinstance(key.curve, CURVES):
        raise KeyUnusable("the signing key must be on the curve P-256, P-384 or P-521")
    if _public(key) != _public(certificate):
        raise KeyUnusable("the first certificate does not belong to the signing key")
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        usage = None
    if usage and not (usage.digital_signature or usage.content_commitment):
        raise KeyUnusable("the signing certificate is not made for signatures (key usage)")
    if len(above) > CHAIN_AT_MOST:
        raise KeyUnusable(f"more than {CHAIN_AT_MOST} certificates above the signing certificate")
    return KeyPair(key, certificate, tuple(above))


def _public(holder: Key | x509.Certificate) -> bytes:
    return holder.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _own_file(at: datetime) -> str:
    path = Path(settings.SIGNING_FILE)
    if not path.exists():
        _make(path, at)
    return str(path)


def _make(path: Path, at: datetime) -> None:
    """Make the file whole beside its place and link it there: of several processes the first wins for all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(_new(at))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()


def _new(at: datetime) -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, settings.PROVIDER_NAME[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, settings.PROVIDER_NAME_EN[:64]),
        ]
    )
    begins = at.astimezone(UTC).replace(microsecond=0) - timedelta(days=1)
    signs_only = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + VALID_FOR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(signs_only, critical=True)
        .add_extension(x509.ExtendedKeyUsage([DOCUMENT_SIGNING]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + certificate.public_bytes(serialization.Encoding.PEM)
