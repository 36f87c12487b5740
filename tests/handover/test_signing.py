"""What signs certificates: the key of the first run, an own key, a time-stamp service; and what a signed file is."""

import asyncio
import io
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from pyhanko.pdf_utils.reader import PdfFileReader

from handover.printing.certificate import certificate_pdf
from handover.signing import keys, signer
from handover.signing.errors import KeyUnusable, TimestampMissing
from handover.signing.judge import judge
from tests.handover.authorities import certificate, pem, stamp_of, time_stamps
from tests.handover.printed import AT, facts, fonts, issue, pages, squeezed
from tests.handover.signed import signed

FIRST_RUN = """
import django; django.setup()
from datetime import UTC, datetime
from django.conf import settings
from handover.signing import keys
settings.SIGNING_FILE = {file!r}
print(keys.current(at=datetime(2026, 11, 27, tzinfo=UTC)).certificate.serial_number)
"""


@pytest.fixture(scope="module")
def authority() -> tuple[Any, Any, Any, Any]:
    """A root with its certificate, and a key on P-256 with one below it."""
    root, key = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())
    root_certificate = certificate(root, "Root", usage="key_cert_sign")
    return root, root_certificate, key, certificate(key, "青葉", by=(root, root_certificate))


def _file(folder: Path, name: str, data: bytes, mode: int = 0o600) -> str:
    path = folder / name
    path.write_bytes(data)
    path.chmod(mode)
    return str(path)


def test_key_of_the_first_run_is_one_for_processes_that_start_together(tmp_path: Path) -> None:
    file = tmp_path / "data" / "signing.pem"
    script = FIRST_RUN.format(file=str(file))
    racers = [
        subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) for _process in range(3)
    ]
    assert len({racer.communicate()[0].split()[-1] for racer in racers}) == 1
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["signing.pem"], "no draft of a key is left"


def test_own_certificate_is_for_signing_documents_only(tmp_path: Path, settings: Any) -> None:
    settings.SIGNING_FILE = str(tmp_path / "signing.pem")
    own = keys.current(at=AT)
    assert isinstance(own.key, rsa.RSAPrivateKey) and own.key.key_size == 3072
    assert "あおぞら通信" in own.certificate.subject.rfc4514_string()
    with pytest.raises(KeyUnusable, match="expired on 2046"):
        keys.current(at=AT + timedelta(days=365 * 21))


def test_signed_file_is_certified_whole_and_stays_archival_and_tagged() -> None:
    made = signed()
    reader = PdfFileReader(io.BytesIO(made.pdf))
    (signature,) = reader.embedded_signatures
    assert reader.total_revisions == 1 and made.pdf.count(b"%%EOF") == 1
    assert str(signature.sig_object["/SubFilter"]) == "/ETSI.CAdES.detached"
    types = {attribute["type"].native for attribute in signature.signer_info["signed_attrs"]}
    assert {"content_type", "message_digest", "signing_certificate_v2"} <= types
    assert "signing_time" not in types, "PAdES: the time is in the dictionary"
    assert signature.self_reported_timestamp == AT
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        root = pdf.Root
        assert root.Perms.DocMDP.Reference[0].TransformParams.P == 1
        assert (root.AcroForm.SigFlags, "/NeedAppearances" in root.AcroForm) == (3, False)
        (field,) = pdf.pages[0].Annots
        assert (field.FT, int(field.F), list(map(int, field.Rect))) == ("/Sig", 132, [0, 0, 0, 0])
        assert root.MarkInfo.Marked and str(root.Lang) == "ja" and "/StructTreeRoot" in root
        with pdf.open_metadata() as metadata:
            assert metadata.pdfa_status == "3A"
        assert pdf.check_pdf_syntax() == []
    printed = fonts(made.pdf)
    assert printed and [box for font in printed for box in font.boxes()] == []
    assert len(made.pdf) < 250_000


