"""Taking a call and carrying a claim: what each role sees, and that an agent finds nothing stored."""

import uuid
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Event
from desk import transitions as at_desk
from desk.models import Contact, Hold
from handover.models import Registration
from outbox.models import Notice
from recovery import transitions
from recovery.models import Claim, Submission
from tests import claims
from tests.cast import Cast, actor, sign_in
from tests.seen import mark, verbs
from tests.stock import NOW
from tests.walk.world import pdf

pytestmark = pytest.mark.django_db(transaction=True)

MOST_QUERIES = 13
# Of agent, operator, approver, senior, auditor.
COSTS = {
    "received": [9, 8, 9, 9, 7],
    "linked": [11, 11, 12, 12, 10],
    "proven": [12, 12, 12, 12, 10],
    "notified": [11, 11, 13, 13, 10],
    "ready": [9, 11, 13, 13, 10],
}
TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
CALL: dict[str, str] = {
    "name": "渡邉 翔",
    "own_phone": "090-1234-5678",
    "organisation_name": "(株)青葉商亊",
    "capacity": "customer",
    "answer_by": "phone",
    "language": "ja",
    "remarks": "本社の回線のはず",
}


def call(**changes: str) -> dict[str, str]:
    return {**CALL, "token": str(uuid.uuid4()), **changes}


def page(client: Client, claim: Claim, at: datetime = NOW) -> str:
    with time_machine.travel(at, tick=False):
        response = client.get(f"/desk/claims/{claim.number}/")
    assert response.status_code == 200
    return str(response.content.decode())


def steady(text: str) -> str:
    """Return a page without the tokens that are new each time."""
    return "\n".join(line for line in text.splitlines() if 'type="hidden"' not in line)


def stored(held: Registration) -> list[str]:
    """Return every word on record about a registration that an agent must not find."""
    points = held.contact_points.values_list("value", flat=True)
    return [held.number, held.registered_name, held.address, "𠮷田", "太郎", "ヨシダ", "taro@aoba.example", *points]


# Taking a call -------------------------------------------------------------------------------------------------------


def test_agent_takes_a_call_and_reads_both_codes_out_once(cast: Cast, client: Client) -> None:
    before = mark()
    sign_in(client, cast.agent)
    response = client.post("/desk/calls/new/", call())
    claim = Claim.objects.select_related("inquiry").get()
    text = response.content.decode()
    assert response.status_code == 200
    tracking = claims.CODE.findall(text)[0]
    assert text.count(tracking) == 2 and text.count(claim.number) >= 3  # to read, and in the sentence to say
    assert f"受付番号は{claim.number}、進捗確認コードは{tracking}です。" in text
    assert "no-store" in response["Cache-Control"]
    assert verbs(before) == ["claim.received"]
    assert Event.objects.get(sequence__gt=before).actor == cast.agent.label
    inquiry = claim.inquiry
    assert (inquiry.came_by, inquiry.answer_by, inquiry.statement.own_phone) == ("phone", "phone", "090-1234-5678")
    assert inquiry.statement.organisation_name == "(株)青葉商亊"  # as typed, nothing put right
    assert Contact.objects.get().by == cast.agent
    assert tracking not in page(client, claim, timezone.now())


@pytest.mark.parametrize("who", ["hanako", "worker", "approver", "senior", "editor", "auditor"])
def test_others_take_no_calls(cast: Cast, client: Client, who: str) -> None:
    sign_in(client, getattr(cast, who))
    assert client.get("/desk/calls/new/").status_code == 403
    assert client.post("/desk/calls/new/", call()).status_code == 403
    assert not Claim.objects.exists()


def test_second_press_takes_no_second_call(cast: Cast, client: Client) -> None:
    sign_in(client, cast.agent)
    data = call()
    assert client.post("/desk/calls/new/", data).status_code == 200
    assert client.post("/desk/calls/new/", data).status_code == 409
    assert Claim.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"own_phone": ""},
        {"own_phone": "あとで"},
        {"name": ""},
        {"organisation_name": ""},
        {"capacity": ""},
        {"answer_by": "mail"},
        {"mail": "そのうち"},
        {"token": ""},
    ],
    ids=str,
)
def test_call_without_a_number_to_call_back_is_not_taken(cast: Cast, client: Client, wrong: dict[str, str]) -> None:
    response = sign_in(client, cast.agent).post("/desk/calls/new/", call(**wrong))
    assert response.status_code == 200
    assert "error-summary" in response.content.decode()
    assert "本社の回線のはず" in response.content.decode()  # nothing typed is lost
    assert not Claim.objects.exists()


