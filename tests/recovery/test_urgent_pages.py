"""The pages of urgent settings, and the progress letter that the claimant can show at work."""

import io
from typing import Any

import pikepdf
import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from handover.printing.errors import FactRefused
from handover.printing.progress_letter import progress_html
from recovery import transitions
from recovery.models import UrgentSetting
from recovery.queries import progress_letter
from recovery.views import public_letter
from tests import claims
from tests.announced import announced
from tests.cast import Cast, actor, sign_in
from tests.recovery.public_posts import opens
from tests.recovery.test_urgent import TODAY, made
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def test_operator_makes_a_setting_on_the_page_and_a_colleague_confirms_it(client: Client, cast: Cast) -> None:
    claim = claims.linked(cast, claims.held(cast), at=claims.later(hours=-2))
    operator = sign_in(client, cast.operator)
    address = f"/desk/claims/{claim.number}/setting/"
    page = operator.get(address).content.decode()
    assert "…5678" in page and "03-1234" not in page and 'name="number"' not in page
    assert claim.registration
    given = {
        "code": "forwarding",
        "before": "なし",
        "after": "本社",
        "reason": "不通",
        "note": "総務",
        "contact_point": claims.point(claim.registration, "phone").pk,
        "remind_on": "2026-11-27",
    }
    assert operator.post(address, {**given, "remind_on": TODAY.isoformat()}).status_code == 200
    assert operator.post(address, given).status_code == 200  # the call was not announced
    announced(claim.inquiry, cast.operator, at=timezone.now(), purpose="setting")
    assert operator.post(address, given).status_code == 302
    setting = UrgentSetting.objects.get()
    mine = operator.get(f"/desk/claims/{claim.number}/").content.decode()
    assert f"/settings/{setting.pk}/reverse/" in mine and f"/settings/{setting.pk}/confirm/" not in mine
    other = sign_in(Client(), cast.colleague)
    assert f"/settings/{setting.pk}/confirm/" in other.get(f"/desk/claims/{claim.number}/").content.decode()
    assert "本社" in other.get(f"/desk/claims/{claim.number}/settings/{setting.pk}/confirm/").content.decode()
    assert other.post(f"/desk/claims/{claim.number}/settings/{setting.pk}/confirm/").status_code == 302
    setting.refresh_from_db()
    assert setting.status == "confirmed"
    assert other.post(f"/desk/claims/{claim.number}/settings/{setting.pk}/confirm/").status_code == 409
    back = f"/desk/claims/{claim.number}/settings/{setting.pk}/reverse/"
    assert operator.post(back, {"reason": "復旧"}).status_code == 302
    setting.refresh_from_db()
    assert setting.status == "reversed"


def test_desk_sees_nothing_of_a_setting(client: Client, cast: Cast) -> None:
    claim = claims.linked(cast, claims.held(cast), at=claims.later(hours=-2))
    setting = made(cast, claim, at=NOW)
    agent = sign_in(client, cast.agent)
    assert "転送" not in agent.get(f"/desk/claims/{claim.number}/").content.decode()
    assert agent.get(f"/desk/claims/{claim.number}/settings/{setting.pk}/confirm/").status_code == 403


def test_setting_of_another_case_is_not_found(client: Client, cast: Cast) -> None:
    claim = claims.linked(cast, claims.held(cast), at=claims.later(hours=-2))
    other = claims.linked(cast, claims.held(cast, "R-2"), at=claims.later(hours=-2))
    setting = made(cast, claim, at=NOW)
    signed_in = sign_in(client, cast.colleague)
    assert signed_in.get(f"/desk/claims/{other.number}/settings/{setting.pk}/confirm/").status_code == 404


# The letter ----------------------------------------------------------------------------------------------------------


def words_of(claim: Any, language: str = "ja") -> str:
    return progress_html(progress_letter.letter_of(claim, language, NOW))


def test_letter_says_receipt_number_stage_and_next_date_and_nothing_that_was_typed_in(cast: Cast) -> None:
    claim = claims.received()
    words = words_of(claim)
    assert claim.number in words and "2026年（令和8年）11月20日" in words
    for typed in ("青葉", "渡邉", "情報システム部", "sho@new.example", "本社"):
        assert typed not in words
    assert "Receipt number" in words_of(claim, "en") and 'lang="en"' in words_of(claim, "en")


def test_letter_is_the_same_whatever_was_found_or_set(cast: Cast) -> None:
    plain = claims.received()
    found = claims.linked(cast, claims.held(cast))
    made(cast, found)
    transitions.enter_mailbox_code(found.pk, typed=claims.code_in_mail(found), actor=claims.PUBLIC, at=NOW)
    transitions.accept(found.pk, actor=actor(cast.operator), at=claims.later(hours=2))
    for code in ("O2", "P1", "A2"):
        claims.prove(cast, found, code)
    found.refresh_from_db()
    told = words_of(found)
    assert told.replace(found.number, "C") == words_of(plain).replace(plain.number, "C")
    assert "R-1" not in told


def test_letter_tells_at_a_late_stage_no_more_than_at_an_early_one(cast: Cast) -> None:
    claim = claims.approved(cast, claims.held(cast))
    claim.refresh_from_db()
    words = progress_html(progress_letter.letter_of(claim, "ja", claims.decided_at(claim)))
    assert "承認" not in words and "R-1" not in words


def test_claimant_gets_one_page_as_pdf_that_is_no_letter_without_the_codes(client: Client, cast: Cast) -> None:
    claim = claims.received()
    assert client.get("/recover/case/letter/")["Location"] == "/recover/status/"
    opens(client, claim)
    assert "/recover/case/letter/" in client.get("/recover/case/").content.decode()
    answer = client.get("/recover/case/letter/")
    assert answer["Content-Type"] == "application/pdf" and claim.number in answer["Content-Disposition"]
    with pikepdf.open(io.BytesIO(answer.content)) as paper:
        assert len(paper.pages) == 1
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    english = client.get("/recover/case/letter/")
    assert english["Content-Disposition"].endswith('-en.pdf"') and english.content != answer.content


def test_letter_is_not_made_without_end(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = claims.received()
    opens(client, claim)
    monkeypatch.setattr(public_letter, "MOST_LETTERS", 1)
    assert client.get("/recover/case/letter/").status_code == 200
    assert client.get("/recover/case/letter/")["Location"] == "/recover/case/"


def test_letter_refuses_what_is_no_fixed_sentence() -> None:
    letter = progress_letter.ProgressLetter
    with pytest.raises(FactRefused):
        letter(
            receipt_number="",
            received_on=TODAY,
            stage="x",
            turn="y",
            issued_at=NOW,
            public_origin="https://x.example",
            phone="0120-000-000",
            issuer=progress_letter.issuer("ja"),
        )
