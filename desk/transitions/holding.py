"""Promises to come back."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.models import Membership, OrganisationKind, User
from accounts.rulebook import check
from audit.record import event
from desk import progress
from desk.models import Hold, Inquiry, Site
from desk.rules import TABLE
from handover.calendar import business_days_after
from outbox import cipher


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

    `wish` is what the inquirer wants. The promise becomes the next date of the inquiry.
    Raises `NotAllowed`, `WrongState`, `Refused` with the field's name.
    """
    with transaction.atomic(durable=True):
        # Whoever leaves at this moment leaves no promise behind.
        owner = User.objects.select_for_update(no_key=True).get(pk=owner.pk)
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_pk)
        rule = check(TABLE, "hold", inquiry, actor)
        _refuse_promise(promised_from, promised_until, owner, at)
        Hold.objects.filter(inquiry=inquiry, closed_at=None).update(
            closed_at=at, closed_by=actor.user, outcome=Hold.Outcome.FOLLOWED
        )
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
        inquiry.status, inquiry.next_on = Inquiry.Status.HELD, timezone.localdate(promised_until)
        inquiry.save(update_fields=["status", "next_on"])
        facts = {
            "reason": reason,
            "next_action": next_action,
            "owner": owner.label,
            "until": promised_until.isoformat(),
        }
        event(rule.event, actor=actor, at=at, subject=inquiry.label, facts=facts)
        return made


def _refuse_promise(promised_from: datetime, promised_until: datetime, owner: User, at: datetime) -> None:
    if promised_until <= promised_from or promised_from < at:
        words = _("Promise a time that lies ahead: from when, and until when after that.")
        raise Refused(words, {"promised_until": words})
    staff = [OrganisationKind.AGENCY, OrganisationKind.PROVIDER]
    rows = Membership.objects.current().filter(user=owner, organisation__kind__in=staff)
    if not rows.exclude(seat__site__status=Site.Status.FAILED).exists():
        words = _("The owner must be somebody of the desk or of the provider.")
        raise Refused(words, {"owner": words})


def close_hold(hold_pk: int, *, outcome: str, actor: Actor, at: datetime) -> Hold:
    """Close a hold because the inquirer agreed; a written decision closes it by itself.

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
        found.closed_at, found.closed_by, found.outcome = at, actor.user, outcome
        found.save(update_fields=["closed_at", "closed_by", "outcome"])
        inquiry.status = Inquiry.Status.OPEN
        inquiry.next_on = business_days_after(timezone.localdate(at), progress.SILENCE)
        inquiry.save(update_fields=["status", "next_on"])
        event(rule.event, actor=actor, at=at, subject=inquiry.label, facts={"outcome": outcome})
        return found
