"""After an end: reasons, appeal, reopening. What is told before the proofs is the same for everybody."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import OneTimeCode
from audit.models import Event
from desk.models import Contact, Inquiry
from handover.models import ContactPoint, Registration, Restriction
from outbox import cipher
from outbox.models import Notice
from recovery import clock, transitions
from recovery.models import Appeal, Claim, Dispatch, Ending, Evidence
from recovery.queries import afterwards, tracking
from tests import claims, seen
from tests.cast import Cast, actor
from tests.claims import PUBLIC, later
from tests.letterbox import mails
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)
WRITES = {"postal_code": "100-0001", "address": "東京都千代田区千代田1-1"}


def refused(cast: Cast, claim: Claim, *, at: Any = NOW, **changes: Any) -> Claim:
    given = {"reason": "not_confirmed", "words": "足りない", "missing": ["C"], **changes}
    return transitions.refuse(claim.pk, **given, actor=actor(cast.approver), at=at)


def told(claim: Claim, at: Any = NOW) -> tuple[Any, ...]:
    """Return all that the status page says of an ended claim."""
    found = tracking.find_marked(claim.pk)
    assert found is not None
    after = afterwards.after_of(found, at)
    assert after is not None
    page = tracking.facts_for(found, tracking.rung_of(found, at), at)
    days = (after.appeal_until, after.may_appeal, after.reopen_until, after.may_reopen)
    return (page.stage, page.turn, page.next_on, [str(words) for words in after.reasons], *days, after.words)


def decided(cast: Cast, made: Appeal, outcome: str, *, at: Any = NOW, by: Any = None, **changes: Any) -> Appeal:
    given = {"findings": ["looked_anew"], "words": "規則どおりです", **changes}
    return transitions.decide_appeal(made.pk, outcome=outcome, **given, actor=actor(by or cast.senior), at=at)


# Refusal


def test_refused_claim_writes_mail_and_letter_with_reasons_and_days(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost, claim=claims.received(statement=WRITES))
    for code in ("O2", "P1"):
        claims.prove(cast, claim, code)
    before = seen.mark()
    refused(cast, claim, missing=["C", "A"])
    assert Event.objects.get(verb="claim.refused").facts == {"reason": "not_confirmed", "missing": ["A", "C"]}
    assert seen.notices(before) == [("claim_closed", claim.label), ("claim_letter", claim.label)]
    body = mails("claim_closed")[-1]["body"]
    assert "権限の確認" in body and "組織の確認" not in body, "only what was missing, once organisation and person are"
    for word in ("2026年（令和8年）12月20日", "2027年（令和9年）5月19日"):
        assert word in body
    ending = Ending.objects.get()
    assert (ending.rung, ending.missing, ending.by) == (2, ["A", "C"], cast.approver)
    sent = claim.dispatches.get(purpose="refused")
    assert (sent.to, sent.ordered_by, sent.code) == ("claimant", cast.approver, None)


def test_letter_to_the_claimant_is_printed_and_holds_nothing_stored(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost, claim=claims.received(statement=WRITES))
    refused(cast, claim)
    sent = claim.dispatches.get(purpose="refused")
    content = cipher.decrypt(bytes(Notice.objects.get(pk=sent.notice_id).payload or b""))
    for secret in (lost.number, cast.taro.display_name, "r-1@record.example", "object_code"):
        assert secret not in content
    pdf = transitions.print_letters([sent.pk], actor=actor(cast.colleague), at=NOW)
    assert pdf.startswith(b"%PDF")


@pytest.mark.parametrize("statement", [{}, {"postal_code": "1"}, {"postal_code": "1000001", "address": ""}])
def test_claimant_without_an_address_gets_the_mail_alone(cast: Cast, lost: Registration, statement: Any) -> None:
    claim = claims.accepted(cast, lost, claim=claims.received(statement=statement))
    before = seen.mark()
    refused(cast, claim)
    assert seen.notices(before) == [("claim_closed", claim.label)]


def test_ends_before_the_proofs_are_told_alike(cast: Cast, lost: Registration) -> None:
    """No registration, a reachable custodian, missing proofs: one answer, one mail, one letter."""
    names = ("none", "stopped", "missing")
    found = {name: claims.received(sender=name, statement={**WRITES, "mail": f"{name}@new.example"}) for name in names}
    for claim in found.values():
        transitions.enter_mailbox_code(claim.pk, typed=claims.code_in_mail(claim), actor=PUBLIC, at=NOW)
    other = claims.held(cast, "R-2")
    claims.linked(cast, lost, claim=found["stopped"])
    claims.linked(cast, other, claim=found["missing"])
    transitions.accept(found["missing"].pk, actor=actor(cast.operator), at=NOW)
    before = seen.mark()
    refused(cast, found["none"], reason="no_registration", missing=[], at=later(days=1))
    refused(cast, found["missing"], missing=["A"], at=later(days=1))
    claims.came(cast.taro, later(days=1))
    clock.run(at=later(days=1))
    ends = Claim.objects.values_list("status", "end_reason").order_by("pk")
    assert list(ends) == [
        ("refused", "no_registration"),
        ("stopped", "custodian_active"),
        ("refused", "not_confirmed"),
    ]
    at = later(days=1)
    assert told(found["none"], at) == told(found["stopped"], at) == told(found["missing"], at)
    bodies = {
        mail["body"].replace(claim.number, "")
        for claim in found.values()
        for mail in mails("claim_closed")
        if claim.number in mail["body"]
    }
    assert len(bodies) == 1
    letters = [row for row in seen.notices(before) if row[0] == "claim_letter" and row[1].startswith("claim:")]
    assert len(letters) == 3


def test_category_that_is_not_asked_for_is_no_reason(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    with pytest.raises(Refused):
        refused(cast, claim, missing=["L"])


# Appeal


def test_appeal_that_succeeds_takes_the_claim_up_where_it_was(cast: Cast, lost: Registration) -> None:
    claim = claims.proven(cast, lost)
    points, codes = claim.evidence.count(), OneTimeCode.objects.unspoilt()
    at = claims.READY
    refused(cast, claim, at=at)
    assert not codes.filter(subject=claim.label).exists()
    before = seen.mark()
    made = transitions.appeal(claim.pk, words="代表電話を確かめてください", actor=PUBLIC, at=at)
    assert seen.verbs(before) == ["claim.appealed"] and seen.notices(before) == [("claim_appealed", claim.label)]
    # Ten business days from Tuesday 8 December.
    assert str(made.due_on) == "2026-12-22"
    assert Event.objects.get(verb="claim.appealed").facts == {"appeal": made.pk, "due_on": "2026-12-22"}
    assert "代表電話" not in str(Event.objects.get(verb="claim.appealed").facts)
    inquiry = Inquiry.objects.get(pk=claim.inquiry_id)
    assert (inquiry.stage, inquiry.turn, str(inquiry.next_on), inquiry.closed_at) == (
        "appeal",
        "provider",
        "2026-12-22",
        None,
    )
    before = seen.mark()
    decided(cast, made, "upheld", at=at, findings=[])
    claim.refresh_from_db()
    made.refresh_from_db()
    assert (claim.status, claim.reopened_at, claim.ended_at, claim.end_reason) == ("collecting", at, None, "")
    assert (made.status, made.decided_by, claim.evidence.count()) == ("upheld", cast.senior, points)
    told_again = {template for template, _who in seen.notices(before)}
    assert seen.verbs(before) == ["appeal.decided"]
    assert told_again == {"claim_accepted", "claim_appeal_decided", "claim_letter"}
    assert Restriction.objects.filter(case=claim.number, kind="claim_open", ended_at=None).count() == 1
    # The proofs are in date: it can be proposed at once, by somebody who neither spoke nor printed.
    claim = transitions.propose(claim.pk, reason="再", actor=actor(cast.operator), at=at)
    assert claim.status == "proposed"


def test_proof_out_of_date_counts_no_more_after_a_successful_appeal(cast: Cast, lost: Registration) -> None:
    claim = claims.proven(cast, lost)
    at = later(days=95)
    refused(cast, claim, at=at)
    made = transitions.appeal(claim.pk, words="もう一度", actor=PUBLIC, at=at)
    decided(cast, made, "upheld", at=at)
    with pytest.raises(Refused):
        transitions.propose(claim.pk, reason="", actor=actor(cast.operator), at=later(days=101))


def test_appeal_that_fails_has_written_reasons(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    refused(cast, claim)
    made = transitions.appeal(claim.pk, words="もう一度", actor=PUBLIC, at=NOW)
    for changes in ({"findings": []}, {"words": " "}, {"findings": ["anything"]}):
        with pytest.raises(Refused):
            decided(cast, made, "dismissed", **changes)
    with pytest.raises(Refused):
        decided(cast, made, "open")
    before = seen.mark()
    decided(cast, made, "dismissed")
    assert seen.notices(before) == [("claim_appeal_decided", claim.label)]
    claim.refresh_from_db()
    assert (claim.status, Inquiry.objects.get(pk=claim.inquiry_id).status) == ("refused", "closed")
    body = mails("claim_appeal_decided")[-1]["body"]
    assert "規則どおり" not in body, "in words only on the page, and only with the proofs"
    assert told(claim)[-1] == "", "organisation and person are not proven"
    with pytest.raises(WrongState):
        decided(cast, made, "upheld")


@pytest.mark.parametrize(
    "secret", ["R-1番", "東京都千代田区千代田1-1", "03 1234 5678", "R-1@RECORD.example", "𠮷田太郎"]
)
def test_reasons_quote_nothing_that_is_on_record(cast: Cast, lost: Registration, secret: str) -> None:
    lost.number = "R-1番"
    lost.save()
    claim = claims.accepted(cast, lost)
    refused(cast, claim)
    made = transitions.appeal(claim.pk, words="", actor=PUBLIC, at=NOW)
    with pytest.raises(Refused):
        decided(cast, made, "dismissed", words=f"登録は{secret}です")


def test_claimant_who_proved_organisation_and_person_reads_the_reasons(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    for code in ("O2", "P1"):
        claims.prove(cast, claim, code)
    refused(cast, claim)
    made = transitions.appeal(claim.pk, words="もう一度", actor=PUBLIC, at=NOW)
    decided(cast, made, "dismissed")
    assert told(claim)[-1] == "規則どおりです"


def test_nobody_who_had_to_do_with_the_case_decides_on_the_appeal(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    refused(cast, claim)
    made = transitions.appeal(claim.pk, words="", actor=PUBLIC, at=NOW)
    second = claims.same_human(cast, cast.approver, "approver", "senior")
    for who in (cast.approver, second, cast.operator, cast.auditor, cast.agent):
        with pytest.raises(NotAllowed):
            decided(cast, made, "upheld", by=who)
    # Whoever spoke with anybody about it, or sent it back, is out as well.
    Contact.objects.create(
        inquiry=claim.inquiry, direction="in", channel="phone", party="other", by=cast.senior, at=NOW, sealed_note=b""
    )
    with pytest.raises(NotAllowed):
        decided(cast, made, "upheld")


def test_whoever_sent_it_back_once_does_not_decide_on_the_appeal(cast: Cast, lost: Registration) -> None:
    claim = claims.proposed(cast, lost)
    at = claims.READY
    transitions.send_back(claim.pk, reason="", actor=actor(cast.senior), at=at)
    refused(cast, claim, at=at)
    made = transitions.appeal(claim.pk, words="", actor=PUBLIC, at=at)
    with pytest.raises(NotAllowed):
        decided(cast, made, "upheld", at=at)


def test_one_appeal_against_one_end(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    refused(cast, claim)
    made = transitions.appeal(claim.pk, words="", actor=PUBLIC, at=NOW)
    with pytest.raises(WrongState):
        transitions.appeal(claim.pk, words="", actor=PUBLIC, at=NOW)
    decided(cast, made, "upheld")
    transitions.refuse(claim.pk, reason="not_confirmed", words="", actor=actor(cast.approver), at=NOW)
    # Another end: it may be appealed against in its turn.
    transitions.appeal(claim.pk, words="", actor=PUBLIC, at=NOW)
    assert Appeal.objects.count() == Ending.objects.count() == 2


def test_appeal_is_in_time_for_thirty_days(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    refused(cast, claim)
    with pytest.raises(WrongState):
        transitions.appeal(claim.pk, words="", actor=PUBLIC, at=later(days=31))
    assert transitions.appeal(claim.pk, words="", actor=PUBLIC, at=later(days=30)).status == "open"


def test_agent_takes_an_appeal_and_has_spoken_with_the_claimant(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    refused(cast, claim)
    made = transitions.appeal(claim.pk, words="電話で", actor=actor(cast.agent), at=NOW)
    assert (made.taken_by, made.words) == (cast.agent, "電話で")
    assert Contact.objects.filter(inquiry=claim.inquiry, by=cast.agent, party="claimant").count() == 1


def test_withdrawn_claim_has_nothing_to_appeal_against(cast: Cast) -> None:
    claim = claims.received()
    transitions.withdraw(claim.pk, actor=PUBLIC, at=NOW)
    with pytest.raises(WrongState):
        transitions.appeal(claim.pk, words="", actor=PUBLIC, at=NOW)


# Reopening


@pytest.mark.parametrize("how", ["refused", "withdrawn", "stopped"])
def test_claimant_takes_an_ended_claim_up_again(cast: Cast, lost: Registration, how: str) -> None:
    claim = claims.proven(cast, lost)
    version = claim.procedure.version
    kept, at = set(claim.evidence.values_list("pk", flat=True)), claims.READY
    if how == "refused":
        refused(cast, claim, at=at)
    elif how == "withdrawn":
        transitions.withdraw(claim.pk, actor=PUBLIC, at=at)
    else:
        claims.came(cast.taro, at)
        clock.run(at=at)
    before, again = seen.mark(), at + timedelta(days=60)
    claim = transitions.reopen(claim.pk, actor=PUBLIC, at=again)
    assert Event.objects.get(verb="claim.reopened").facts == {"was": how, "reopenings": 1}
    assert seen.notices(before) == [("claim_reopened", claim.label)], "nobody else is told by a stranger's press"
    assert (claim.status, claim.procedure.version, claim.since) == ("matched", version, again)
    assert set(Evidence.objects.standing().filter(claim=claim).values_list("pk", flat=True)) == kept
    assert not OneTimeCode.objects.unspoilt().filter(subject=claim.label, purpose="letter").exists()
    assert clock.run(at=again)["claims_stopped"] == 0, "an act before it was taken up again stops nothing"
    claim = transitions.accept(claim.pk, actor=actor(cast.operator), at=again)
    assert claim.status == "collecting"
    claims.came(cast.taro, again + timedelta(hours=1))
    assert clock.run(at=again + timedelta(hours=1))["claims_stopped"] == 1


def test_claim_that_was_never_linked_is_read_anew(cast: Cast) -> None:
    claim = claims.received()
    transitions.withdraw(claim.pk, actor=PUBLIC, at=NOW)
    claim = transitions.reopen(claim.pk, actor=PUBLIC, at=later(days=180))
    inquiry = Inquiry.objects.get(pk=claim.inquiry_id)
    assert (claim.status, inquiry.status, inquiry.reopened_at) == ("received", "open", later(days=180))


def test_claim_is_not_taken_up_again_after_180_days_nor_a_fourth_time(cast: Cast) -> None:
    claim = claims.received()
    for number in range(3):
        transitions.withdraw(claim.pk, actor=PUBLIC, at=NOW)
        if number == 0:
            with pytest.raises(WrongState):
                transitions.reopen(claim.pk, actor=PUBLIC, at=later(days=181))
        transitions.reopen(claim.pk, actor=PUBLIC, at=NOW)
    transitions.withdraw(claim.pk, actor=PUBLIC, at=NOW)
    with pytest.raises(WrongState):
        transitions.reopen(claim.pk, actor=PUBLIC, at=NOW)


def test_reopened_claim_and_a_new_one_on_the_same_registration_freeze_each_other(
    cast: Cast, lost: Registration
) -> None:
    claim = claims.accepted(cast, lost)
    refused(cast, claim)
    rival = claims.linked(cast, lost, claim=claims.received(sender="b"))
    claim = transitions.reopen(claim.pk, actor=PUBLIC, at=NOW)
    rival.refresh_from_db()
    assert (claim.frozen_by, rival.frozen_by) == ("competing", "competing")
    assert Restriction.objects.filter(kind="contested", ended_at=None).count() == 2


def test_proofs_of_one_registration_are_never_carried_to_another(cast: Cast, lost: Registration) -> None:
    claim = claims.proven(cast, lost)
    refused(cast, claim, at=claims.READY)
    transitions.reopen(claim.pk, actor=PUBLIC, at=claims.READY)
    claims.held(cast, "R-2")
    with pytest.raises(WrongState):
        transitions.link(claim.pk, registration_number="R-2", actor=actor(cast.operator), at=claims.READY)
    transitions.link(claim.pk, registration_number="R-1", actor=actor(cast.operator), at=claims.READY)


def test_claim_waits_for_its_appeal_before_it_is_taken_up_again(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    refused(cast, claim)
    transitions.appeal(claim.pk, words="", actor=PUBLIC, at=NOW)
    with pytest.raises(WrongState):
        transitions.reopen(claim.pk, actor=PUBLIC, at=NOW)


def test_upheld_objection_is_answered_anew_after_a_successful_appeal(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    letter = claim.dispatches.get(channel="letter")
    transitions.object_to(typed=claims.objection_sent(letter), words="", actor=PUBLIC, at=later(hours=1))
    objection = claim.objections.get()
    transitions.review_objection(objection.pk, recommendation="upheld", actor=actor(cast.colleague), at=later(hours=1))
    transitions.decide_objection(
        objection.pk, outcome="upheld", reason="", actor=actor(cast.approver), at=later(hours=1)
    )
    made = transitions.appeal(claim.pk, words="", actor=PUBLIC, at=later(hours=2))
    decided(cast, made, "upheld", at=later(hours=2))
    claim.refresh_from_db()
    assert claim.needs_second_look and claim.frozen_at is None
    assert not claim.objections.standing().exists()


def test_contact_points_are_told_of_the_claim_again(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost)
    refused(cast, claim)
    made = transitions.appeal(claim.pk, words="", actor=PUBLIC, at=NOW)
    before = Dispatch.objects.filter(purpose="accepted").count()
    decided(cast, made, "upheld")
    points = ContactPoint.objects.filter(registration=lost, kind__in=["mail", "post"]).count()
    assert Dispatch.objects.filter(purpose="accepted").count() == 2 * before > points
