"""Certificates: issued with their very bytes, superseded by changed facts only, checked by code or file."""

import hashlib
import io
import time
import zlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.management import call_command
from django.test import Client

from accounts.errors import NotAllowed, WrongState
from audit.models import Event
from handover import certificates, documents, transitions
from handover.models import Certificate, Registration
from handover.vault.kinds import REFUSALS
from tests import seen
from tests.cast import Cast, actor, sign_in
from tests.stock import NOW, accepted


def issued(held: Registration, who: Any, *, language: str = "ja") -> tuple[Certificate, bytes]:
    made = transitions.issue_certificate(registration_pk=held.pk, language=language, actor=actor(who), at=NOW)
    return made, documents.read_bytes(made.blob)


def test_custodian_issues_a_certificate_whose_bytes_are_kept(cast: Cast, held: Registration) -> None:
    before = seen.mark()
    made, pdf = issued(held, cast.taro)
    assert pdf.startswith(b"%PDF-") and len(pikepdf.open(io.BytesIO(pdf)).pages) == 1
    assert made.blob.sha256 == hashlib.sha256(pdf).hexdigest()
    assert (made.serial, made.status, made.issued_by) == ("R-1-01", "valid", cast.taro)
    assert seen.verbs(before) == ["certificate.issued"]
    written = Event.objects.get(verb="certificate.issued")
    assert written.facts["sha256"] == made.blob.sha256
    assert made.check_code not in str(written.facts)
    assert held.label in written.about


def test_second_one_and_another_language_do_not_supersede(cast: Cast, held: Registration) -> None:
    first, _pdf = issued(held, cast.taro)
    second, _pdf = issued(held, cast.hanako, language="en")
    assert (first.serial, second.serial) == ("R-1-01", "R-1-02")
    assert certificates.state_now(first) == certificates.state_now(second) == "valid"


@pytest.mark.parametrize("who", ["jiro", "wakako", "worker", "agent", "operator"])
def test_nobody_else_has_a_certificate_issued(cast: Cast, held: Registration, who: str) -> None:
    with pytest.raises(NotAllowed):
        issued(held, getattr(cast, who))
    assert not Certificate.objects.exists()


def test_closed_registration_gets_no_certificate(cast: Cast, held: Registration) -> None:
    Registration.objects.update(status=Registration.Status.CLOSED)
    with pytest.raises(WrongState):
        issued(held, cast.taro)


def test_handover_supersedes_the_certificate(cast: Cast, held: Registration) -> None:
    made, pdf = issued(held, cast.taro)
    accepted(cast, held, days=0, at=NOW + timedelta(hours=1))
    answer = certificates.check_file([pdf])
    assert (answer.state, answer.certificate) == ("superseded", made)
    assert certificates.check_code(made.check_code).state == "superseded"


def test_custodian_who_changes_name_makes_the_certificate_outdated(cast: Cast, held: Registration) -> None:
    made, pdf = issued(held, cast.taro)
    cast.taro.display_name = "吉田 太郎"
    cast.taro.save()
    assert certificates.check_file([pdf]).state == "superseded"
    made.refresh_from_db()
    assert made.status == "valid"


def test_administrator_withdraws_once_and_it_verifies_as_withdrawn(cast: Cast, held: Registration) -> None:
    made, pdf = issued(held, cast.taro)
    for who in (cast.jiro, cast.wakako):
        with pytest.raises(NotAllowed):
            transitions.withdraw_certificate(certificate_pk=made.pk, actor=actor(who), at=NOW)
    before = seen.mark()
    transitions.withdraw_certificate(certificate_pk=made.pk, actor=actor(cast.hanako), at=NOW)
    assert seen.verbs(before) == ["certificate.withdrawn"]
    assert certificates.check_file([pdf]).state == "withdrawn"
    with pytest.raises(WrongState):
        transitions.withdraw_certificate(certificate_pk=made.pk, actor=actor(cast.hanako), at=NOW)


def _appended(pdf: bytes) -> bytes:
    return pdf + b"\n% one more line"


def _one_bit(pdf: bytes) -> bytes:
    place = len(pdf) // 2
    return pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]


