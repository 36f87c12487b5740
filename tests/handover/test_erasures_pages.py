"""Pages of holds and erasures: what each reader is shown, and that every other page copes with a stub."""

import io
import uuid
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import Event
from handover import documents, integrity, restricting, transitions
from handover.models import Blob, Document, Erasure, Registration
from tests.cast import PASSWORD, Cast, actor, sign_in, totp_code
from tests.handover.erased import agreed, held_fast, proposed
from tests.handover.paper_files import MORE, TEXT, incoming, kept, stored
from tests.stock import NOW, offered, registration

pytestmark = pytest.mark.usefixtures("vault")


def page(client: Client, name: str, *arguments: object) -> str:
    response = client.get(reverse(f"handover:{name}", args=arguments))
    assert response.status_code == 200, response.status_code
    return response.content.decode()


@pytest.fixture
def document(cast: Cast, held: Registration) -> Document:
    return kept(held, cast.taro, title="山田 花の健康診断", name="山田花.txt")


@pytest.fixture
def erased(cast: Cast, document: Document) -> Document:
    agreed(proposed(document, cast.taro), cast.hanako)
    return document


def test_proposal_is_typed_agreed_to_with_a_fresh_check_and_told(
    cast: Cast, document: Document, client: Client, vault: Path
) -> None:
    sign_in(client, cast.taro)
    assert reverse("handover:propose_erasure", args=[document.pk]) in page(client, "paper", document.pk)
    data = {"what": "whole", "reason": "too_much", "token": str(uuid.uuid4())}
    address = reverse("handover:propose_erasure", args=[document.pk])
    assert client.post(address, {**data, "what": "7"}).status_code == 200
    assert not Erasure.objects.exists()
    for _press in range(2):
        assert client.post(address, data).status_code == 302
    erasure = Erasure.objects.get()
    assert reverse("handover:propose_erasure", args=[document.pk]) not in page(client, "paper", document.pk)
    shown = page(client, "erasure", erasure.pk)
    assert reverse("handover:agree_erasure", args=[erasure.pk]) not in shown
    assert reverse("handover:withdraw_erasure", args=[erasure.pk]) in shown

    second = sign_in(Client(), cast.hanako, fresh=False)
    agree = reverse("handover:agree_erasure", args=[erasure.pk])
    assert str(erasure.pk) in page(second, "erasures")
    assert second.post(agree).status_code == 200  # asks for the password
    assert len(stored(vault)) == 1
    answer = second.post(agree, {"fresh-password": PASSWORD, "fresh-code": totp_code()})
    assert answer.status_code == 302
    assert stored(vault) == []
    assert second.post(agree, {}).status_code == 409
    assert "山田" not in page(second, "paper", document.pk)
    gone = second.get(reverse("handover:download_document", args=[document.pk, 1]), follow=True)
    assert gone.status_code in (200, 410)
    if gone.status_code == 200:  # an administrator says why first
        gone = second.post(reverse("handover:download_document", args=[document.pk, 1]), {"reason": "checking"})
    assert gone.status_code == 410
    assert not Event.objects.filter(verb="document.downloaded").exists()


def test_provider_sees_only_what_waits_for_it_and_each_look_is_written(
    cast: Cast, document: Document, client: Client, vault: Path
) -> None:
    other = kept(document.registration, cast.taro)
    inside = proposed(other, cast.taro)
    waits = proposed(document, cast.hanako)
    for user in (cast.senior, cast.approver):
        staff = sign_in(Client(), user)
        listed = page(staff, "erasures")
        assert reverse("handover:erasure", args=[waits.pk]) in listed
        assert reverse("handover:erasure", args=[inside.pk]) not in listed
        assert staff.get(reverse("handover:erasure", args=[inside.pk])).status_code == 404
        shown = page(staff, "erasure", waits.pk)
        assert "山田" not in shown and "利用契約書" not in shown
    looks = Event.objects.filter(verb="erasure.looked")
    assert {look.actor for look in looks} == {cast.senior.label, cast.approver.label}
    assert all(document.registration.label in look.about for look in looks)
    for user in (cast.operator, cast.agent, cast.supervisor, cast.editor, cast.auditor):
        assert sign_in(Client(), user).get(reverse("handover:erasure", args=[waits.pk])).status_code == 404
    sign_in(client, cast.senior)
    agree = reverse("handover:agree_erasure", args=[waits.pk])
    assert client.post(agree).status_code == 200
    assert len(stored(vault)) == 2
    assert client.post(agree, {"checked": "call"}).status_code == 302
    assert len(stored(vault)) == 1


