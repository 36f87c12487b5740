"""Contacts: each call, mail, letter or visit that somebody had."""

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.rulebook import check
from audit.record import event
from desk import announcing, progress
from desk.models import CallIntention, Contact, Inquiry
from desk.rules import TABLE


def note_contact(
    inquiry_pk: int, *, direction: str, channel: str, party: str, minutes: int, text: str, actor: Actor, at: datetime
) -> Contact:
    """Write down one call, mail, letter or visit that the actor had.

    What went out from us by phone, video or letter was announced before, see `announcing.use`. Raises `NotAllowed`,
    `WrongState`, `Refused` where it was not.
    """
    with transaction.atomic(durable=True):
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_pk)
        rule = check(TABLE, "note_contact", inquiry, actor)
        intention = None
        if direction == Contact.Direction.OUT and channel in CallIntention.Channel.values:
            intention = announcing.use(inquiry, channel=channel, actor=actor, at=at, minutes=minutes)
        made = progress.note(
            inquiry.pk,
            text=text,
            at=at,
            direction=direction,
            channel=channel,
            party=party,
            minutes=minutes,
            by=actor.user,
            intention=intention,
        )
        facts = {"direction": direction, "channel": channel, "party": party, "minutes": minutes}
        event(rule.event, actor=actor, at=at, subject=inquiry.label, facts=facts)
        return made
