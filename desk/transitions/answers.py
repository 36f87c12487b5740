"""Formal answers, from the draft to the release."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.models import OrganisationKind
from accounts.rulebook import check
from audit.record import event
from desk import announcing, answering, blocks, composing, withholding
from desk.models import FormalAnswer, Inquiry
from desk.rules import TABLE
from handover import documents
from outbox import cipher


def draft_answer(
    inquiry_pk: int, *, template: str, chosen: Sequence[str], text: str, way: str, actor: Actor, at: datetime
) -> FormalAnswer:
    """Write the first draft: a template, building blocks by code in their order, and free text of an operator.

    The desk writes with its own blocks and no free text, and speaks for itself. `way` is how it leaves, see
    `composing.ways_of`. Raises `NotAllowed`, `WrongState`, `Refused` with the field's name.
    """
    with transaction.atomic(durable=True):
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_pk)
        rule = check(TABLE, "draft_answer", inquiry, actor)
        is_desk = actor.kind == OrganisationKind.AGENCY
        _refuse_words(inquiry, template, chosen, text, way, is_desk=is_desk)
        made = FormalAnswer.objects.create(
            inquiry=inquiry,
            speaks_for=FormalAnswer.Voice.DESK if is_desk else FormalAnswer.Voice.PROVIDER,
            way=way,
            version=blocks.SHIPPED,
            template=template,
            blocks=list(chosen),
            sealed_text=cipher.encrypt(text),
            drafted_by=actor.user,
            drafted_at=at,
            written_by=[actor.user.pk],
        )
        facts = {"answer": made.pk, "template": template, "version": made.version, "voice": made.speaks_for}
        event(rule.event, actor=actor, at=at, subject=inquiry.label, facts=facts)
        return made


def change_answer(
    answer_pk: int, *, template: str, chosen: Sequence[str], text: str, way: str, actor: Actor, at: datetime
) -> FormalAnswer:
    """Change a draft; it takes the newest version of the blocks. Raises as `draft_answer` does."""
    with transaction.atomic(durable=True):
        inquiry, answer = answering.lock(answer_pk)
        rule = check(TABLE, "change_answer", answer, actor)
        _refuse_words(inquiry, template, chosen, text, way, is_desk=answer.speaks_for == FormalAnswer.Voice.DESK)
        answer.version, answer.template, answer.blocks = blocks.SHIPPED, template, list(chosen)
        answer.sealed_text, answer.way = cipher.encrypt(text), way
        answer.written_by = answering.with_writer(answer, actor.user)
        answer.save(update_fields=["version", "template", "blocks", "sealed_text", "way", "written_by"])
        facts = {"answer": answer.pk, "template": template, "version": answer.version}
        event(rule.event, actor=actor, at=at, subject=inquiry.label, facts=facts)
        return answer


def propose_answer(answer_pk: int, *, actor: Actor, at: datetime) -> FormalAnswer:
    """Ask for the release. Raises `NotAllowed`, `WrongState`, `Refused` where it cannot leave like this.

    It cannot when it does not fit a page or names what is on record (`withholding`).
    """
    answer = FormalAnswer.objects.select_related("inquiry").get(pk=answer_pk)
    check(TABLE, "propose_answer", answer, actor)
    composing.printed(answer, number=composing.DRAFT_NUMBER, call_code="", at=at)
    with transaction.atomic(durable=True):
        inquiry, answer = answering.lock(answer_pk)
        rule = check(TABLE, "propose_answer", answer, actor)
        _refuse_ended(inquiry)
        _refuse_secrets(answer, at)
        answer.status, answer.proposed_by, answer.proposed_at = FormalAnswer.Status.PROPOSED, actor.user, at
        answer.sealed_reason, answer.written_by = None, answering.with_writer(answer, actor.user)
        answer.save(update_fields=["status", "proposed_by", "proposed_at", "sealed_reason", "written_by"])
        event(rule.event, actor=actor, at=at, subject=inquiry.label, facts={"answer": answer.pk})
        return answer


def send_back_answer(answer_pk: int, *, reason: str, actor: Actor, at: datetime) -> FormalAnswer:
    """Give a proposed answer back to those who wrote it, with the reason. Raises `NotAllowed`, `WrongState`."""
    with transaction.atomic(durable=True):
        inquiry, answer = answering.lock(answer_pk)
        rule = check(TABLE, "send_back_answer", answer, actor)
        answer.status, answer.sealed_reason = FormalAnswer.Status.DRAFT, cipher.encrypt(reason)
        answer.save(update_fields=["status", "sealed_reason"])
        event(rule.event, actor=actor, at=at, subject=inquiry.label, facts={"answer": answer.pk})
        return answer


def release_answer(answer_pk: int, *, signed_hash: str, actor: Actor, at: datetime) -> FormalAnswer:
    """Let an answer leave: its very bytes are kept with their hash, and it goes the way the inquirer chose.

    `signed_hash` is the fingerprint of what was read (`composing.fingerprint`). It is announced, so that whoever gets
    it can ask whether it is ours. A decision of the provider closes the hold. Printed with locks held, because the
    number to check it by stands in it. Raises `NotAllowed`, `WrongState`, `Refused` where it names what is on record
    or cannot be printed.
    """
    with transaction.atomic(durable=True):
        inquiry, answer = answering.lock(answer_pk)
        rule = check(TABLE, "release_answer", answer, actor)
        _refuse_ended(inquiry)
        if signed_hash != composing.fingerprint(answer):
            raise WrongState(_("It was changed since you opened this page. Read it again. Nothing was changed."))
        _refuse_secrets(answer, at)
        answer.intention, code = announcing.announce_letter(
            inquiry=inquiry, purpose=answering.PURPOSE, by=answer.drafted_by, at=at
        )
        number = f"A{timezone.localdate(at):%y%m}-{answer.pk}"
        pdf = composing.printed(answer, number=number, call_code=code, at=at)
        blob = documents.store_bytes(pdf, tenant=inquiry.label, content_type="application/pdf", at=at)
        blob.save(force_insert=True)
        answer.status, answer.letter_number, answer.blob = FormalAnswer.Status.RELEASED, number, blob
        answer.released_by, answer.released_at = actor.user, at
        facts = {
            "answer": answer.pk,
            "letter": number,
            "way": answer.way,
            "template": answer.template,
            "version": answer.version,
            "sha256": blob.sha256,
        }
        written = event(rule.event, actor=actor, at=at, subject=inquiry.label, facts=facts)
        answer.notice = answering.send(answer, written, at)
        answer.save(
            update_fields=["status", "letter_number", "blob", "released_by", "released_at", "notice", "intention"],
        )
        answering.settle(answer, by=actor.user, at=at)
        return answer


def withdraw_answer(answer_pk: int, *, reason: str, actor: Actor, at: datetime) -> FormalAnswer:
    """Take an answer back that nobody has read yet: a draft, a proposal, or a letter that was not printed.

    What the inquirer can read already is not taken back: a new answer follows it. The matter of a released one is
    open again. Raises `NotAllowed`, `WrongState`.
    """
    with transaction.atomic(durable=True):
        inquiry, answer = answering.lock(answer_pk)
        rule = check(TABLE, "withdraw_answer", answer, actor)
        was_released = answer.status == FormalAnswer.Status.RELEASED
        if was_released and answer.way != FormalAnswer.Way.LETTER:
            raise WrongState(_("The inquirer can read this already. Write a new answer. Nothing was changed."))
        answer.status, answer.sealed_reason = FormalAnswer.Status.WITHDRAWN, cipher.encrypt(reason)
        answer.withdrawn_by, answer.withdrawn_at = actor.user, at
        answer.save(update_fields=["status", "sealed_reason", "withdrawn_by", "withdrawn_at"])
        if was_released:
            answering.unsettle(inquiry, answer, at=at)
        event(rule.event, actor=actor, at=at, subject=inquiry.label, facts={"answer": answer.pk})
        return answer


def _refuse_words(
    inquiry: Inquiry, template: str, chosen: Sequence[str], text: str, way: str, *, is_desk: bool
) -> None:
    words = blocks.load()
    if template not in words.templates or any(code not in words.blocks for code in chosen):
        refusal = _("Choose from the list.")
        raise Refused(refusal, {"template": refusal})
    if is_desk and (text.strip() or not composing.is_fixed_for_desk(template, chosen)):
        refusal = _("The desk writes with its own building blocks alone.")
        raise Refused(refusal, {"chosen": refusal})
    if not chosen and not text.strip():
        refusal = _("An answer says something: choose a building block or write.")
        raise Refused(refusal, {"chosen": refusal})
    if way not in composing.ways_of(inquiry):
        refusal = _("The inquirer chose another way, or gave no address for this one.")
        raise Refused(refusal, {"way": refusal})


def _refuse_ended(inquiry: Inquiry) -> None:
    if inquiry.status == Inquiry.Status.CLOSED:
        raise WrongState(_("This matter has ended. Nothing was changed."))


def _refuse_secrets(answer: FormalAnswer, at: datetime) -> None:
    if answer.speaks_for == FormalAnswer.Voice.DESK:
        return  # fixed words name nobody, and the time of a search would tell the desk whether there is anybody
    named = withholding.found_in(composing.compose(answer).texts, answer.inquiry, at=at)
    if named:
        refusal = answering.warning(named)
        raise Refused(refusal, {"text": refusal})
