"""Promises to come back."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.models import Membership, OrganisationKind, User
from accounts.rulebook import check
from audit.record import event
from desk import belonging, closing, progress
from desk.models import Contact, Hold, Inquiry, Needs, Site
from desk.rules import TABLE
from handover import notices
from handover.calendar import business_days_after
from outbox import cipher

TURNS: dict[str, Inquiry.Turn] = {
    Hold.Reason.WAITING_PAPERS: Inquiry.Turn.INQUIRER,
    Hold.Reason.WAITING_PROVIDER: Inquiry.Turn.PROVIDER,
}
"""Whose turn it is by the reason of a promise; else the desk's. Of a claim, recovery says it."""


def hold(
    inquiry_pk: int,
    *,
    reason: str,
    owner: User,
    next_action: str,
    promised_from: datetime,
    promised_until: datetime,
    wish: str,
    actor: Actor,
    at: datetime,
) -> Hold:
    """Promise the inquirer to come back: who, what next, and between when. An earlier hold ends, followed by this one.

    `wish` is what the inquirer wants. The promise becomes the next date of the inquiry, which is at the desk of whoever
    owns it.
    Raises `NotAllowed`, `WrongState`, `Refused` with the field's name.
    """
    with transaction.atomic(durable=True):
        # Whoever leaves at this moment leaves no promise behind.
        owner = User.objects.select_for_update(no_key=True).get(pk=owner.pk)
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_pk)
        rule = check(TABLE, "hold", inquiry, actor)
        _refuse_promise(promised_from, promised_until, at)
        _refuse_owner(owner, actor)
        _refuse_call(inquiry, next_action, promised_from, promised_until)
        before = _end_earlier(inquiry, actor, at)
        made = Hold.objects.create(
            inquiry=inquiry,
            reason=reason,
            owner=owner,
            next_action=next_action,
            promised_from=promised_from,
            promised_until=promised_until,
            sealed_wish=cipher.encrypt(wish),
            opened_by=actor.user,
            opened_at=at,
        )
        _stand(inquiry, made, at)
        belonging.follow([inquiry.pk], owner=owner)
        facts = {"reason": reason, "next_action": next_action, "owner": owner.label}
        facts["until"] = promised_until.isoformat()
        written = event(rule.event, actor=actor, at=at, subject=inquiry.label, facts=facts)
        if before and belonging.left_the_desk(before.owner, made.owner):
            notices.tell("hold_elsewhere", [before.owner], event=written, at=at, inquiry=inquiry)
        return made


def _end_earlier(inquiry: Inquiry, actor: Actor, at: datetime) -> Hold | None:
    """End the promise that this one follows; return it, None where there was none."""
    found = Hold.objects.filter(inquiry=inquiry, closed_at=None).select_related("owner").first()
    if found is not None:
        found.closed_at, found.closed_by, found.outcome = at, actor.user, Hold.Outcome.FOLLOWED
        found.save(update_fields=["closed_at", "closed_by", "outcome"])
    return found


def _stand(inquiry: Inquiry, made: Hold, at: datetime) -> None:
    """The promise becomes the next date; of a claim recovery says stage and turn."""
    progress.settle(inquiry.pk, at=at)
    inquiry.status, inquiry.next_on = Inquiry.Status.HELD, timezone.localdate(made.promised_until)
    inquiry.save(update_fields=["status", "next_on"])
    if inquiry.topic not in closing.ENDS_ELSEWHERE:
        turn = TURNS.get(made.reason, Inquiry.Turn.DESK)
        progress.stand(inquiry.pk, stage=Inquiry.Stage.LOOKING, turn=turn, next_on=inquiry.next_on)


def _refuse_promise(promised_from: datetime, promised_until: datetime, at: datetime) -> None:
    if promised_until <= promised_from or promised_from < at:
        words = _("Promise a time that lies ahead: from when, and until when after that.")
        raise Refused(words, {"promised_until": words})


def _refuse_owner(owner: User, actor: Actor) -> None:
    staff = [OrganisationKind.AGENCY, OrganisationKind.PROVIDER]
    rows = Membership.objects.current().filter(user=owner, organisation__kind__in=staff)
    if not rows.exclude(seat__site__status=Site.Status.FAILED).exists():
        words = _("The owner must be somebody of the desk or of the provider.")
        raise Refused(words, {"owner": words})
    if not belonging.may_own(owner, actor):
        words = str(belonging.ONLY_OWN)
        raise Refused(words, {"owner": words})


def _refuse_call(inquiry: Inquiry, next_action: str, promised_from: datetime, promised_until: datetime) -> None:
    """Nobody promises a call to whoever wishes for none, or on a day on which the inquirer asked us not to call."""
    if next_action != Hold.NextAction.CALL:
        return
    if Needs.opened(inquiry.sealed_needs).forbids(Contact.Channel.PHONE):
        words = _("The inquirer wishes for no phone calls. Promise to write.")
        raise Refused(words, {"next_action": words})
    first, last = timezone.localdate(promised_from), timezone.localdate(promised_until)
    barred = [date.fromisoformat(day) for day in inquiry.statement.not_on.split()]
    if any(day in barred for day in (first, last)):
        words = _("The inquirer asked us not to call on this day. Choose another one.")
        raise Refused(words, {"promised_until": words})


def close_hold(hold_pk: int, *, outcome: str, agreed_by: str, agreed_how: str, actor: Actor, at: datetime) -> Hold:
    """Close a hold because the inquirer agreed; a written decision closes it by itself.

    `agreed_by` is who said so, as said, `agreed_how` by which channel (`Contact.Channel`): without both nobody agreed.
    Without a promise the inquirer hears from us within five business days. Raises `NotAllowed`, `WrongState`,
    `Refused` for another outcome.
    """
    with transaction.atomic(durable=True):
        pk = Hold.objects.values_list("inquiry_id", flat=True).get(pk=hold_pk)
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=pk)
        rule = check(TABLE, "close_hold", inquiry, actor)
        found = Hold.objects.get(pk=hold_pk)
        if found.closed_at:
            raise WrongState(_("This hold is closed already. Nothing was changed."))
        if outcome != Hold.Outcome.AGREED:
            words = _("A hold is closed when the inquirer agrees. A decision closes it by itself.")
            raise Refused(words, {"outcome": words})
        closing.refuse_agreement(agreed_by, agreed_how)
        found.closed_at, found.closed_by, found.outcome = at, actor.user, outcome
        found.agreed_how, found.sealed_agreed_by = agreed_how, cipher.encrypt(agreed_by.strip())
        found.save(update_fields=["closed_at", "closed_by", "outcome", "agreed_how", "sealed_agreed_by"])
        progress.settle(inquiry.pk, at=at)
        inquiry.status = Inquiry.Status.OPEN
        inquiry.next_on = business_days_after(timezone.localdate(at), progress.SILENCE)
        inquiry.save(update_fields=["status", "next_on"])
        facts = {"outcome": outcome, "how": agreed_how}
        event(rule.event, actor=actor, at=at, subject=inquiry.label, facts=facts)
        return found
