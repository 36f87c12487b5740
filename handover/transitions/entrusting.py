"""One registration prepared for a successor, whoever holds it: what a job does many times over."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import WrongState
from accounts.models import User
from accounts.rulebook import check
from audit.models import Event
from audit.record import event
from handover import notices, preparing, shares
from handover.models import Custody, Handover, HandoverItem, Package, Registration
from handover.restricting import refuse_blocked
from handover.rules import TABLE
from handover.rules.handovers import LATEST_DAYS_AHEAD
from handover.splitting import Split, share_out


def entrust(*, registration_pk: int, successor_pk: int, actor: Actor, at: datetime) -> Handover:
    """Put a registration into the package of whoever holds it, for a successor; a package is opened where none is.

    Nothing is offered yet: that is done on the page of the package. The successor is told that something is being
    prepared, and whoever holds it that a package was opened. Raises `NotAllowed`, `WrongState` (in
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
        package, is_new = _package_of(held, held.user, actor, at=at)
        confirms = preparing.needs_confirmation(held, actor)
        shares.let_wait(package, [registration], offered_by=actor.user, confirms=confirms, at=at)
        wanted = {registration.pk: successor.pk}
        split = share_out(package, wanted, {successor.pk: successor}, actor=actor, at=at)
        if not split.counts:
            raise WrongState(_("It is prepared for this person already. Nothing was changed."))
        (number,) = split.counts
        about = [f"organisation:{package.organisation_id}", f"user:{package.person_id}", registration.label]
        facts = {"to": successor.label, "handover": number}
        written = event(rule.event, actor=actor, at=at, subject=package.label, about=about, facts=facts)
        made = Handover.objects.get(number=number)
        _tell(made, split, package if is_new else None, actor=actor, event=written, at=at)
        return made


def _tell(made: Handover, split: Split, opened: Package | None, *, actor: Actor, event: Event, at: datetime) -> None:
    """Tell the successor once for each draft, not for each registration; and whose holdings they are, of a new package.

    Who gains or loses something in an offer is told each time, as by `assign`.
    """
    listed = made.items.standing().filter(kind=HandoverItem.Kind.REGISTRATION)
    if made.status == Handover.Status.DRAFT and listed.count() == 1:
        notices.tell("handover_prepared", [made.given_to], event=event, at=at, handover=made, by=actor.user)
    for handover in split.changed:
        notices.tell("handover_changed", [handover.given_to], event=event, at=at, handover=handover)
    if opened and opened.kind != Package.Kind.CARETAKER:
        notices.tell("package_opened", [opened.person, actor.user], event=event, at=at, package=opened)


def _package_of(held: Custody, person: User, actor: Actor, *, at: datetime) -> tuple[Package, bool]:
    """Lock the open package of who holds it; without one, open that of somebody who stays in the organisation.

    The second value says whether it was opened now.
    """
    if held.kind == Custody.Kind.CARETAKER:
        return shares.caretaker_package(person, actor.organisation.pk, at=at)
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
    return (found, False) if found else shares.open_once(made)
