"""Inquiries that are no claim: taken down in a call."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.actors import Actor
from accounts.rulebook import check
from audit.record import event
from desk import calling, progress
from desk.models import Inquiry, Statement
from desk.rules import TABLE
from handover.calendar import business_days_after


def open_inquiry(
    *, topic: str, statement: Statement, capacity: str, answer_by: str, language: str, actor: Actor, at: datetime
) -> tuple[Inquiry, str]:
    """Take down what somebody asks on the phone; returns the inquiry with its tracking code, which is kept nowhere.

    Nothing is looked up: the row is the same whether or not anybody is a customer. Whoever takes it down spoke with
    the inquirer: the running call is about it from now on, and is written down as a contact when it ends.
    Raises `NotAllowed`.
    """
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
        )
        progress.stand(inquiry.pk, stage=Inquiry.Stage.RECEIVED, turn=Inquiry.Turn.DESK, next_on=next_on)
        call = calling.attach(inquiry, by=actor.user)
        if call is None:
            progress.note_their_call(inquiry.pk, by=actor.user, at=at)
        facts = {"topic": topic, "way": inquiry.came_by, "capacity": capacity}
        about = [call.label] if call else []
        event(rule.event, actor=actor, at=at, subject=inquiry.label, about=about, facts=facts)
        inquiry.refresh_from_db()
        return inquiry, tracking
