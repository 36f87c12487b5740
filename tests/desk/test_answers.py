"""Formal answers: what each act leaves behind, who may, and that nobody alone lets one leave."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import User
from audit.models import Event
from desk import blocks, composing, queries, transitions
from desk.models import CallIntention, Contact, FormalAnswer, Hold, Inquiry, PostLetter, Statement
from handover import documents
from outbox.models import Notice
from tests.cast import Cast, actor
from tests.desk.written import LETTER, asked, drafted, let_leave, proposed, released
from tests.handover.printed import pages
from tests.letterbox import mails
from tests.seen import mark, notices, verbs
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def held(cast: Cast, inquiry: Inquiry) -> Hold:
    return transitions.hold(
        inquiry.pk,
        reason="waiting_provider",
        owner=cast.operator,
        next_action="decide",
        promised_from=NOW + timedelta(hours=1),
        promised_until=NOW + timedelta(hours=2),
        wish="書面での回答",
        actor=actor(cast.agent),
        at=NOW,
    )


def same_human(one: User, other: User) -> None:
    User.objects.filter(pk=other.pk).update(person=one.person)


# Writing -------------------------------------------------------------------------------------------------------------


def test_operator_drafts_with_blocks_and_own_words(cast: Cast) -> None:
    inquiry = asked(cast)
    before = mark()
    made = drafted(cast, inquiry)
    assert (made.status, made.speaks_for, made.way, made.version) == ("draft", "provider", "letter", blocks.SHIPPED)
    assert "請求書".encode() not in bytes(made.sealed_text)
    written = Event.objects.get(sequence__gt=before)
    assert (written.verb, written.actor, written.subject) == ("answer.drafted", cast.operator.label, inquiry.label)
    assert written.facts == {"answer": made.pk, "template": "answer", "version": 1, "voice": "provider"}


def test_agent_proposes_only_fixed_words_and_speaks_for_the_desk(cast: Cast) -> None:
    inquiry = asked(cast)
    fixed: dict[str, Any] = {"template": "progress", "chosen": ["under_way"], "text": ""}
    for wrong in ({"text": "ご安心ください"}, {"chosen": ["decided"]}, {"template": "answer"}, {"chosen": []}):
        with pytest.raises(Refused):
            drafted(cast, inquiry, by=cast.agent, **{**fixed, **wrong})
    made = drafted(cast, inquiry, by=cast.agent, **fixed)
    assert made.speaks_for == "desk"
    with pytest.raises(NotAllowed):
        transitions.propose_answer(made.pk, actor=actor(cast.operator), at=NOW)
    transitions.propose_answer(made.pk, actor=actor(cast.agent), at=NOW)
    for who in (cast.agent, cast.supervisor, cast.editor, cast.auditor):
        with pytest.raises(NotAllowed):
            let_leave(made, who)
    before = mark()
    let_leave(made, cast.operator)
    assert verbs(before) == ["answer.released"]
    inquiry.refresh_from_db()
    assert inquiry.status == "open", "the desk decides nothing: the matter goes on"


@pytest.mark.parametrize("who", ["hanako", "worker", "approver", "senior", "editor", "auditor"])
def test_others_write_nothing(cast: Cast, who: str) -> None:
    inquiry = asked(cast)
    made, before = drafted(cast, inquiry), mark()
    other = getattr(cast, who)
    with pytest.raises(NotAllowed):
        drafted(cast, inquiry, by=other)
    with pytest.raises(NotAllowed):
        transitions.propose_answer(made.pk, actor=actor(other), at=NOW)
    with pytest.raises(NotAllowed):
        transitions.change_answer(
            made.pk, template="answer", chosen=["decided"], text="", way="letter", actor=actor(other), at=NOW
        )
    with pytest.raises(NotAllowed):
        transitions.withdraw_answer(made.pk, reason="違う", actor=actor(other), at=NOW)
    assert verbs(before) == []


def test_draft_is_changed_until_it_is_proposed(cast: Cast) -> None:
    made = drafted(cast, asked(cast))
    before = mark()
    change: dict[str, Any] = {"template": "complaint", "chosen": ["our_mistake"], "text": "", "way": "letter"}
    transitions.change_answer(made.pk, **change, actor=actor(cast.colleague), at=NOW)
    made.refresh_from_db()
    assert (made.template, made.blocks, made.text) == ("complaint", ["our_mistake"], "")
    transitions.propose_answer(made.pk, actor=actor(cast.operator), at=NOW)
    with pytest.raises(WrongState):
        transitions.change_answer(made.pk, **change, actor=actor(cast.operator), at=NOW)
    with pytest.raises(WrongState):
        transitions.propose_answer(made.pk, actor=actor(cast.operator), at=NOW)
    assert verbs(before) == ["answer.changed", "answer.proposed"]


def test_way_is_the_one_the_inquirer_chose(cast: Cast) -> None:
    assert composing.ways_of(asked(cast, by="letter")) == ["letter"]
    assert composing.ways_of(asked(cast, by="mail")) == ["mail"]
    assert composing.ways_of(asked(cast, by="phone")) == ["page"]
    nowhere = asked(cast, by="letter")
    # The address turned out to be none after it was taken down.
    nowhere.sealed = Statement(name="相田 透", own_phone="03-1111-2222").sealed()
    nowhere.save(update_fields=["sealed"])
    assert composing.ways_of(nowhere) == ["page"]
    with pytest.raises(Refused) as refused:
        drafted(cast, nowhere, way="letter")
    assert list(refused.value.fields) == ["way"]


def test_what_does_not_fit_a_page_or_a_face_is_refused_at_its_text(cast: Cast) -> None:
    for text in ("長い文です。" * 320, "\U0001f600 ありがとうございます。"):
        made = drafted(cast, asked(cast), text=text)
        with pytest.raises(Refused) as refused:
            transitions.propose_answer(made.pk, actor=actor(cast.operator), at=NOW)
        assert list(refused.value.fields) == ["text"]
        made.refresh_from_db()
        assert made.status == "draft"


# Releasing -----------------------------------------------------------------------------------------------------------


def test_release_keeps_the_bytes_closes_the_hold_and_announces(cast: Cast) -> None:
    inquiry = asked(cast)
    promise = held(cast, inquiry)
    made = proposed(cast, inquiry)
    before = mark()
    let_leave(made, cast.approver)
    made.refresh_from_db()
    inquiry.refresh_from_db()
    promise.refresh_from_db()
    assert (made.status, made.letter_number, made.released_by) == ("released", f"A2611-{made.pk}", cast.approver)
    assert (promise.outcome, promise.closed_by) == ("decided", cast.approver)
    assert (inquiry.status, inquiry.stage, inquiry.next_on) == ("closed", "answered", None)
    noted = Contact.objects.filter(inquiry=inquiry).latest("pk")
    assert (noted.direction, noted.channel, noted.party, noted.by) == ("out", "letter", "claimant", cast.operator)
    assert made.blob is not None
    pdf = documents.read_bytes(made.blob)
    assert hashlib.sha256(pdf).hexdigest() == made.hash
    written = Event.objects.get(sequence__gt=before)
    assert (written.verb, written.actor, written.subject) == ("answer.released", cast.approver.label, inquiry.label)
    assert written.facts == {
        "answer": made.pk,
        "letter": made.letter_number,
        "way": "letter",
        "template": "answer",
        "version": 1,
        "sha256": made.hash,
    }
    assert notices(before) == [("formal_answer", inquiry.label)]
    receipt, announced = CallIntention.objects.filter(inquiry=inquiry).order_by("pk")
    assert receipt.purpose == "inform"
    assert announced.channel == "letter"
    (text,) = pages(pdf)
    code = next(
        text[place : place + 8]
        for place in range(len(text) - 8)
        if CallIntention.print_of(text[place : place + 8]) == announced.code_print
    )
    assert code.isdecimal() and "ご請求書は、12月分から" in text and "𠮷田髙橋商店" in text


@pytest.mark.parametrize("who", ["operator", "colleague", "agent", "supervisor", "editor", "auditor", "hanako"])
def test_only_a_second_person_who_decides_releases(cast: Cast, who: str) -> None:
    made = proposed(cast, asked(cast))
    before = mark()
    with pytest.raises(NotAllowed):
        let_leave(made, getattr(cast, who))
    with pytest.raises(NotAllowed):
        transitions.send_back_answer(made.pk, reason="違う", actor=actor(getattr(cast, who)), at=NOW)
    assert verbs(before) == []


def test_same_human_under_two_accounts_is_one_person(cast: Cast) -> None:
    made = proposed(cast, asked(cast))
    same_human(cast.operator, cast.approver)
    with pytest.raises(NotAllowed):
        let_leave(made, User.objects.get(pk=cast.approver.pk))
    let_leave(made, cast.senior)


def test_who_proposed_for_a_colleague_does_not_release(cast: Cast) -> None:
    made = drafted(cast, asked(cast))
    same_human(cast.colleague, cast.approver)
    transitions.propose_answer(made.pk, actor=actor(cast.colleague), at=NOW)
    with pytest.raises(NotAllowed):
        let_leave(made, User.objects.get(pk=cast.approver.pk))


def test_who_spoke_with_the_inquirer_does_not_release(cast: Cast) -> None:
    inquiry = asked(cast)
    made = proposed(cast, inquiry)
    same_human(cast.colleague, cast.approver)
    transitions.note_contact(
        inquiry.pk,
        direction="in",
        channel="phone",
        party="claimant",
        minutes=3,
        text="催促",
        actor=actor(cast.colleague),
        at=NOW,
    )
    with pytest.raises(NotAllowed):
        let_leave(made, User.objects.get(pk=cast.approver.pk))
    let_leave(made, cast.senior)


def test_second_press_and_changed_words_release_nothing(cast: Cast) -> None:
    made = proposed(cast, asked(cast))
    with pytest.raises(WrongState):
        transitions.release_answer(made.pk, signed_hash="0" * 64, actor=actor(cast.approver), at=NOW)
    let_leave(made, cast.approver)
    before = mark()
    with pytest.raises(WrongState):
        let_leave(made, cast.approver)
    assert verbs(before) == []
    assert Notice.objects.filter(template="formal_answer").count() == 1


def test_sent_back_with_the_reason_and_proposed_again(cast: Cast) -> None:
    made = proposed(cast, asked(cast))
    before = mark()
    transitions.send_back_answer(made.pk, reason="理由を詳しく", actor=actor(cast.senior), at=NOW)
    made.refresh_from_db()
    assert (made.status, made.reason) == ("draft", "理由を詳しく")
    assert Event.objects.get(sequence__gt=before).facts == {"answer": made.pk}
    with pytest.raises(WrongState):
        let_leave(made, cast.approver)
    transitions.propose_answer(made.pk, actor=actor(cast.operator), at=NOW)
    made.refresh_from_db()
    assert made.reason == ""
    assert verbs(before) == ["answer.sent_back", "answer.proposed"]


def test_mail_carries_no_content(cast: Cast) -> None:
    inquiry = asked(cast, by="mail")
    before = mark()
    made = released(cast, inquiry)
    assert (made.way, notices(before)) == ("mail", [("answer_ready", inquiry.label)])
    (mail,) = mails("answer_ready")
    assert mail["to"] == LETTER.mail
    assert inquiry.receipt_number in mail["body"] and "請求書" not in mail["body"] and "渡邉" not in mail["body"]
    assert Contact.objects.filter(inquiry=inquiry).latest("pk").channel == "mail"
    assert [one.pk for one in queries.answers_shown(inquiry)] == [made.pk]


def test_who_chose_the_phone_is_still_called(cast: Cast) -> None:
    inquiry = asked(cast, by="phone")
    held(cast, inquiry)
    before = mark()
    released(cast, inquiry)
    inquiry.refresh_from_db()
    assert (inquiry.status, inquiry.stage, inquiry.turn) == ("answered", "answered", "desk")
    assert notices(before) == []
    assert Hold.objects.get(inquiry=inquiry).outcome == "decided"


def test_recovery_goes_on_and_progress_decides_nothing(cast: Cast) -> None:
    claim = asked(cast)
    Inquiry.objects.filter(pk=claim.pk).update(topic="recovery")
    held(cast, claim)
    released(cast, claim)
    claim.refresh_from_db()
    assert (claim.status, claim.stage) == ("open", "received")
    question = asked(cast)
    promise = held(cast, question)
    released(cast, question, template="progress", chosen=["under_way"])
    promise.refresh_from_db()
    assert promise.closed_at is None


# Printing and taking back --------------------------------------------------------------------------------------------


def test_letters_are_printed_once_and_stand_in_the_register(cast: Cast) -> None:
    first, second = released(cast, asked(cast)), released(cast, asked(cast))
    before = mark()
    pdf = transitions.print_answers([first.pk, second.pk], actor=actor(cast.colleague), at=NOW)
    assert len(pages(pdf)) == 2
    assert first.blob and pages(pdf)[0] == pages(documents.read_bytes(first.blob))[0]
    written = Event.objects.get(sequence__gt=before)
    assert written.verb == "answer.printed"
    assert written.facts == {"letters": [first.letter_number, second.letter_number]}
    first.refresh_from_db()
    assert (first.status, first.printed_by) == ("printed", cast.colleague)
    left = PostLetter.objects.get(inquiry=first.inquiry)
    assert (left.direction, left.kind, left.status) == ("out", "answer", "answered")
    with pytest.raises(WrongState):
        transitions.print_answers([first.pk, second.pk], actor=actor(cast.operator), at=NOW)
    for who in (cast.agent, cast.approver, cast.hanako):
        with pytest.raises(NotAllowed):
            transitions.print_answers([first.pk], actor=actor(who), at=NOW)


def test_letter_is_taken_back_before_it_is_printed(cast: Cast) -> None:
    inquiry = asked(cast)
    made = released(cast, inquiry)
    before = mark()
    transitions.withdraw_answer(made.pk, reason="宛先が違う", actor=actor(cast.operator), at=NOW + timedelta(hours=1))
    assert verbs(before) == ["answer.withdrawn"]
    inquiry.refresh_from_db()
    assert (inquiry.status, inquiry.turn, queries.answers_shown(inquiry)) == ("open", "provider", [])
    made.refresh_from_db()
    receipt = CallIntention.objects.exclude(pk=made.intention_id).get(inquiry=inquiry)  # announced at the same instant
    for hours in (0, 1, 2):
        assert list(CallIntention.objects.genuine(NOW + timedelta(hours=hours)).filter(inquiry=inquiry)) == [receipt]
    assert made.intention and made.intention.cancelled_at == NOW + timedelta(hours=1)
    with pytest.raises(WrongState):
        transitions.print_answers([made.pk], actor=actor(cast.operator), at=NOW)
    with pytest.raises(WrongState):
        transitions.withdraw_answer(made.pk, reason="もう一度", actor=actor(cast.operator), at=NOW)


def test_what_was_read_or_printed_is_not_taken_back(cast: Cast) -> None:
    mailed, letter = released(cast, asked(cast, by="mail")), released(cast, asked(cast))
    transitions.print_answers([letter.pk], actor=actor(cast.operator), at=NOW)
    for one in (mailed, letter):
        with pytest.raises(WrongState):
            transitions.withdraw_answer(one.pk, reason="違う", actor=actor(cast.operator), at=NOW)


def test_desk_reads_nothing_that_the_provider_writes_about_a_recovery(cast: Cast) -> None:
    claim, question = asked(cast), asked(cast)
    Inquiry.objects.filter(pk=claim.pk).update(topic="recovery")
    hidden, shown = released(cast, claim), released(cast, question)
    draft = drafted(cast, asked(cast))
    reader = actor(cast.agent)
    assert queries.find_answer(reader, hidden.pk, NOW) is None
    assert queries.find_answer(reader, draft.pk) is None
    assert queries.find_answer(reader, shown.pk, NOW) == shown
    assert queries.answers_of(claim, reader) == []
    assert queries.find_answer(actor(cast.hanako), shown.pk) is None
    assert FormalAnswer.objects.count() == 3