def _saved_again(pdf: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def _new_title(pdf: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.docinfo["/Title"] = "登録内容証明書"
        document.save(out)
    return out.getvalue()


@pytest.mark.parametrize("alter", [_appended, _one_bit, _saved_again, _new_title])
def test_altered_file_is_refused(cast: Cast, held: Registration, alter: Any) -> None:
    made, pdf = issued(held, cast.taro)
    answer = certificates.check_file([alter(pdf)])
    assert (answer.state, answer.certificate) == ("altered", made)
    assert answer.reason is not None


@pytest.mark.parametrize("file", [b"", b"%PDF-1.7 nothing of ours", b"stream\n" * 5000, bytes(200_000)])
def test_unrelated_file_is_unknown(cast: Cast, held: Registration, file: bytes) -> None:
    issued(held, cast.taro)
    assert certificates.check_file([file]) == certificates.Answer("unknown")


def test_large_and_hostile_files_are_answered_at_once(cast: Cast, held: Registration) -> None:
    made, _pdf = issued(held, cast.taro)
    began = time.process_time()
    for hostile in (b"A-" * (2 << 20), b"stream\n" * 200_000, (b"stream\n" + zlib.compress(bytes(1 << 20))) * 900):
        assert certificates.check_file([hostile]).state == "unknown"
    assert time.process_time() - began < 5, "the work on a presented file is bounded"
    # A list of serials is no certificate: nobody learns which registrations have one.
    assert certificates.check_file([made.serial.encode()]).state == "unknown"


def test_file_of_26_megabytes_gets_a_clear_answer(cast: Cast, held: Registration) -> None:
    file = io.BytesIO(b"%PDF-" + bytes(26 << 20))
    file.name = "certificate.pdf"
    answer = Client().post("/verify/", {"file": file, "by_file": "1"})
    assert answer.status_code == 200
    words = str(REFUSALS["too_large"].reason)
    assert words in answer.content.decode() and 'data-tone="ok"' not in answer.content.decode()


def test_name_that_cannot_be_printed_supersedes_instead_of_failing(cast: Cast, held: Registration) -> None:
    made, pdf = issued(held, cast.taro)
    type(cast.taro).objects.filter(pk=cast.taro.pk).update(display_name="𠮷田\u200b太郎")
    assert certificates.check_file([pdf]).state == "superseded"
    assert Client().get(f"/verify/{made.check_code}/").status_code == 200


def test_anybody_checks_by_code_and_by_file_without_sign_in(cast: Cast, held: Registration) -> None:
    made, pdf = issued(held, cast.taro)
    anybody = Client()
    typed = f" {made.check_code[:4].lower()}-{made.check_code[4:8]} {made.check_code[8:]}"
    answer = anybody.post("/verify/", {"code": typed}, follow=True)
    assert answer.status_code == 200
    assert b'data-tone="ok"' in answer.content and made.serial.encode() in answer.content
    assert cast.taro.display_name not in answer.content.decode()
    file = io.BytesIO(pdf)
    file.name = "certificate.pdf"
    answer = anybody.post("/verify/", {"file": file, "by_file": "1"})
    assert b'data-tone="ok"' in answer.content
    unknown = anybody.get("/verify/222222222222/")
    assert unknown.status_code == 200 and made.serial.encode() not in unknown.content


def test_stranger_gets_404_for_certificate_pages(cast: Cast, held: Registration) -> None:
    made, _pdf = issued(held, cast.taro)
    stranger = sign_in(Client(), cast.wakako)
    for path in (f"/certificates/{made.serial}/", f"/certificates/{made.serial}/pdf/"):
        theirs, nothing = stranger.get(path), stranger.get(path.replace(made.serial, "R-9-01"))
        assert theirs.status_code == nothing.status_code == 404
        assert theirs.content == nothing.content
    assert stranger.post(f"/certificates/{made.serial}/withdraw/").status_code == 404
    made.refresh_from_db()
    assert made.status == "valid"


def test_custodian_downloads_the_very_bytes_and_it_is_written_down(cast: Cast, held: Registration) -> None:
    made, pdf = issued(held, cast.taro)
    before = seen.mark()
    answer = sign_in(Client(), cast.taro).get(f"/certificates/{made.serial}/pdf/")
    assert answer.content == pdf
    assert answer["Content-Disposition"] == 'attachment; filename="R-1-01.pdf"'
    assert "certificate.downloaded" in seen.verbs(before)


def run(*arguments: str) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command(*arguments, stdout=out, stderr=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue().strip()
    return 0, out.getvalue().strip()


def test_commands_issue_and_verify(cast: Cast, held: Registration, tmp_path: Path) -> None:
    file = tmp_path / "c.pdf"
    code, said = run("issue_certificate", "R-1", "--language", "ja", "--output", str(file))
    assert (code, said.split()[0]) == (0, "R-1-01")
    assert run("verify_certificate", str(file)) == (0, "valid")
    other = tmp_path / "other.pdf"
    other.write_bytes(_appended(file.read_bytes()))
    assert run("verify_certificate", str(other)) == (1, "altered (appended)")
    other.write_bytes(b"%PDF-1.7")
    assert run("verify_certificate", str(other)) == (1, "unknown")
    accepted(cast, held, days=0, at=NOW + timedelta(days=400))
    assert run("verify_certificate", str(file)) == (1, "superseded")
    assert run("verify_certificate", str(tmp_path / "none.pdf"))[0] == 2
    assert run("issue_certificate", "R-404", "--output", str(file))[0] == 2
    assert Event.objects.get(verb="certificate.issued").actor == "system:issue_certificate"
