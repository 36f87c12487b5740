"""Somebody leaves: everything held passes to a caretaker in the same act, and access ends at once."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts import memberships
from accounts.actors import Actor, find_actor
from accounts.errors import Refused, WrongState
from accounts.models import Organisation, OrganisationKind, User
from accounts.rulebook import Rule, check
from audit.models import Event
from audit.record import System, event, events
from handover import changing, custody, departing, notices, shares
from handover.models import Custody, Package, Registration
from handover.rules import TABLE


def leave(*, user_pk: int, actor: Actor, at: datetime, died: bool = False) -> User:
    """End the membership of an account, and with it its access, at the instant `at`.

    What it holds passes to the longest-serving other administrator as caretaker, and a handover from the caretaker is
    opened at once; else it goes to the provider's keeping with a gap alert. Open handovers to it are withdrawn, those
    it gave go on from the caretaker; deputyships end. Promises of the desk pass to its supervisor. `died`: the person's
    own mailbox is marked wherever it is on record, so that nothing is sent there any more (procedure.md B5).
    Raises `NotAllowed`; `WrongState` when the person has already left; `Refused` for the last administrator of a
    customer with registrations, unless the provider does it (which opens a gap alert).
    """
    with transaction.atomic(durable=True):
        leaver, registrations = _lock(user_pk)
        rule = check(TABLE, "leave", leaver, actor)
        _depart(leaver, registrations, rule, actor=actor, at=at, died=died)
        return leaver.user


def keep_leaving_date(*, package_pk: int, actor: System, at: datetime) -> Package:
    """Carry out on the day after the last one what people wrote down: the leaver's membership ends as by `leave`.

    Raises `WrongState` when the date was changed or somebody was quicker, `Refused` for the last administrator.
    """
    with transaction.atomic(durable=True):
        person_pk = Package.objects.values_list("person_id", flat=True).get(pk=package_pk)
        leaver, registrations = _lock(person_pk)
        package = Package.objects.select_for_update(no_key=True).get(pk=package_pk)
        rule = check(TABLE, "keep_leaving_date", package, actor)
        # Who came back as somebody of another organisation has left that one already.
        if leaver.organisation.pk != package.organisation_id:
            raise WrongState(_("This person has already left. Nothing was changed."))
        if package.kind != Package.Kind.LEAVES or package.last_day is None or package.last_day >= localdate(at):
            raise WrongState(_("The last day has not passed. Nothing was changed."))
        _depart(leaver, registrations, rule, actor=actor, at=at)
        package.refresh_from_db()
        return package


def _lock(user_pk: int) -> tuple[Actor, list[Registration]]:
    """Lock a leaver, the organisation, and all that is held or under way."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_pk)
    leaver = find_actor(user)
    if leaver is None:
        raise WrongState(_("This person has already left. Nothing was changed."))
    # Two administrators leaving at once would each count the other as staying.
    Organisation.objects.select_for_update(no_key=True).get(pk=leaver.organisation.pk)
    return leaver, departing.lock_registrations(user)


def _depart(
    leaver: Actor,
    registrations: list[Registration],
    rule: Rule,
    *,
    actor: Actor | System,
    at: datetime,
    died: bool = False,
) -> None:
    user = leaver.user
    _refuse_last_administrator(leaver, actor)
    left = departing.leave_behind(leaver, registrations, at=at)
    elsewhere = departing.pass_elsewhere(leaver, actor=actor, at=at)
    invitations = memberships.withdraw_invitations_by(user, at=at)
    roles = memberships.close(user, organisation=leaver.organisation, at=at)
    if leaver.kind == OrganisationKind.CUSTOMER:
        custody.mind_administrator_gap(leaver.organisation, at=at)
        if leaver.is_administrator:
            custody.close_leaver_gap(leaver.organisation, at=at)
    _record_passed(left.passed, leaver, actor=actor, at=at)
    if left.package and left.package_is_new:
        _record_opened(left.package, left.waiting, actor=actor, at=at)
    facts = {
        "roles": roles,
        "custodies": len(left.passed),
        "handovers_withdrawn": [one.number for one in left.ended],
        "invitations_withdrawn": invitations,
    }
    if died:
        facts |= {"died": True, "mailboxes_marked": departing.mark_mailbox(leaver)}
    about = [leaver.organisation.label]
    written = event(rule.event, actor=actor, at=at, subject=user.label, about=about, facts=facts)
    for passed in elsewhere:
        events(passed.event, passed.entries, actor=actor, at=at)
        notices.tell(passed.template, [passed.to], event=written, at=at, leaver=user, **passed.context)
    for handover in left.ended:
        people = [handover.given_by, handover.offered_by]
        notices.tell("handover_withdrawn", people, event=written, at=at, handover=handover)
    if left.passed:
        stand_in, package, count = [left.stand_in], left.package, len(left.passed)
        notices.tell("custody_in_care", stand_in, event=written, at=at, leaver=user, count=count, package=package)
        notices.tell_record("custody_in_care_record", [one for one, _change in left.passed], event=written, at=at)
    user.refresh_from_db()


