"""The whole package: who may take it, what is in it, that it proves itself, and that nothing half leaves."""

import hashlib
import io
import json
import random
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import User
from audit.models import Event
from handover import documents, packing, restricting, transitions
from handover.models import Deputy, Document, Registration, Restriction
from tests import seen
from tests.cast import Cast, actor, sign_in
from tests.handover.paper_files import MORE, TEXT, kept
from tests.handover.printed import pages, squeezed
from tests.handover.test_papers_keeping import newer
from tests.stock import NOW, accepted, offered

pytestmark = pytest.mark.usefixtures("vault")


def taken(held: Registration, by: User, *, reason: str = "", language: str = "ja") -> bytes:
    """Return the ZIP as `by` gets it."""
    made = packing.prepare(held, language=language, at=NOW)
    try:
        transitions.export_package(package=made, reason=reason, actor=actor(by), at=NOW)
        return b"".join(packing.stream(made))
    finally:
        made.discard()


def opened(data: bytes) -> dict[str, bytes]:
    """Return the files of a ZIP by their path in its one folder, after its checksums were compared."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert len(set(archive.namelist())) == len(archive.namelist())
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def address(held: Registration) -> str:
    return reverse("handover:export_package", args=[held.number])


def body(response: HttpResponseBase) -> bytes:
    return b"".join(response)  # type: ignore[call-overload]


def parts(vault: Path) -> list[Path]:
    return list(vault.glob("*.part"))


def wreck(made: Document, vault: Path) -> None:
    path = vault / made.versions.get().blob.name
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


@pytest.fixture
def rich(cast: Cast, held: Registration) -> Registration:
    """R-1 handed from 太郎 to 次郎, with a paper of two versions, one of the same name, and two certificates."""
    first = kept(held, cast.taro)
    newer(first, cast.taro)
    kept(held, cast.taro)
    transitions.issue_certificate(registration_pk=held.pk, language="ja", actor=actor(cast.taro), at=NOW)
    accepted(cast, held, days=0)
    later = NOW + timedelta(minutes=1)
    transitions.issue_certificate(registration_pk=held.pk, language="en", actor=actor(cast.jiro), at=later)
    return held


def test_custodian_takes_everything_and_the_log_says_so_first(cast: Cast, rich: Registration) -> None:
    before = seen.mark()
    files = opened(taken(rich, cast.jiro))
    assert sorted(name for name in files if name.startswith("papers/")) == [
        "papers/002-利用契約書/v1-契約書.txt",
        "papers/002-利用契約書/v2-契約書 改定.txt",
        "papers/003-利用契約書/v1-契約書.txt",
    ]
    assert files["papers/002-利用契約書/v1-契約書.txt"] == TEXT
    assert files["papers/002-利用契約書/v2-契約書 改定.txt"] == MORE
    issued = list(rich.certificates.order_by("pk"))
    assert [files[f"certificates/00{place}-{each.serial}.pdf"] for place, each in enumerate(issued, 1)] == [
        documents.read_bytes(each.blob) for each in issued
    ]
    [receipt] = [name for name in files if name.startswith("receipts/")]
    assert "受領" in "".join(pages(files[receipt])) or "引継" in "".join(pages(files[receipt]))
    assert {"index.pdf", "log.jsonl", "README.txt", "SHA256SUMS.txt"} <= set(files)
    assert (seen.verbs(before), seen.notices(before)) == (["registration.exported"], [])
    written = Event.objects.get(verb="registration.exported")
    with_files = {each.label for each in rich.documents.filter(versions__isnull=False)}
    assert (written.actor, written.subject) == (cast.jiro.label, rich.label)
    assert set(written.about) == {rich.label, cast.aoba.label, *with_files}
    assert written.facts == {
        "as": "custodian",
        "papers": 2,
        "versions": 3,
        "certificates": 2,
        "receipts": 1,
        "events": len(files["log.jsonl"].splitlines()),
        "index": hashlib.sha256(files["index.pdf"]).hexdigest(),
        "log_sequence": before,
    }


def test_stranger_recomputes_every_hash_from_the_package_alone(cast: Cast, rich: Registration) -> None:
    files = opened(taken(rich, cast.jiro))
    records = [json.loads(line) for line in files["log.jsonl"].splitlines()]
    names = "sequence previous_hash verb actor actor_organisation subject about facts at".split()
    for record in records:
        text = json.dumps([record[name] for name in names], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert hashlib.sha256(text.encode()).hexdigest() == record["hash"]
    known = {record["sequence"]: record["hash"] for record in records}
    followed = [record for record in records if record["sequence"] - 1 in known]
    assert followed
    assert all(record["previous_hash"] == known[record["sequence"] - 1] for record in followed)
    about = Event.objects.filter(about_rows__label=rich.label).exclude(verb="registration.exported")
    assert list(known.items()) == list(about.order_by("sequence").values_list("sequence", "hash"))
    sums = dict(line.split("  ", 1)[::-1] for line in files["SHA256SUMS.txt"].decode().splitlines())
    del files["SHA256SUMS.txt"]
    assert sums == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_index_names_every_file_every_period_and_the_place_in_the_log(
    cast: Cast, rich: Registration, language: str
) -> None:
    head = Event.objects.order_by("-sequence").first()
    assert head
    files = opened(taken(rich, cast.jiro, language=language))
    text = "".join(pages(files["index.pdf"]))
    for name, data in files.items():
        if name not in ("index.pdf", "SHA256SUMS.txt"):
            assert squeezed(name) in text
            assert hashlib.sha256(data).hexdigest() in text
    for words in ("R-1", "青葉商事株式会社", cast.taro.display_name, cast.jiro.display_name, head.hash):
        assert squeezed(words) in text
    assert f"{head.sequence}" in text
    assert ("R-1-01失効" if language == "ja" else "R-1-01Superseded") in text
    assert "利用契約書B-12" in text  # listed without a file, with the place of its original


def test_names_of_any_script_unpack_apart_and_inside_the_folder(cast: Cast, held: Registration) -> None:
    for title, name in [
        ("../../etc: 契約", "𠮷田😀.txt"),
        ("../../etc: 契約", "𠮷田😀.txt"),
        ("長" * 120, "名" * 100 + ".txt"),
        ("Ende. " + "x" * 80, "CON.txt"),
    ]:
        kept(held, cast.taro, title=title, name=name)
    data = taken(held, cast.taro)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if "/papers/" in name]
    assert len({name.casefold() for name in names}) == 4
    assert "R-1/papers/002-_._etc_ 契約/v1-𠮷田😀.txt" in names
    for name in names:
        assert name.startswith("R-1/papers/") and name.count("/") == 3
        assert all(part not in ("", ".", "..") and len(part.encode()) < 200 for part in name.split("/"))
        assert name.endswith(".txt")


def test_administrator_says_why_and_the_custodian_is_told(cast: Cast, held: Registration) -> None:
    kept(held, cast.taro)
    before = seen.mark()
    taken(held, cast.hanako, reason="audit")
    assert seen.verbs(before) == ["registration.exported"]
    assert seen.notices(before) == [("package_exported", cast.taro.label)]
    facts = Event.objects.get(verb="registration.exported").facts
    assert (facts["as"], facts["reason"]) == ("administrator", "audit")


@pytest.mark.parametrize("reason", ["", "because I want to"])
def test_administrator_without_a_reason_of_the_list_is_refused(cast: Cast, held: Registration, reason: str) -> None:
    before = seen.mark()
    with pytest.raises(Refused) as refused:
        taken(held, cast.hanako, reason=reason)
    assert (list(refused.value.fields), seen.verbs(before)) == (["reason"], [])


STRANGERS = ["jiro", "saburo", "wakako", "minoru", "worker", "agent", "operator", "approver", "senior", "auditor"]


@pytest.mark.parametrize("who", STRANGERS)
def test_nobody_else_takes_a_package(cast: Cast, held: Registration, vault: Path, who: str) -> None:
    Deputy.objects.create(registration=held, user=cast.saburo, since=NOW)
    offered(cast, held)
    before = seen.mark()
    with pytest.raises(NotAllowed):
        taken(held, getattr(cast, who), reason="audit")
    assert (seen.verbs(before), seen.notices(before), parts(vault)) == ([], [], [])


@pytest.mark.parametrize(
    ("who", "status"), [("saburo", 403), ("jiro", 404), ("wakako", 404), ("worker", 404), ("operator", 404)]
)
def test_page_is_not_there_for_others(cast: Cast, held: Registration, client: Client, who: str, status: int) -> None:
    Deputy.objects.create(registration=held, user=cast.saburo, since=NOW)
    before = seen.mark()
    signed_in = sign_in(client, getattr(cast, who))
    assert (signed_in.get(address(held)).status_code, signed_in.post(address(held)).status_code) == (status, status)
    assert seen.verbs(before) == []


@pytest.mark.parametrize("who", ["taro", "hanako"])
def test_nobody_takes_a_package_in_the_protected_time(
    cast: Cast, held: Registration, client: Client, vault: Path, who: str
) -> None:
    kind, until = Restriction.Kind.COOLING_OFF, NOW + timedelta(days=30_000)
    blocks = restricting.COOLING_OFF_BLOCKS
    restricting.restrict(held, kind, case="C-1", at=NOW, until=until, blocks=blocks)
    before = seen.mark()
    with pytest.raises(WrongState):
        taken(held, getattr(cast, who), reason="audit")
    signed_in = sign_in(client, getattr(cast, who))
    assert signed_in.get(address(held)).status_code == 409
    assert signed_in.post(address(held), {"reason": "audit"}).status_code == 409
    assert address(held) not in signed_in.get(reverse("handover:registration", args=[held.number])).content.decode()
    assert "registration.exported" not in seen.verbs(before)
    assert parts(vault) == []


def test_package_of_what_has_changed_since_is_not_given(cast: Cast, held: Registration) -> None:
    made = packing.prepare(held, language="ja", at=NOW)
    kept(held, cast.taro)
    with pytest.raises(WrongState):
        transitions.export_package(package=made, reason="", actor=actor(cast.taro), at=NOW)
    made.discard()


def test_look_of_somebody_in_between_hinders_nobody(cast: Cast, held: Registration) -> None:
    made = packing.prepare(held, language="ja", at=NOW)
    transitions.look(registration=held, capacity="administrator", actor=actor(cast.hanako), at=NOW)
    before = seen.mark()
    transitions.export_package(package=made, reason="", actor=actor(cast.taro), at=NOW)
    made.discard()
    assert seen.verbs(before) == ["registration.exported"]


def test_custodian_gets_an_attachment_and_nothing_is_left_behind(
    cast: Cast, held: Registration, client: Client, vault: Path
) -> None:
    kept(held, cast.taro)
    signed_in = sign_in(client, cast.taro)
    assert address(held) in signed_in.get(reverse("handover:registration", args=[held.number])).content.decode()
    assert signed_in.get(address(held)).status_code == 200
    response = signed_in.post(address(held))
    assert (response.status_code, response["Content-Type"]) == (200, "application/zip")
    assert response["Content-Disposition"].startswith('attachment; filename="R-1-20')
    assert response["Cache-Control"] == "private, no-store"
    assert Event.objects.filter(verb="registration.exported").count() == 1  # before the first byte is read
    assert "index.pdf" in opened(body(response))
    assert parts(vault) == []


def test_second_press_is_a_second_line_and_the_same_papers(cast: Cast, held: Registration, client: Client) -> None:
    kept(held, cast.taro)
    signed_in = sign_in(client, cast.taro)
    first, second = (opened(body(signed_in.post(address(held)))) for _press in range(2))
    assert Event.objects.filter(verb="registration.exported").count() == 2
    same = [name for name in first if name.startswith("papers/")]
    assert [first[name] for name in same] == [second[name] for name in same]
    assert b"registration.exported" in second["log.jsonl"]
    assert b"registration.exported" not in first["log.jsonl"]


def test_old_session_is_asked_again_and_gets_nothing(cast: Cast, held: Registration, client: Client) -> None:
    before = seen.mark()
    response = sign_in(client, cast.taro, fresh=False).post(address(held))
    assert (response.status_code, response["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert 'type="password"' in response.content.decode()
    assert seen.verbs(before) == []


def test_administrator_without_a_reason_is_asked_on_the_page(cast: Cast, held: Registration, client: Client) -> None:
    signed_in = sign_in(client, cast.hanako)
    assert 'name="reason"' in signed_in.get(address(held)).content.decode()
    assert signed_in.post(address(held))["Content-Type"] == "text/html; charset=utf-8"
    assert not Event.objects.filter(verb="registration.exported").exists()
    assert signed_in.post(address(held), {"reason": "audit"})["Content-Type"] == "application/zip"


def test_one_damaged_paper_refuses_the_whole_package(
    cast: Cast, held: Registration, client: Client, vault: Path
) -> None:
    kept(held, cast.taro)
    wreck(kept(held, cast.taro), vault)
    before = seen.mark()
    response = sign_in(client, cast.taro).post(address(held))
    assert (response.status_code, response["Content-Type"]) == (503, "text/html; charset=utf-8")
    assert (seen.verbs(before), parts(vault)) == ([], [])


def test_paper_damaged_on_the_way_leaves_a_zip_without_an_end(cast: Cast, held: Registration, vault: Path) -> None:
    made_paper = kept(held, cast.taro)
    made = packing.prepare(held, language="ja", at=NOW)
    wreck(made_paper, vault)
    got = bytearray()

    def read(pieces: Iterator[bytes]) -> None:
        for piece in pieces:
            got.extend(piece)

    with pytest.raises(documents.Damaged):
        read(packing.stream(made))
    assert not zipfile.is_zipfile(io.BytesIO(bytes(got)))
    assert parts(vault) == []


def test_reader_who_goes_away_leaves_nothing_behind(cast: Cast, held: Registration, vault: Path) -> None:
    kept(held, cast.taro, body=random.Random(7).randbytes(500_000).hex().encode())
    pieces = packing.stream(packing.prepare(held, language="ja", at=NOW))
    next(pieces)
    assert parts(vault)
    pieces.close()  # type: ignore[attr-defined]
    assert parts(vault) == []


def test_paper_of_20_megabytes_is_never_whole_in_memory(cast: Cast, held: Registration) -> None:
    lines = (random.Random(place).randbytes(40).hex() for place in range(250_000))
    text = "\n".join(lines).encode()
    assert len(text) > 20_000_000
    kept(held, cast.taro, body=text)
    wanted = hashlib.sha256(text).hexdigest()
    del text
    packing.prepare(held, language="ja", at=NOW).discard()  # what printing loads once is not the package's
    tracemalloc.start()
    try:
        made = packing.prepare(held, language="ja", at=NOW)
        tracemalloc.reset_peak()
        started = tracemalloc.get_traced_memory()[0]
        total, largest = 0, 0
        for piece in packing.stream(made):
            total, largest = total + len(piece), max(largest, len(piece))
        peak = tracemalloc.get_traced_memory()[1] - started
    finally:
        tracemalloc.stop()
    assert wanted in [each.sha256 for each in made.files]
    assert total > 8_000_000
    assert largest < 2_000_000
    assert peak < 8_000_000
