"""Somebody leaves: everything held passes to a caretaker in the same act, and access ends at once."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import memberships
from accounts.actors import Actor, find_actor
from accounts.errors import Refused, WrongState
from accounts.models import Organisation, OrganisationKind, User
from accounts.rulebook import check
from audit.record import event
from handover import changing, custody, notices, switching
from handover.models import Custody, Deputy, Handover, HandoverItem, Registration
from handover.rules import TABLE


def leave(*, user_pk: int, actor: Actor, at: datetime) -> User:
    """End the membership of an account, and with it its access, at the instant `at`.

    What it holds passes to the longest-serving other administrator as caretaker, else to the provider's keeping with a
    gap alert; open handovers to it are withdrawn, those it gave go on from the caretaker; deputyships end.
    Raises `NotAllowed`; `WrongState` when the person has already left; `Refused` for the last administrator of a
    customer with registrations, unless the provider does it (which opens a gap alert).
    """
    with transaction.atomic(durable=True):
        user = User.objects.select_for_update(no_key=True).get(pk=user_pk)
        leaver = find_actor(user)
        if leaver is None:
            raise WrongState(_("This person has already left. Nothing was changed."))
        # Two administrators leaving at once would each count the other as staying.
        Organisation.objects.select_for_update(no_key=True).get(pk=leaver.organisation.pk)
        rule = check(TABLE, "leave", leaver, actor)
        registrations = _lock_registrations(user)
        _refuse_last_administrator(leaver, actor)
        stand_in = _stand_in(leaver)
        ended = _end_handovers(user, at=at)
        Deputy.objects.current().filter(user=user).update(until=at)
        passed = _pass_on(user, registrations, stand_in, at=at)
        invitations = memberships.withdraw_invitations_by(user, at=at)
        roles = memberships.close(user, organisation=leaver.organisation, at=at)
        if leaver.kind == OrganisationKind.CUSTOMER:
            custody.mind_administrator_gap(leaver.organisation, at=at)
        _record_passed(passed, leaver, actor=actor, at=at)
        facts = {
            "roles": roles,
            "custodies": len(passed),
            "handovers_withdrawn": [one.number for one in ended],
            "invitations_withdrawn": invitations,
        }
        about = [leaver.organisation.label]
        written = event(rule.event, actor=actor, at=at, subject=user.label, about=about, facts=facts)
        for handover in ended:
            people = [handover.given_by, handover.offered_by]
            notices.tell("handover_withdrawn", people, event=written, at=at, handover=handover)
        if passed:
            notices.tell("custody_in_care", [stand_in], event=written, at=at, leaver=user, count=len(passed))
            notices.tell_record("custody_in_care_record", [one for one, _change in passed], event=written, at=at)
        user.refresh_from_db()
        return user


def _record_passed(
    passed: list[tuple[Registration, custody.Change]], leaver: Actor, *, actor: Actor, at: datetime
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


def _lock_registrations(user: User) -> list[Registration]:
    held = Custody.objects.current().filter(user=user).values("registration")
    moving = HandoverItem.objects.filter(is_open=True).filter(Q(handover__given_to=user) | Q(handover__offered_by=user))
    wanted = Q(pk__in=held) | Q(pk__in=moving.values("registration"))
    return list(Registration.objects.select_for_update(no_key=True).filter(wanted).order_by("pk"))


def _refuse_last_administrator(leaver: Actor, actor: Actor) -> None:
    if not leaver.is_administrator or actor.kind == OrganisationKind.PROVIDER:
        return
    holds_any = Registration.objects.filter(
        organisation=leaver.organisation, status=Registration.Status.ACTIVE
    ).exists()
    if holds_any and not custody.administrators(leaver.organisation, but=leaver.user):
        raise Refused(
            _("The last administrator cannot leave while there are registrations. Name another administrator first.")
        )


def _stand_in(leaver: Actor) -> User | None:
    """The longest-serving other administrator; None leaves everything in the provider's keeping."""
    if not leaver.is_customer:
        return None
    others = custody.administrators(leaver.organisation, but=leaver.user)
    return others[0] if others else None


def _end_handovers(user: User, *, at: datetime) -> list[Handover]:
    """Withdraw the open handovers to `user` and the drafts of `user`; offers to others go on without the giver."""
    drafts = Q(offered_by=user, status=Handover.Status.DRAFT)
    ended = list(
        Handover.objects.open()
        .select_for_update(no_key=True, of=("self",))
        .filter(Q(given_to=user) | drafts)
        .select_related("given_by", "offered_by")
        .order_by("pk")
    )
    for handover in ended:
        switching.end(handover, Handover.Status.WITHDRAWN, reason="", at=at)
    # What somebody offered who is gone by now takes effect only when an administrator stands behind it.
    Handover.objects.filter(offered_by=user, status=Handover.Status.OFFERED).update(needs_confirmation=True)
    return ended


def _pass_on(
    user: User, registrations: list[Registration], stand_in: User | None, *, at: datetime
) -> list[tuple[Registration, custody.Change]]:
    held = set(Custody.objects.current().filter(user=user).values_list("registration_id", flat=True))
    return [
        (
            registration,
            custody.give(
                registration,
                stand_in,
                kind=Custody.Kind.CARETAKER,
                basis=Custody.Basis.CARETAKER,
                basis_label=user.label,
                at=at,
            ),
        )
        for registration in registrations
        if registration.pk in held
    ]


def take_into_care(*, registration_pk: int, actor: Actor, at: datetime) -> Registration:
    """An administrator takes a registration out of the provider's keeping, as caretaker until a custodian is named.

    The gap alert stays open: a caretaker is not a custodian. Raises `NotAllowed`, `WrongState`.
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
        written = event(
            rule.event,
            actor=actor,
            at=at,
            subject=registration.label,
            about=[actor.organisation.label, actor.label],
            facts=change.facts,
        )
        notices.tell_record("custody_in_care_record", [registration], event=written, at=at)
        return registration
