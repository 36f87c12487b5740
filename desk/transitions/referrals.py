"""Desks, and inquirers passed on from one to another: nobody is sent round."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.models import Organisation, OrganisationKind
from accounts.rulebook import check
from audit.record import event
from desk import belonging, progress, referring
from desk.models import Affiliate, Inquiry, Referral
from desk.rules import TABLE
from desk.rules.referrals import last_of
from handover.calendar import business_days_after


def record_affiliate(*, organisation_pk: int, phone: str, hours: str, actor: Actor, at: datetime) -> Affiliate:
    """Put an agency on the list of desks, or change how it is reached. Raises `NotAllowed`, `Refused`."""
    with transaction.atomic(durable=True):
        rule = check(TABLE, "record_affiliate", None, actor)
        home = Organisation.objects.filter(pk=organisation_pk, kind=OrganisationKind.AGENCY).first()
        if home is None:
            words = _("Only an agency of this portal can be passed an inquirer.")
            raise Refused(words, {"organisation": words})
        given = {"phone": phone, "hours": hours, "until": None}
        made, _new = Affiliate.objects.update_or_create(
            organisation=home, defaults=given, create_defaults={**given, "since": at}
        )
        event(rule.event, actor=actor, at=at, subject=made.label)
        return made


def end_affiliate(affiliate_pk: int, *, actor: Actor, at: datetime) -> Affiliate:
    """Take a desk off the list; what it has stays with it. Raises `NotAllowed`, `WrongState`."""
    with transaction.atomic(durable=True):
        found = Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_pk)
        rule = check(TABLE, "end_affiliate", found, actor)
        if found.until:
            raise WrongState(_("This desk is off the list already. Nothing was changed."))
        found.until = at
        found.save(update_fields=["until"])
        event(rule.event, actor=actor, at=at, subject=found.label)
        return found


def refer_inquiry(inquiry_pk: int, *, affiliate_pk: int, reason: str, actor: Actor, at: datetime) -> Referral:
    """Pass an inquirer on under the same receipt number; the inquirer is told who has it and by when.

    From here on the other desk reads it, and this one no longer. A desk that had the inquirer before does not get the
    inquirer again. Raises `NotAllowed`, `WrongState`, `Refused`.
    """
    with transaction.atomic(durable=True):
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_pk)
        rule = check(TABLE, "refer_inquiry", inquiry, actor)
        last = last_of(inquiry)
        if last is not None and last.taken_at is None and last.returned_at is None:
            raise WrongState(_("This inquirer waits to be taken in. Take in first, or give back."))
        desk = Affiliate.objects.filter(pk=affiliate_pk, until=None).select_related("organisation").first()
        if desk is None or _had_it(inquiry, desk.organisation_id, actor):
            words = _(
                "This desk had the inquirer already: nobody is sent round. Choose another, or pass to the provider."
            )
            raise Refused(words, {"affiliate": words})
        made = Referral.objects.create(
            inquiry=inquiry,
            giver=actor.organisation,
            taker=desk.organisation,
            reason=reason,
            referred_by=actor.user,
            referred_at=at,
            promised_until=referring.promise(at),
        )
        belonging.bring(inquiry, desk.organisation)
        until = made.promised_until
        referring.stand(inquiry, turn=Inquiry.Turn.DESK, next_on=timezone.localdate(until))
        facts = {"from": actor.organisation_label, "to": desk.label, "reason": reason}
        about = [desk.label, actor.organisation_label]
        written = event(rule.event, actor=actor, at=at, subject=inquiry.label, about=about, facts=facts)
        referring.tell("inquiry_referred", inquiry, desk, until=until, event=written, at=at)
        return made


def _had_it(inquiry: Inquiry, home: int, actor: Actor) -> bool:
    pairs = inquiry.referrals.values_list("giver", "taker")
    return home in {actor.organisation.pk, *(one for pair in pairs for one in pair)}


def take_in_referral(inquiry_pk: int, *, actor: Actor, at: datetime) -> Referral:
    """Take in an inquirer who was passed on; from here on this desk answers, within two business days.

    Raises `NotAllowed`, `WrongState`.
    """
    with transaction.atomic(durable=True):
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_pk)
        rule = check(TABLE, "take_in_referral", inquiry, actor)
        found = _waiting(inquiry)
        found.taken_by, found.taken_at = actor.user, at
        found.save(update_fields=["taken_by", "taken_at"])
        next_on = business_days_after(timezone.localdate(at), progress.ANSWER_WITHIN)
        referring.stand(inquiry, turn=Inquiry.Turn.DESK, next_on=next_on)
        referring.settle(inquiry, at=at)
        event(rule.event, actor=actor, at=at, subject=inquiry.label, about=[actor.organisation_label])
        return found


def return_referral(inquiry_pk: int, *, reason: str, actor: Actor, at: datetime) -> Referral:
    """Give an inquirer back with a reason, once in the life of the inquiry; the inquirer is told.

    Raises `NotAllowed`, `WrongState` when it was taken in, `Refused` the second time.
    """
    with transaction.atomic(durable=True):
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_pk)
        rule = check(TABLE, "return_referral", inquiry, actor)
        found = _waiting(inquiry)
        if inquiry.referrals.exclude(returned_at=None).exists():
            words = _(
                "This inquirer was given back once already. Take in, and pass to the provider what you cannot answer."
            )
            raise Refused(words)
        found.returned_by, found.returned_at, found.return_reason = actor.user, at, reason
        found.save(update_fields=["returned_by", "returned_at", "return_reason"])
        belonging.bring(inquiry, found.giver)
        home = Affiliate.objects.filter(organisation=found.giver, until=None).select_related("organisation").first()
        until = referring.promise(at)
        referring.stand(inquiry, turn=Inquiry.Turn.DESK, next_on=timezone.localdate(until))
        referring.settle(inquiry, at=at)
        about = [found.giver.label, actor.organisation_label]
        written = event(rule.event, actor=actor, at=at, subject=inquiry.label, about=about, facts={"reason": reason})
        referring.tell("inquiry_given_back", inquiry, home, until=until, event=written, at=at)
        return found


def _waiting(inquiry: Inquiry) -> Referral:
    found = last_of(inquiry)
    if found is None or found.taken_at or found.returned_at:
        raise WrongState(_("Nobody waits to be taken in here. Nothing was changed."))
    return found
