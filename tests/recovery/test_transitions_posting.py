"""Letters leave once; what became of them. Who and when: test_table."""

from datetime import timedelta

import pytest

from accounts.errors import Refused, WrongState
from accounts.models import Role
from audit.models import Event
from desk.models import Inquiry
from handover.models import ContactPoint, Registration
from outbox import delivery
from outbox.models import Notice
from recovery import clock, leaving, transitions
from recovery.models import Claim, Dispatch
from tests import claims, seen
from tests.cast import Cast, actor
from tests.claims import READY, later
from tests.stock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim(cast: Cast, lost: Registration) -> Claim:
    return claims.accepted(cast, lost)


def code_letter(cast: Cast, claim: Claim) -> Dispatch:
    to = f"contact_point:{claims.point(claim.registration, 'post').pk}"  # type: ignore[arg-type]
    return transitions.order_letter(claim.pk, to=to, actor=actor(cast.operator), at=NOW)[0]


def test_colleague_prints_and_nobody_opens_a_letter_again(cast: Cast, claim: Claim) -> None:
    sent = code_letter(cast, claim)
    code = claims.code_sent(sent)
    before = seen.mark()
    pdf = transitions.print_letters([sent.pk], actor=actor(cast.colleague), at=later(hours=1))
    assert pdf.startswith(b"%PDF-")
    sent.refresh_from_db()
    notice = Notice.objects.get(pk=sent.notice_id)
    assert (sent.printed_at, sent.printed_by) == (later(hours=1), cast.colleague)
    assert (notice.status, notice.payload) == ("sent", None)
    assert seen.verbs(before) == ["letters.printed"]
    assert seen.notices(before) == []
    written = Event.objects.get(verb="letters.printed")
    assert written.facts == {"letters": [sent.letter_number]}
    assert code not in str(written.facts)
    for who in (cast.colleague, cast.operator):
        with pytest.raises(WrongState):
            transitions.print_letters([sent.pk], actor=actor(who), at=later(hours=2))


def test_who_ordered_a_letter_does_not_print_it_through_any_account(cast: Cast, claim: Claim) -> None:
    sent = code_letter(cast, claim)
    for who in (cast.operator, claims.same_human(cast, cast.operator, Role.OPERATOR)):
        with pytest.raises(WrongState):
            transitions.print_letters([sent.pk], actor=actor(who), at=NOW)
    sent.refresh_from_db()
    assert sent.printed_at is None
    assert Notice.objects.get(pk=sent.notice_id).payload is not None


def test_run_that_is_too_long_leaves_the_rest_as_it_was(
    cast: Cast, claim: Claim, monkeypatch: pytest.MonkeyPatch
) -> None:
    code_letter(cast, claim)
    monkeypatch.setattr(leaving, "RUN", 1)  # the limit, not the printing: 51 letters take a minute
    both = list(Dispatch.objects.to_print().order_by("pk"))
    assert len(both) == 2
    for number, one in enumerate(both):
        transitions.print_letters([letter.pk for letter in both], actor=actor(cast.colleague), at=later(hours=number))
        one.refresh_from_db()
        assert one.printed_at == later(hours=number)
    assert not Dispatch.objects.to_print().exists()


