"""Pages of the cheaper exits: a kit by anybody, a vouch by the colleague, what the operator reads."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from handover import kits
from handover import transitions as register
from handover.models import RecoveryKit, Registration
from recovery import clock, saved_codes, transitions
from recovery.models import Claim, Evidence, VouchRequest
from tests import claims
from tests.cast import PASSWORD, Cast, actor, sign_in
from tests.claims import later
from tests.recovery.public_posts import acts, opens
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)

MADE = NOW - timedelta(days=40)
WHO = {
    "organisation_name": "青葉商事",
    "name": "渡邉 翔",
    "kana": "",
    "department": "情報システム部",
    "mail": "sho@new.example",
}


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def kit(cast: Cast, lost: Registration) -> tuple[str, str]:
    made, code = register.make_recovery_kit(registration_pk=lost.pk, actor=actor(cast.taro), at=MADE)
    return made.number, code


def begins(client: Client, number: str, code: str, **changes: str) -> Any:
    data = {"number": number, "code": code, "token": str(uuid.uuid4()), **WHO, **changes}
    return client.post("/recover/kit/", data, REMOTE_ADDR=f"192.0.2.{Claim.objects.count() + 1}")


def plain(page: Any) -> str:
    """Return a page without what differs from one inquiry to the next."""
    claim, tracking = page.context["claim"], page.context["tracking"]
    body: str = page.content.decode().replace(str(page.context["csrf_token"]), "")
    return body.replace(claim.number, "").replace(tracking, "")


def test_anybody_begins_with_a_kit_in_any_spelling(client: Client, lost: Registration, kit: tuple[str, str]) -> None:
    number, code = kit
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in code.lower().replace("-", ""))
    page = begins(client, number.replace("K-", "ｋ"), wide)
    assert page.status_code == 200
    claim = Claim.objects.get()
    assert (claim.status, claim.registration) == ("collecting", lost)
    assert claim.number in page.content.decode()
    assert "R-1" not in page.content.decode()


def test_right_wrong_and_unknown_kit_get_the_same_answer(client: Client, kit: tuple[str, str]) -> None:
    number, code = kit
    given = [(number, "2222-2222-2222-2222"), ("K-2222-2222", code), ("zzz", code), (number, code)]
    pages = [begins(client, *one) for one in given]
    assert {page.status_code for page in pages} == {200}
    assert len({plain(page) for page in pages}) == 1
    kept = ("Date", "Content-Length", "Server-Timing")
    assert len({tuple((k, v) for k, v in page.items() if k not in kept) for page in pages}) == 1
    assert Evidence.objects.count() == 1


def test_unknown_kit_costs_one_slow_hash_like_a_wrong_code(
    client: Client, kit: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    make, check = kits.make_password, kits.check_password
    monkeypatch.setattr(kits, "make_password", lambda text: (hashed.append("made"), make(text))[1])
    monkeypatch.setattr(kits, "check_password", lambda text, kept: (hashed.append("checked"), check(text, kept))[1])
    begins(client, kit[0], "2222-2222-2222-2222")
    begins(client, "K-2222-2222", "2222-2222-2222-2222")
    assert hashed == ["checked", "made"]


def test_second_press_takes_nothing_in(client: Client, kit: tuple[str, str]) -> None:
    token = str(uuid.uuid4())
    assert begins(client, *kit, token=token).status_code == 200
    assert begins(client, *kit, token=token).status_code == 409
    assert Claim.objects.count() == 1


@pytest.mark.parametrize("field", ["number", "code", "organisation_name", "name", "mail"])
def test_what_is_missing_is_asked_for_and_nothing_is_used(client: Client, kit: tuple[str, str], field: str) -> None:
    given = {"number": kit[0], "code": kit[1], "token": str(uuid.uuid4()), **WHO, field: ""}
    page = client.post("/recover/kit/", given)
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert not Claim.objects.exists()
    assert RecoveryKit.objects.get().void_at is None


def test_kit_on_an_open_case_says_the_same_right_or_wrong(
    client: Client, lost: Registration, kit: tuple[str, str]
) -> None:
    claim = claims.received()
    opens(client, claim)
    assert "/recover/case/kit/" in client.get("/recover/case/").content.decode()
    said = []
    for code in ("2222-2222-2222-2222", kit[1]):
        assert acts(client, claim, "kit/", number=kit[0], code=code)["Location"] == "/recover/case/"
        page = client.get("/recover/case/")
        said.append([str(one) for one in page.context["messages"]])
    assert said[0] == said[1]
    claim.refresh_from_db()
    assert claim.registration == lost
    page = client.get("/recover/case/").content.decode()
    assert "R-1" not in page


def test_case_page_is_the_same_after_a_right_and_a_wrong_kit(
    lost: Registration, kit: tuple[str, str], now: Any
) -> None:
    """Whoever found a sheet does not learn from the status page that it is worth something."""
    pages = []
    for code in ("2222-2222-2222-2222", kit[1]):
        claim = claims.received(sender=f"192.0.2.{len(pages) + 10}")
        client = opens(Client(), claim)
        acts(client, claim, "kit/", number=kit[0], code=code)
        client.get("/recover/case/")
        page = client.get("/recover/case/")
        body = page.content.decode().replace(claim.number, "").replace(str(page.context["csrf_token"]), "")
        pages.append(body)
    assert pages[0] == pages[1]


def test_tries_of_a_case_end(client: Client, kit: tuple[str, str]) -> None:
    claim = opens_case(client)
    for _try in range(saved_codes.MOST_OF_CLAIM):
        acts(client, claim, "kit/", number=kit[0], code="2222-2222-2222-2222")
    acts(client, claim, "kit/", number=kit[0], code=kit[1])
    assert RecoveryKit.objects.get().void_at is None


def opens_case(client: Client) -> Claim:
    claim = claims.received()
    opens(client, claim)
    return claim


# The colleague ------------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(cast: Cast, lost: Registration) -> VouchRequest:
    claim = claims.accepted(cast, lost)
    made = transitions.ask_to_vouch(claim.pk, actor=actor(cast.operator), at=NOW)
    return next(one for one in made if one.user == cast.jiro)


def test_colleague_reads_department_and_surname_and_no_more(cast: Cast, asked: VouchRequest) -> None:
    page = sign_in(Client(), cast.jiro).get(f"/vouch/{asked.pk}/").content.decode()
    assert "情報システム部 渡邉" in page
    for secret in (asked.claim.number, "R-1", "翔", "sho@new.example", "本社"):
        assert secret not in page


def test_colleague_answers_only_after_a_fresh_check(cast: Cast, asked: VouchRequest, now: Any) -> None:
    client = sign_in(Client(), cast.jiro)
    now.move_to(NOW + timedelta(minutes=10))
    assert client.post(f"/vouch/{asked.pk}/", {"answer": "yes"}).status_code == 200
    assert not Evidence.objects.exists()
    answer = client.post(f"/vouch/{asked.pk}/", {"answer": "yes", "fresh-password": PASSWORD})
    assert answer.status_code == 302
    assert Evidence.objects.get().code == "A3"
    assert client.get(f"/vouch/{asked.pk}/").status_code == 409


def test_colleague_who_was_not_asked_finds_nothing(cast: Cast, asked: VouchRequest) -> None:
    for user in (cast.saburo, cast.taro, cast.minoru, cast.operator):
        assert sign_in(Client(), user).get(f"/vouch/{asked.pk}/").status_code == 404


def test_no_answer_is_no_yes(cast: Cast, asked: VouchRequest) -> None:
    page = sign_in(Client(), cast.jiro).post(f"/vouch/{asked.pk}/", {})
    assert page.status_code == 200
    asked.refresh_from_db()
    assert asked.status == "open"


# The operator -------------------------------------------------------------------------------------------------------


def test_operator_reads_what_stands_open_and_who_vouched(cast: Cast, asked: VouchRequest) -> None:
    clock.run(at=later(minutes=1))
    transitions.answer_vouch(asked.pk, knows=True, actor=actor(cast.jiro), at=later(minutes=2))
    client = sign_in(Client(), cast.operator)
    examination = client.get(f"/desk/claims/{asked.claim.number}/").context["examination"]
    assert examination.next.startswith(str(exits_words()))
    assert [(one.name, one.state) for one in examination.vouches][1][0] == cast.jiro.display_name
    assert cast.hanako.display_name not in [one.name for one in examination.vouches]
    assert "2026" in examination.exits[0].words


def exits_words() -> str:
    from django.utils.translation import gettext as _

    return _("collect what is missing; a cheaper way is open since %(day)s").partition("%")[0][:4]


def test_page_of_a_claim_costs_the_same_with_many_vouches(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    client = sign_in(Client(), cast.operator)
    path = f"/desk/claims/{claim.number}/"
    client.get(path)
    with CaptureQueriesContext(connection) as few:
        client.get(path)
    transitions.ask_to_vouch(claim.pk, actor=actor(cast.colleague), at=NOW)
    clock.run(at=later(minutes=1))
    with CaptureQueriesContext(connection) as many:
        client.get(path)
    assert len(many) == len(few)


def test_operator_asks_from_the_page_and_is_told_how_many(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    client = sign_in(Client(), cast.operator)
    page = client.get(f"/desk/claims/{claim.number}/vouchers/").content.decode()
    assert "情報システム部 渡邉" in page
    assert client.post(f"/desk/claims/{claim.number}/vouchers/").status_code == 302
    assert VouchRequest.objects.count() == 3
    again = client.post(f"/desk/claims/{claim.number}/vouchers/", follow=True)
    assert again.status_code == 200
    assert VouchRequest.objects.count() == 3
