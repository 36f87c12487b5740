"""The inquirer does not agree that it is settled, and says so without calling."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import Refused, WrongState
from accounts.rulebook import check
from audit.record import Public, event
from desk import belonging, progress, taking_up, telling
from desk.models import Closing, Contact, Hold, Inquiry, Pause, Word
from desk.rules import TABLE
from handover import notices
from outbox import cipher


def take_up_again(inquiry_pk: int, *, words: str, actor: Public, at: datetime) -> Hold:
    """Take up again what was ended, or whose promise was closed, in the inquirer's own words, as a new promise.

    The words become what the inquirer wants of the new promise. An ended matter is open again under its number, its
    calendar begins anew. Receipt number and tracking code were asked by the page. Raises `NotAllowed`, `Refused`
    without words; `WrongState` where nothing ended within 180 days, or nobody is there to see to it.
    """
    with transaction.atomic(durable=True):
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_pk)
        rule = check(TABLE, "take_up_again", inquiry, actor)
        if not words.strip():
            empty = _("Write in your own words what is not settled. One sentence will do.")
            raise Refused(empty, {"words": empty})
        until = taking_up.until(inquiry, taking_up.agreement_of(inquiry))
        owner = taking_up.find_owner(inquiry)
        if until is None or at >= until or owner is None:
            raise WrongState(_("This cannot be taken up again here. Please call us, or begin anew."))
        promised = taking_up.promise(inquiry, at)
        made = Hold.objects.create(
            inquiry=inquiry, owner=owner, sealed_wish=cipher.encrypt(words.strip()), opened_at=at, **promised
        )
        _stand(inquiry, made, at)
        facts = {"owner": owner.label, "until": made.promised_until.isoformat(), "next_action": made.next_action}
        written = event(rule.event, actor=actor, at=at, subject=inquiry.label, facts=facts)
        notices.tell("inquiry_taken_up", [owner], event=written, at=at, inquiry=inquiry, hold=made)
        if telling.way_to(inquiry) != Contact.Channel.PHONE:
            telling.tell(inquiry, Word.Kind.UPDATE, event=written, at=at, next_on=inquiry.next_on)
        return made


def _stand(inquiry: Inquiry, made: Hold, at: datetime) -> None:
    """The new promise is the next date; a pause that waited for the inquirer is over."""
    was_closed = inquiry.closed_at is not None
    turn, next_on = taking_up.turn_of(made.owner), timezone.localdate(made.promised_until)
    stage = Inquiry.Stage.LOOKING
    progress.settle(inquiry.pk, at=at)
    if was_closed:
        progress.reopen(inquiry.pk, stage=stage, turn=turn, next_on=next_on, at=at)
        Closing.objects.filter(inquiry=inquiry, reopened_at=None).update(reopened_at=at)
        telling.heard(inquiry.pk, at)
    else:
        progress.stand(inquiry.pk, stage=stage, turn=turn, next_on=next_on)
        waits = Pause.objects.filter(inquiry=inquiry, ended_at=None, reason__in=progress.WAITS_FOR_INQUIRER)
        waits.update(ended_at=at)
    Inquiry.objects.filter(pk=inquiry.pk).update(status=Inquiry.Status.HELD)
    belonging.follow([inquiry.pk], owner=made.owner)
    inquiry.refresh_from_db()
