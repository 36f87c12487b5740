"""Keeping papers: a new one, a newer version, other details. Nothing is stored of what is refused."""

import hashlib
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import User
from audit.models import Event
from handover import documents, transitions
from handover.models import READING_AFTER, Blob, Custody, Deputy, Document, DocumentVersion, Registration
from handover.vault.upload import IncomingPaper
from tests import seen
from tests.cast import Cast, actor
from tests.handover.paper_files import MORE, SVG, TEXT, incoming, kept, pdf, stored
from tests.stock import NOW, accepted, offered

pytestmark = pytest.mark.usefixtures("vault")


def newer(document: Document, by: User, *, body: bytes = MORE, token: uuid.UUID | None = None) -> DocumentVersion:
    return transitions.add_version(
        document_pk=document.pk,
        expires_on=date(2027, 3, 31),
        paper=incoming("契約書 改定.txt", body),
        token=token or uuid.uuid4(),
        actor=actor(by),
        at=NOW,
    )


def described(document: Document, by: User, *, title: str = "新しい名前") -> Document:
    return transitions.change_document(
        document_pk=document.pk, title=title, expires_on=None, original_at="総務部 金庫", actor=actor(by), at=NOW
    )


def test_custodian_adds_document_with_its_bytes_and_event(cast: Cast, held: Registration, vault: Path) -> None:
    before = seen.mark()
    made = kept(held, cast.taro, expires_on=date(2026, 12, 31))
    version = made.versions.get()
    assert (made.kind, made.title, made.original_at) == ("contract", "利用契約書", "本社 契約書庫 B-12")
    assert (made.expires_on, made.added_by, made.added_at) == (date(2026, 12, 31), cast.taro, NOW)
    assert (version.number, version.file_name, version.superseded_at) == (1, "契約書.txt", None)
    assert (version.blob.content_type, version.blob.size, version.blob.key_id) == ("text/plain", len(TEXT), "k1")
    assert documents.read_bytes(version.blob) == TEXT
    assert stored(vault) == [version.blob.name]
    assert seen.verbs(before) == ["document.added"]
    assert seen.notices(before) == []
    written = Event.objects.get(verb="document.added")
    assert (written.actor, written.subject) == (cast.taro.label, made.label)
    assert set(written.about) == {made.label, held.label, cast.aoba.label}
    assert written.facts == {
        "kind": "contract",
        "version": 1,
        "sha256": hashlib.sha256(TEXT).hexdigest(),
        "size": len(TEXT),
    }


def test_custodian_adds_version_and_the_last_one_stays(cast: Cast, held: Registration) -> None:
    made = kept(held, cast.taro)
    before = seen.mark()
    second = newer(made, cast.taro)
    first = made.versions.get(number=1)
    made.refresh_from_db()
    assert (first.superseded_at, second.superseded_at, second.number) == (NOW, None, 2)
    assert made.expires_on == date(2027, 3, 31)
    assert documents.read_bytes(first.blob) == TEXT
    assert documents.read_bytes(second.blob) == MORE
    assert seen.verbs(before) == ["document.version_added"]
    assert Event.objects.get(verb="document.version_added").facts == {
        "version": 2,
        "sha256": hashlib.sha256(MORE).hexdigest(),
        "size": len(MORE),
    }


def test_custodian_adds_first_file_of_a_paper_that_was_only_listed(cast: Cast, held: Registration) -> None:
    listed = held.documents.get()
    assert newer(listed, cast.taro).number == 1


def test_custodian_changes_details_and_files_stay(cast: Cast, held: Registration) -> None:
    made = kept(held, cast.taro, expires_on=date(2026, 12, 31))
    before = seen.mark()
    changed = described(made, cast.taro)
    assert (changed.title, changed.expires_on, changed.original_at) == ("新しい名前", None, "総務部 金庫")
    assert made.versions.count() == 1
    assert seen.verbs(before) == ["document.changed"]
    assert Event.objects.get(verb="document.changed").facts == {"changed": ["title", "expires_on", "original_at"]}


def test_second_press_of_details_is_told_that_nothing_differs(cast: Cast, held: Registration) -> None:
    made = kept(held, cast.taro)
    described(made, cast.taro)
    before = seen.mark()
    with pytest.raises(Refused):
        described(made, cast.taro)
    assert seen.verbs(before) == []


def test_second_press_keeps_one_paper_and_gives_back_the_first(cast: Cast, held: Registration, vault: Path) -> None:
    token = uuid.uuid4()
    first = kept(held, cast.taro, token=token)
    before = seen.mark()
    assert kept(held, cast.taro, token=token) == first
    assert held.documents.filter(title="利用契約書", versions__isnull=False).count() == 1
    assert seen.verbs(before) == []
    assert stored(vault) == [first.versions.get().blob.name]


def test_second_press_of_a_version_keeps_one(cast: Cast, held: Registration) -> None:
    made, token = kept(held, cast.taro), uuid.uuid4()
    first = newer(made, cast.taro, token=token)
    before = seen.mark()
    assert newer(made, cast.taro, token=token) == first
    assert made.versions.count() == 2
    assert seen.verbs(before) == []


def test_form_of_somebody_else_is_nothing_to_build_on(cast: Cast, held: Registration) -> None:
    token = uuid.uuid4()
    kept(held, cast.taro, token=token)
    with pytest.raises(WrongState):
        kept(held, cast.hanako, token=token)


