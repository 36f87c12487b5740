"""Pages after an end and of what is due: who sees what, what a press does, and that nothing more is told."""

import uuid
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from recovery import clock, transitions
from recovery.models import Appeal, Claim, Duty, Reminder
from tests import claims
from tests.announced import announced
from tests.cast import Cast, actor, sign_in
from tests.claims import PUBLIC, later
from tests.recovery.public_posts import acts, opens, worked
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def refused(cast: Cast, claim: Claim) -> Claim:
    return transitions.refuse(claim.pk, reason="not_confirmed", words="足りない", actor=actor(cast.approver), at=NOW)


def test_claimant_reads_why_and_appeals_on_the_status_page(cast: Cast, client: Client) -> None:
    claim = claims.received()
    opens(client, claim)
    assert "/recover/case/appeal/" not in client.get("/recover/case/").content.decode()
    refused(cast, claim)
    page = client.get("/recover/case/").content.decode()
    for words in ("組織の確認", "2026年（令和8年）12月20日", "2027年（令和9年）5月19日", "/recover/case/appeal/"):
        assert words in page
    assert "足りない" not in page
    assert client.get("/recover/case/appeal/").status_code == 200
    assert acts(client, claim, "appeal/", words="").status_code == 200
    assert not Appeal.objects.exists()
    assert acts(client, claim, "appeal/", words="見落としがあります")["Location"] == "/recover/case/"
    page = client.get("/recover/case/").content.decode()
    assert "/recover/case/appeal/" not in page and "/recover/case/reopen/" not in page, "one after the other"
    # A second press changes nothing of what was asked for.
    acts(client, claim, "appeal/", words="もう一度")
    assert not Appeal.objects.exists() and worked() == 1
    assert Appeal.objects.get().words == "見落としがあります"
    page = client.get("/recover/case/").content.decode()
    assert "2026年（令和8年）12月7日" in page and "/recover/case/appeal/" not in page
    # A second press, and taking it up again meanwhile: nothing.
    assert acts(client, claim, "appeal/", words="もう一度")["Location"] == "/recover/case/"
    assert acts(client, claim, "reopen/")["Location"] == "/recover/case/"
    assert worked() == 0
    assert Appeal.objects.count() == 1 and Claim.objects.get().status == "refused"


def test_claimant_takes_it_up_again_on_the_status_page(cast: Cast, client: Client, now: Any) -> None:
    claim = claims.received()
    opens(client, claim)
    acts(client, claim, "withdraw/")
    worked()
    page = client.get("/recover/case/").content.decode()
    assert "/recover/case/reopen/" in page and "/recover/case/appeal/" not in page
    assert client.get("/recover/case/reopen/").status_code == 200
    assert acts(client, claim, "reopen/")["Location"] == "/recover/case/"
    assert worked() == 1 and Claim.objects.get().status == "received"
    acts(client, claim, "withdraw/")
    worked()
    now.move_to(later(days=181))
    opens(client, claim)
    assert "/recover/case/reopen/" not in client.get("/recover/case/").content.decode()


def test_page_of_an_end_is_the_same_with_and_without_a_registration(cast: Cast) -> None:
    lost, pages = claims.held(cast), set()
    for name in ("none", "linked"):
        claim = claims.received(sender=name)
        if name == "linked":
            claims.linked(cast, lost, claim=claim)
        reason = "not_confirmed" if name == "linked" else "no_registration"
        transitions.refuse(claim.pk, reason=reason, words="", missing=[], actor=actor(cast.approver), at=NOW)
        browser = Client()
        opens(browser, claim)
        page = browser.get("/recover/case/")
        nonce = str(page.context["csrf_token"])
        pages.add(page.content.decode().replace(claim.number, "").replace(nonce, ""))
    assert len({len(page) for page in pages}) == 1


def test_agent_takes_an_appeal_once_by_phone(cast: Cast, client: Client) -> None:
    claim = claims.received()
    sign_in(client, cast.agent)
    refused(cast, claim)
    path = f"/desk/claims/{claim.number}/appeal/"
    assert path in client.get(f"/desk/claims/{claim.number}/").content.decode()
    given = {"words": "電話で", "token": str(uuid.uuid4())}
    for _press in range(2):
        assert client.post(path, given).status_code == 302
    assert client.post(path, {**given, "token": str(uuid.uuid4())}).status_code == 409
    assert Appeal.objects.get().taken_by == cast.agent
    assert path not in client.get(f"/desk/claims/{claim.number}/").content.decode()


def test_senior_decides_on_the_appeal_and_the_approver_has_no_button(cast: Cast, client: Client) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    words = {"reason": "not_confirmed", "words": "足りない", "missing": ["A"]}
    claim = transitions.refuse(claim.pk, **words, actor=actor(cast.approver), at=NOW)
    transitions.appeal(claim.pk, words="見落とし", actor=PUBLIC, at=NOW)
    path = f"/desk/claims/{claim.number}/appeal/decide/"
    sign_in(client, cast.approver)
    assert path not in client.get(f"/desk/claims/{claim.number}/").content.decode()
    refusal = client.get(path)
    assert refusal.status_code == client.post(path, {"outcome": "upheld"}).status_code == 403
    assert "お客さま管理者" not in refusal.content.decode(), "staff have no administrator of a customer to ask"
    senior = sign_in(Client(), cast.senior)
    assert path in senior.get(f"/desk/claims/{claim.number}/").content.decode()
    page = senior.get(path).content.decode()
    assert "見落とし" in page and "足りない" in page and "<small>権限の確認</small>" in page
    assert senior.post(path, {"outcome": "dismissed"}).status_code == 200
    assert Appeal.objects.get().status == "open"
    given = {"outcome": "dismissed", "findings": ["rules_kept"], "words": "規則どおりです"}
    assert senior.post(path, given).status_code == 302
    assert senior.post(path, given).status_code == 409
    assert Appeal.objects.get().findings == ["rules_kept"]