def test_hold_is_shown_to_everybody_and_its_words_to_its_own_side(cast: Cast, held: Registration) -> None:
    held_fast(held, cast.hanako, reason="other", words="労働審判 山田さん")
    administrator = sign_in(Client(), cast.hanako)
    assert "労働審判" in page(administrator, "papers", held.number)
    assert reverse("handover:place_hold", args=[held.number]) in page(administrator, "papers", held.number)
    assert "労働審判" in page(administrator, "place_hold", held.number)
    hold = held.legal_holds.get()
    lift = reverse("handover:lift_hold", args=[held.number, hold.pk])
    assert administrator.post(lift).status_code == 302
    assert administrator.post(lift).status_code == 409
    place = reverse("handover:place_hold", args=[held.number])
    assert administrator.post(place, {"reason": "other", "words": ""}).status_code == 200
    assert administrator.post(place, {"reason": "audit", "words": ""}).status_code == 302
    assert administrator.post(place, {"reason": "audit", "words": ""}).status_code == 409


def test_senior_holds_from_the_case_and_lets_go_after_it(cast: Cast, held: Registration) -> None:
    senior, place = sign_in(Client(), cast.senior), reverse("handover:place_hold", args=[held.number])
    assert senior.get(place).status_code == 404
    restricting.restrict(held, "claim_open", case="C-1", at=NOW)
    shown = senior.get(place).content.decode()
    assert held.number in shown and held.registered_name not in shown
    assert senior.post(place, {"reason": "dispute", "words": ""}).status_code == 200
    assert senior.post(place, {"reason": "case", "words": "PLANTED"}).status_code == 302
    restricting.lift("C-1", at=NOW, kinds=["claim_open"])
    assert "PLANTED" in senior.get(place).content.decode()
    for user in (cast.operator, cast.approver, cast.agent, cast.auditor):
        assert sign_in(Client(), user).get(place).status_code == 404
    customer = sign_in(Client(), cast.hanako)
    assert "PLANTED" not in page(customer, "papers", held.number)
    lift = reverse("handover:lift_hold", args=[held.number, held.legal_holds.get().pk])
    assert customer.post(lift).status_code == 403
    assert senior.post(lift).status_code == 302
    assert senior.get(place).status_code == 404


def test_held_paper_says_so_instead_of_taking_a_proposal(cast: Cast, document: Document, client: Client) -> None:
    held_fast(document.registration, cast.hanako)
    sign_in(client, cast.taro)
    data = {"what": "whole", "reason": "too_much", "token": str(uuid.uuid4())}
    assert client.post(reverse("handover:propose_erasure", args=[document.pk]), data).status_code == 409


# Every other page ---------------------------------------------------------------------------------------------------


def test_lists_and_pages_show_the_stub(cast: Cast, erased: Document, client: Client) -> None:
    sign_in(client, cast.taro)
    number = erased.registration.number
    for name, arguments in (("papers", [number]), ("registration", [number]), ("paper", [erased.pk])):
        shown = page(client, name, *arguments)
        assert "山田" not in shown
        assert reverse("handover:propose_erasure", args=[erased.pk]) not in shown
    assert reverse("handover:download_document", args=[erased.pk, 1]) not in page(client, "paper", erased.pk)
    labels = page(client, "make_label", number)
    assert f'value="{erased.pk}"' not in labels


