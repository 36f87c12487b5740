"""A contractor asks for a mandate, the clock brings the question, and asking to go on (procedure.md B6)."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.models import Organisation
from accounts.rulebook import check
from audit.record import System, event
from handover import mandate_sides, notices, representing
from handover.mandate_steps import find_made, lock, new_number, read_numbers, refuse_end, refuse_scope, write
from handover.models import Mandate, MandateRegistration
from handover.queries import mandates as queries
from handover.rules import TABLE
from handover.rules.mandates import OPEN_QUESTIONS, RENEWAL_DAYS, latest_end, may_be_renewed


def ask_mandate(
    *,
    customer: str,
    registrations: Sequence[str],
    scope: int,
    settings: Collection[str],
    ends_on: date,
    reason: str,
    token: UUID,
    actor: Actor,
    at: datetime,
) -> Mandate:
    """Ask a customer, named by corporate number or exact legal name, for a mandate on registrations by number.

    Nothing is looked up here, so answer and time are the same whether or not there is such a customer: the clock does
    (`deliver_mandate`). `ends_on` is the last day. `token` is the form's own: a second press gives back the first.
    Raises `NotAllowed`, `Refused` with the field's name.
    """
    with transaction.atomic(durable=True):
        # Two questions at once would each count the other as not there.
        Organisation.objects.select_for_update(no_key=True).get(pk=actor.organisation.pk)
        blank = Mandate(contractor=actor.organisation)
        rule = check(TABLE, "ask_mandate", blank, actor)
        if standing := find_made(token, actor):
            return standing
        today = timezone.localdate(at)
        refuse_scope(scope, settings)
        representing.refuse_asked(scope)
        refuse_end(ends_on, today)
        named = read_numbers(registrations)
        _refuse_many(actor)
        made = Mandate.objects.create(
            number=new_number(at),
            contractor=actor.organisation,
            scope=scope,
            settings=sorted(settings),
            starts_on=today,
            ends_on=ends_on,
            reason=reason,
            named_customer=customer.strip(),
            named_registrations=named,
            asked_by=actor.user,
            asked_at=at,
            token=token,
        )
        write(rule, made, [], actor=actor, at=at, named=len(named))
        return made


def deliver_mandate(*, mandate_pk: int, actor: System, at: datetime) -> Mandate:
    """Look up what a question names and bring it to the customer's administrators and the custodians concerned.

    When there is no such customer, or none of the registrations is its own, the question stays as it is and nobody is
    told. Raises `WrongState` when that was done.
    """
    with transaction.atomic(durable=True):
        mandate = Mandate.objects.select_for_update(no_key=True).get(pk=mandate_pk)
        rule = check(TABLE, "deliver_mandate", mandate, actor)
        if mandate.looked_up_at:
            raise WrongState(_("This question has been brought already. Nothing was changed."))
        found = queries.find_named(mandate)
        mandate.looked_up_at = at
        mandate.customer = found[0].organisation if found else None
        mandate.save(update_fields=["looked_up_at", "customer"])
        MandateRegistration.objects.bulk_create(
            MandateRegistration(mandate=mandate, registration=registration) for registration in found
        )
        # Not in the contractor's history: what was found is not for it to know.
        about = [f"organisation:{mandate.customer_id}", *(one.label for one in found)] if found else []
        facts = {"registrations": len(found)}
        written = event(rule.event, actor=actor, at=at, subject=mandate.label, about=about, facts=facts)
        people = mandate_sides.of_customer(mandate, found)
        notices.tell("mandate_asked", people, event=written, at=at, mandate=mandate, registrations=found)
        return mandate


def renew_mandate(*, mandate_pk: int, actor: Actor, at: datetime) -> Mandate:
    """Ask the customer to go on for up to twelve months after the end; returns the question, a row of its own.

    From `RENEWAL_DAYS` before the last day. Raises `NotAllowed`, `WrongState` (too early, over, asked already).
    """
    with transaction.atomic(durable=True):
        mandate, registrations = lock(mandate_pk)
        rule = check(TABLE, "renew_mandate", mandate, actor)
        if not may_be_renewed(mandate, timezone.localdate(at)):
            raise WrongState(
                _("A mandate can be renewed in its last %(days)d days. Nothing was changed.") % {"days": RENEWAL_DAYS}
            )
        starts_on = mandate.ends_on + timedelta(days=1)
        made = Mandate(
            number=new_number(at),
            customer=mandate.customer,
            contractor=mandate.contractor,
            scope=mandate.scope,
            settings=mandate.settings,
            representative=mandate.representative,
            starts_on=starts_on,
            ends_on=latest_end(starts_on),
            reason=mandate.reason,
            named_customer=mandate.customer_name,
            named_registrations=[registration.number for registration in registrations],
            asked_by=actor.user,
            asked_at=at,
            looked_up_at=at,
            renewed_from=mandate,
        )
        _insert_renewal(made)
        MandateRegistration.objects.bulk_create(
            MandateRegistration(mandate=made, registration=registration) for registration in registrations
        )
        written = write(rule, made, registrations, actor=actor, at=at, renewed_from=mandate.number)
        people = mandate_sides.of_customer(made, registrations)
        notices.tell("mandate_asked", people, event=written, at=at, mandate=made, registrations=registrations)
        return made


def _refuse_many(actor: Actor) -> None:
    waiting = Mandate.objects.filter(contractor=actor.organisation, status=Mandate.Status.ASKED)
    if waiting.count() >= OPEN_QUESTIONS:
        raise Refused(
            _("You have %(count)d questions without an answer. Take one back first.") % {"count": OPEN_QUESTIONS}
        )


def _insert_renewal(made: Mandate) -> None:
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as clash:
        raise WrongState(_("You have asked to go on already. Nothing was changed.")) from clash
