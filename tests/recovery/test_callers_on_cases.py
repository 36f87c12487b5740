"""A claim's pages tell whether consent was given and who has it, in the query that reads the claim."""

import pytest
from django.test import Client

from accounts.models import Organisation, OrganisationKind, Role
from desk import transitions
from desk.models import Inquiry
from tests import claims
from tests.cast import Cast, actor, organisation, sign_in, somebody
from tests.recovery.public_posts import opens
from tests.stock import NOW, registration

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = {"contractor": "みどり通信工事", "customer": "青葉商事", "wish": "移設"}


def _desk() -> Organisation:
    return organisation(OrganisationKind.AGENCY, "ひばり受付", "ヒバリウケツケ")


def test_claim_and_case_page_tell_of_consent_and_of_another_desk(cast: Cast) -> None:
    registration(cast.aoba, "R-1", custodian=cast.taro)
    claim = claims.received()
    agent, inquirer = sign_in(Client(), cast.agent), opens(Client(), claim)
    taking = sign_in(Client(), somebody(home := _desk(), "柏木 楓", "カシワギ カエデ", "kae@other.example", Role.AGENT))
    staff, case = f"/desk/claims/{claim.number}/", "/recover/case/"
    assert 'id="referral"' not in agent.get(staff).content.decode()
    made = transitions.ask_consent(claim.inquiry_id, **WORDS, actor=actor(cast.agent), at=NOW)
    desk = transitions.record_affiliate(
        organisation_pk=home.pk, phone="0120-7", hours="平日", actor=actor(cast.operator), at=NOW
    )
    transitions.refer_inquiry(claim.inquiry_id, affiliate_pk=desk.pk, reason="expert", actor=actor(cast.agent), at=NOW)
    assert agent.get(staff).status_code == 404  # the other desk has it
    for client in (taking, inquirer):
        client.cookies["language"] = "en"
    assert Inquiry.objects.get().capacity_stated == "contractor"
    for client, page in ((taking, staff), (inquirer, case)):
        body = client.get(page).content.decode()
        assert "ひばり受付" in body and "0120-7" in body and "is not given" in body
    transitions.link_consent(made.pk, registration_number="R-1", actor=actor(cast.operator), at=NOW)
    transitions.answer_consent(made.pk, consents=True, actor=actor(cast.taro), at=NOW)
    assert "The customer consented" in inquirer.get(case).content.decode()
