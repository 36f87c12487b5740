"""What a presented file is told: by its hash, its signature and the state now; in words, and within bounds."""

import hashlib
import io
import time
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client
from django.utils.translation import override

from accounts import tallies
from accounts.errors import Refused
from audit.models import Event
from audit.record import System, event
from handover import certificates, documents, transitions
from handover.models import Blob, Certificate, Registration
from handover.printing.certificate import certificate_pdf
from handover.signing import asking, keys
from handover.signing.reasons import Reason
from handover.views.certificates import AN_HOUR, MOST_FILES
from tests import seen
from tests.cast import Cast, actor
from tests.handover.attacks import ATTACKS, Scene
from tests.handover.printed import facts, issue
from tests.handover.signed import signed
from tests.stock import NOW


def issued(held: Registration, who: Any) -> tuple[Certificate, bytes]:
    made = transitions.issue_certificate(registration_pk=held.pk, language="ja", actor=actor(who), at=NOW)
    return made, documents.read_bytes(made.blob)


def altered(pdf: bytes, how: str = "a byte of the contents") -> bytes:
    return ATTACKS[how](Scene(pdf, pdf, pdf, pdf))


def upload(pdf: bytes, language: str = "en") -> Any:
    file = io.BytesIO(pdf)
    file.name = "certificate.pdf"
    browser = Client()
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return browser.post("/verify/", {"file": file, "by_file": "1"})


def test_signer_is_kept_in_the_row_and_in_the_log(cast: Cast, held: Registration) -> None:
    made, _pdf = issued(held, cast.taro)
    assert len(made.signed_by) == 64
    assert Event.objects.get(verb="certificate.issued").facts["signer"] == made.signed_by


def test_certificate_from_before_signatures_still_verifies(cast: Cast, held: Registration) -> None:
    made, _pdf = issued(held, cast.taro)
    old = certificate_pdf(facts(), issue(check_code="2222222222AB"))
    blob = documents.store_bytes(old, tenant=held.organisation.label, content_type="application/pdf", at=NOW)
    blob.save(force_insert=True)
    before = old_row(made, blob)
    assert certificates.check_file([old]) == certificates.Answer("valid", before)
    answer = certificates.check_file([old + b"\n"])
    assert (answer.state, answer.certificate, answer.reason) == ("altered", before, Reason.CHANGED)


def old_row(made: Certificate, blob: Blob) -> Certificate:
    """A certificate of the same facts, issued when none was signed."""
    columns = {name: getattr(made, name) for name in ("registration", "language", "facts", "facts_key", "log_sequence")}
    before = Certificate.objects.create(
        serial=f"{made.serial}-old", check_code="2222222222AB", blob=blob, issued_at=NOW, **columns
    )
    event(
        "certificate.issued",
        actor=System("tests"),
        at=NOW,
        subject=before.label,
        about=[made.registration.label],
        facts={"serial": before.serial, "sha256": blob.sha256},
    )
    return before


FORGED = {
    "its hash": lambda pdf: (altered(pdf), {}),
    "its hash, and no signer any more": lambda pdf: (altered(pdf), {"signed_by": ""}),
    "a file that is too large for the judge": lambda pdf: (pdf + b" " * (3 << 20), {}),
    "and unsigned": lambda pdf: (pdf + b" " * (3 << 20), {"signed_by": ""}),
}


@pytest.mark.parametrize("how", FORGED)
def test_row_that_was_made_to_fit_a_forged_file_deceives_nobody(cast: Cast, held: Registration, how: str) -> None:
    made, pdf = issued(held, cast.taro)
    forged, columns = FORGED[how](pdf)
    Blob.objects.filter(pk=made.blob_id).update(sha256=hashlib.sha256(forged).hexdigest())
    Certificate.objects.filter(pk=made.pk).update(**columns)
    answer = certificates.check_file([forged])
    assert (answer.state, answer.reason) == ("altered", Reason.UNRECORDED)


@pytest.mark.parametrize(("change", "reason"), [("trailing bytes", Reason.APPENDED), ("large", Reason.BROKEN)])
def test_nor_does_a_row_and_its_event(cast: Cast, held: Registration, change: str, reason: Reason) -> None:
    """Whoever changes the log as well is found by `verify_audit`; the signature does not fit before that."""
    made, pdf = issued(held, cast.taro)
    forged = pdf + b" " * (3 << 20) if change == "large" else altered(pdf, change)
    Blob.objects.filter(pk=made.blob_id).update(sha256=hashlib.sha256(forged).hexdigest())
    Certificate.objects.filter(pk=made.pk).update(serial="R-1-99")
    facts = {"sha256": hashlib.sha256(forged).hexdigest(), "signer": made.signed_by}
    event("certificate.issued", actor=System("x"), at=NOW, subject="certificate:R-1-99", about=[], facts=facts)
    answer = certificates.check_file([forged])
    assert (answer.state, answer.reason) == ("altered", reason)


