"""A contractor owns up: the customer consents to one case, or does not."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.rulebook import check
from audit.record import Public, System, event
from desk import consenting
from desk.models import Check, Consent, Inquiry
from desk.rules import TABLE
from handover.models import Registration


def ask_consent(
    inquiry_pk: int, *, contractor: str, customer: str, wish: str, actor: Actor | Public, at: datetime
) -> Consent:
    """Take down whom a contractor works for, and what it wants the customer to consent to in this one case.

    Nothing is looked up: the row is the same whether or not the customer is one of ours. Raises `NotAllowed`,
    `WrongState` while another is open, as one is until its time is over to which the customer said no: that asking
    again is possible would tell that there is a customer who did.
    """
    with transaction.atomic(durable=True):
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_pk)
        rule = check(TABLE, "ask_consent", inquiry, actor)
        if Consent.objects.standing(at).filter(inquiry=inquiry).exists():
            raise WrongState(_("The customer is being asked already. Nothing was changed."))
        made = Consent.objects.create(
            inquiry=inquiry,
            sealed=consenting.sealed(contractor, customer, wish),
            asked_by=actor.user if isinstance(actor, Actor) else None,
            asked_at=at,
            expires_at=at + consenting.LASTS,
        )
        inquiry.capacity_stated = Inquiry.Capacity.CONTRACTOR
        inquiry.save(update_fields=["capacity_stated"])
        event(rule.event, actor=actor, at=at, subject=inquiry.label, about=[made.label])
        return made


def _locked(consent_pk: int) -> Consent:
    """Return the consent, its row and that of its inquiry locked: inquiries first."""
    inquiry_pk = Consent.objects.values_list("inquiry_id", flat=True).get(pk=consent_pk)
    Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_pk)
    rows = Consent.objects.select_for_update(no_key=True, of=("self",)).select_related("inquiry", "registration")
    return rows.get(pk=consent_pk)


def link_consent(consent_pk: int, *, registration_number: str, actor: Actor, at: datetime) -> Consent:
    """Say which registration is meant; whoever is in charge and the administrators are asked.

    The desk never does this, nor reads that it was done: the time to answer ends when it would have ended for somebody
    unknown. Raises `NotAllowed`, `WrongState`, `Refused`.
    """
    with transaction.atomic(durable=True):
        found = _locked(consent_pk)
        rule = check(TABLE, "link_consent", found, actor)
        if at >= found.expires_at:
            raise WrongState(_("The time to answer is over. Nothing was changed."))
        held = Registration.objects.filter(number=registration_number, status=Registration.Status.ACTIVE).first()
        if held is None:
            words = _("There is no active registration with this number.")
            raise Refused(words, {"registration_number": words})
        found.registration, found.status = held, Consent.Status.LINKED
        found.linked_by, found.linked_at = actor.user, at
        found.save(update_fields=["registration", "status", "linked_by", "linked_at"])
        about = [found.inquiry.label, held.label]
        written = event(rule.event, actor=actor, at=at, subject=found.label, about=about)
        consenting.ask(found, event=written, at=at)
        return found


def answer_consent(consent_pk: int, *, consents: bool, actor: Actor, at: datetime) -> Check:
    """Consent to this one case, or not; it stands as a check of this inquiry alone and in the customer's history.

    A yes counts for thirty days. Raises `NotAllowed`, `WrongState` when it was answered or its time is over.
    """
    with transaction.atomic(durable=True):
        found = _locked(consent_pk)
        rule = check(TABLE, "answer_consent", found, actor)
        if at >= found.expires_at or found.inquiry.closed_at:
            raise WrongState(_("The time to answer is over. Nothing was changed."))
        found.status = Consent.Status.GIVEN if consents else Consent.Status.DECLINED
        found.answered_by, found.answered_at = actor.user, at
        found.expires_at = at + consenting.LASTS if consents else found.expires_at
        found.save(update_fields=["status", "answered_by", "answered_at", "expires_at"])
        made = Check.objects.create(
            inquiry=found.inquiry,
            kind=Check.Kind.CONSENT,
            result=Check.Result.ENOUGH if consents else Check.Result.NOT_ENOUGH,
            by=actor.user,
            about=actor.user,
            at=at,
        )
        held = found.registration
        about = [found.inquiry.label, *([held.label] if held else [])]
        facts = {"given": consents}
        written = event(rule.event, actor=actor, at=at, subject=found.label, about=about, facts=facts)
        if consents:
            consenting.tell_asker(found, given=True, event=written, at=at)
        return made


def expire_consent(consent_pk: int, *, actor: System, at: datetime) -> Consent:
    """End a consent whose thirty days are over; the contractor is told alike, on one day, of every one not given.

    Raises `NotAllowed`, `WrongState` before its time.
    """
    with transaction.atomic(durable=True):
        found = _locked(consent_pk)
        rule = check(TABLE, "expire_consent", found, actor)
        if at < found.expires_at:
            raise WrongState(_("Its time is not over. Nothing was changed."))
        was_given = found.status == Consent.Status.GIVEN
        found.status = Consent.Status.EXPIRED
        found.save(update_fields=["status"])
        held = found.registration
        about = [found.inquiry.label, *([held.label] if held else [])]
        written = event(rule.event, actor=actor, at=at, subject=found.label, about=about)
        if not was_given and found.inquiry.closed_at is None:
            consenting.tell_asker(found, given=False, event=written, at=at)
        return found
