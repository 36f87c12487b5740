"""The customer's answer to a question for a mandate, and mandates granted without a question (procedure.md B6)."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused
from accounts.models import Organisation
from accounts.rulebook import check
from handover import mandate_sides, notices, representing
from handover.mandate_steps import (
    find_made,
    grant,
    lock,
    new_number,
    read_numbers,
    refuse_closed_or_blocked,
    refuse_end,
    refuse_scope,
    write,
)
from handover.models import Custody, Mandate, MandateRegistration, Registration
from handover.queries import mandates as queries
from handover.rules import TABLE


def approve_mandate(
    *,
    mandate_pk: int,
    registrations: Collection[int],
    scope: int,
    settings: Collection[str],
    ends_on: date,
    actor: Actor,
    at: datetime,
) -> Mandate:
    """Grant what was asked for, or less of it: fewer `registrations` (keys), a smaller scope, an earlier last day.

    A custodian decides for the own registrations only; the others of the same question go on as a question of their
    own, which names what the first one named, so that the contractor does not learn which of them exist. What is one's
    own and not chosen is not granted. The view has made the fresh check. Raises `NotAllowed`, `WrongState`, `Refused`.
    """
    with transaction.atomic(durable=True):
        mandate, _locked = lock(mandate_pk)
        rule = check(TABLE, "approve_mandate", mandate, actor)
        own, others = _sides_of_question(mandate, actor)
        chosen = [row for row in own if row.registration_id in registrations]
        if not chosen or set(registrations) - {row.registration_id for row in own}:
            words = _("Choose at least one registration, and only those you decide on.")
            raise Refused(words, {"registrations": words})
        today = timezone.localdate(at)
        starts_on = max(mandate.starts_on, today)
        _refuse_wider(mandate, scope, settings, ends_on, starts_on)
        granted = [row.registration for row in chosen]
        refuse_closed_or_blocked(granted, scope, at=at)
        rest = _leave_rest(mandate, own, others, actor, at=at)
        MandateRegistration.objects.filter(pk__in=[row.pk for row in chosen]).update(since=at)
        left = [row.pk for row in (*own, *others) if row not in chosen]
        MandateRegistration.objects.filter(pk__in=left).update(until=at)
        mandate.representative = representing.renewed(mandate, scope, granted, actor)
        mandate.scope, mandate.settings = scope, sorted(settings)
        mandate.starts_on, mandate.ends_on = starts_on, ends_on
        grant(mandate, actor, at=at)
        more = {"rest": rest.number} if rest else {}
        written = write(rule, mandate, granted, actor=actor, at=at, not_granted=len(own) - len(chosen), **more)
        mandate_sides.tell("mandate_granted", mandate, granted, event=written, at=at)
        return mandate


def decline_mandate(*, mandate_pk: int, reason: str, actor: Actor, at: datetime) -> Mandate:
    """Do not grant what was asked for; a custodian says so for the own registrations only.

    The contractor is told when nobody is left to ask. Raises `NotAllowed`, `WrongState`.
    """
    with transaction.atomic(durable=True):
        mandate, _locked = lock(mandate_pk)
        rule = check(TABLE, "decline_mandate", mandate, actor)
        own, others = _sides_of_question(mandate, actor)
        refused = [row.registration for row in own]
        MandateRegistration.objects.filter(pk__in=[row.pk for row in own]).update(until=at)
        if not others:
            mandate.status, mandate.ended_at, mandate.ended_by = Mandate.Status.DECLINED, at, actor.user
            mandate.end_reason = reason
            mandate.save(update_fields=["status", "ended_at", "ended_by", "end_reason"])
        written = write(rule, mandate, refused, actor=actor, at=at, waiting=len(others))
        contractor = mandate_sides.of_contractor(mandate) if not others else []
        people = [*mandate_sides.of_customer(mandate, refused), *contractor]
        notices.tell("mandate_declined", people, event=written, at=at, mandate=mandate)
        return mandate


def grant_mandate(
    *,
    contractor: str,
    registrations: Sequence[str],
    scope: int,
    settings: Collection[str],
    ends_on: date,
    reason: str,
    token: UUID,
    actor: Actor,
    at: datetime,
    representative: str = "",
) -> Mandate:
    """Give a contractor, found by corporate number or exact legal name, a mandate from today to `ends_on`.

    Administrators on any active registration of the customer, custodians on what they hold. `representative` is the
    mail address of who of the contractor stands for the person in charge, with the widest scope only. The view has
    made the fresh check. Raises `NotAllowed`, `WrongState`, `Refused` with the field's name.
    """
    with transaction.atomic(durable=True):
        rule = check(TABLE, "grant_mandate", Mandate(customer=actor.organisation), actor)
        if standing := find_made(token, actor):
            return standing
        receiver = _contractor(contractor)
        today = timezone.localdate(at)
        refuse_scope(scope, settings)
        refuse_end(ends_on, today)
        own = _lock_own(read_numbers(registrations), actor)
        refuse_closed_or_blocked(own, scope, at=at)
        stands_in = representing.chosen(scope, representative, receiver, own, actor)
        made = Mandate(
            number=new_number(at),
            customer=actor.organisation,
            contractor=receiver,
            scope=scope,
            settings=sorted(settings),
            representative=stands_in,
            starts_on=today,
            ends_on=ends_on,
            reason=reason,
            token=token,
        )
        grant(made, actor, at=at)
        MandateRegistration.objects.bulk_create(
            MandateRegistration(mandate=made, registration=registration, since=at) for registration in own
        )
        written = write(rule, made, own, actor=actor, at=at)
        mandate_sides.tell("mandate_granted", made, own, event=written, at=at)
        return made


def _contractor(named: str) -> Organisation:
    found = queries.find_contractor(named)
    if found is None:
        words = _("There is no contractor of this name or corporate number here. Ask it to get an account first.")
        raise Refused(words, {"contractor": words})
    return found


def _sides_of_question(mandate: Mandate, actor: Actor) -> tuple[list[MandateRegistration], list[MandateRegistration]]:
    """Return what waits for an answer: the rows that `actor` decides on, and those of others.

    What has another holder by now is nobody's to give here.
    """
    rows = MandateRegistration.objects.undecided().filter(mandate=mandate, registration__organisation=mandate.customer)
    waiting = list(rows.select_related("registration").order_by("pk"))
    if actor.is_administrator:
        return waiting, []
    held = set(Custody.objects.current().filter(user=actor.user).values_list("registration_id", flat=True))
    own = [row for row in waiting if row.registration_id in held]
    return own, [row for row in waiting if row.registration_id not in held]


def _leave_rest(
    mandate: Mandate,
    own: Sequence[MandateRegistration],
    others: Sequence[MandateRegistration],
    actor: Actor,
    *,
    at: datetime,
) -> Mandate | None:
    """Make a question of its own of what a custodian does not decide on: named, known or not, so that none shows."""
    decided = {row.registration.number for row in own}
    names = [number for number in mandate.named_registrations if number not in decided]
    if actor.is_administrator or not names:
        return None
    rest = Mandate.objects.create(
        number=new_number(at),
        customer=mandate.customer if others else None,
        contractor=mandate.contractor,
        scope=mandate.scope,
        settings=mandate.settings,
        representative=mandate.representative,
        starts_on=mandate.starts_on,
        ends_on=mandate.ends_on,
        reason=mandate.reason,
        named_customer=mandate.named_customer,
        named_registrations=names,
        asked_by=mandate.asked_by,
        asked_at=mandate.asked_at,
        looked_up_at=mandate.looked_up_at,
    )
    MandateRegistration.objects.bulk_create(
        MandateRegistration(mandate=rest, registration=row.registration) for row in others
    )
    return rest


def _lock_own(numbers: Sequence[str], actor: Actor) -> list[Registration]:
    """Lock the registrations that `actor` may give away a mandate on, by number; refuse any other alike."""
    rows = Registration.objects.select_for_update(no_key=True).filter(
        number__in=numbers, organisation=actor.organisation
    )
    locked = list(rows.order_by("pk"))
    if not actor.is_administrator:
        held = set(Custody.objects.current().filter(user=actor.user).values_list("registration_id", flat=True))
        locked = [one for one in locked if one.pk in held]
    missing = sorted(set(numbers) - {one.number for one in locked})
    if missing:
        words = _("You cannot give a mandate on: %(numbers)s") % {"numbers": ", ".join(missing)}
        raise Refused(words, {"registrations": words})
    return locked


def _refuse_wider(mandate: Mandate, scope: int, settings: Collection[str], ends_on: date, starts_on: date) -> None:
    """An answer grants what was asked or less, never more."""
    refuse_scope(scope, settings)
    if scope > mandate.scope or set(settings) - set(mandate.settings):
        words = _("This is more than was asked for. You can grant less, or decline and grant a mandate of your own.")
        raise Refused(words, {"scope": words})
    refuse_end(ends_on, starts_on)
    if ends_on > mandate.ends_on:
        words = _("This is longer than was asked for.")
        raise Refused(words, {"ends_on": words})
