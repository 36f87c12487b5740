"""An inquirer passed on between desks: one number, told each time, and nobody sent round."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Organisation, OrganisationKind, Role, User
from desk import transitions
from desk.models import Affiliate, Inquiry, Referral, Statement
from desk.queries import referrals
from tests.cast import Cast, actor, organisation, sign_in, somebody
from tests.desk.billed import token
from tests.letterbox import mails
from tests.seen import mark, notices, verbs
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(hours=2)


def desk_of(cast: Cast, home: Organisation) -> Affiliate:
    return transitions.record_affiliate(
        organisation_pk=home.pk, phone="0120-111-222", hours="9:00-18:00", actor=actor(cast.operator), at=NOW
    )


def other_desk(cast: Cast, number: int = 1) -> tuple[Affiliate, User]:
    """Another agency on the list, with somebody who takes calls there."""
    home = organisation(OrganisationKind.AGENCY, f"ひばり受付{number}", f"ヒバリウケツケ{number}")
    return desk_of(cast, home), somebody(home, "柏木 楓", "カシワギ カエデ", f"kae{number}@other.example", Role.AGENT)


def taken_down(cast: Cast) -> Inquiry:
    statement = Statement(name="相田 透", mail="aida@else.example", own_phone="03-1111-2222", remarks="回線の使い方")
    inquiry, _tracking = transitions.open_inquiry(
        topic="use",
        statement=statement,
        capacity="unknown",
        answer_by="mail",
        language="ja",
        actor=actor(cast.agent),
        at=NOW,
    )
    return inquiry


def passed(inquiry: Inquiry, desk: Affiliate, by: User) -> Referral:
    return transitions.refer_inquiry(inquiry.pk, affiliate_pk=desk.pk, reason="expert", actor=actor(by), at=NOW)


def test_number_stays_and_the_inquirer_reads_who_has_it(cast: Cast) -> None:
    (desk, kaede), inquiry, before = other_desk(cast), taken_down(cast), mark()
    passed(inquiry, desk, cast.agent)
    assert verbs(before) == ["referral.made"]
    assert notices(before) == [("inquiry_referred", "inquirer")]
    body = mails("inquiry_referred")[0]["body"]
    assert inquiry.receipt_number in body and "ひばり受付1" in body and "0120-111-222" in body
    inquiry.refresh_from_db()
    assert (inquiry.turn, inquiry.next_on.isoformat() if inquiry.next_on else "") == ("desk", "2026-11-24")
    now = referrals.standing(inquiry, LATER)
    assert now and (now.desk, now.taken_at) == ("ひばり受付1", None)
    before = mark()
    transitions.take_in_referral(inquiry.pk, actor=actor(kaede), at=LATER)
    assert verbs(before) == ["referral.taken"]
    now = referrals.standing(inquiry, LATER)
    assert now and now.taken_at == LATER
    with pytest.raises(WrongState):
        transitions.take_in_referral(inquiry.pk, actor=actor(kaede), at=LATER)


def test_only_whoever_has_it_passes_on_and_only_the_other_desk_takes_in(cast: Cast) -> None:
    (desk, kaede), inquiry = other_desk(cast), taken_down(cast)
    for who in (cast.taro, cast.approver, cast.worker):
        with pytest.raises(NotAllowed):
            passed(inquiry, desk, who)
    passed(inquiry, desk, cast.agent)
    second, _nobody = other_desk(cast, 2)
    with pytest.raises(NotAllowed):
        passed(inquiry, second, cast.agent)
    with pytest.raises(NotAllowed):
        transitions.take_in_referral(inquiry.pk, actor=actor(cast.agent), at=LATER)
    with pytest.raises(WrongState):
        passed(inquiry, second, kaede)


def test_nobody_is_sent_round(cast: Cast) -> None:
    own, (second, kaede), (third, ren) = desk_of(cast, cast.desk), other_desk(cast), other_desk(cast, 2)
    inquiry = taken_down(cast)
    passed(inquiry, second, cast.agent)
    transitions.take_in_referral(inquiry.pk, actor=actor(kaede), at=LATER)
    assert [one.pk for one in referrals.desks_for(inquiry, second.organisation_id)] == [third.pk]
    with pytest.raises(Refused):
        passed(inquiry, own, kaede)
    passed(inquiry, third, kaede)
    transitions.take_in_referral(inquiry.pk, actor=actor(ren), at=LATER)
    for desk in (own, second, third):
        with pytest.raises(Refused):
            passed(inquiry, desk, ren)
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.create(
            inquiry=inquiry,
            giver=third.organisation,
            taker=second.organisation,
            reason="expert",
            referred_by=ren,
            referred_at=NOW,
            promised_until=LATER,
        )


def test_given_back_once_with_a_reason(cast: Cast) -> None:
    (second, kaede), (third, ren), inquiry = other_desk(cast), other_desk(cast, 2), taken_down(cast)
    passed(inquiry, second, cast.agent)
    before = mark()
    transitions.return_referral(inquiry.pk, reason="not_ours", actor=actor(kaede), at=LATER)
    assert verbs(before) == ["referral.returned"]
    assert notices(before) == [("inquiry_given_back", "inquirer")]
    now = referrals.standing(inquiry, LATER)
    assert now and now.desk == cast.desk.legal_name
    with pytest.raises(Refused):
        passed(inquiry, second, cast.agent)
    passed(inquiry, third, cast.agent)
    with pytest.raises(Refused):
        transitions.return_referral(inquiry.pk, reason="not_ours", actor=actor(ren), at=LATER)
    transitions.take_in_referral(inquiry.pk, actor=actor(ren), at=LATER)


def test_list_of_desks_is_kept_by_operators(cast: Cast) -> None:
    before = mark()
    desk = desk_of(cast, cast.desk)
    assert verbs(before) == ["affiliate.recorded"]
    with pytest.raises(Refused):
        desk_of(cast, cast.aoba)
    with pytest.raises(NotAllowed):
        transitions.end_affiliate(desk.pk, actor=actor(cast.supervisor), at=LATER)
    before = mark()
    transitions.end_affiliate(desk.pk, actor=actor(cast.operator), at=LATER)
    assert verbs(before) == ["affiliate.ended"] and referrals.desks() == []
    with pytest.raises(WrongState):
        transitions.end_affiliate(desk.pk, actor=actor(cast.operator), at=LATER)
    desk_of(cast, cast.desk)
    assert referrals.desks() == [desk]


def test_pages_pass_on_take_in_and_give_back(cast: Cast) -> None:
    (desk, kaede), inquiry = other_desk(cast), taken_down(cast)
    agent, other = sign_in(Client(), cast.agent), sign_in(Client(), kaede)
    address = f"/desk/inquiries/{inquiry.receipt_number}/"
    assert "refer/" in agent.get(address).content.decode()
    assert "ひばり受付1" in agent.get(f"{address}refer/").content.decode()
    given = {"affiliate": desk.pk, "reason": "nearer", "token": token()}
    for _press in range(2):
        assert agent.post(f"{address}refer/", given).status_code in (302, 403)
    assert inquiry.referrals.count() == 1
    page = other.get(address).content.decode()
    assert "take-in/" in page and "give-back/" in page
    assert other.post(f"{address}give-back/", {"reason": "cannot_help", "token": token()}).status_code == 302
    assert "give-back/" not in other.get(address).content.decode()
    assert cast.desk.legal_name in agent.get(address).content.decode()


def test_operator_keeps_the_list_on_its_page(cast: Cast) -> None:
    operator = sign_in(Client(), cast.operator)
    given = {"organisation": cast.desk.pk, "phone": "0120-9", "hours": "平日", "token": token()}
    assert operator.post("/desk/affiliates/", given).status_code == 302
    assert "0120-9" in sign_in(Client(), cast.agent).get("/desk/affiliates/").content.decode()
    assert sign_in(Client(), cast.agent).post("/desk/affiliates/", given).status_code == 403
    assert operator.post(f"/desk/affiliates/{Affiliate.objects.get().pk}/end/").status_code == 302
