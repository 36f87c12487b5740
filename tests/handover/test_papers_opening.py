"""Opening papers: who may, what is logged, what a browser gets, and what happens to damaged bytes."""

import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
import structlog
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from accounts.errors import NotAllowed, Refused
from accounts.models import User
from audit.models import Event
from handover import transitions
from handover.models import READING_AFTER, Blob, Deputy, Document, DocumentVersion, Registration
from tests import seen
from tests.cast import Cast, actor, sign_in
from tests.handover.paper_files import TEXT, kept, pdf
from tests.stock import NOW, accepted, drafted, registration

pytestmark = pytest.mark.usefixtures("vault")
BIG = "番号は総務の金庫\r\n".encode() * 120_000  # 3 MB: three segments


@pytest.fixture
def made(cast: Cast, held: Registration) -> Document:
    """A contract of R-1 with one version."""
    return kept(held, cast.taro)


def opened(made: Document, by: User, *, reason: str = "") -> DocumentVersion:
    version = made.versions.get(number=1)
    return transitions.download_document(version_pk=version.pk, reason=reason, actor=actor(by), at=NOW)


def address(made: Document, number: int = 1) -> str:
    return reverse("handover:download_document", args=[made.pk, number])


def body(response: HttpResponseBase) -> bytes:
    return b"".join(response) if response.streaming else response.content  # type: ignore[attr-defined]


def test_custodian_downloads_and_the_log_says_so(cast: Cast, held: Registration, made: Document) -> None:
    before = seen.mark()
    opened(made, cast.taro)
    assert seen.verbs(before) == ["document.downloaded"]
    written = Event.objects.get(verb="document.downloaded")
    assert (written.actor, written.subject) == (cast.taro.label, made.label)
    assert set(written.about) == {made.label, held.label, cast.aoba.label}
    assert written.facts == {"version": 1, "as": "custodian"}


def test_each_look_is_a_line_of_its_own(cast: Cast, made: Document) -> None:
    before = seen.mark()
    opened(made, cast.taro)
    opened(made, cast.taro)
    assert seen.verbs(before) == ["document.downloaded"] * 2


def test_administrator_says_why_and_the_log_keeps_it(cast: Cast, made: Document) -> None:
    opened(made, cast.hanako, reason="away")
    written = Event.objects.get(verb="document.downloaded")
    assert written.facts == {"version": 1, "as": "administrator", "reason": "away"}


@pytest.mark.parametrize("reason", ["", "because I want to"])
def test_administrator_without_a_reason_of_the_list_is_refused(cast: Cast, made: Document, reason: str) -> None:
    before = seen.mark()
    with pytest.raises(Refused) as refused:
        opened(made, cast.hanako, reason=reason)
    assert list(refused.value.fields) == ["reason"]
    assert seen.verbs(before) == []


def test_deputy_downloads(cast: Cast, held: Registration, made: Document) -> None:
    Deputy.objects.create(registration=held, user=cast.saburo, since=NOW)
    opened(made, cast.saburo)
    assert Event.objects.get(verb="document.downloaded").facts["as"] == "deputy"


def test_successor_opens_what_was_offered_and_not_before(cast: Cast, held: Registration, made: Document) -> None:
    other = kept(registration(cast.aoba, "R-2", custodian=cast.taro), cast.taro)
    draft = drafted(cast, held)
    with pytest.raises(NotAllowed):
        opened(made, cast.jiro)
    transitions.offer(handover_pk=draft.pk, actor=actor(cast.taro), at=NOW)
    opened(made, cast.jiro)
    assert Event.objects.get(verb="document.downloaded").facts == {"version": 1, "as": "successor"}
    with pytest.raises(NotAllowed):
        opened(other, cast.jiro)
    transitions.withdraw(handover_pk=draft.pk, reason="やめた", actor=actor(cast.taro), at=NOW)
    with pytest.raises(NotAllowed):
        opened(made, cast.jiro)


def test_former_custodian_opens_for_thirty_days(cast: Cast, held: Registration, made: Document) -> None:
    accepted(cast, held, days=0)
    opened(made, cast.taro)
    assert Event.objects.get(verb="document.downloaded").facts["as"] == "former"
    version = made.versions.get()
    with pytest.raises(NotAllowed):
        transitions.download_document(
            version_pk=version.pk, reason="", actor=actor(cast.taro), at=NOW + READING_AFTER + timedelta(seconds=1)
        )


