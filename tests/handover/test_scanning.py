"""Quarantine: nobody opens what the scanner did not call clean, whatever the scanner does (trust.md, X5)."""

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from accounts.errors import NotAllowed, WrongState
from audit.models import Event
from audit.record import System
from handover import documents, scanning, tasks, transitions
from handover.models import Blob, Document, Registration
from handover.vault import clamd
from outbox.models import Notice
from tests.cast import Cast, actor, sign_in
from tests.handover import clamav
from tests.handover.clamav import MALWARE, NAME
from tests.handover.paper_files import TEXT, kept
from tests.stock import NOW

pytestmark = pytest.mark.usefixtures("vault")
SCANNER = System("scanner")
LATER = NOW + timedelta(minutes=1)


def blob_of(document: Document) -> Blob:
    return Blob.objects.get(versions__document=document)


def scanned(document: Document) -> Blob:
    tasks.scan_paper.func(blob_of(document).pk)
    return blob_of(document)


def test_paper_waits_until_the_real_scanner_found_nothing(cast: Cast, held: Registration, scanner: str) -> None:
    document = kept(held, cast.taro)
    waiting = blob_of(document)
    assert (waiting.status, waiting.scan_due_at) == ("waiting", NOW)
    with pytest.raises(documents.Held):
        documents.open_blob(waiting)
    clean = scanned(document)
    assert (clean.status, clean.scan_due_at, clean.scan_tries) == ("clean", None, 1)
    assert documents.read_bytes(clean) == TEXT
    written = Event.objects.get(verb="document.found_clean")
    assert (written.subject, written.actor) == (document.label, "system:scanner")
    assert written.facts["version"] == 1
    assert written.facts["scanner"].startswith("ClamAV")
    assert not Notice.objects.filter(template="paper_infected").exists()


def test_malware_stays_locked_away_and_those_it_concerns_are_told(
    cast: Cast, held: Registration, scanner: str, client: Client
) -> None:
    document = kept(held, cast.hanako, body=b"a\n" + MALWARE + b"\n")
    found = scanned(document)
    assert (found.status, found.finding) == ("infected", NAME)
    assert Event.objects.get(verb="document.found_infected").facts["finding"] == NAME
    told = {notice.recipient for notice in Notice.objects.filter(template="paper_infected")}
    assert told == {cast.hanako.label, cast.taro.label}
    with pytest.raises(documents.Held):
        documents.open_blob(found)
    assert b"".join(documents.open_whatever_it_is(found)).count(MALWARE) == 1
    sign_in(client, cast.taro)
    page = client.get(reverse("handover:download_document", args=[document.pk, 1]))
    assert page.status_code == 409
    assert not Event.objects.filter(verb="document.downloaded").exists()
    shown = client.get(reverse("handover:paper", args=[document.pk])).content.decode()
    assert reverse("handover:scan_again", args=[document.pk, 1]) in shown
    assert f'href="{reverse("handover:download_document", args=[document.pk, 1])}"' not in shown


def test_log_keeps_nothing_of_a_download_that_quarantine_refused(cast: Cast, held: Registration, scanner: str) -> None:
    document = kept(held, cast.taro)
    before = Event.objects.count()
    version = document.versions.get()
    with pytest.raises(documents.Held):
        transitions.download_document(version_pk=version.pk, reason="", actor=actor(cast.taro), at=NOW)
    assert Event.objects.count() == before


def test_scanner_says_it_once_and_nobody_says_it_for_the_scanner(cast: Cast, held: Registration, scanner: str) -> None:
    blob = blob_of(kept(held, cast.taro))
    for person in (cast.taro, cast.hanako):
        with pytest.raises(NotAllowed):
            by: Any = actor(person)
            transitions.record_clean(blob_pk=blob.pk, scanner="x", actor=by, at=NOW)
    transitions.record_clean(blob_pk=blob.pk, scanner="x", actor=SCANNER, at=NOW)
    for act in (transitions.record_clean, transitions.record_infected):
        more = {"finding": "y"} if act is transitions.record_infected else {}
        with pytest.raises(WrongState):
            act(blob_pk=blob.pk, scanner="x", actor=SCANNER, at=LATER, **more)
    assert Event.objects.filter(verb__startswith="document.found").count() == 1


def test_keepers_have_the_scanner_asked_again(cast: Cast, held: Registration, scanner: str, client: Client) -> None:
    document = kept(held, cast.taro, body=MALWARE)
    blob = scanned(document)
    with pytest.raises(NotAllowed):
        transitions.scan_again(blob_pk=blob.pk, actor=actor(cast.jiro), at=LATER)
    sign_in(client, cast.taro)
    again = reverse("handover:scan_again", args=[document.pk, 1])
    assert client.get(again).status_code == 405
    assert client.post(again).status_code == 302
    waiting = blob_of(document)
    assert (waiting.status, waiting.finding, waiting.scan_tries) == ("waiting", "", 0)
    assert Event.objects.get(verb="document.scan_asked").subject == document.label
    assert client.post(again).status_code == 409  # the second press
    assert scanned(document).status == "infected"


@pytest.mark.parametrize(
    "behaviour",
    [clamav.hangs, clamav.cuts_off, clamav.fails, clamav.babbles, clamav.drips],
    ids=lambda one: one.__name__,
)
def test_scanner_that_misbehaves_leaves_the_paper_in_quarantine_and_due_again(
    behaviour: clamav.Behaviour, cast: Cast, held: Registration, settings: Any
) -> None:
    misbehaves(behaviour, cast, held, settings)


