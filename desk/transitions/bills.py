"""What is this bill: read, asked, answered, and taken over where nobody answers."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.rulebook import check
from audit.record import Public, System, event
from desk import progress, relaying
from desk.models import BillMessage, BillRelay, Inquiry, Statement
from desk.rules import TABLE
from handover import billing
from handover.calendar import business_days_after
from handover.models import BilledAmount


def read_bill(
    looked_up: tuple[str, str], *, inquiry: Inquiry | None = None, actor: Actor | Public, at: datetime
) -> list[BilledAmount]:
    """Return what the bill with these prints covers, and log it in the history of each registration; [] for none.

    `looked_up` comes from `relaying.allowed_prints`, which counted the try: both have to be of one number. `inquiry`
    names the case of whoever of the desk asks for a caller. Raises `NotAllowed`.
    """
    with transaction.atomic(durable=True):
        rule = check(TABLE, "read_bill", None, actor)
        first, second = (billing.find(one) for one in looked_up)
        too = {one.bill_id for one in second}
        found = [one for one in first if one.bill_id in too]
        if found:
            labels = [one.bill.registration.label for one in found]
            facts = {"by": "desk" if inquiry else "public"}
            about = [*labels, *([inquiry.label] if inquiry else [])]
            event(rule.event, actor=actor, at=at, subject=labels[0], about=about, facts=facts)
        return found


def ask_by_bill(
    billed_pk: int, *, reference: str, mail: str, text: str, language: str, actor: Public, at: datetime
) -> tuple[Inquiry, str]:
    """Carry a message to whoever is in charge; returns the inquiry with its tracking code, which is kept nowhere.

    The address for the answer is encrypted and never leaves to the other side. Raises `NotAllowed`.
    """
    tracking = progress.new_tracking_code()
    with transaction.atomic(durable=True):
        rule = check(TABLE, "ask_by_bill", None, actor)
        billed = BilledAmount.objects.select_related("bill__registration__product").get(pk=billed_pk)
        held = billed.bill.registration
        product = held.product.name if held.product else ""
        inquiry = progress.take_in(
            came_by=Inquiry.Way.WEB,
            statement=Statement(mail=mail, bill_reference=reference, product=product, remarks=text),
            capacity=Inquiry.Capacity.UNKNOWN,
            answer_by=Inquiry.Answer.MAIL,
            language=language,
            tracking_code=tracking,
            next_on=relaying.due_on(at),
            at=at,
            topic=Inquiry.Topic.BILL,
        )
        relay = BillRelay.objects.create(inquiry=inquiry, registration=held)
        _pass_on(relay, text, at)
        written = event(rule.event, actor=actor, at=at, subject=inquiry.label, about=[held.label])
        inquiry.refresh_from_db()
        relaying.tell_in_charge(relay, event=written, at=at)
        relaying.tell_inquirer("bill_sent", inquiry, event=written, at=at, tracking=tracking)
        return inquiry, tracking


def _pass_on(relay: BillRelay, text: str, at: datetime) -> None:
    relaying.write(relay, side=BillMessage.Side.INQUIRER, words=text, at=at)
    relaying.wait_for(
        relay.inquiry_id, stage=Inquiry.Stage.LOOKING, turn=Inquiry.Turn.PROVIDER, next_on=relaying.due_on(at)
    )


def _locked(relay_pk: int) -> BillRelay:
    """Return the thread with its inquiry, whose row is locked."""
    inquiry_pk = BillRelay.objects.values_list("inquiry_id", flat=True).get(pk=relay_pk)
    Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_pk)
    return BillRelay.objects.select_related("inquiry", "registration").get(pk=relay_pk)


def ask_again_by_bill(relay_pk: int, *, text: str, actor: Public, at: datetime) -> BillMessage:
    """Write again in the same thread after an answer. Raises `NotAllowed`, `WrongState`, `Refused` beyond the limit."""
    with transaction.atomic(durable=True):
        relay = _locked(relay_pk)
        rule = check(TABLE, "ask_again_by_bill", relay, actor)
        if relay.inquiry.stage != Inquiry.Stage.ANSWERED:
            raise WrongState(_("Your last message has no answer yet. You can write again after it."))
        if relaying.asked_by(relay).count() >= relaying.MOST_MESSAGES:
            words = _("This thread is full. Please begin anew with the bill, or call us with the receipt number.")
            raise Refused(words, {"text": words})
        _pass_on(relay, text, at)
        written = event(rule.event, actor=actor, at=at, subject=relay.inquiry.label, about=[relay.registration.label])
        relaying.tell_in_charge(relay, event=written, at=at)
        return relay.messages.order_by("-pk")[0]


def answer_bill_message(relay_pk: int, *, answer: str, words: str, actor: Actor, at: datetime) -> BillMessage:
    """Answer whoever holds the bill, with a chosen sentence or own words; the inquirer hears that there is an answer.

    Raises `NotAllowed`, `WrongState` when the desk took it over or it ended, `Refused` without words where they are
    the answer.
    """
    with transaction.atomic(durable=True):
        relay = _locked(relay_pk)
        rule = check(TABLE, "answer_bill_message", relay, actor)
        if answer not in BillMessage.Answer.values or (answer == BillMessage.Answer.WORDS and not words):
            told = _("Choose an answer, or write one.")
            raise Refused(told, {"words": told})
        made = relaying.write(relay, side=BillMessage.Side.HOLDER, words=words, at=at, by=actor.user, answer=answer)
        relaying.wait_for(
            relay.inquiry_id,
            stage=Inquiry.Stage.ANSWERED,
            turn=Inquiry.Turn.INQUIRER,
            next_on=timezone.localdate(at + relaying.OPEN_FOR),
        )
        written = event(
            rule.event,
            actor=actor,
            at=at,
            subject=relay.inquiry.label,
            about=[relay.registration.label],
            facts={"answer": answer},
        )
        relaying.tell_inquirer("bill_answered", relay.inquiry, event=written, at=at)
        return made


def take_over_bill(relay_pk: int, *, actor: System, at: datetime) -> Inquiry:
    """Nobody answered in time: make it an inquiry of the desk under the same number, and tell the inquirer.

    The desk reads what the inquirer wrote, never what was answered before. Raises `NotAllowed`, `WrongState`.
    """
    with transaction.atomic(durable=True):
        relay = _locked(relay_pk)
        rule = check(TABLE, "take_over_bill", relay, actor)
        inquiry = relay.inquiry
        if inquiry.stage == Inquiry.Stage.ANSWERED or _is_in_time(inquiry, at):
            raise WrongState(_("The time for an answer is not over. Nothing was changed."))
        asked = "\n\n".join(message.words for message in relaying.asked_by(relay))
        inquiry.sealed = replace(inquiry.statement, remarks=asked).sealed()
        inquiry.status, inquiry.stage = Inquiry.Status.OPEN, Inquiry.Stage.RECEIVED
        inquiry.turn = Inquiry.Turn.DESK
        inquiry.next_on = business_days_after(timezone.localdate(at), progress.ANSWER_WITHIN)
        inquiry.save(update_fields=["sealed", "status", "stage", "turn", "next_on"])
        written = event(rule.event, actor=actor, at=at, subject=inquiry.label, about=[relay.registration.label])
        relaying.tell_inquirer("bill_taken_over", inquiry, event=written, at=at)
        return inquiry


def end_bill_relay(relay_pk: int, *, actor: System, at: datetime) -> Inquiry:
    """End a thread that was answered and in which nobody wrote for the time told. Raises `NotAllowed`, `WrongState`."""
    with transaction.atomic(durable=True):
        relay = _locked(relay_pk)
        rule = check(TABLE, "end_bill_relay", relay, actor)
        if relay.inquiry.stage != Inquiry.Stage.ANSWERED or _is_in_time(relay.inquiry, at):
            raise WrongState(_("The inquirer can still write. Nothing was changed."))
        progress.close(relay.inquiry_id, stage=Inquiry.Stage.ANSWERED, at=at)
        event(rule.event, actor=actor, at=at, subject=relay.inquiry.label, about=[relay.registration.label])
        relay.inquiry.refresh_from_db()
        return relay.inquiry


def _is_in_time(inquiry: Inquiry, at: datetime) -> bool:
    return inquiry.next_on is None or timezone.localdate(at) <= inquiry.next_on