def test_case_without_an_appeal_has_no_page_of_it(cast: Cast, client: Client) -> None:
    claim = refused(cast, claims.received())
    sign_in(client, cast.senior)
    assert client.get(f"/desk/claims/{claim.number}/appeal/decide/").status_code == 404


def test_refusal_begins_with_what_is_missing(cast: Cast, client: Client) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    claims.prove(cast, claim, "O2")
    sign_in(client, cast.approver)
    page = client.get(f"/desk/claims/{claim.number}/refuse/")
    assert page.context["form"].initial == {"missing": ["P", "A", "C"]}
    given = {"reason": "no_response", "words": "返事なし"}
    assert client.post(f"/desk/claims/{claim.number}/refuse/", given).status_code == 200
    given = {"reason": "not_confirmed", "missing": ["A", "C"], "words": "権限なし"}
    assert client.post(f"/desk/claims/{claim.number}/refuse/", given).status_code == 302
    assert claim.endings.get().missing == ["A", "C"]


def test_operator_reminds_identifies_and_finds_who_it_is(cast: Cast, client: Client) -> None:
    lost = claims.held(cast)
    claim = claims.accepted(cast, lost)
    transitions.object_to(
        typed=claims.objection_sent(claim.dispatches.get(channel="letter")), words="", actor=PUBLIC, at=NOW
    )
    objection = claim.objections.get()
    sign_in(client, cast.operator)
    base = f"/desk/claims/{claim.number}/"
    page = client.get(base).content.decode()
    identify = f"{base}objections/{objection.pk}/identify/"
    for path in (f"{base}remind/", f"{base}capacity/", identify):
        assert path in page and client.get(path).status_code == 200
    wrong = client.post(f"{base}remind/", {"medium": "letter", "token": str(uuid.uuid4())})
    assert wrong.status_code == 200 and not Reminder.objects.exists()
    for _call in ("reminder", "callback"):
        announced(claim.inquiry, cast.operator, at=timezone.now())
    given = {"medium": "phone", "note": "伝言", "token": str(uuid.uuid4())}
    for _press in range(2):
        assert client.post(f"{base}remind/", given).status_code == 302
    assert Reminder.objects.count() == 1
    assert client.post(f"{base}capacity/", {"capacity": "contractor"}).status_code == 302
    assert "お客さまを名乗った代行事業者" in client.get(base).content.decode()
    phone = claims.point(lost, "phone").pk
    assert client.post(identify, {"how": "callback", "contact_point": phone, "note": "総務"}).status_code == 302
    objection.refresh_from_db()
    assert objection.identified_how == "callback"
    assert identify not in client.get(base).content.decode()
    assert client.get(f"{base}objections/999/identify/").status_code == 404


def test_worklist_takes_the_same_queries_for_one_and_for_three(cast: Cast, client: Client) -> None:
    sign_in(client, cast.senior)
    client.get("/desk/duties/")
    seen = []
    for number in range(3):
        claim = claims.received(sender=str(number), statement={"mail": f"m{number}@new.example"})
        Duty.objects.create(claim=claim, kind="decision", opened_at=NOW, due_on=NOW.date())
        ended = refused(cast, claims.received(sender=f"a{number}", statement={"mail": f"a{number}@new.example"}))
        transitions.appeal(ended.pk, words="", actor=PUBLIC, at=NOW)
        with CaptureQueriesContext(connection) as caught:
            page = client.get("/desk/duties/")
        assert len(page.context["lines"]) == 2 * (number + 1)
        seen.append(len(caught))
    assert seen[0] == seen[2] <= 20, seen


def test_what_is_due_is_on_the_home_page_of_whoever_does_it(cast: Cast, client: Client) -> None:
    claim = claims.received()
    for days in (10, 80):
        clock.run(at=later(days=days))
    assert set(Duty.objects.values_list("kind", flat=True)) == {"decision", "remind", "silence"}
    senior, operator, auditor = (sign_in(Client(), who) for who in (cast.senior, cast.operator, cast.auditor))
    assert "/desk/duties/" in senior.get("/").content.decode()
    assert claim.number in senior.get("/desk/duties/").content.decode()
    assert auditor.get("/desk/duties/").status_code == 403
    silence, decision = (Duty.objects.get(kind=kind).pk for kind in ("silence", "decision"))
    assert operator.get(f"/desk/duties/{decision}/finish/").status_code == 404
    assert operator.post(f"/desk/duties/{silence}/finish/", {"words": ""}).status_code == 200
    assert operator.post(f"/desk/duties/{silence}/finish/", {"words": "電話した"})["Location"] == "/desk/duties/"
    assert operator.post(f"/desk/duties/{silence}/finish/", {"words": "電話した"}).status_code == 404
    assert Duty.objects.get(pk=silence).closed_by == cast.operator


def test_inquirer_of_a_claim_that_takes_long_reads_by_when_it_is_decided(client: Client, cast: Cast, now: Any) -> None:
    claim = claims.received()
    now.move_to(later(days=24))
    clock.run(at=later(days=24))
    opens(client, claim)
    assert "2027年（令和9年）1月18日" in client.get("/recover/case/").content.decode()