def test_run_that_fails_leaves_every_letter(cast: Cast, claim: Claim, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = code_letter(cast, claim)
    code = claims.code_sent(sent)

    def jam(letters: object) -> bytes:
        raise OSError("no paper")

    with monkeypatch.context() as patch:
        patch.setattr(leaving, "letters_pdf", jam)
        with pytest.raises(OSError, match="no paper"):
            transitions.print_letters([sent.pk], actor=actor(cast.colleague), at=NOW)
    sent.refresh_from_db()
    assert sent.printed_at is None
    assert claims.code_sent(sent) == code


def test_operator_records_the_delivery_once(cast: Cast, claim: Claim) -> None:
    sent = code_letter(cast, claim)
    clerk = actor(cast.operator)
    with pytest.raises(WrongState):  # not printed yet
        transitions.record_delivery(sent.pk, delivered_at=later(hours=1), actor=clerk, at=later(hours=1))
    transitions.print_letters([sent.pk], actor=actor(cast.colleague), at=later(days=1))
    for impossible in (NOW - timedelta(days=1), NOW, later(days=5)):
        with pytest.raises(Refused) as refused:
            transitions.record_delivery(sent.pk, delivered_at=impossible, actor=clerk, at=later(days=4))
        assert list(refused.value.fields) == ["delivered_on"]
    before = seen.mark()
    transitions.record_delivery(sent.pk, delivered_at=later(days=3), actor=clerk, at=later(days=4))
    sent.refresh_from_db()
    assert sent.delivered_at == later(days=3)
    assert seen.verbs(before) == ["dispatch.delivered"]
    assert seen.notices(before) == []
    with pytest.raises(WrongState):
        transitions.record_delivery(sent.pk, delivered_at=later(days=4), actor=clerk, at=later(days=4))
    with pytest.raises(WrongState):
        transitions.record_return(sent.pk, actor=clerk, at=later(days=4))


def test_returned_letter_kills_its_address_and_raises_the_tier(cast: Cast, claim: Claim, lost: Registration) -> None:
    sent = code_letter(cast, claim)
    transitions.print_letters([sent.pk], actor=actor(cast.colleague), at=NOW)
    before = seen.mark()
    transitions.record_return(sent.pk, actor=actor(cast.operator), at=later(days=3))
    claim.refresh_from_db()
    assert (claim.tier, claim.circumstances, claim.status) == (4, ["returned_mail"], "collecting")
    assert ContactPoint.objects.get(registration=lost, kind="post").health == "returned"
    assert seen.verbs(before) == ["dispatch.returned"]
    assert seen.notices(before) == []
    with pytest.raises(WrongState):
        transitions.record_return(sent.pk, actor=actor(cast.operator), at=later(days=3))
    with pytest.raises(WrongState):
        transitions.record_delivery(sent.pk, delivered_at=later(days=3), actor=actor(cast.operator), at=later(days=3))


def test_letter_that_returns_takes_the_proposal_back(cast: Cast, lost: Registration) -> None:
    claim = claims.proposed(cast, lost)
    letters = Dispatch.objects.to_print().filter(claim=claim, purpose="proposed")
    one = letters.get()
    transitions.print_letters([one.pk], actor=actor(cast.colleague), at=READY)
    transitions.record_return(one.pk, actor=actor(cast.colleague), at=READY + timedelta(days=2))
    claim.refresh_from_db()
    assert (claim.status, claim.tier, claim.proposal_hash, claim.proposed_by) == ("collecting", 4, "", None)
    assert (claim.window_begun_on, claim.window_ends_on) == (None, None)
    assert not claim.dispatches.filter(purpose="proposed", void_at=None).exists()
    assert Inquiry.objects.get(pk=claim.inquiry_id).stage == "collecting"


def test_letter_that_returns_after_the_approval_ends_what_the_approval_gave(cast: Cast, lost: Registration) -> None:
    claim = claims.proven(cast, lost)
    late = code_letter_at(cast, claim)
    claim = transitions.propose(claim.pk, reason="", actor=actor(cast.operator), at=READY)
    claims.all_delivered(cast, claim, at=READY)
    clock.run(at=READY)
    claim.refresh_from_db()
    at = claims.decided_at(claim)
    claim = transitions.approve(
        claim.pk, signed_hash=claim.proposal_hash, reason="よい", actor=actor(cast.approver), at=at
    )
    user = claims.opens_account(claim, at=at)
    transitions.get_ready(claim.pk, actor=actor(user), at=at)
    transitions.record_return(late.pk, actor=actor(cast.operator), at=at)
    claim.refresh_from_db()
    user.refresh_from_db()
    assert (claim.status, claim.tier) == ("collecting", 4)
    assert (claim.invitation, claim.claimant, claim.claimant_ready_at) == (None, None, None)
    assert not user.is_active
    assert not claim.approvals.filter(void_at=None).exists()


def code_letter_at(cast: Cast, claim: Claim) -> Dispatch:
    """A second code letter that is printed before the proposal and never arrives."""
    to = f"contact_point:{claims.point(claim.registration, 'post').pk}"  # type: ignore[arg-type]
    sent = transitions.order_letter(claim.pk, to=to, actor=actor(cast.operator), at=later(days=10))[0]
    transitions.print_letters([sent.pk], actor=actor(cast.colleague), at=later(days=10))
    return sent


def test_mail_that_came_back_marks_its_address(cast: Cast, claim: Claim, lost: Registration) -> None:
    point = claims.point(lost, "mail")
    sent = claim.dispatches.get(to=f"contact_point:{point.pk}")
    with pytest.raises(WrongState):  # it still waits to be sent
        transitions.record_return(sent.pk, actor=actor(cast.operator), at=NOW)
    delivery.send(sent.notice_id, at=NOW)
    transitions.record_return(sent.pk, actor=actor(cast.operator), at=later(hours=1))
    point.refresh_from_db()
    assert point.health == "bounced"


def test_notice_that_never_left_blocks_the_window(cast: Cast, lost: Registration) -> None:
    claim = claims.proposed(cast, lost)
    letter = Dispatch.objects.to_print().get(claim=claim, purpose="proposed")
    held_up = claim.dispatches.filter(purpose="proposed", channel="mail").order_by("pk").first()
    assert held_up is not None
    for notice in Notice.objects.filter(channel="mail", status="queued").exclude(pk=held_up.notice_id):
        delivery.send(notice.pk, at=READY)
    transitions.print_letters([letter.pk], actor=actor(cast.colleague), at=READY)
    clock.run(at=READY)
    claim.refresh_from_db()
    assert claim.status == "proposed"  # neither the letter nor one mail has arrived
    transitions.record_delivery(
        letter.pk, delivered_at=READY + timedelta(days=1), actor=actor(cast.colleague), at=READY + timedelta(days=2)
    )
    clock.run(at=READY + timedelta(days=2))
    claim.refresh_from_db()
    assert claim.status == "proposed"  # one mail still waits
    delivery.send(held_up.notice_id, at=READY + timedelta(days=3))
    clock.run(at=READY + timedelta(days=3))
    claim.refresh_from_db()
    assert (claim.status, claim.window_begun_on) == ("notified", (READY + timedelta(days=3)).date())