def test_longest_call_in_the_widest_characters_fits(cast: Cast, client: Client) -> None:
    from recovery.forms.desk import SIZES

    data = {name: "𠮷" * size for name, size in SIZES.items()} | {"mail": "", "own_phone": "090-1234-5678"}
    response = sign_in(client, cast.agent).post("/desk/calls/new/", call(**data))
    assert response.status_code == 200
    assert Claim.objects.get().inquiry.statement.remarks == "𠮷" * SIZES["remarks"]


def test_call_from_a_customer_and_from_a_stranger_look_alike(cast: Cast, client: Client) -> None:
    claims.held(cast)
    sign_in(client, cast.agent)
    pages = []
    for name in ("青葉商事株式会社", "存在しない株式会社"):
        with time_machine.travel(NOW, tick=False):
            text = client.post("/desk/calls/new/", call(organisation_name=name)).content.decode()
        claim = Claim.objects.order_by("-pk")[0]
        tracking = claims.CODE.findall(text)[0]
        pages.append(steady(text).replace(claim.number, "").replace(tracking, "").replace(name, ""))
    assert pages[0] == pages[1]


# The page of a claim --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["agent", "supervisor", "operator", "approver", "senior", "auditor"])
def test_staff_sees_what_was_stated(cast: Cast, client: Client, who: str) -> None:
    text = page(sign_in(client, getattr(cast, who)), claims.received())
    for stated in ("(株)青葉商亊", "渡邉 翔", "千代田区千代田１－１", "sho@new.example"):
        assert stated in text


@pytest.mark.parametrize("who", ["hanako", "taro", "worker", "editor"])
@pytest.mark.parametrize("path", ["", "papers/", "mail/"])
def test_others_find_no_claim(cast: Cast, client: Client, who: str, path: str) -> None:
    claim = claims.received()
    sign_in(client, getattr(cast, who))
    known = client.get(f"/desk/claims/{claim.number}/{path}")
    unknown = client.get(f"/desk/claims/C-0000-000-000/{path}")
    assert known.status_code == unknown.status_code == 404
    assert known.content == unknown.content


def test_claimant_with_an_account_has_no_page_of_the_desk(cast: Cast, client: Client) -> None:
    claim = claims.ready(cast, claims.held(cast))
    assert claim.claimant or claim.invitation
    user = claim.invitation.accepted_by if claim.invitation else None
    assert user
    assert sign_in(client, user).get(f"/desk/claims/{claim.number}/").status_code == 404


@pytest.mark.parametrize("stage", ["received", "linked", "accepted", "proven", "proposed", "notified", "approved"])
def test_agent_finds_nothing_stored_at_any_stage(cast: Cast, client: Client, stage: str) -> None:
    held = claims.held(cast)
    claim = claims.received() if stage == "received" else getattr(claims, stage)(cast, held)
    at_desk.note_contact(
        claim.inquiry_id,
        direction="out",
        channel="phone",
        party="claimant",
        minutes=3,
        text=f"登録 {held.number} の 𠮷田 太郎 様の件",  # an operator may write so, an agent may not read it
        actor=actor(cast.colleague),
        at=NOW,
    )
    text = page(sign_in(client, cast.agent), claim)
    for secret in stored(held):
        assert secret not in text, (stage, secret)
    assert cast.colleague.display_name in text  # that somebody spoke with the claimant
    for act in ("candidates/", "link/", "evidence/", "decide/", "refuse/", "execute/", "record/", "letter/"):
        assert f"/desk/claims/{claim.number}/{act}" not in text
    operators = page(sign_in(Client(), cast.operator), claim)
    assert "登録 R-1 の" in operators


