"""What the clock tells of by itself: overdue promises climb, nobody is left in silence. It decides nothing."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.errors import WrongState
from accounts.models import User
from accounts.rulebook import check
from audit.models import Event
from audit.record import System, event
from desk import progress, referring, telling
from desk.models import Climb, Hold, Inquiry, Referral, Word
from desk.queries import promises
from desk.queries.elapsed import elapsed
from desk.rules import TABLE
from handover import notices
from handover.calendar import business_days_after


def climb_hold(hold_pk: int, *, to: str, actor: System, at: datetime) -> Climb:
    """Tell of an overdue promise: to the supervisor at once, to a senior of the provider one business day later.

    Where nobody leads its owner it goes to the seniors at once. The promise stays as it is, and its owner's.
    Raises `WrongState` when it is not overdue, closed, or was told of.
    """
    with transaction.atomic(durable=True):
        pk = Hold.objects.values_list("inquiry_id", flat=True).get(pk=hold_pk)
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=pk)
        found = Hold.objects.select_related("owner").get(pk=hold_pk)
        rule = check(TABLE, "climb_hold", inquiry, actor)
        if not found.is_overdue(at) or Climb.objects.filter(hold=found, to=to).exists():
            raise WrongState(_("This promise is not overdue, or it is known. Nothing was changed."))
        people = promises.leaders(found.owner) if to == Climb.To.SUPERVISOR else promises.seniors()
        if to == Climb.To.SUPERVISOR and not people:
            # Still a row of its own, so that the list of the seniors says that nobody stood between.
            Climb.objects.create(inquiry=inquiry, hold=found, to=to, why=Climb.Why.OVERDUE, at=at, settled_at=at)
            to, people = Climb.To.SENIOR, promises.seniors()
        made = Climb.objects.create(inquiry=inquiry, hold=found, to=to, why=Climb.Why.OVERDUE, at=at)
        facts = {"hold": found.pk, "to": str(to), "owner": found.owner.label}
        written = event(rule.event, actor=actor, at=at, subject=inquiry.label, facts=facts)
        _tell(people, made, found, written, at)
        return made


def climb_referral(referral_pk: int, *, to: str, actor: System, at: datetime) -> Climb:
    """Tell of an inquirer passed on whom the other desk did not take in: its supervisors, then the seniors.

    As with a promise: at once, and one business day later; where the desk has no supervisor, the seniors at once.
    From the seniors on the inquirer reads that it is the provider's turn. Raises `WrongState` when it is not overdue,
    or was told of.
    """
    with transaction.atomic(durable=True):
        pk = Referral.objects.values_list("inquiry_id", flat=True).get(pk=referral_pk)
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=pk)
        found = Referral.objects.select_related("taker").get(pk=referral_pk)
        rule = check(TABLE, "climb_referral", inquiry, actor)
        if not found.is_overdue(at) or Climb.objects.filter(referral=found, to=to).exists():
            raise WrongState(_("This inquirer was taken in, or it is known. Nothing was changed."))
        why = Climb.Why.UNTAKEN
        people = promises.leaders_of(found.taker) if to == Climb.To.SUPERVISOR else promises.seniors()
        if to == Climb.To.SUPERVISOR and not people:
            # Still a row of its own, so that the list of the seniors says that nobody stood between.
            Climb.objects.create(inquiry=inquiry, referral=found, to=to, why=why, at=at, settled_at=at)
            to, people = Climb.To.SENIOR, promises.seniors()
        made = Climb.objects.create(inquiry=inquiry, referral=found, to=to, why=why, at=at)
        if to == Climb.To.SENIOR:
            referring.stand(inquiry, turn=Inquiry.Turn.PROVIDER, next_on=_keep_date_ahead(inquiry, at))
        facts = {"to": str(to), "desk": found.taker.label}
        written = event(rule.event, actor=actor, at=at, subject=inquiry.label, facts=facts)
        context = {"climb": made, "inquiry": inquiry, "hold": None, "referral": found}
        notices.tell("desk_climbed", people, event=written, at=at, **context)
        return made


def climb_inquiry(inquiry_pk: int, *, why: str, to: str, actor: System, at: datetime) -> Climb:
    """Tell of an inquirer who has heard nothing for five business days, or of a matter open for 35.

    A matter of 35 business days goes to the seniors, and the inquirer is told so. Raises `WrongState` when it is not
    so, or known.
    """
    with transaction.atomic(durable=True):
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_pk)
        rule = check(TABLE, "climb_inquiry", inquiry, actor)
        is_old = why == Climb.Why.OLD
        days = promises.SILENT_AFTER + (to == Climb.To.SENIOR)
        due = elapsed(inquiry, at) >= promises.OLD_AFTER if is_old else promises.is_silent(inquiry, at, days)
        if not due or Climb.objects.filter(inquiry=inquiry, why=why, to=to, settled_at=None).exists():
            raise WrongState(_("There is nothing to tell of, or it is known. Nothing was changed."))
        made = Climb.objects.create(inquiry=inquiry, to=to, why=why, at=at)
        hold = Hold.objects.filter(inquiry=inquiry, closed_at=None).select_related("owner").first()
        leads = promises.leaders(hold.owner) if hold else []
        people = promises.seniors() if to == Climb.To.SENIOR else leads or promises.leaders_at(inquiry)
        facts = {"why": why, "to": to}
        written = event(rule.event, actor=actor, at=at, subject=inquiry.label, facts=facts)
        _tell(people, made, hold, written, at)
        if is_old:
            next_on = _keep_date_ahead(inquiry, at)
            telling.tell(inquiry, Word.Kind.PASSED_ON, event=written, at=at, next_on=next_on)
        return made


def _tell(people: list[User], made: Climb, hold: Hold | None, written: Event, at: datetime) -> None:
    notices.tell("desk_climbed", people, event=written, at=at, climb=made, inquiry=made.inquiry, hold=hold)


def update_inquirer(inquiry_pk: int, *, actor: System, at: datetime) -> Word:
    """Say where it stands to somebody who heard nothing for four business days, with the next date.

    By mail or letter where that is the way; a call goes on the list of the desk. Raises `WrongState` when it is not
    due.
    """
    with transaction.atomic(durable=True):
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_pk)
        rule = check(TABLE, "update_inquirer", inquiry, actor)
        owed = Word.objects.filter(inquiry=inquiry, said_at=None).exists()
        if owed or not promises.is_silent(inquiry, at, promises.SPEAK_AFTER):
            raise WrongState(_("The inquirer heard from us. Nothing was changed."))
        next_on = _keep_date_ahead(inquiry, at)
        facts = {"way": telling.way_to(inquiry), "next_on": next_on.isoformat()}
        written = event(rule.event, actor=actor, at=at, subject=inquiry.label, facts=facts)
        return telling.tell(inquiry, Word.Kind.UPDATE, event=written, at=at, next_on=next_on)


def explain_delay(inquiry_pk: int, *, actor: System, at: datetime) -> Word:
    """Say to somebody who waits for 15 business days why it takes longer, with the next date.

    Raises `WrongState` when it is not due.
    """
    with transaction.atomic(durable=True):
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_pk)
        rule = check(TABLE, "explain_delay", inquiry, actor)
        since = inquiry.reopened_at or inquiry.received_at
        told = inquiry.words.filter(kind=Word.Kind.HOLDING, queued_at__gte=since)
        if told.exists() or elapsed(inquiry, at) < promises.HOLDING_AFTER:
            raise WrongState(_("This does not take long yet, or it was explained. Nothing was changed."))
        next_on = _keep_date_ahead(inquiry, at)
        hold = Hold.objects.filter(inquiry=inquiry, closed_at=None).first()
        with override(inquiry.language):
            why = str(hold.get_reason_display() if hold else _("We are still looking into it."))
        facts = {"reason": hold.reason if hold else "", "next_on": next_on.isoformat()}
        written = event(rule.event, actor=actor, at=at, subject=inquiry.label, facts=facts)
        return telling.tell(inquiry, Word.Kind.HOLDING, event=written, at=at, next_on=next_on, why=why)


def _keep_date_ahead(inquiry: Inquiry, at: datetime) -> date:
    """Return the next date; where it is over it is named anew: nobody waits longer for a word than promised."""
    today = timezone.localdate(at)
    if inquiry.next_on is None or inquiry.next_on <= today:
        inquiry.next_on = business_days_after(today, progress.SILENCE)
        progress.put_off(inquiry.pk, next_on=inquiry.next_on)
    return inquiry.next_on