def test_whole_package_names_what_was_erased_and_packs_the_rest(cast: Cast, erased: Document, client: Client) -> None:
    stays = kept(erased.registration, cast.taro, title="残る契約書")
    transitions.add_version(
        document_pk=stays.pk,
        expires_on=None,
        paper=incoming("neu.txt", MORE),
        token=uuid.uuid4(),
        actor=actor(cast.taro),
        at=NOW,
    )
    agreed(proposed(stays, cast.taro, number=1), cast.hanako)
    sign_in(client, cast.taro)
    answer = client.post(reverse("handover:export_package", args=[erased.registration.number]), {})
    assert answer.status_code == 200
    packed = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert packed.testzip() is None
    papers = [name for name in packed.namelist() if "/papers/" in name]
    assert len(papers) == 1 and "v2-neu.txt" in papers[0]
    assert not [name for name in packed.namelist() if "山田" in name]


def test_pack_of_a_successor_shows_a_version_that_was_erased(cast: Cast, document: Document, client: Client) -> None:
    agreed(proposed(document, cast.taro, number=1), cast.hanako)
    handover = offered(cast, document.registration)
    blob = Blob.objects.get(versions__document=document)
    assert integrity.checked([blob]) == {blob.pk: "erased"}
    sign_in(client, cast.jiro)
    assert client.get(reverse("handover:pack", args=[handover.number])).status_code == 200
    assert client.get(reverse("handover:download_document", args=[document.pk, 1])).status_code == 410


def test_scanner_leaves_a_stub_alone(cast: Cast, document: Document, settings: Any) -> None:
    from handover import scanning

    settings.CLAMD = "unix:/nowhere"
    Blob.objects.update(status="waiting", scan_due_at=NOW)
    blob = Blob.objects.get(versions__document=document)
    assert blob.pk in scanning.due(NOW)
    agreed(proposed(document, cast.taro), cast.hanako)
    assert scanning.due(NOW + timedelta(days=1)) == []
    assert scanning.look(blob.pk, at=NOW) is None


def test_bytes_erased_after_the_row_was_read_raise_no_alarm(
    cast: Cast, document: Document, caplog: pytest.LogCaptureFixture
) -> None:
    read_before = Blob.objects.get(versions__document=document)
    agreed(proposed(document, cast.taro), cast.hanako)
    with pytest.raises(documents.Erased):
        documents.open_whatever_it_is(read_before)
    assert "damaged" not in caplog.text


# Whose time is over -------------------------------------------------------------------------------------------------


def test_page_of_what_is_over_proposes_and_never_erases(
    cast: Cast, held: Registration, client: Client, vault: Path
) -> None:
    counts = []
    sign_in(client, cast.hanako)
    for more in (1, 2):
        for _paper in range(more):
            kept(held, cast.taro, kind="bill", body=TEXT + uuid.uuid4().bytes.hex().encode())
        Registration.objects.filter(pk=held.pk).update(status="closed", closed_at=NOW - timedelta(days=8 * 366))
        client.get(reverse("handover:papers_over"))
        with CaptureQueriesContext(connection) as caught:
            shown = page(client, "papers_over")
        counts.append(len(caught))
        Registration.objects.filter(pk=held.pk).update(status="active", closed_at=None)
    assert shown.count("/erase/") == 3
    assert counts[0] == counts[1]
    assert len(stored(vault)) == 3
    for user in (cast.taro, cast.senior, cast.agent):
        assert sign_in(Client(), user).get(reverse("handover:papers_over")).status_code == 403
    other = registration(cast.wakaba, "W-9", custodian=cast.minoru)
    assert other.number not in shown


def test_list_of_proposals_takes_as_many_statements_for_three_as_for_one(
    cast: Cast, held: Registration, client: Client
) -> None:
    counts = []
    sign_in(client, cast.hanako)
    for more in (1, 2):
        for _paper in range(more):
            proposed(kept(held, cast.taro), cast.taro)
        client.get(reverse("handover:erasures"))
        with CaptureQueriesContext(connection) as caught:
            shown = page(client, "erasures")
        counts.append(len(caught))
    assert shown.count('href="/erasures/') >= 3
    assert counts[0] == counts[1]
