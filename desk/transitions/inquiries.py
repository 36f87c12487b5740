"""Inquiries that are no claim: taken down in a call."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused
from accounts.rulebook import check
from audit.record import event
from desk import calling, enveloping, progress, telling
from desk.models import Inquiry, Need, Needs, Statement, Word
from desk.rules import TABLE
from handover.calendar import business_days_after
from handover.folding import find_phone


def open_inquiry(
    *,
    topic: str,
    statement: Statement,
    capacity: str,
    answer_by: str,
    language: str,
    needs: Needs | None = None,
    actor: Actor,
    at: datetime,
) -> tuple[Inquiry, str]:
    """Take down what somebody asks on the phone; returns the inquiry with its tracking code, which is kept nowhere.

    Nothing is looked up: the row is the same whether or not anybody is a customer. Whoever takes it down spoke with
    the inquirer, and asked for a direct number to call back (where none was given, the call says so): the running call
    is about it from now on, and is written down as a contact when it ends. The receipt goes at once by the channel
    chosen: a mail, a letter for the next print run, or the words of this call. Raises `NotAllowed`, `Refused` with the
    field's name.
    """
    _refuse_channel(statement, answer_by, may_lack_number=calling.gave_no_number(actor.user))
    tracking = progress.new_tracking_code()
    with transaction.atomic(durable=True):
        rule = check(TABLE, "open_inquiry", None, actor)
        next_on = business_days_after(timezone.localdate(at), progress.ANSWER_WITHIN)
        inquiry = progress.take_in(
            came_by=Inquiry.Way.PHONE,
            statement=statement,
            capacity=capacity,
            answer_by=answer_by,
            language=language,
            tracking_code=tracking,
            next_on=next_on,
            at=at,
            topic=topic,
            needs=needs,
        )
        progress.stand(inquiry.pk, stage=Inquiry.Stage.RECEIVED, turn=Inquiry.Turn.DESK, next_on=next_on)
        call = calling.attach(inquiry, by=actor.user)
        if call is None:
            progress.note_their_call(inquiry.pk, by=actor.user, at=at)
        facts = {"topic": topic, "way": inquiry.came_by, "capacity": capacity}
        about = [call.label] if call else []
        written = event(rule.event, actor=actor, at=at, subject=inquiry.label, about=about, facts=facts)
        said = answer_by == Inquiry.Answer.PHONE
        given: dict[str, Any] = {"tracking": tracking, "next_on": next_on, "said": said, "by": actor.user}
        telling.tell(inquiry, Word.Kind.RECEIPT, event=written, at=at, channel=answer_by, **given)
        inquiry.refresh_from_db()
        return inquiry, tracking


def _refuse_channel(statement: Statement, answer_by: str, *, may_lack_number: bool) -> None:
    """A direct number is asked for in every call; whatever was chosen for the answers has to reach the inquirer.

    `may_lack_number`: it is on record that the caller was asked and gave none. Who cannot or will not be called is
    taken down all the same, and hears from us by mail or letter.
    """
    wrong = {}
    is_needed = not may_lack_number or answer_by == Inquiry.Answer.PHONE or bool(statement.own_phone)
    if is_needed and find_phone(statement.own_phone) is None:
        wrong["own_phone"] = _("Ask for a direct number to call back, with its area code: 03-1234-5678.")
    if answer_by not in Inquiry.Answer.values:
        wrong["answer_by"] = _("Choose how we shall answer.")
    if answer_by == Inquiry.Answer.MAIL and not statement.mail:
        wrong["mail"] = _("Ask for the mail address, or answer by phone.")
    if answer_by == Inquiry.Answer.LETTER and enveloping.find_envelope(statement) is None:
        wrong["address"] = _("Ask for name, postal code and address to which a letter can go.")
    if wrong:
        raise Refused(next(iter(wrong.values())), wrong)


def record_needs(inquiry_pk: int, *, needs: Needs, actor: Actor, at: datetime) -> Inquiry:
    """Keep what somebody with a disability wishes of us, for whoever gets in touch. The event names none of it.

    Raises `NotAllowed`, `WrongState`, `Refused` for a wish that is not on the list.
    """
    with transaction.atomic(durable=True):
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_pk)
        rule = check(TABLE, "record_needs", inquiry, actor)
        if set(needs.chosen) - set(Need.values):
            words = _("Choose from the list, and put the rest into words.")
            raise Refused(words, {"chosen": words})
        inquiry.sealed_needs = needs.sealed()
        inquiry.save(update_fields=["sealed_needs"])
        event(rule.event, actor=actor, at=at, subject=inquiry.label)
        return inquiry