def _record_opened(
    package: Package, registrations: Collection[Registration], *, actor: Actor | System, at: datetime
) -> Event:
    """Write that a caretaker's package was opened, in the history of everything that waits in it."""
    return event(
        "package.opened",
        actor=actor,
        at=at,
        subject=package.label,
        about=[f"organisation:{package.organisation_id}", package.person.label, *(one.label for one in registrations)],
        facts={"kind": package.kind, "registrations": len(registrations)},
    )


def _record_passed(
    passed: list[tuple[Registration, custody.Change]], leaver: Actor, *, actor: Actor | System, at: datetime
) -> None:
    for registration, change in passed:
        event(
            "custody.passed_to_caretaker",
            actor=actor,
            at=at,
            subject=registration.label,
            about=[leaver.organisation.label, leaver.label],
            facts=change.facts,
        )


def _refuse_last_administrator(leaver: Actor, actor: Actor | System) -> None:
    if not leaver.is_administrator or (isinstance(actor, Actor) and actor.kind == OrganisationKind.PROVIDER):
        return
    if custody.is_last_administrator(leaver.user, leaver.organisation):
        raise Refused(
            _("The last administrator cannot leave while there are registrations. Name another administrator first.")
        )


def take_into_care(*, registration_pk: int, actor: Actor, at: datetime) -> Registration:
    """An administrator takes a registration out of the provider's keeping, as caretaker until a custodian is named.

    A handover from the caretaker is opened at once, in the caretaker's package. The gap alert stays open: a caretaker
    is not a custodian. Raises `NotAllowed`, `WrongState`.
    """
    with transaction.atomic(durable=True):
        taker = find_actor(User.objects.select_for_update(no_key=True).get(pk=actor.user.pk))
        if taker is None:
            raise WrongState(_("This person has already left. Nothing was changed."))
        registration = Registration.objects.select_for_update(no_key=True).get(pk=registration_pk)
        rule = check(TABLE, "take_into_care", registration, taker)
        changing.refuse_moving(registration)
        held = Custody.objects.current().filter(registration=registration).first()
        if held and held.user_id:
            raise WrongState(_("Somebody already looks after this registration. Nothing was changed."))
        change = custody.give(
            registration,
            actor.user,
            kind=Custody.Kind.CARETAKER,
            basis=Custody.Basis.CARETAKER,
            basis_label=actor.label,
            at=at,
        )
        package, is_new = shares.caretaker_package(taker.user, registration.organisation_id, at=at)
        shares.adopt(package, [registration])
        shares.let_wait(package, [registration], offered_by=taker.user, confirms=True, at=at)
        written = event(
            rule.event,
            actor=actor,
            at=at,
            subject=registration.label,
            about=[actor.organisation.label, actor.label],
            facts=change.facts,
        )
        if is_new:
            _record_opened(package, [registration], actor=actor, at=at)
        # The contact points of record may all have failed: somebody is told in any case.
        people = custody.administrators(registration.organisation)
        context = {"taker": taker.user, "registration": registration, "package": package}
        notices.tell("custody_taken_into_care", people, event=written, at=at, **context)
        notices.tell_record("custody_in_care_record", [registration], event=written, at=at)
        return registration
