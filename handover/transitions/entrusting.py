"""One registration prepared for a successor, whoever holds it: what a job does many times over."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import WrongState
from accounts.models import User
from accounts.rulebook import check
from audit.record import event
from handover import preparing, shares
from handover.models import Custody, Handover, Package, Registration
from handover.restricting import refuse_blocked
from handover.rules import TABLE
from handover.rules.handovers import LATEST_DAYS_AHEAD
from handover.splitting import share_out


def entrust(*, registration_pk: int, successor_pk: int, actor: Actor, at: datetime) -> Handover:
    """Put a registration into the package of whoever holds it, for a successor; a package is opened where none is.

    Nothing is sent: what is prepared so is offered on the page of the package. Raises `NotAllowed`, `WrongState` (in
    an accepted handover, in the provider's keeping), `Refused` for an impossible successor.
    """
    with transaction.atomic(durable=True):
        successor = User.objects.select_for_update(no_key=True).get(pk=successor_pk)
        registration = Registration.objects.select_for_update(no_key=True).get(pk=registration_pk)
        rule = check(TABLE, "entrust", registration, actor)
        refuse_blocked(registration, "draft_handover", at=at, by_administrator=actor.is_administrator)
        held = Custody.objects.current().select_related("user").get(registration=registration)
        if held.user is None:
            raise WrongState(_("Nobody of your organisation looks after it yet. Take it into care first."))
        package = _package_of(held, held.user, actor, at=at)
        confirms = preparing.needs_confirmation(held, actor)
        shares.let_wait(package, [registration], offered_by=actor.user, confirms=confirms, at=at)
        wanted = {registration.pk: successor.pk}
        split = share_out(package, wanted, {successor.pk: successor}, actor=actor, at=at)
        if not split.counts:
            raise WrongState(_("It is prepared for this person already. Nothing was changed."))
        (number,) = split.counts
        about = [f"organisation:{package.organisation_id}", f"user:{package.person_id}", registration.label]
        facts = {"to": successor.label, "handover": number}
        event(rule.event, actor=actor, at=at, subject=package.label, about=about, facts=facts)
        return Handover.objects.get(number=number)


def _package_of(held: Custody, person: User, actor: Actor, *, at: datetime) -> Package:
    """Lock the open package of who holds it; without one, open that of somebody who stays in the organisation."""
    if held.kind == Custody.Kind.CARETAKER:
        return shares.caretaker_package(person, actor.organisation.pk, at=at)[0]
    standing = Package.objects.open().select_for_update(no_key=True).filter(person=person)
    found = standing.exclude(kind=Package.Kind.CARETAKER).order_by("pk").first()
    today = localdate(at)
    made = Package(
        number=preparing.new_number("P", at),
        organisation=actor.organisation,
        person=person,
        opened_by=actor.user,
        kind=Package.Kind.MOVES,
        last_day=today + timedelta(days=LATEST_DAYS_AHEAD),
        effective_on=preparing.earliest(held, actor.user.pk, at),
        opened_at=at,
    )
    return found or shares.open_once(made)[0]