def test_own_key_with_its_chain_signs(tmp_path: Path, settings: Any, authority: tuple[Any, ...]) -> None:
    _root, root_certificate, key, own = authority
    settings.SIGNING_KEY = _file(tmp_path, "key.pem", pem(key, password=b"open"))
    settings.SIGNING_CERTIFICATE = _file(tmp_path, "chain.pem", pem(own, root_certificate), 0o644)
    settings.SIGNING_PASSWORD = "open"
    by_pem = signed()
    bundle = pkcs12.serialize_key_and_certificates(b"x", key, own, [root_certificate], BestAvailableEncryption(b"open"))
    settings.SIGNING_KEY = settings.SIGNING_CERTIFICATE = ""
    settings.SIGNING_PKCS12 = _file(tmp_path, "own.p12", bundle)
    by_bundle = signed()
    assert by_pem.print == by_bundle.print
    for made in (by_pem, by_bundle):
        assert judge(made.pdf, {made.print}).reason is None
        (signature,) = PdfFileReader(io.BytesIO(made.pdf)).embedded_signatures
        assert signature.signer_cert.subject.native["common_name"] == "青葉"
        assert [one.subject.native["common_name"] for one in signature.other_embedded_certs] == ["Root"]


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("no file", "cannot be read"),
        ("open to all", "chmod 600"),
        ("wrong password", "SIGNING_PASSWORD"),
        ("no key", "holds no PEM key"),
        ("no certificate", "holds no PEM certificate"),
        ("another's certificate", "does not belong"),
        ("only one of two", "belong together"),
        ("both kinds", "not both"),
        ("no bundle", "no PKCS#12 file"),
        ("small key", "1024 bits"),
        ("other curve", "P-256"),
        ("other kind of key", "must be RSA"),
        ("not for signatures", "key usage"),
        ("expired", "expired on 2026-01-11"),
    ],
)
def test_wrong_key_is_refused_with_words_that_help(
    tmp_path: Path, settings: Any, authority: tuple[Any, ...], what: str, message: str
) -> None:
    _root, root_certificate, key, own = authority
    if what == "small key":
        key, own = (small := rsa.generate_private_key(65537, 1024)), certificate(small, "small")
    elif what == "other curve":
        key, own = (curve := ec.generate_private_key(ec.SECP256K1())), certificate(curve, "curve")
    elif what in {"other kind of key", "not for signatures", "expired"}:
        own = certificate(key, "own", usage="key_agreement" if what == "not for signatures" else "digital_signature")
        own = certificate(key, "own", days=10) if what == "expired" else own
        key = ed25519.Ed25519PrivateKey.generate() if what == "other kind of key" else key
    lock = b"secret" if what == "wrong password" else None
    key_pem, chain = pem(key, password=lock), pem(root_certificate if what == "another's certificate" else own)
    settings.SIGNING_KEY = _file(tmp_path, "key.pem", b"-" if what == "no key" else key_pem)
    settings.SIGNING_CERTIFICATE = _file(tmp_path, "chain.pem", b"-" if what == "no certificate" else chain)
    if what == "no file":
        Path(settings.SIGNING_KEY).unlink()
    elif what == "open to all":
        Path(settings.SIGNING_KEY).chmod(0o604)
    elif what == "only one of two":
        settings.SIGNING_CERTIFICATE = ""
    elif what == "both kinds":
        settings.SIGNING_PKCS12 = settings.SIGNING_KEY
    elif what == "no bundle":
        settings.SIGNING_PKCS12, settings.SIGNING_KEY, settings.SIGNING_CERTIFICATE = settings.SIGNING_KEY, "", ""
    settings.SIGNING_PASSWORD = "wrong" if what == "wrong password" else ""
    with pytest.raises(KeyUnusable, match=message) as refusal:
        signed()
    assert "PRIVATE" not in str(refusal.value)


def test_chain_that_does_not_fit_is_said_before_anything_is_issued(
    tmp_path: Path, settings: Any, authority: tuple[Any, ...]
) -> None:
    root, _root_certificate, key, own = authority
    settings.SIGNING_KEY = _file(tmp_path, "key.pem", pem(key))
    above = [certificate(root, "長" * 20) for _one in range(9)]
    settings.SIGNING_CERTIFICATE = _file(tmp_path, "chain.pem", pem(own, *above))
    with pytest.raises(KeyUnusable, match="shorten the chain"):
        signed()


def test_time_stamp_of_the_service_is_in_the_signature(settings: Any) -> None:
    with time_stamps() as (address, asked):
        settings.TIMESTAMP_URL = address
        made = signed()
    assert len(asked) == 1, "one question a signature"
    (signature,) = PdfFileReader(io.BytesIO(made.pdf)).embedded_signatures
    stated = stamp_of(made.pdf, signature.signed_data)
    assert stated is not None and stated["message_imprint"]["hash_algorithm"]["algorithm"].native == "sha256"
    assert judge(made.pdf, {made.print}).reason is None


@pytest.mark.parametrize("answer", ["refused", "other", "rubbish", "html", "500"])
def test_nothing_is_signed_without_the_stamp_of_a_configured_service(settings: Any, answer: str) -> None:
    with time_stamps(answer) as (settings.TIMESTAMP_URL, _asked), pytest.raises(TimestampMissing):
        signed()


def test_service_that_is_away_or_no_address_is_told(settings: Any) -> None:
    settings.TIMESTAMP_URL = "http://127.0.0.1:9/"
    with pytest.raises(TimestampMissing, match="does not answer"):
        signed()
    settings.TIMESTAMP_URL = "file:///etc/passwd"
    with pytest.raises(KeyUnusable, match="TIMESTAMP_URL"):
        signed()


def test_signs_where_a_loop_runs_already() -> None:
    expected = signed()

    async def inside() -> Any:
        return signed()

    assert asyncio.run(inside()) == expected


def test_only_a_signed_page_says_that_it_is_signed() -> None:
    room = signer.room(at=AT, signer="x")
    words = squeezed("This certificate is signed electronically.")
    (with_room,) = pages(certificate_pdf(facts(), issue(language="en"), room))
    (without,) = pages(certificate_pdf(facts(), issue(language="en")))
    assert words in with_room and words not in without


def test_page_without_room_is_not_signed() -> None:
    room = signer.room(at=AT, signer="x")
    with pytest.raises(ValueError, match="without room"):
        signer.sign(b"%PDF-1.7", room)