STRANGERS = ["saburo", "wakako", "minoru", "worker", "agent", "supervisor", "operator", "approver", "senior", "auditor"]


@pytest.mark.parametrize("who", STRANGERS)
def test_nobody_else_opens_papers(cast: Cast, made: Document, who: str) -> None:
    before = seen.mark()
    with pytest.raises(NotAllowed):
        opened(made, getattr(cast, who), reason="audit")
    assert seen.verbs(before) == []


def test_custodian_gets_an_attachment_that_no_browser_runs(cast: Cast, held: Registration, client: Client) -> None:
    made = kept(held, cast.taro, name="契約書 𠮷田様.txt", body=BIG)
    response = sign_in(client, cast.taro).get(address(made))
    assert response.status_code == 200
    assert body(response) == BIG
    assert response["Content-Length"] == str(len(BIG))
    assert response["Content-Type"] == "text/plain"
    assert response["Content-Disposition"] == f"attachment; filename*=utf-8''{quote('契約書 𠮷田様.txt')}"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "private, no-store"
    assert Event.objects.filter(verb="document.downloaded").count() == 1


def test_older_version_is_still_given_out(cast: Cast, made: Document, client: Client) -> None:
    DocumentVersion.objects.filter(document=made).update(superseded_at=NOW)
    assert body(sign_in(client, cast.taro).get(address(made))) == TEXT


def test_asking_for_the_head_gives_and_logs_nothing(cast: Cast, made: Document, client: Client) -> None:
    assert sign_in(client, cast.taro).head(address(made)).status_code == 405
    assert not Event.objects.filter(verb="document.downloaded").exists()


def test_administrator_is_asked_and_then_gets_the_file(cast: Cast, made: Document, client: Client) -> None:
    sign_in(client, cast.hanako)
    asked = client.get(address(made))
    assert (asked.status_code, asked.streaming) == (200, False)
    again = client.post(address(made), {"reason": "nonsense"})
    assert again.context["form"].errors.keys() == {"reason"}
    assert not Event.objects.filter(verb="document.downloaded").exists()
    given = client.post(address(made), {"reason": "checking"})
    assert body(given) == TEXT
    assert Event.objects.get(verb="document.downloaded").facts["reason"] == "checking"


def damage_last_byte(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))


def damage_by_another_paper(path: Path) -> None:
    path.write_bytes(next(other for other in sorted(path.parent.iterdir()) if other != path).read_bytes())


DAMAGES = {
    "gone": Path.unlink,
    "last byte": damage_last_byte,
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-2_000_000]),
    "zeros": lambda path: path.write_bytes(bytes(500)),
    "another paper": damage_by_another_paper,
}


@pytest.mark.parametrize("how", list(DAMAGES))
def test_damaged_file_is_answered_with_a_page_and_an_alert(
    cast: Cast, held: Registration, vault: Path, client: Client, how: str
) -> None:
    made = kept(held, cast.taro, body=BIG)
    kept(held, cast.taro, body=BIG, title="別の書類")
    DAMAGES[how](vault / made.versions.get().blob.name)
    with structlog.testing.capture_logs() as lines:
        response = sign_in(client, cast.taro).get(address(made))
    assert response.status_code == 503
    assert not response.streaming
    assert "総務の金庫".encode() not in response.content
    assert [(line["log_level"], line["blob"]) for line in lines] == [("critical", made.versions.get().blob.pk)]
    assert not Event.objects.filter(verb="document.downloaded").exists()
    assert client.get(reverse("handover:paper", args=[made.pk])).status_code == 200


def test_row_that_names_another_paper_s_file_gives_nothing(
    cast: Cast, held: Registration, made: Document, client: Client
) -> None:
    """Rows swapped in the database: the labels fit the file, the check sum of the row does not."""
    other = kept(held, cast.taro, title="別の書類", name="a.pdf", body=pdf()).versions.get().blob
    row = made.versions.get().blob
    Blob.objects.filter(pk=other.pk).update(name="0" * 64)
    Blob.objects.filter(pk=row.pk).update(
        name=other.name, tenant=other.tenant, document=other.document, size=other.size
    )
    assert sign_in(client, cast.taro).get(address(made)).status_code == 503


def test_stored_file_is_closed_at_the_end_of_the_response(
    cast: Cast, made: Document, vault: Path, client: Client
) -> None:
    response = sign_in(client, cast.taro).get(address(made))
    assert body(response) == TEXT
    path = str(vault / made.versions.get().blob.name)
    response.close()
    assert [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink() and os.readlink(link) == path] == []