def test_planted_fault_no_answer_that_counts_as_clean_is_found(
    cast: Cast, held: Registration, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trusting(*_blocks: object, **_more: object) -> str:
        return ""

    for name in ("version", "scan"):
        monkeypatch.setattr(clamd, name, trusting)
    with pytest.raises(AssertionError, match="taken for an answer"):
        misbehaves(clamav.cuts_off, cast, held, settings)


def misbehaves(behaviour: clamav.Behaviour, cast: Cast, held: Registration, settings: Any) -> None:
    with clamav.pretending(behaviour) as address:
        settings.CLAMD, settings.CLAMD_TIMEOUT = address, 1
        blob = blob_of(kept(held, cast.taro))
        begun = time.monotonic()
        assert scanning.look(blob.pk, at=NOW) is None, "taken for an answer"
        assert time.monotonic() - begun < 10  # it waits for a second, and for nothing longer than that twice
    blob.refresh_from_db()
    assert (blob.status, blob.scan_tries, blob.scan_due_at) == ("waiting", 1, NOW + timedelta(minutes=1))
    assert not Event.objects.filter(verb__startswith="document.found").exists()


def test_scanner_that_sleeps_costs_the_worker_seconds_whatever_a_file_may_take(
    cast: Cast, held: Registration, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "AWAKE_SECONDS", 0.5)
    with clamav.pretending(clamav.hangs) as address:
        settings.CLAMD, settings.CLAMD_TIMEOUT = address, 60
        blob = blob_of(kept(held, cast.taro))
        begun = time.monotonic()
        assert scanning.look(blob.pk, at=NOW) is None
        assert time.monotonic() - begun < 30


def test_scanner_that_comes_back_finds_what_waited(
    cast: Cast, held: Registration, settings: Any, clamd_address: str
) -> None:
    settings.CLAMD, settings.CLAMD_TIMEOUT = "tcp:127.0.0.1:9", 1  # nobody listens there
    papers = [kept(held, cast.taro, title=str(number)) for number in range(3)]
    assert tasks.scan_due(at=NOW) == 0
    assert Blob.objects.filter(scan_tries=1).count() == 1  # the others are not made to wait for the same silence
    settings.CLAMD = clamd_address
    assert tasks.scan_due(at=NOW) == 2
    assert tasks.scan_due(at=LATER) == 1
    assert {blob_of(paper).status for paper in papers} == {"clean"}


def test_two_workers_ask_about_a_paper_once(cast: Cast, held: Registration, scanner: str) -> None:
    blob = blob_of(kept(held, cast.taro))
    assert scanning.look(blob.pk, at=NOW) is not None
    assert scanning.look(blob.pk, at=NOW) is None


def test_papers_from_before_the_scanner_are_looked_at_and_readable_meanwhile(
    cast: Cast, held: Registration, settings: Any, clamd_address: str
) -> None:
    document = kept(held, cast.taro, body=MALWARE)
    assert blob_of(document).status == "unscanned"
    assert tasks.scan_due(at=NOW) == 0
    assert documents.read_bytes(blob_of(document)) == MALWARE
    settings.CLAMD = clamd_address
    assert tasks.scan_due(at=NOW) == 1
    assert blob_of(document).status == "infected"


def test_what_we_made_ourselves_waits_for_nobody(db: None, scanner: str) -> None:
    made = documents.store_bytes(b"x", tenant="organisation:1", content_type="application/pdf", at=NOW)
    made.save(force_insert=True)
    assert (made.status, scanning.due(NOW)) == ("ours", [])


def test_pauses_grow_to_an_hour() -> None:
    minutes = [scanning.delay(tries).total_seconds() / 60 for tries in range(1, 9)]
    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60]


def test_file_of_the_largest_size_goes_through_the_scanner(clamd_address: str) -> None:
    blocks = [bytes(1 << 20)] * 25
    assert clamd.scan(iter(blocks), address=clamd_address, seconds=60) == ""
    assert clamd.scan(iter([*blocks[:-1], MALWARE]), address=clamd_address, seconds=60) == NAME
    with pytest.raises(clamd.Unavailable):  # beyond its own limit it says no, and no is not clean
        clamd.scan(iter([bytes(1 << 20)] * 40), address=clamd_address, seconds=60)


@pytest.mark.parametrize("address", ["", "unix", "tcp:127.0.0.1", "tcp:127.0.0.1:x", "http://x", "unix:/nowhere"])
def test_address_that_is_none_is_no_scanner(address: str) -> None:
    with pytest.raises(clamd.Unavailable):
        clamd.scan(iter([b"x"]), address=address, seconds=1)


def test_upload_by_the_page_is_scanned_by_the_worker(
    cast: Cast, held: Registration, scanner: str, client: Client, settings: Any
) -> None:
    sign_in(client, cast.taro)
    page = reverse("handover:add_document", args=[held.number])
    token = re.search(r'name="token" value="([0-9a-f-]{36})"', client.get(page).content.decode())
    assert token
    given = {"token": token[1], "paper": SimpleUploadedFile("契約書.txt", TEXT), "kind": "contract", "title": "T"}
    made = client.post(page, given | {"expires_on": "", "original_at": ""}, follow=True)
    assert made.status_code == 200
    blob = Blob.objects.get(versions__document__title="T")
    assert blob.status == "waiting"
    waiting = DBTaskResult.objects.filter(task_path="handover.tasks.scan_paper")
    assert [one.args_kwargs["args"] for one in waiting] == [[blob.pk]]