def test_agents_page_is_the_same_before_and_after_a_match(cast: Cast, client: Client) -> None:
    """Byte for byte, until organisation and person are proven (invariant 21)."""
    claim = claims.received()
    sign_in(client, cast.agent)
    before = steady(page(client, claim))
    held = claims.held(cast)
    claims.linked(cast, held, claim=claim)
    assert steady(page(client, claim)) == before
    claim = transitions.accept(claim.pk, actor=actor(cast.operator), at=NOW)
    assert steady(page(client, claim)) == before
    transitions.record_attempt(
        claim.pk, medium="phone", contact_point_pk=claims.point(held, "phone").pk, result="no_answer",
        actor=actor(cast.operator), at=NOW,
    )  # fmt: skip
    claims.prove(cast, claim, "C2")
    assert steady(page(client, claim)) == before


def test_agent_learns_enough_and_not_enough_by_type(cast: Cast, client: Client) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    sign_in(client, cast.agent)
    before = page(client, claim)
    assert 'data-tone="ok"' in before  # the mail address is confirmed; no proof is
    assert "<details>" in before
    for code in ("O2", "P1", "A2"):
        claims.prove(cast, claim, code)
    text = page(client, claim)
    assert text.count("<details>") == before.count("<details>") - 3
    claims.by_letter(cast, claim)
    assert "<details>" not in page(client, claim)


def test_overdue_promise_stands_in_red_with_its_owner(cast: Cast, client: Client) -> None:
    claim = claims.received()
    at_desk.hold(
        claim.inquiry_id,
        reason="call_back",
        owner=cast.supervisor,
        next_action="call",
        promised_from=claims.later(hours=1),
        promised_until=claims.later(hours=2),
        wish="折り返しの電話",
        actor=actor(cast.agent),
        at=NOW,
    )
    sign_in(client, cast.agent)
    text = page(client, claim, claims.later(hours=2))
    assert 'class="notice" data-tone="info"' in text and 'data-tone="bad"' not in text
    assert cast.supervisor.display_name in text and "12:00" in text  # in Japan
    text = page(client, claim, claims.later(hours=2, seconds=1))
    assert 'class="notice" data-tone="bad"' in text
    assert "12:00までに" not in text  # no sentence promises what is over


def test_words_to_say_are_in_the_inquirers_language(cast: Cast, client: Client) -> None:
    claim = claims.received(language="en")
    text = page(sign_in(client, cast.agent), claim)
    assert f"Your receipt number is {claim.number}" in text
    assert 'lang="en"' in text


# What the desk does ---------------------------------------------------------------------------------------------------


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
        response = client.post(f"/desk/holds/{hold.pk}/close/")
        assert (response.status_code, response["Location"]) == (302, f"/desk/claims/{claim.number}/")
        assert client.post(f"/desk/holds/{hold.pk}/close/").status_code == 409
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


# What it costs --------------------------------------------------------------------------------------------------------


def furnish(cast: Cast, claim: Claim, rows: int) -> None:
    """Give a claim `rows` of everything on its page."""
    for number in range(rows):
        Contact.objects.create(
            inquiry=claim.inquiry, direction="in", channel="phone", party="claimant", by=cast.agent, at=NOW,
            sealed_note=Contact.objects.first().sealed_note if Contact.objects.exists() else _sealed(),
        )  # fmt: skip
        at_desk.hold(
            claim.inquiry_id, reason="call_back", owner=cast.agent, next_action="call",
            promised_from=claims.later(hours=number + 1), promised_until=claims.later(hours=number + 2), wish="x",
            actor=actor(cast.agent), at=NOW,
        )  # fmt: skip


def _sealed() -> bytes:
    from outbox import cipher

    return cipher.encrypt("ご質問")


def cost(client: Client, path: str) -> int:
    """Queries of a look that is not the hour's first, which is counted (procedure.md A10)."""
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return sum(not query["sql"].startswith(TRANSACTION) for query in seen.captured_queries)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("stage", "queries"), COSTS.items())
def test_page_costs_the_same_for_any_number_of_rows(cast: Cast, stage: str, queries: list[int], rows: int) -> None:
    held = claims.held(cast)
    claim = claims.received() if stage == "received" else getattr(claims, stage)(cast, held)
    furnish(cast, claim, rows)
    path, people = (
        f"/desk/claims/{claim.number}/",
        (cast.agent, cast.operator, cast.approver, cast.senior, cast.auditor),
    )
    assert [cost(sign_in(Client(), who), path) for who in people] == queries
    assert max(queries) <= MOST_QUERIES