@pytest.mark.parametrize("who", ["hanako", "saburo"])
def test_administrator_and_deputy_keep_papers(cast: Cast, held: Registration, who: str) -> None:
    Deputy.objects.create(registration=held, user=cast.saburo, since=NOW)
    by: User = getattr(cast, who)
    made = kept(held, by)
    newer(made, by)
    assert described(made, by).title == "新しい名前"


def _add(made: Document, by: User) -> object:
    return kept(made.registration, by, title="余計な書類")


ACTS: list[Callable[[Document, User], object]] = [_add, newer, described]
STRANGERS = ["jiro", "wakako", "minoru", "worker", "agent", "supervisor", "operator", "approver", "senior", "auditor"]


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("who", STRANGERS)
def test_nobody_else_keeps_or_changes_papers(
    cast: Cast, held: Registration, vault: Path, act: Callable[[Document, User], object], who: str
) -> None:
    made = kept(held, cast.taro)
    offered(cast, held)  # 次郎 may open what was offered, and nothing more
    left, before = stored(vault), seen.mark()
    with pytest.raises(NotAllowed):
        act(made, getattr(cast, who))
    assert (stored(vault), seen.verbs(before)) == (left, [])


@pytest.mark.parametrize("act", ACTS)
def test_former_custodian_reads_and_does_not_write(
    cast: Cast, held: Registration, act: Callable[[Document, User], object]
) -> None:
    made = kept(held, cast.taro)
    accepted(cast, held, days=0)
    assert Custody.objects.current().get(registration=held).user == cast.jiro
    assert made in Document.objects.visible_to(actor(cast.taro), NOW)
    with pytest.raises(NotAllowed):
        act(made, cast.taro)
    assert made not in Document.objects.visible_to(actor(cast.taro), NOW + READING_AFTER + timedelta(seconds=1))


@pytest.mark.parametrize("act", ACTS)
def test_papers_of_closed_registration_stay_as_they_are(
    cast: Cast, held: Registration, vault: Path, act: Callable[[Document, User], object]
) -> None:
    made = kept(held, cast.taro)
    Registration.objects.filter(pk=held.pk).update(status=Registration.Status.CLOSED)
    left, before = stored(vault), seen.mark()
    with pytest.raises(WrongState):
        act(made, cast.taro)
    assert (stored(vault), seen.verbs(before)) == (left, [])


def test_password_notice_of_anybody_but_the_person_in_charge_is_refused_and_not_stored(
    cast: Cast, held: Registration, vault: Path
) -> None:
    before = seen.mark()
    with pytest.raises(NotAllowed):
        kept(held, cast.hanako, kind="password_notice")
    with pytest.raises(Refused) as refused:  # nor does it slip in among the others
        transitions.add_document(
            registration_pk=held.pk,
            kind="password_notice",
            title="T",
            expires_on=None,
            original_at="",
            paper=incoming(),
            token=uuid.uuid4(),
            actor=actor(cast.taro),
            at=NOW,
        )
    assert list(refused.value.fields) == ["kind"]
    assert (Blob.objects.count(), held.documents.count(), seen.verbs(before)) == (0, 1, [])
    assert stored(vault) == []


@pytest.mark.parametrize(
    ("name", "body"),
    [("図面.png", SVG), ("契約書.pdf", pdf(password="秘")), ("大.txt", b"a" * (26 * 1024 * 1024)), ("空.txt", b"")],
)
def test_transition_itself_refuses_what_the_check_refuses(
    cast: Cast, held: Registration, name: str, body: bytes
) -> None:
    before = seen.mark()
    with pytest.raises(Refused) as refused:
        kept(held, cast.taro, name=name, body=body)
    assert list(refused.value.fields) == ["paper"]
    assert (Blob.objects.count(), held.documents.count(), seen.verbs(before)) == (0, 1, [])


def test_failing_disk_is_told_and_nothing_is_acknowledged(cast: Cast, held: Registration, vault: Path) -> None:
    paper = incoming()
    [part] = vault.iterdir()
    part.unlink()  # the rename that makes it a stored paper fails, as it does on a disk that gave up
    before = seen.mark()
    with pytest.raises(Refused):
        transitions.add_document(
            registration_pk=held.pk,
            kind="contract",
            title="利用契約書",
            expires_on=None,
            original_at="",
            paper=paper,
            token=uuid.uuid4(),
            actor=actor(cast.taro),
            at=NOW,
        )
    assert (Blob.objects.count(), seen.verbs(before), list(vault.iterdir())) == (0, [], [])


def test_transaction_that_fails_leaves_bytes_that_are_swept_after_a_day(
    cast: Cast, held: Registration, vault: Path
) -> None:
    made = kept(held, cast.taro)
    named = made.versions.get().blob.name
    lost = documents.keep(_inspected(incoming("迷子.txt")), tenant=cast.aoba.label, at=NOW)
    arriving = incoming("途中.txt")
    assert len(list(vault.iterdir())) == 3
    now = datetime.now(UTC)
    assert documents.sweep(at=now + timedelta(hours=23)) == {"parts": 0, "blobs": 0}
    assert documents.sweep(at=now + timedelta(hours=25)) == {"parts": 1, "blobs": 1}
    assert stored(vault) == [named] != [lost.name]
    assert documents.read_bytes(made.versions.get().blob) == TEXT
    arriving.close()


def _inspected(paper: IncomingPaper) -> IncomingPaper:
    assert paper.inspect().accepted
    return paper
