"""Carrying a claim: contacts, promises, papers and a mail address, each from its page."""

import uuid
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from desk.models import Contact, Hold
from outbox.models import Notice
from recovery import transitions
from recovery.models import Claim, Submission
from tests import claims
from tests.cast import Cast, sign_in
from tests.recovery.desk_pages import page
from tests.stock import NOW
from tests.walk.world import pdf

pytestmark = pytest.mark.django_db(transaction=True)


def posted(client: Client, path: str, data: dict[str, Any]) -> Any:
    return client.post(path, {"token": str(uuid.uuid4()), **data})


def test_agent_notes_a_contact_once_for_two_presses(cast: Cast, client: Client) -> None:
    claim = claims.received()
    sign_in(client, cast.agent)
    data = {"direction": "in", "channel": "phone", "party": "claimant", "minutes": "4", "text": "進み具合のご質問"}
    data["token"] = str(uuid.uuid4())
    for _press in range(2):
        response = posted(client, f"/desk/inquiries/{claim.number}/contacts/", data)
        assert (response.status_code, response["Location"]) == (302, f"/desk/claims/{claim.number}/")
    assert [contact.note for contact in Contact.objects.all()] == ["進み具合のご質問"]
    assert "進み具合のご質問" in page(client, claim, timezone.now())


def promise(cast: Cast, **changes: str) -> dict[str, str]:
    return {
        "reason": "call_back",
        "owner": str(cast.agent.pk),
        "next_action": "call",
        "promised_from": "2026-11-24T15:00",
        "promised_until": "2026-11-24T17:00",
        "wish": "折り返し",
        **changes,
    }


def test_agent_promises_on_the_page_and_closes_it_again(cast: Cast, client: Client) -> None:
    claim = claims.received()
    sign_in(client, cast.agent)
    with time_machine.travel(NOW, tick=False):
        response = posted(client, f"/desk/inquiries/{claim.number}/hold/", promise(cast))
        assert response.status_code == 302
        hold = Hold.objects.get()
        assert timezone.localtime(hold.promised_until).strftime("%d %H:%M") == "24 17:00"
        agreed = {"agreed_by": "渡邉 翔", "agreed_how": "phone"}
        response = client.post(f"/desk/holds/{hold.pk}/close/", agreed)
        assert (response.status_code, response["Location"]) == (302, f"/desk/claims/{claim.number}/")
        assert client.post(f"/desk/holds/{hold.pk}/close/", agreed).status_code == 409
    hold.refresh_from_db()
    assert hold.outcome == "agreed"


@pytest.mark.parametrize(
    "wrong",
    [
        *({name: ""} for name in ("reason", "owner", "next_action", "promised_from", "promised_until", "wish")),
        {"owner": "999999"},
        {"promised_until": "2026-11-24T15:00"},
        {"promised_from": "2026-11-19T15:00"},
    ],
    ids=str,
)
def test_promise_without_all_its_parts_is_not_taken(cast: Cast, client: Client, wrong: dict[str, str]) -> None:
    claim = claims.received()
    sign_in(client, cast.agent)
    with time_machine.travel(NOW, tick=False):
        response = posted(client, f"/desk/inquiries/{claim.number}/hold/", promise(cast, **wrong))
    assert response.status_code == 200
    assert "error-summary" in response.content.decode()
    assert not Hold.objects.exists()


def test_refused_promise_can_be_sent_again_from_the_same_page(cast: Cast, client: Client) -> None:
    claim = claims.received()
    sign_in(client, cast.agent)
    with time_machine.travel(NOW, tick=False):
        wrong = promise(cast, promised_until="2026-11-24T15:00")
        response = posted(client, f"/desk/inquiries/{claim.number}/hold/", wrong)
        token = response.context["form"]["token"].value()
        assert posted(client, f"/desk/inquiries/{claim.number}/hold/", promise(cast, token=token)).status_code == 302
    assert Hold.objects.count() == 1


def test_customers_own_no_promise(cast: Cast, client: Client) -> None:
    claim = claims.received()
    response = posted(
        sign_in(client, cast.agent), f"/desk/inquiries/{claim.number}/hold/", promise(cast, owner=str(cast.taro.pk))
    )
    assert response.status_code == 200
    assert "𠮷田" not in response.content.decode()


def test_agent_takes_in_a_paper_and_sees_its_name_only(cast: Cast, client: Client) -> None:
    claim = claims.received()
    sign_in(client, cast.agent)
    data = {"code": "O3", "paper": SimpleUploadedFile("印鑑証明書.pdf", pdf())}
    response = posted(client, f"/desk/claims/{claim.number}/papers/", data)
    assert response.status_code == 302, response.content.decode()
    kept = Submission.objects.get()
    assert (kept.code, kept.came_by, kept.taken_by) == ("O3", "desk", cast.agent)
    text = page(client, claim, timezone.now())
    assert "印鑑証明書.pdf" in text
    assert f"/submissions/{kept.pk}/" not in text
    with time_machine.travel(NOW, tick=False):
        assert client.get(f"/desk/claims/{claim.number}/submissions/{kept.pk}/").status_code in (403, 404, 405)


@pytest.mark.parametrize("code", ["", "C1", "P1", "XX"])
def test_paper_of_no_kind_is_not_taken(cast: Cast, client: Client, code: str) -> None:
    claim = claims.received()
    data = {"code": code, "paper": SimpleUploadedFile("x.pdf", pdf())}
    response = posted(sign_in(client, cast.agent), f"/desk/claims/{claim.number}/papers/", data)
    assert response.status_code == 200
    assert not Submission.objects.exists()


def test_agent_corrects_a_mail_address_until_it_is_confirmed(cast: Cast, client: Client) -> None:
    claim = claims.received()
    sign_in(client, cast.agent)
    assert "sho@new.example" in client.get(f"/desk/claims/{claim.number}/mail/").content.decode()
    response = client.post(f"/desk/claims/{claim.number}/mail/", {"mail": "watanabe@new.example"})
    assert response.status_code == 302
    claim.refresh_from_db()
    assert claim.mailbox == "watanabe@new.example"
    assert Notice.objects.filter(template="claim_mailbox", recipient=claim.label).count() == 1
    transitions.enter_mailbox_code(claim.pk, typed=claims.code_in_mail(claim), actor=claims.PUBLIC, at=timezone.now())
    response = client.post(f"/desk/claims/{claim.number}/mail/", {"mail": "evil@other.example"})
    assert response.status_code == 409
    assert Claim.objects.get().mailbox == "watanabe@new.example"


def test_nothing_is_done_with_a_claim_that_ended(cast: Cast, client: Client) -> None:
    claim = claims.received()
    transitions.withdraw(claim.pk, actor=claims.PUBLIC, at=NOW)
    sign_in(client, cast.agent)
    for path in (
        f"/desk/claims/{claim.number}/papers/",
        f"/desk/claims/{claim.number}/mail/",
        f"/desk/inquiries/{claim.number}/contacts/",
        f"/desk/inquiries/{claim.number}/hold/",
    ):
        assert client.get(path).status_code == 409, path
    text = page(client, claim)
    for path in ("/papers/", "/mail/", "/contacts/", "/hold/"):
        assert f"{claim.number}{path}" not in text
