"""A matter that is no claim ends, and is taken up again under the same number."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.rulebook import check
from audit.record import event
from desk import announcing, closing, progress, telling
from desk.models import Closing, Contact, Inquiry, Pause, Word
from desk.queries import promises
from desk.rules import TABLE
from handover.calendar import business_days_after


def close_inquiry(
    inquiry_pk: int, *, ground: str, agreed_by: str = "", agreed_how: str = "", actor: Actor, at: datetime
) -> Closing:
    """End a matter that is no claim, on one of three grounds and on no other.

    Agreed: `agreed_by` is who said so, `agreed_how` by which channel. Written: a formal answer of the provider has left
    that decides it, and two people let it leave. Unanswered: two reminders by two media have gone, and 30 days since.
    Raises `NotAllowed`; `WrongState` when it is closed or ends by acts of its own; `Refused` with the field's name.
    """
    with transaction.atomic(durable=True):
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_pk)
        rule = check(TABLE, "close_inquiry", inquiry, actor)
        _refuse_topic(inquiry)
        way = _refuse_ground(inquiry, ground, agreed_by, agreed_how, at)
        who, how = (agreed_by, agreed_how) if ground == Closing.Ground.AGREED else ("", "")
        made = closing.end(inquiry, ground, who=who, how=how, by=actor.user, at=at)
        facts = {"ground": ground, "how": how or way}
        written = event(rule.event, actor=actor, at=at, subject=inquiry.label, facts=facts)
        if way:
            telling.tell(inquiry, Word.Kind.CLOSED, event=written, at=at, channel=way, by=actor.user)
        return made


def _refuse_topic(inquiry: Inquiry) -> None:
    if inquiry.topic in closing.ENDS_ELSEWHERE:
        raise WrongState(_("This ends by its own acts: a claim by its decision, an explanation by its call."))


def _refuse_ground(inquiry: Inquiry, ground: str, agreed_by: str, agreed_how: str, at: datetime) -> str:
    """Return how the inquirer reads of the end, "" where not in writing; raise where the ground does not hold."""
    if ground == Closing.Ground.AGREED:
        closing.refuse_agreement(agreed_by, agreed_how)
        return str(Contact.Channel.MAIL) if inquiry.statement.mail else ""
    if ground == Closing.Ground.WRITTEN:
        if closing.find_answer(inquiry) is None:
            words = _("Write a formal answer first: a second person of the provider lets it leave.")
            raise Refused(words, {"ground": words})
    elif ground != Closing.Ground.UNANSWERED:
        words = _("Choose why it ends.")
        raise Refused(words, {"ground": words})
    elif not closing.may_end_unanswered(inquiry, at):
        words = _("Two reminders by two media, and 30 days after the second: before that nobody's silence ends this.")
        raise Refused(words, {"ground": words})
    return telling.writes_to(inquiry)


def reopen_inquiry(inquiry_pk: int, *, actor: Actor, at: datetime) -> Inquiry:
    """Take a matter up again under the same number, within 180 days of its end; its calendar begins anew.

    Raises `NotAllowed`; `WrongState` when it is open, too old, or a claim, which has its own way.
    """
    with transaction.atomic(durable=True):
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_pk)
        rule = check(TABLE, "reopen_inquiry", inquiry, actor)
        _refuse_topic(inquiry)
        if inquiry.closed_at is None or inquiry.closed_at + promises.REOPEN_WITHIN < at:
            raise WrongState(_("It ended more than 180 days ago. Take it down as a new inquiry."))
        next_on = business_days_after(timezone.localdate(at), progress.ANSWER_WITHIN)
        progress.reopen(inquiry.pk, stage=Inquiry.Stage.LOOKING, turn=Inquiry.Turn.DESK, next_on=next_on, at=at)
        telling.heard(inquiry.pk, at)
        Closing.objects.filter(inquiry=inquiry, reopened_at=None).update(reopened_at=at, reopened_by=actor.user)
        event(rule.event, actor=actor, at=at, subject=inquiry.label)
        inquiry.refresh_from_db()
        return inquiry


def remind_inquirer(inquiry_pk: int, *, medium: str, note: str = "", actor: Actor, at: datetime) -> Word:
    """Remind an inquirer who does not answer: by mail, letter or phone, where `note` says what was said or left.

    A call was announced before. Raises `NotAllowed`, `WrongState`, `Refused` (no such way to this inquirer, a call
    without words or without its announcement).
    """
    with transaction.atomic(durable=True):
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_pk)
        rule = check(TABLE, "remind_inquirer", inquiry, actor)
        _refuse_topic(inquiry)
        _refuse_medium(inquiry, medium, note)
        if medium == Contact.Channel.PHONE:
            progress.note(
                inquiry.pk,
                text=note,
                at=at,
                direction=Contact.Direction.OUT,
                channel=medium,
                party=Contact.Party.CLAIMANT,
                by=actor.user,
                intention=announcing.use(inquiry, channel=medium, actor=actor, at=at),
            )
        written = event(rule.event, actor=actor, at=at, subject=inquiry.label, facts={"medium": medium})
        said = medium == Contact.Channel.PHONE
        return telling.tell(inquiry, Word.Kind.REMINDER, event=written, at=at, channel=medium, by=actor.user, said=said)


def _refuse_medium(inquiry: Inquiry, medium: str, note: str) -> None:
    words = ""
    if medium not in (Contact.Channel.MAIL, Contact.Channel.LETTER, Contact.Channel.PHONE):
        words = _("Choose a way from the list.")
    elif not telling.reaches(inquiry, medium):
        words = _("The inquirer gave nothing by which this way would reach them, or asked us not to use it.")
    elif medium == Contact.Channel.PHONE and not note.strip():
        words = _("Write down what was said, or what was left as a message.")
        raise Refused(words, {"note": words})
    if words:
        raise Refused(words, {"medium": words})


def pause_clock(inquiry_pk: int, *, reason: str, actor: Actor, at: datetime) -> Pause:
    """Let our clock stand still for a reason on the list. The inquirer goes on hearing from us.

    Raises `NotAllowed`; `WrongState` when it stands still already; `Refused` for a reason that is not on the list.
    """
    with transaction.atomic(durable=True):
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_pk)
        rule = check(TABLE, "pause_clock", inquiry, actor)
        _refuse_topic(inquiry)
        if reason not in Pause.Reason.values:
            words = _("Choose a reason from the list: the clock stops for no other.")
            raise Refused(words, {"reason": words})
        if Pause.objects.filter(inquiry=inquiry, ended_at=None).exists():
            raise WrongState(_("The clock stands still already. Nothing was changed."))
        made = Pause.objects.create(inquiry=inquiry, reason=reason, begun_at=at, begun_by=actor.user)
        event(rule.event, actor=actor, at=at, subject=inquiry.label, facts={"reason": reason})
        return made


def resume_clock(inquiry_pk: int, *, actor: Actor, at: datetime) -> Pause:
    """Let our clock run again. Raises `NotAllowed`; `WrongState` when it runs."""
    with transaction.atomic(durable=True):
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_pk)
        rule = check(TABLE, "resume_clock", inquiry, actor)
        found = Pause.objects.filter(inquiry=inquiry, ended_at=None).first()
        if found is None:
            raise WrongState(_("The clock runs. Nothing was changed."))
        found.ended_at, found.ended_by = at, actor.user
        found.save(update_fields=["ended_at", "ended_by"])
        event(rule.event, actor=actor, at=at, subject=inquiry.label, facts={"reason": found.reason})
        return found
