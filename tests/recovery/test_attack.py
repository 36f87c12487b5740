"""What somebody would try: an operator with an accomplice, two roles in one hand, a stranger with a form."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Membership, OneTimeCode, Role, User
from handover.models import CaseAccess, Registration
from outbox.models import Notice
from recovery import clock, transitions
from recovery.models import Dispatch, Evidence
from recovery.queries import printing, signing, weighing
from recovery.rules import people
from tests import claims
from tests.cast import Cast, actor
from tests.claims import PUBLIC, READY, later
from tests.stock import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_paper")]
ELSEWHERE = {"postal_code": "1500001", "address": "東京都渋谷区神宮前9-9", "source": "registry"}
REAL = {"postal_code": "1000002", "address": "東京都千代田区皇居外苑1-1", "source": "registry"}


def also(user: User, role: Role) -> User:
    """Give somebody of the provider one more role, as its first people have."""
    home = Membership.objects.filter(user=user)[0].organisation
    Membership.objects.create(user=user, organisation=home, role=role, since=NOW - timedelta(days=400))
    return user


# A head office of the operator's own choice


def test_operator_who_changes_the_head_office_back_loses_what_the_other_address_gave(cast: Cast) -> None:
    claim = claims.accepted(cast, claims.held(cast, alive=False))
    transitions.take_head_office(claim.pk, **ELSEWHERE, actor=actor(cast.operator), at=NOW)
    claims.by_letter(cast, claim, to="head_office")
    assert weighing.standing_of(claim, NOW).assessment.codes == {"C1b"}
    transitions.take_head_office(claim.pk, **REAL, actor=actor(cast.operator), at=later(days=1))
    assert weighing.standing_of(claim, later(days=1)).assessment.codes == frozenset()
    assert Evidence.objects.get().taken_back_by == cast.operator


@pytest.mark.parametrize("printed", [True, False])
def test_letter_to_a_head_office_that_was_changed_opens_nothing(cast: Cast, printed: bool) -> None:
    claim = claims.accepted(cast, claims.held(cast, alive=False))
    transitions.take_head_office(claim.pk, **ELSEWHERE, actor=actor(cast.operator), at=NOW)
    claims.compared(cast, claim)
    sent = transitions.order_letter(claim.pk, to="head_office", actor=actor(cast.operator), at=NOW)[0]
    typed = claims.code_sent(sent)
    if printed:
        transitions.print_letters([sent.pk], actor=actor(cast.colleague), at=NOW)
    transitions.take_head_office(claim.pk, **REAL, actor=actor(cast.operator), at=NOW)
    with pytest.raises(Refused):
        transitions.enter_code(claim.pk, purpose="letter", typed=typed, actor=PUBLIC, at=NOW)
    assert Dispatch.objects.to_print().filter(pk=sent.pk).exists() is False
    assert OneTimeCode.objects.get(pk=sent.code_id).void_at == NOW


def test_who_took_the_head_office_decides_nothing(cast: Cast) -> None:
    claim = claims.accepted(cast, claims.held(cast, alive=False))
    double = also(cast.approver, Role.OPERATOR)
    assert people.is_untouched(actor(double), claim)
    claim = transitions.take_head_office(claim.pk, **REAL, actor=actor(double), at=NOW)
    assert not people.is_untouched(actor(double), claim)
    assert people.is_untouched(actor(cast.senior), claim)


# Letters that one operator would make disappear


def test_proposer_neither_prints_the_notices_nor_says_that_they_arrived(cast: Cast, lost: Registration) -> None:
    claim = claims.proposed(cast, lost)
    notices = list(Dispatch.objects.to_print().filter(claim=claim, purpose="proposed"))
    assert notices
    same = claims.same_human(cast, cast.operator, Role.OPERATOR)
    for who in (cast.operator, same):
        with pytest.raises(WrongState):
            transitions.print_letters([one.pk for one in notices], actor=actor(who), at=READY)
        assert all(one.is_own for one in printing.waiting(actor(who)) if one.pk == notices[0].pk)
    transitions.print_letters([one.pk for one in notices], actor=actor(cast.colleague), at=READY)
    for who in (cast.operator, same):
        with pytest.raises(NotAllowed):
            transitions.record_delivery(notices[0].pk, delivered_at=READY, actor=actor(who), at=READY)
        with pytest.raises(NotAllowed):
            transitions.record_return(notices[0].pk, actor=actor(who), at=READY)
    transitions.record_delivery(notices[0].pk, delivered_at=READY, actor=actor(cast.colleague), at=READY)


def test_who_accepted_or_tried_does_not_print_that_notice(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    transitions.record_attempt(
        claim.pk, medium="post", contact_point_pk=None, result="", actor=actor(cast.operator), at=NOW
    )
    waiting = list(Dispatch.objects.to_print().filter(claim=claim))
    assert len(waiting) == 2
    with pytest.raises(WrongState):
        transitions.print_letters([one.pk for one in waiting], actor=actor(cast.operator), at=NOW)
    transitions.print_letters([one.pk for one in waiting], actor=actor(cast.colleague), at=NOW)
    assert not Dispatch.objects.to_print().filter(claim=claim).exists()


def test_one_operator_does_not_both_confirm_the_organisation_and_hold_the_code(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    claims.prove(cast, claim, "A2", by=cast.colleague)
    post = claims.point(lost, "post")
    sent = transitions.order_letter(claim.pk, to=f"contact_point:{post.pk}", actor=actor(cast.operator), at=NOW)[0]
    with pytest.raises(WrongState):
        transitions.print_letters([sent.pk], actor=actor(cast.colleague), at=NOW)
    third = also(cast.auditor, Role.OPERATOR)
    transitions.print_letters([sent.pk], actor=actor(third), at=NOW)
    with pytest.raises(NotAllowed):
        claims.prove(cast, claim, "O2", by=third)
    claims.prove(cast, claim, "O2")


# Objections that an insider would clear away


def test_who_prepared_a_case_settles_no_objection_to_it(cast: Cast, lost: Registration) -> None:
    claim = claims.proposed(cast, lost)
    transitions.object_to(typed=claims.objection_made(claim, at=READY), words="", actor=PUBLIC, at=READY)
    made = claim.objections.get()
    with pytest.raises(NotAllowed):
        transitions.review_objection(made.pk, recommendation="dismissed", actor=actor(cast.operator), at=READY)
    transitions.review_objection(made.pk, recommendation="dismissed", actor=actor(cast.colleague), at=READY)
    double = also(cast.operator, Role.APPROVER)
    with pytest.raises(NotAllowed):
        transitions.decide_objection(made.pk, outcome="dismissed", reason="", actor=actor(double), at=READY)
    made.refresh_from_db()
    assert made.status == "open"


def test_reviewed_objection_does_not_lapse_because_nobody_decides(cast: Cast, lost: Registration) -> None:
    claim = claims.proposed(cast, lost)
    transitions.object_to(typed=claims.objection_made(claim, at=READY), words="", actor=PUBLIC, at=READY)
    made = claim.objections.get()
    transitions.review_objection(made.pk, recommendation="upheld", actor=actor(cast.colleague), at=READY)
    long_after = READY + timedelta(days=60)
    assert clock.run(at=long_after)["objections_lapsed"] == 0
    with pytest.raises(WrongState):
        transitions.lapse_objection(made.pk, actor=clock.CLOCK, at=long_after)
    claim.refresh_from_db()
    assert claim.frozen_at is not None


# The register as a tour


def test_operator_who_links_another_registration_looks_at_the_first_no_longer(cast: Cast, lost: Registration) -> None:
    other = claims.held(cast, "R-2")
    claim = claims.linked(cast, lost)
    transitions.open_record(claim.pk, actor=actor(cast.operator), at=NOW)
    claims.linked(cast, other, claim=claim, at=later(minutes=1))
    seen = Registration.objects.visible_to(actor(cast.operator), later(minutes=1))
    assert not seen.filter(pk=lost.pk).exists()
    assert not CaseAccess.objects.in_force(later(minutes=1)).exists()


# Strangers


def test_one_claim_is_no_machine_for_mails_to_strangers(cast: Cast) -> None:
    claim = claims.received()
    before = Notice.objects.count()
    for number in range(30):
        try:
            transitions.change_mailbox(
                claim.pk, mail=f"s{number}@stranger.example", actor=PUBLIC, at=later(minutes=2 * number + 2)
            )
        except Refused:
            continue
    assert Notice.objects.count() - before == 10


def test_stranger_puts_no_number_or_address_into_a_letter_of_ours(cast: Cast, lost: Registration) -> None:
    stated = {
        "department": "至急0120-999-999へ（担当）https://evil.example/ " + "長" * 60,
        "name": "詐欺\u202e師" * 20 + " 太郎",
    }
    claim = claims.accepted(cast, lost, claim=claims.received(statement=stated))
    sent = Dispatch.objects.to_print().get(claim=claim)
    told = str(claims._content(sent.notice)["claimant"])
    assert len(told) <= 61
    for bad in ("0120", "999", "/", ".", ":", "\u202e"):
        assert bad not in told
    plain = claims.accepted(
        cast,
        claims.held(cast, "R-2"),
        claim=claims.received(statement={"department": "第12営業部（大阪）", "name": "渡邉\U000e0101 翔"}),
    )
    assert claims._content(Dispatch.objects.to_print().get(claim=plain).notice)["claimant"] == (
        "第12営業部（大阪） 渡邉\U000e0101"
    )


def test_who_knows_a_receipt_number_does_not_lock_the_inquirer_out(client: Client) -> None:
    claim = claims.received(at=NOW)
    for _try in range(30):
        client.post("/recover/status/", {"number": claim.number, "tracking": "ABCDE-FGHJK"}, REMOTE_ADDR="10.0.0.1")
    right = {"number": claim.number, "tracking": claims.tracking_in_mail(claim)}
    assert client.post("/recover/status/", right, REMOTE_ADDR="10.0.1.1").status_code == 302


def test_letter_that_cannot_be_printed_is_named_and_the_others_leave(cast: Cast) -> None:
    claim = claims.accepted(cast, claims.held(cast, alive=False))
    transitions.take_head_office(
        claim.pk, postal_code="1000002", address="長" * 290, source="registry", actor=actor(cast.operator), at=NOW
    )
    claims.compared(cast, claim)
    bad = transitions.order_letter(claim.pk, to="head_office", actor=actor(cast.operator), at=NOW)[0]
    with pytest.raises(WrongState, match=str(bad.letter_number)):
        transitions.print_letters([one.pk for one in Dispatch.objects.to_print()], actor=actor(cast.colleague), at=NOW)
    good = Dispatch.objects.to_print().exclude(pk=bad.pk)
    transitions.print_letters([one.pk for one in good], actor=actor(cast.colleague), at=NOW)


# What the people concerned can see


def test_inquirer_sees_which_mailbox_was_confirmed_in_the_own_case(client: Client) -> None:
    claim = claims.received()
    tracking = claims.tracking_in_mail(claim)
    transitions.change_mailbox(claim.pk, mail="sho@accomplice.example", actor=PUBLIC, at=later(minutes=2))
    transitions.enter_mailbox_code(claim.pk, typed=claims.code_in_mail(claim), actor=PUBLIC, at=later(minutes=3))
    right = {"number": claim.number, "tracking": tracking}
    assert "sho@accomplice.example" in client.post("/recover/status/", right, follow=True).content.decode()


def test_approver_reads_the_mailbox_and_the_head_office_and_who_typed_them(cast: Cast) -> None:
    claim = claims.received()
    transitions.change_mailbox(claim.pk, mail="sho@accomplice.example", actor=actor(cast.agent), at=later(minutes=2))
    claim.refresh_from_db()
    claim = claims.proposed(cast, claims.held(cast, alive=False), claim=claim)
    words = str(signing.signed_words(claim))
    assert "sho@accomplice.example" in words
    assert cast.agent.display_name in words
    assert "皇居外苑" in words
    assert cast.operator.display_name in words