def test_check_that_does_not_end_confirms_nothing(
    cast: Cast, held: Registration, monkeypatch: pytest.MonkeyPatch
) -> None:
    _made, pdf = issued(held, cast.taro)
    monkeypatch.setattr(asking, "_CHILD", "handover.signing.limits")  # says nothing
    assert certificates.check_file([pdf]) == certificates.Answer("unchecked")
    page = upload(pdf).content.decode()
    assert 'data-tone="warn"' in page and "nothing is said about this file" in page
    assert held.number not in page


def test_certificates_of_an_earlier_key_hold(cast: Cast, held: Registration, tmp_path: Path, settings: Any) -> None:
    first, pdf = issued(held, cast.taro)
    settings.SIGNING_FILE = str(tmp_path / "next.pem")
    second, _pdf = issued(held, cast.taro)
    assert first.signed_by != second.signed_by
    assert certificates.check_file([pdf]) == certificates.Answer("valid", first)
    assert certificates.check_file([altered(pdf)]).reason is Reason.CHANGED


def test_signed_file_that_no_row_knows_is_not_accepted(cast: Cast, held: Registration) -> None:
    issued(held, cast.taro)
    stray = signed().pdf
    assert certificates.check_file([stray]) == certificates.Answer("unknown", None, Reason.UNRECORDED)


@pytest.mark.parametrize("wrong", ["key", "service"])
def test_nothing_is_issued_unsigned(
    cast: Cast, held: Registration, settings: Any, tmp_path: Path, wrong: str, caplog: pytest.LogCaptureFixture
) -> None:
    if wrong == "key":
        settings.SIGNING_PKCS12 = str(tmp_path / "none.p12")
    else:
        settings.TIMESTAMP_URL = "http://127.0.0.1:9/"
    before = seen.mark()
    with override("en"), pytest.raises(Refused, match="cannot be signed at the moment"):
        issued(held, cast.taro)
    assert not Certificate.objects.exists() and not Blob.objects.filter(certificate__isnull=False).exists()
    assert seen.verbs(before) == []


@pytest.mark.parametrize("language", ["ja", "en"])
def test_each_reason_is_said_in_words_of_its_own(language: str) -> None:
    with override(language):
        said = {
            reason: render_to_string("handover/_certificate_reason.html", {"reason": reason.value}).strip()
            for reason in Reason
        }
    assert all(words.startswith("<p>") for words in said.values())
    assert len(set(said.values())) == len(Reason)


def test_page_tells_why_an_altered_file_is_refused(cast: Cast, held: Registration) -> None:
    _made, pdf = issued(held, cast.taro)
    words = upload(altered(pdf, "trailing bytes")).content.decode()
    assert 'data-tone="bad"' in words and "Something was added to the file after we signed it." in words
    assert held.number not in words, "of an altered file nothing is confirmed"


def test_one_sender_shows_120_files_an_hour(cast: Cast, held: Registration) -> None:
    _made, pdf = issued(held, cast.taro)
    assert b'data-tone="ok"' in upload(pdf).content
    from django.utils import timezone

    for _file in range(MOST_FILES):
        tallies.charge("verify:sender:127.0.0.1", limit=MOST_FILES, period=AN_HOUR, at=timezone.now())
    answer = upload(pdf)
    assert answer.status_code == 200
    assert b"Very many files" in answer.content and b'data-tone="ok"' not in answer.content


HEAD = b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n"
RANGE = b"1 0 obj<</ByteRange [0 1 2 3]>>endobj\n"
DEEP = HEAD + RANGE + b"2 0 obj" + b"[" * 900_000
LOOP = HEAD + RANGE + b"xref\n0 1\n0000000000 65535 f \ntrailer<</Size 1/Prev 55/Root 1 0 R>>\nstartxref\n55\n%%EOF\n"
SWOLLEN = zlib.compress(bytes(600 << 20), 9)
BOMB = (
    HEAD
    + RANGE
    + b"2 0 obj<</Type/XRef/W[1 4 2]/Size 90000000/Root 1 0 R/Filter/FlateDecode/Length %d>>stream\n" % len(SWOLLEN)
    + SWOLLEN
    + b"\nendstream endobj\nstartxref\n57\n%%EOF\n"
)


@pytest.mark.parametrize("hostile", [DEEP, LOOP, BOMB, HEAD + RANGE * 40_000, b"%PDF-1.7\n/ByteRange" + bytes(2 << 20)])
def test_hostile_file_is_judged_within_bounds(hostile: bytes) -> None:
    began = time.monotonic()
    assert asking.ask(hostile, {"0" * 64}).reason is not None
    assert time.monotonic() - began < asking.limits.WALL_SECONDS + 4


def test_child_that_does_not_end_in_time_is_given_up() -> None:
    assert asking.ask(signed().pdf, {"0" * 64}, wall_seconds=0.01) == asking.UNCHECKED


def test_child_gets_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It judges with the certificate in the file and the prints alone: it finds the same without key and settings."""
    made = signed()
    monkeypatch.setenv("SIGNING_PASSWORD", "planted-4711")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "no.such.settings")
    assert asking.ask(made.pdf, {made.print}).reason is None
    assert keys.configured() is False
