"""
What is encrypted lies nowhere in clear: data folder, temporary folder, database and backup are searched after journeys
(trust.md: encryption at rest, X12). Which fields are in clear by design is in docs/operation.md.
"""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import codes
from config.backup import taking
from desk import transitions as desk
from handover.models import Document, Registration
from outbox import delivery
from outbox.models import Notice
from recovery.transitions import intake
from tests import claims
from tests.cast import TOTP_SECRET, Cast, actor, sign_in
from tests.desk import billed, checked, heard, promised, written
from tests.handover.erased import held_fast
from tests.handover.paper_files import SVG
from tests.recovery.kits import printed
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)

PAPERS = {
    "契約書.txt": "PLANTED-PAPER-TEXT-81",
    "一覧.csv": "PLANTED-PAPER-TABLE-82",
    "申込書.pdf": "PLANTED-PAPER-PAGE-83",
}
STATEMENTS = "the dump's statements"
REFUSED = "PLANTED-PAPER-REFUSED-84"
WORDS = {
    "call number": "03-9753-1864",
    "call name": "PLANTED-CALLER-85",
    "stated name": "PLANTED-NAME-86",
    "stated mail": "planted87@inquirer.example",
    "stated phone": "03-8642-9751",
    "stated address": "東京都千代田区秘密町88",
    "remarks": "PLANTED-REMARK-89",
    "wish": "PLANTED-WISH-90",
    "complaint": "PLANTED-COMPLAINT-91",
    "answer to it": "PLANTED-FEEDBACK-92",
    "mistake": "PLANTED-MISTAKE-93",
    "formal answer": "PLANTED-ANSWER-94",
    "message about a bill": "PLANTED-MESSAGE-95",
    "password": "planted-password-96",
    "legal hold": "PLANTED-HOLD-97",
}


def page_saying(text: str) -> bytes:
    """Return a PDF with `text` on its page, not compressed."""
    folder = Path(tempfile.mkdtemp())
    with pikepdf.new() as document:
        page = document.add_blank_page()
        page.Contents = document.make_stream(f"BT ({text}) Tj ET".encode())
        document.save(folder / "x", compress_streams=False)
    data = (folder / "x").read_bytes()
    shutil.rmtree(folder)
    return data


def through_papers(cast: Cast, held: Registration) -> str:
    """Keep three papers through the web, have one refused, download one; returns the key of the session."""
    client = sign_in(Client(), cast.taro)
    page = reverse("handover:add_document", args=[held.number])
    bodies = {name: f"{text}\r\n".encode() * 100 for name, text in PAPERS.items()}
    bodies["申込書.pdf"] = page_saying(PAPERS["申込書.pdf"])
    assert PAPERS["申込書.pdf"].encode() in bodies["申込書.pdf"]
    for name, body in [*bodies.items(), ("図面.svg", SVG + REFUSED.encode())]:
        token = client.get(page).context["form"]["token"].value()
        given = {"token": token, "kind": "contract", "title": "書類", "paper": SimpleUploadedFile(name, body)}
        assert client.post(page, given).status_code == (200 if name.endswith("svg") else 302)
    version = Document.objects.order_by("pk")[0].versions.get()
    got = client.get(reverse("handover:download_document", args=[version.document_id, version.number]))
    assert b"".join(got.streaming_content) == bodies["契約書.txt"]
    return str(client.session.session_key)


def through_the_desk(cast: Cast) -> None:
    """A call, an inquiry, a promise, a complaint, a mistake, a formal answer, a message about a bill."""
    desk.begin_call(name=WORDS["call name"], number=WORDS["call number"], actor=actor(cast.agent), at=NOW)
    statement = written.LETTER.__class__(
        name=WORDS["stated name"],
        mail=WORDS["stated mail"],
        own_phone=WORDS["stated phone"],
        postal_code="100-0005",
        address=WORDS["stated address"],
        remarks=WORDS["remarks"],
    )
    inquiry = written.asked(cast, statement=statement)
    promised.held(inquiry, cast.agent, wish=WORDS["wish"])
    heard.answered(
        cast, heard.shared(cast, heard.recorded(cast, words=WORDS["complaint"])), words=WORDS["answer to it"]
    )
    heard.mistaken(cast, words=WORDS["mistake"])
    written.released(cast, inquiry, text=WORDS["formal answer"])
    billed.asked(billed.billed(cast, custodian=cast.jiro, number="R-7"), WORDS["message about a bill"])


