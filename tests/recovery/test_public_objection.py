"""Who got a notice objects without an account; and the claimant with one takes over."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from recovery.models import Claim, Dispatch, Objection
from tests import claims, seen
from tests.cast import Cast, sign_in
from tests.stock import NOW, holder

pytestmark = pytest.mark.django_db(transaction=True)


def objection(claim: Claim) -> str:
    sent = Dispatch.objects.filter(claim=claim, purpose="accepted").order_by("pk")[0]
    return claims.objection_sent(sent)


def test_objection_freezes_at_once_without_sign_in(client: Client, cast: Cast) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    page = client.post("/recover/object/", {"code": objection(claim).lower(), "words": "申し込んでいません\r\n総務部"})
    assert page.status_code == 200 and claim.number in page.content.decode()
    claim.refresh_from_db()
    assert claim.frozen_by == "objection"
    made = Objection.objects.get()
    assert made.words == "申し込んでいません\n総務部"
    assert f'datetime="{timezone.localdate(made.identify_by).isoformat()}"' in page.content.decode()


def test_wrong_used_and_too_many_codes_get_the_same_words(client: Client, cast: Cast) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    code = objection(claim)
    pages = []
    client.post("/recover/object/", {"code": code, "words": ""})
    for given in (code, "ABCD-ABCDE-FGHJK", "x", *["ABCD-ABCDE-FGHJK"] * 9):
        page = client.post("/recover/object/", {"code": given, "words": ""})
        text = page.content.decode().replace(f'value="{given}"', "")
        pages.append((page.status_code, text.replace(str(page.context["csrf_token"]), "")))
    assert {code for code, _text in pages} == {200}
    assert len({text.count("error-summary") for _code, text in pages}) == 1
    assert Objection.objects.count() == 1


def test_objections_of_one_sender_are_limited_right_or_wrong(client: Client, cast: Cast) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    for _try in range(10):
        client.post("/recover/object/", {"code": "ABCD-ABCDE-FGHJK", "words": ""})
    client.post("/recover/object/", {"code": objection(claim), "words": ""})
    assert not Objection.objects.exists()
    client.post("/recover/object/", {"code": objection(claim), "words": ""}, REMOTE_ADDR="10.0.0.9")
    assert Objection.objects.count() == 1


def test_looking_at_the_page_objects_to_nothing(client: Client, cast: Cast) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    since = seen.mark()
    assert client.get("/recover/object/", {"code": objection(claim)}).status_code == 200
    assert seen.verbs(since) == []


# Taking over ---------------------------------------------------------------------------------------------------------


def opened(cast: Cast) -> tuple[Claim, Any]:
    claim = claims.approved(cast, claims.held(cast, "ABC-1234567"))
    return claim, claims.opens_account(claim, at=claims.decided_at(claim))


def test_claimant_sees_what_was_approved_and_says_ready(client: Client, cast: Cast) -> None:
    claim, user = opened(cast)
    with time_machine.travel(claims.decided_at(claim)):
        sign_in(client, user)
        assert client.get("/")["Location"] == "/takeover/"
        page = client.get("/takeover/").content.decode()
        assert "ABC-1234567" in page and "/registrations/" not in page and cast.taro.display_name not in page
        assert client.get("/registrations/ABC-1234567/").status_code == 404
        since = seen.mark()
        assert client.post("/takeover/")["Location"] == "/takeover/"
        assert client.post("/takeover/").status_code == 409
        assert seen.verbs(since) == ["claim.claimant_ready"]
    assert holder(claim.registration) == cast.taro


def test_claimant_with_an_old_sign_in_is_asked_again(client: Client, cast: Cast) -> None:
    claim, user = opened(cast)
    with time_machine.travel(claims.decided_at(claim)):
        sign_in(client, user, fresh=False)
        since = seen.mark()
        page = client.post("/takeover/")
        assert page.status_code == 200 and b'name="fresh-password"' in page.content
        assert seen.verbs(since) == []


def test_claimant_without_a_second_factor_is_led_to_it(client: Client, cast: Cast) -> None:
    claim, user = opened(cast)
    user.authenticator_set.all().delete()
    with time_machine.travel(claims.decided_at(claim)):
        sign_in(client, user)
        assert client.get("/takeover/")["Location"] == "/accounts/enrol/"


def test_nobody_else_finds_the_page(client: Client, cast: Cast) -> None:
    opened(cast)
    for person in (cast.taro, cast.hanako, cast.minoru, cast.worker, cast.agent, cast.operator, cast.approver):
        assert sign_in(Client(), person).get("/takeover/").status_code == 404, person


def test_frozen_claim_hides_the_registration_again(client: Client, cast: Cast) -> None:
    claim, user = opened(cast)
    Claim.objects.filter(pk=claim.pk).update(frozen_at=NOW, frozen_by="objection")
    with time_machine.travel(claims.decided_at(claim)):
        assert "ABC-1234567" not in sign_in(client, user).get("/takeover/").content.decode()


def test_account_is_a_custodian_after_the_execution(client: Client, cast: Cast) -> None:
    claim = claims.executed(cast, claims.held(cast, "ABC-1234567"))
    with time_machine.travel(claims.decided_at(claim) + timedelta(minutes=5)):
        assert claim.claimant
        sign_in(client, claim.claimant)
        assert client.get("/takeover/").status_code == 404
        assert client.get("/").status_code == 200
        assert client.get("/registrations/ABC-1234567/").status_code == 200
