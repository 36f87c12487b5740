"""A certificate authority and a time-stamp service (RFC 3161) of the tests' own, on this machine."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from asn1crypto import cms, keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def certificate(
    key: Any,
    name: str,
    *,
    by: tuple[Any, x509.Certificate] | None = None,
    days: int = 3650,
    usage: str = "digital_signature",
    stamps: bool = False,
) -> x509.Certificate:
    """A certificate for `key`, signed by itself or by another's key and certificate."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    kinds = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    kinds += ("key_cert_sign", "crl_sign", "encipher_only", "decipher_only")
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by[1].subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGINS)
        .not_valid_after(BEGINS + timedelta(days=days))
        .add_extension(x509.KeyUsage(**{kind: kind == usage for kind in kinds}), critical=True)
    )
    if stamps:
        built = built.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return built.sign(by[0] if by else key, hashes.SHA256())


def pem(*things: Any, password: bytes | None = None) -> bytes:
    """Keys and certificates as PEM, one after the other."""
    lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return b"".join(
        thing.public_bytes(serialization.Encoding.PEM)
        if isinstance(thing, x509.Certificate)
        else thing.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)
        for thing in things
    )


def _stamper() -> DummyTimeStamper:
    key = rsa.generate_private_key(65537, 2048)
    made = certificate(key, "Time stamps", stamps=True)
    der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    own = asn1_x509.Certificate.load(made.public_bytes(serialization.Encoding.DER))
    return DummyTimeStamper(own, keys.PrivateKeyInfo.load(der), SimpleCertificateStore())


@contextmanager
def time_stamps(answer: str = "good") -> Iterator[tuple[str, list[bytes]]]:
    """Its address, and what it was asked. `answer` is good, refused, other, rubbish, html or 500."""
    stamper, asked = _stamper(), list[bytes]()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append(body)
            request = tsp.TimeStampReq.load(body)
            if answer == "other":
                request["message_imprint"]["hashed_message"] = bytes(32)
                request = tsp.TimeStampReq.load(request.dump(force=True))
            given = asyncio.run(stamper.async_request_tsa_response(request)).dump()
            if answer == "refused":
                given = bytes.fromhex("30053003020102")  # status 2, rejection, and no token
            elif answer == "rubbish":
                given = given[:300]
            self.send_response(500 if answer == "500" else 200)
            self.send_header("Content-Type", "text/html" if answer == "html" else "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(given)

        def log_message(self, *_arguments: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/stamp", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def stamp_of(pdf: bytes, signed_data: Any) -> Any:
    """What the time stamp in a signature states, None when there is none."""
    for attribute in signed_data["signer_infos"][0]["unsigned_attrs"]:
        if attribute["type"].native == "signature_time_stamp_token":
            token: cms.ContentInfo = attribute["values"][0]
            return token["content"]["encap_content_info"]["content"].parsed
    return None