@pytest.fixture
def issued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every plain code that is made from here on: the real ones, listened to on their way out."""
    heard_codes: list[str] = []

    def listening(call: Callable[..., Any], plain: Callable[[Any], str]) -> Callable[..., Any]:
        def listens(*args: Any, **given: Any) -> Any:
            made = call(*args, **given)
            heard_codes.append(plain(made))
            return made

        return listens

    monkeypatch.setattr(codes, "issue", listening(codes.issue, lambda made: str(made[1])))
    tracking = intake.progress.new_tracking_code
    monkeypatch.setattr(intake.progress, "new_tracking_code", listening(tracking, str))
    return heard_codes


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary files of this test and of the children it starts."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield folder
    tempfile.tempdir = None


def spellings(text: str) -> set[bytes]:
    """As text, as a browser's or JSON's escapes, as UTF-16, and as a database writes bytes."""
    forms = {text, json.dumps(text)[1:-1]}
    return {each for form in forms for each in (form.encode(), form.encode("utf-16-le"), form.encode().hex().encode())}


def everything(*folders: Path) -> Iterator[tuple[str, bytes]]:
    """Each file below `folders` and of the database; a dump as the statements that it stands for."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    if connection.vendor == "sqlite":
        database = Path(str(connection.settings_dict["NAME"]))
        files += list(database.parent.glob(f"{database.name}*"))
    for path in files:
        yield path.name, path.read_bytes()
        if path.suffix == ".pgdump":
            done = subprocess.run(["pg_restore", "--file=-", path], capture_output=True, check=True)
            yield STATEMENTS, done.stdout


def found_in(texts: dict[str, str], *folders: Path) -> set[tuple[str, str]]:
    """What of `texts` lies somewhere in clear, and in which file."""
    wanted = [(what, spelling) for what, text in texts.items() for spelling in spellings(text)]
    return {(what, name) for name, data in everything(*folders) for what, spelling in wanted if spelling in data}


def test_nothing_that_is_encrypted_lies_in_clear_on_any_disk(
    cast: Cast, tmp_path: Path, temporary: Path, issued: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    claims.executed(cast, claims.held(cast, "R-2"))
    held = claims.held(cast)
    cast.hanako.set_password(WORDS["password"])
    cast.hanako.save()
    kit = printed(cast, held)[1]
    session = through_papers(cast, held)
    held_fast(held, cast.hanako, reason="other", words=WORDS["legal hold"])
    through_the_desk(cast)
    pin = checked.pin_of(cast.taro)[1]
    for notice in Notice.objects.filter(channel=Notice.Channel.MAIL, payload__isnull=False):
        delivery.send(notice.pk, at=timezone.now())
    taking.take(tmp_path / "backup", at=NOW, progress=lambda words: None)

    planted = {**PAPERS, **WORDS, "refused": REFUSED, "kit": kit, "second factor": TOTP_SECRET}
    planted |= {f"code {number}": code for number, code in enumerate(issued) if len(code) > len(pin)}
    assert len(planted) >= 20 and len(issued) >= 15
    assert found_in(planted, tmp_path) == set()
    assert [what for what, text in planted.items() if text in caplog.text] == []
    assert list(temporary.iterdir()) == []
    # Django keeps the keys of open sessions in clear: they are in no backup.
    in_backup = {path.name for path in (tmp_path / "backup").rglob("*")} | {STATEMENTS}
    assert [name for _, name in found_in({"session": session}, tmp_path / "backup") if name in in_backup] == []
    named = found_in({"registration": held.registered_name}, tmp_path / "backup")
    assert in_backup & {name for _, name in named}, "the search finds nothing at all"


@pytest.mark.parametrize("where", ["temporary", "papers", "database"])
def test_search_finds_what_was_planted_in_clear(cast: Cast, tmp_path: Path, temporary: Path, where: str) -> None:
    held = claims.held(cast)
    if where == "database":
        held.address = WORDS["stated address"]
        held.save()
    else:
        folder = tmp_path / where
        folder.mkdir(exist_ok=True)
        (folder / "left").write_text(WORDS["stated address"])
    taking.take(tmp_path / "backup", at=NOW, progress=lambda words: None)
    assert {what for what, _ in found_in(WORDS, tmp_path)} == {"stated address"}
