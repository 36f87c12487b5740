"""The own case without an account: the door, the mark, each act, and each misuse."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from audit.models import Event
from desk.models import Hold
from handover.vault import store
from outbox import cipher
from outbox.models import Notice
from recovery import transitions
from recovery.models import Claim, Evidence, Submission
from recovery.views import public_case
from tests import claims, seen
from tests.cast import Cast, actor
from tests.recovery.public_posts import acts, opens, worked
from tests.stock import NOW
from tests.walk.world import pdf

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = ("", "mailbox/", "mail/", "code/", "no-code/", "papers/", "withdraw/")
TOKEN = "00000000-0000-4000-8000-000000000001"


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def paper(name: str = "印鑑証明書.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf())


# The door ------------------------------------------------------------------------------------------------------------


def test_inquirer_opens_the_case_with_any_spelling(client: Client) -> None:
    claim = claims.received()
    code = claims.tracking_in_mail(claim).lower().replace("-", " ")
    wide = "".join(chr(ord(sign) + 0xFEE0) if sign != " " else "　" for sign in code)
    response = client.post("/recover/status/", {"number": claim.number.replace("-", "").lower(), "tracking": wide})
    assert response["Location"] == "/recover/case/"
    assert claim.number in client.get("/recover/case/").content.decode()


def test_wrong_code_and_unknown_number_get_the_same_bytes(client: Client) -> None:
    claim = claims.received()
    given = [(claim.number, "ABCDE-FGHJK"), ("C-0000-000-000", "ABCDE-FGHJK"), ("C-1", "ABCDE-FGHJK")]
    pages = set()
    for number, code in given:
        page = client.post("/recover/status/", {"number": number, "tracking": code})
        body = page.content.decode().replace(f'value="{number}"', "")
        pages.add((page.status_code, body.replace(str(page.context["csrf_token"]), "")))
    assert len(pages) == 1
    assert "case" not in client.session


def test_unknown_number_costs_one_slow_hash_like_a_wrong_code(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    from recovery.queries import tracking

    make, check = tracking.make_password, tracking.check_password
    monkeypatch.setattr(tracking, "make_password", lambda text: hashed.append("m") or make(text))
    monkeypatch.setattr(tracking, "check_password", lambda text, kept: hashed.append("c") or check(text, kept))
    claim = claims.received()
    for number in (claim.number, "C-0000-000-000", "no number"):
        client.post("/recover/status/", {"number": number, "tracking": "ABCDE-FGHJK"})
    assert len(hashed) == 3


def test_guessers_from_everywhere_have_a_limit_for_one_number(
    client: Client, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_case, "MOST_FOR_NUMBER", 20)
    claim = claims.received()
    right = {"number": claim.number, "tracking": claims.tracking_in_mail(claim)}
    for number in range(20):
        wrong = {"number": claim.number, "tracking": "ABCDE-FGHJK"}
        words = client.post("/recover/status/", wrong, REMOTE_ADDR=f"10.0.0.{number}").content
    closed = client.post("/recover/status/", right, REMOTE_ADDR="10.0.1.1")
    assert closed.status_code == 200 and closed.content.count(b"error-summary") == words.count(b"error-summary")
    clock.move_to(NOW + timedelta(hours=1))
    assert client.post("/recover/status/", right, REMOTE_ADDR="10.0.1.1").status_code == 302


def test_guesser_has_ten_tries_an_hour_from_one_place(client: Client) -> None:
    claim = claims.received()
    for number in range(10):
        client.post("/recover/status/", {"number": f"C-0000-000-00{number}", "tracking": "ABCDE-FGHJK"})
    right = {"number": claim.number, "tracking": claims.tracking_in_mail(claim)}
    assert client.post("/recover/status/", right).status_code == 200
    assert client.post("/recover/status/", right, REMOTE_ADDR="10.0.1.1").status_code == 302


def test_session_planted_in_the_browser_does_not_come_along(client: Client) -> None:
    session = client.session
    session["planted"] = "1"
    session.save()
    client.cookies["session"] = session.session_key
    opens(client, claims.received())
    assert client.cookies["session"].value != session.session_key
    assert client.cookies["session"]["max-age"] == "", "ends with the browser"


# The mark ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_stranger_without_the_codes_is_led_to_them(client: Client, page: str, method: str) -> None:
    claim = claims.received()
    since = seen.mark()
    response = getattr(client, method)(f"/recover/case/{page}", {"case": claim.number})
    assert (response.status_code, response["Location"]) == (302, "/recover/status/")
    assert seen.verbs(since) == []


@pytest.mark.parametrize("page", PAGES)
def test_looking_changes_nothing(client: Client, page: str) -> None:
    claim = claims.received()
    opens(client, claim)
    since = seen.mark()
    assert client.get(f"/recover/case/{page}").status_code == 200
    assert seen.verbs(since) == [] and Claim.objects.get().status == "received"


def test_case_closes_after_half_an_hour_unused(client: Client, clock: Any) -> None:
    opens(client, claims.received())
    for minutes in (20, 40, 60):
        clock.move_to(NOW + timedelta(minutes=minutes))
        assert client.get("/recover/case/").status_code == 200
    clock.move_to(NOW + timedelta(minutes=90))
    assert client.get("/recover/case/")["Location"] == "/recover/status/"
    assert client.get("/recover/case/papers/")["Location"] == "/recover/status/"


def test_page_of_one_case_never_acts_on_another_opened_since(client: Client) -> None:
    first, second = claims.received(), claims.received()
    opens(client, first)
    opens(client, second)
    response = acts(client, first, "withdraw/")
    assert response["Location"] == "/recover/case/"
    assert set(Claim.objects.values_list("status", flat=True)) == {"received"}
    assert client.post("/recover/case/withdraw/").status_code == 302
    assert set(Claim.objects.values_list("status", flat=True)) == {"received"}


def test_inquirer_sends_a_file_with_the_mark_and_nobody_without(client: Client, data_folder: Any) -> None:
    claim = claims.received()
    acts(client, claim, "papers/", code="O3", paper=paper(), token=TOKEN)
    assert not store.folder().exists() or not list(store.folder().iterdir())
    opens(client, claim)
    assert acts(client, claim, "papers/", code="O3", paper=paper(), token=TOKEN).status_code == 302
    kept = Submission.objects.get()
    assert (kept.code, kept.came_by, kept.file_name) == ("O3", "upload", "印鑑証明書.pdf")
    assert "印鑑証明書.pdf" in client.get("/recover/case/").content.decode()


def test_second_press_keeps_one_paper(client: Client) -> None:
    claim = claims.received()
    opens(client, claim)
    for _press in range(2):
        assert acts(client, claim, "papers/", code="O3", paper=paper(), token=TOKEN).status_code == 302
    assert Submission.objects.count() == 1


def test_file_that_is_no_paper_is_refused_with_what_to_do(client: Client) -> None:
    claim = claims.received()
    opens(client, claim)
    bad = SimpleUploadedFile("a.pdf", b"MZ" + b"\0" * 500)
    page = acts(client, claim, "papers/", code="O3", paper=bad, token=TOKEN)
    assert page.status_code == 200 and 'href="#id_paper"' in page.content.decode()
    for code in ("C1", "L3", "A2", "XX", ""):
        assert acts(client, claim, "papers/", code=code, paper=paper(), token=TOKEN).status_code == 200, code
    assert not Submission.objects.exists()


# Acts ----------------------------------------------------------------------------------------------------------------


def test_inquirer_confirms_the_mailbox(client: Client) -> None:
    claim = claims.received()
    opens(client, claim)
    assert acts(client, claim, "mailbox/", code="ABCDE-FGHJK").status_code == 200
    assert acts(client, claim, "mailbox/", code=claims.code_in_mail(claim).lower()).status_code == 302
    assert Claim.objects.get().mailbox_verified_at == NOW
    assert acts(client, claim, "mailbox/", code="ABCDE-FGHJK").status_code == 302
    assert acts(client, claim, "mail/", mail="other@new.example").status_code == 302
    assert Claim.objects.get().mailbox == "sho@new.example"


def test_inquirer_corrects_the_mail_address(client: Client, clock: Any) -> None:
    claim = claims.received()
    opens(client, claim)
    clock.move_to(NOW + timedelta(seconds=1))
    assert acts(client, claim, "mail/", mail="right@new.example").status_code == 200, "a minute has to pass"
    clock.move_to(NOW + timedelta(minutes=2))
    assert acts(client, claim, "mail/", mail="right@new.example").status_code == 302
    assert Claim.objects.get().mailbox == "right@new.example"
    assert Notice.objects.filter(template="claim_mailbox").count() == 1


def test_code_page_is_the_same_whether_or_not_a_letter_was_sent(cast: Cast) -> None:
    nobody = claims.received()
    claim = claims.accepted(cast, claims.held(cast), claim=claims.received())
    point = claims.point(claims.Registration.objects.get(), "post")
    transitions.order_letter(claim.pk, to=f"contact_point:{point.pk}", actor=actor(cast.operator), at=NOW)
    pages = []
    for one in (nobody, claim):
        client = opens(Client(), one)
        for answer in (
            client.get("/recover/case/code/"),
            acts(client, one, "code/", purpose="letter", code="ABCDE-FGHJK"),
            acts(client, one, "no-code/", wish="letter"),
        ):
            body = answer.content.decode().replace(one.number, "")
            token = answer.context["csrf_token"] if answer.context else ""
            pages.append((answer.status_code, body.replace(str(token), "") if token else body))
    assert pages[:3] == pages[3:]


def test_inquirer_types_in_the_code_of_the_letter(client: Client, cast: Cast) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    point = claims.point(claims.Registration.objects.get(), "post")
    sent = transitions.order_letter(claim.pk, to=f"contact_point:{point.pk}", actor=actor(cast.operator), at=NOW)[0]
    opens(client, claim)
    assert acts(client, claim, "code/", purpose="mail", code=claims.code_sent(sent)).status_code == 200
    assert acts(client, claim, "code/", purpose="letter", code=claims.code_sent(sent)).status_code == 302
    assert Evidence.objects.get().code == "C1"
    assert acts(client, claim, "code/", purpose="letter", code=claims.code_sent(sent)).status_code == 200


def test_inquirer_says_that_no_letter_came(client: Client) -> None:
    claim = claims.received()
    opens(client, claim)
    since = seen.mark()
    assert acts(client, claim, "no-code/", wish="elsewhere").status_code == 200
    assert acts(client, claim, "no-code/", wish="mail").status_code == 302
    assert seen.verbs(since) == ["claim.code_wanted"]
    assert Event.objects.get(verb="claim.code_wanted").facts == {"wish": "mail"}


def test_inquirer_withdraws_once(client: Client) -> None:
    claim = claims.received()
    opens(client, claim)
    since = seen.mark()
    acts(client, claim, "withdraw/")
    acts(client, claim, "withdraw/")
    assert seen.verbs(since) == ["claim.request_handed_in"]
    assert worked() == 1
    acts(client, claim, "withdraw/")
    assert seen.verbs(since) == ["claim.request_handed_in", "claim.withdrawn"]
    for page in PAGES[1:]:
        assert client.get(f"/recover/case/{page}")["Location"] == "/recover/case/", page
    assert acts(client, claim, "papers/", code="O3", paper=paper(), token=TOKEN).status_code == 302
    assert not Submission.objects.exists()
    assert client.get("/recover/case/").status_code == 200


def test_nothing_on_the_page_tells_how_a_claim_ended_inside(client: Client, cast: Cast) -> None:
    claim = claims.linked(cast, claims.held(cast))
    opens(client, claim)
    Claim.objects.filter(pk=claim.pk).update(status="stopped", end_reason="custodian_active", ended_at=NOW)
    client.get("/recover/case/withdraw/")
    page = client.get("/recover/case/").content.decode()
    for words in (Claim.Status.STOPPED.label, Claim.EndReason.CUSTODIAN_ACTIVE.label, "R-1"):
        assert str(words) not in page


def test_open_hold_is_shown_with_its_promise(client: Client, cast: Cast) -> None:
    claim = claims.received()
    Hold.objects.create(
        inquiry=claim.inquiry,
        reason="call_back",
        owner=cast.agent,
        next_action="call",
        promised_from=NOW + timedelta(days=3),
        promised_until=NOW + timedelta(days=3, hours=2),
        sealed_wish=cipher.encrypt("ひみつの希望"),
        opened_by=cast.agent,
        opened_at=NOW,
    )
    page = opens(client, claim).get("/recover/case/").content.decode()
    day = timezone.localtime(NOW + timedelta(days=3))
    assert f"{day.day}日" in page and "12:00" in page
    assert "ひみつの希望" not in page and cast.agent.display_name not in page


def test_case_page_asks_few_questions(client: Client, cast: Cast, django_assert_max_num_queries: Any) -> None:
    claim = claims.proven(cast, claims.held(cast))
    opens(client, claim)
    with django_assert_max_num_queries(12):
        assert client.get("/recover/case/").status_code == 200


@pytest.mark.parametrize("stage", ["received", "proven", "proposed", "notified", "approved", "ready", "executed"])
def test_page_of_every_stage_names_neither_number_nor_address_nor_custodian(
    client: Client, cast: Cast, stage: str
) -> None:
    lost = claims.held(cast, "ABC-1234567")
    claim = claims.received() if stage == "received" else getattr(claims, stage)(cast, lost)
    session = client.session
    session["case"] = {"claim": claim.pk, "at": NOW.timestamp()}
    session.save()
    client.cookies["session"] = session.session_key
    page = client.get("/recover/case/").content.decode()
    for secret in (lost.number, lost.address, cast.taro.display_name, cast.taro.email):
        assert secret not in page
