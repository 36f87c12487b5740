"""Calls that explain a product."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.rulebook import check
from audit.record import System, event
from desk import announcing, escalating, progress
from desk.models import Contact, Escalation, ExplanationCall, Inquiry, Statement
from desk.rules import TABLE
from handover import explaining
from handover.models import ExplanationRequest


def pull_explanation(request_pk: int, *, actor: System, at: datetime) -> Inquiry:
    """Take over a customer's wish to be called: an inquiry with a receipt number and a promised time.

    The inquiry holds who asks, the number to call and what is unclear, and the product; nothing of the registration
    (invariant 22). Whoever asked is told number and time. Raises `NotAllowed`, `WrongState` when it was taken over or
    called off.
    """
    with transaction.atomic(durable=True):
        request = ExplanationRequest.objects.select_for_update(no_key=True).get(pk=request_pk)
        rule = check(TABLE, "pull_explanation", request, actor)
        promised = explaining.promise(request.hours, request.not_on, at=at)
        asker = request.asked_by
        inquiry = progress.take_in(
            came_by=Inquiry.Way.WEB,
            statement=_statement(request),
            capacity=Inquiry.Capacity.CUSTOMER,
            answer_by="phone",
            language=asker.language,
            tracking_code="",
            next_on=timezone.localdate(promised[1]),
            at=at,
            topic=Inquiry.Topic.EXPLANATION,
        )
        progress.stand(
            inquiry.pk, stage=Inquiry.Stage.CALLING, turn=Inquiry.Turn.DESK, next_on=timezone.localdate(promised[1])
        )
        ExplanationCall.objects.create(
            inquiry=inquiry,
            request=request,
            product_id=request.product_id,
            promised_from=promised[0],
            promised_until=promised[1],
        )
        facts = {"until": promised[1].isoformat()}
        about = [request.label, asker.label]
        written = event(rule.event, actor=actor, at=at, subject=inquiry.label, about=about, facts=facts)
        explaining.pulled(request, receipt_number=inquiry.receipt_number, promised=promised, event=written, at=at)
        inquiry.refresh_from_db()
        return inquiry


def _statement(request: ExplanationRequest) -> Statement:
    asker, wish = request.asked_by, request.wish
    with translation.override(asker.language):
        return Statement(
            name=asker.display_name,
            kana=asker.kana,
            own_phone=wish["phone"],
            hours=str(request.get_hours_display()),
            product=request.product.name if request.product else "",
            remarks=wish["unclear"],
        )


def drop_explanation(inquiry_pk: int, *, actor: System, at: datetime) -> Inquiry:
    """Close the inquiry of a call that the customer called off, and forget the number. Raises `WrongState`."""
    with transaction.atomic(durable=True):
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_pk)
        rule = check(TABLE, "drop_explanation", inquiry, actor)
        if inquiry.call.request.status != ExplanationRequest.Status.WITHDRAWN:
            raise WrongState(_("Nobody called this off. Nothing was changed."))
        _forget_number(inquiry)
        progress.close(inquiry.pk, stage=Inquiry.Stage.WITHDRAWN, at=at)
        event(rule.event, actor=actor, at=at, subject=inquiry.label, about=[inquiry.call.request.label])
        inquiry.refresh_from_db()
        return inquiry


def finish_explanation(
    inquiry_pk: int, *, outcome: str, minutes: int, text: str, actor: Actor, at: datetime
) -> Contact:
    """Write down a call that explained a product: explained, wanted again, or passed to the provider.

    Explained closes the inquiry, forgets the number and asks the customer once by mail whether it is clear now; the
    others promise the next call. Nothing about any handover changes. Raises `NotAllowed`; `WrongState` when it is over
    or the customer called it off; `Refused` for another outcome, or a call that was not announced before.
    """
    with transaction.atomic(durable=True):
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_pk)
        rule = check(TABLE, "finish_explanation", inquiry, actor)
        call = ExplanationCall.objects.select_for_update(no_key=True).get(inquiry=inquiry)
        request = ExplanationRequest.objects.select_for_update(no_key=True).get(pk=call.request_id)
        if request.status != ExplanationRequest.Status.PULLED:
            raise WrongState(_("The customer called this off. Nothing was changed."))
        if outcome not in ExplanationCall.Outcome.values:
            words = _("Say how the call ended.")
            raise Refused(words, {"outcome": words})
        phone = Contact.Channel.PHONE
        intention = announcing.use(inquiry, channel=phone, actor=actor, at=at, minutes=minutes)
        made = progress.note(
            inquiry.pk,
            text=text,
            at=at,
            direction=Contact.Direction.OUT,
            channel=phone,
            party=Contact.Party.CLAIMANT,
            minutes=minutes,
            by=actor.user,
            intention=intention,
        )
        facts = {"outcome": outcome, "minutes": minutes}
        about = [request.label, request.asked_by.label]
        written = event(rule.event, actor=actor, at=at, subject=inquiry.label, about=about, facts=facts)
        if outcome == ExplanationCall.Outcome.EXPLAINED:
            _forget_number(inquiry)
            progress.close(inquiry.pk, stage=Inquiry.Stage.EXPLAINED, at=at, by=actor.user)
            explaining.explained(request, event=written, at=at)
            return made
        if outcome == ExplanationCall.Outcome.PROVIDER:
            escalating.count(inquiry, reason=Escalation.Reason.PRODUCT, words="", actor=actor, at=at)
        promised = _promise_again(call, request, outcome, at)
        explaining.promised_again(request, promised=promised, event=written, at=at)
        return made


def _promise_again(
    call: ExplanationCall, request: ExplanationRequest, outcome: str, at: datetime
) -> tuple[datetime, datetime]:
    """Promise the next call, of the desk or of the provider."""
    promised = explaining.promise(request.hours, request.not_on, at=at)
    call.promised_from, call.promised_until = promised
    call.tries += 1
    call.save(update_fields=["promised_from", "promised_until", "tries"])
    turn = Inquiry.Turn.PROVIDER if outcome == ExplanationCall.Outcome.PROVIDER else Inquiry.Turn.DESK
    next_on = timezone.localdate(call.promised_until)
    progress.stand(call.inquiry_id, stage=Inquiry.Stage.CALLING, turn=turn, next_on=next_on)
    return promised


def _forget_number(inquiry: Inquiry) -> None:
    """The number was given for this call and for nothing else."""
    Inquiry.objects.filter(pk=inquiry.pk).update(sealed=replace(inquiry.statement, own_phone="").sealed())
