"""A package: everything one person holds, in one act, split among successors and changed while under way."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.models import User
from accounts.rulebook import Rule, check
from audit.models import Event
from audit.record import System, event
from handover import custody, notices, preparing, sending, shares
from handover.models import Custody, Handover, Package, Registration
from handover.printing.era import era_date
from handover.restricting import refuse_blocked
from handover.rules import TABLE
from handover.rules.packages import LATEST_LAST_DAY, MOST_AT_ONCE
from handover.splitting import Split, refuse_too_many, share_out

S = Handover.Status


def open_package(
    *,
    person_pk: int,
    kind: str,
    last_day: date,
    effective_on: date,
    reason: str,
    successors: Mapping[int, int],
    actor: Actor,
    at: datetime,
) -> Package:
    """Put everything that a person holds into one package, with the last day, split among `successors`.

    `successors` maps keys of registrations to keys of people; what is not in it waits for a successor to be named.
    Takes up at most `MOST_AT_ONCE` registrations, by number; `extend_package` takes up more. Handovers that the person
    has under way already join the package as they are. Days are in the provider's time zone.
    Raises `NotAllowed`; `WrongState` when such a package is open; `Refused` with the field's name.
    """
    with transaction.atomic(durable=True):
        people = _lock_people({person_pk, *successors.values()})
        person = people[person_pk]
        rule = check(TABLE, "open_package", person, actor)
        if kind not in (Package.Kind.LEAVES, Package.Kind.MOVES):
            raise Refused(_("Choose whether the person leaves or moves inside."), {"kind": _("Choose one.")})
        _refuse_days(last_day, effective_on, at)
        if kind == Package.Kind.LEAVES and custody.is_last_administrator(person, actor.organisation):
            words = _("The last administrator cannot leave. Name another administrator first.")
            raise Refused(words, {"kind": words})
        registrations = _lock_held(person, actor)
        if not registrations:
            raise Refused(_("This person holds no registration, so there is nothing to hand over."))
        package = _new_package(person, kind, last_day, effective_on, reason, actor=actor, at=at)
        adopted = _take_up(package, registrations, actor=actor, at=at)
        split = share_out(package, successors, people, actor=actor, at=at)
        facts = {
            "person": person.label,
            "kind": kind,
            "last_day": last_day.isoformat(),
            "effective_on": effective_on.isoformat(),
            "registrations": len(registrations),
            "adopted": adopted,
            "shares": split.facts,
        }
        written = _note(rule, package, registrations, facts, actor=actor, at=at)
        notices.tell("package_opened", _minders(package), event=written, at=at, package=package)
        return package


def _lock_people(keys: set[int]) -> dict[int, User]:
    """Lock people in the order of their keys: before registrations, packages and handovers."""
    rows = User.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    people = {user.pk: user for user in rows}
    if len(people) != len(keys):
        raise Refused(_("Choose people of your organisation."))
    return people


def _lock_held(person: User, actor: Actor, *, but: Package | None = None) -> list[Registration]:
    """Lock what `person` holds in the actor's organisation, by number, without what is in the package `but` already."""
    periods = Custody.objects.current().filter(user=person)
    if but:
        # What is in care waits with the caretaker, what somebody is in charge of apart from it: other rules hold.
        in_care = Q(kind=Custody.Kind.CARETAKER)
        periods = periods.filter(in_care if but.kind == Package.Kind.CARETAKER else ~in_care)
    held = periods.values("registration")
    rows = Registration.objects.select_for_update(no_key=True).filter(
        pk__in=held, organisation=actor.organisation, status=Registration.Status.ACTIVE
    )
    if but:
        inside = shares.listed_in(but)
        rows = rows.exclude(pk__in=inside)
    keys = list(rows.order_by("number").values_list("pk", flat=True)[:MOST_AT_ONCE])
    # Locked in the order of the keys, as everywhere.
    return list(Registration.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))


def _refuse_days(last_day: date, effective_on: date, at: datetime) -> None:
    today = localdate(at)
    latest = today + timedelta(days=LATEST_LAST_DAY)
    if not today <= last_day <= latest:
        language = get_language() or "ja"
        words = _("Choose a day from %(first)s to %(last)s.") % {
            "first": era_date(today, language),
            "last": era_date(latest, language),
        }
        raise Refused(words, {"last_day": words})
    if effective_on > last_day:
        words = _("The change has to come no later than the last day.")
        raise Refused(words, {"effective_on": words})
    preparing.refuse_date(effective_on, today, at)


def _new_package(
    person: User, kind: str, last_day: date, effective_on: date, reason: str, *, actor: Actor, at: datetime
) -> Package:
    try:
        with transaction.atomic():
            return Package.objects.create(
                number=preparing.new_number("P", at),
                organisation=actor.organisation,
                person=person,
                opened_by=actor.user,
                kind=kind,
                last_day=last_day,
                effective_on=effective_on,
                reason=reason,
                opened_at=at,
            )
    except IntegrityError as clash:
        raise WrongState(_("Such a package is open already. Change that one instead.")) from clash


def _take_up(package: Package, registrations: list[Registration], *, actor: Actor, at: datetime) -> list[str]:
    """Let the handovers that the person has under way join the new package, and the rest of `registrations` wait in it.

    Returns the numbers of those that joined. Raises `WrongState` when all of it waits in another package, a
    caretaker's: an empty one would stay open for ever.
    """
    under_way = Handover.objects.open().filter(
        given_by=package.person_id, package=None, organisation=package.organisation_id
    )
    numbers = list(under_way.order_by("pk").values_list("number", flat=True))
    under_way.update(package=package, overlap_days=custody.overlap_days(package))
    confirms = _confirms(package, actor)
    if not shares.let_wait(package, registrations, offered_by=actor.user, confirms=confirms, at=at) and not numbers:
        raise WrongState(_("Everything this person holds is under way already. Nothing was changed."))
    return numbers


def _confirms(package: Package, actor: Actor) -> bool:
    """Whether what `actor` puts into the package needs a confirmation: four eyes, or somebody else's holdings (B2)."""
    return actor.organisation.four_eyes or package.kind == Package.Kind.CARETAKER or actor.user.pk != package.person_id


def _minders(package: Package) -> list[User | None]:
    return [package.person, package.opened_by, *custody.administrators(package.organisation)]


def _note(
    rule: Rule,
    package: Package,
    registrations: Sequence[Registration],
    facts: Mapping[str, object],
    *,
    actor: Actor | System,
    at: datetime,
) -> Event:
    """Write what happened to a package, in the history of everything it moved."""
    about = [f"organisation:{package.organisation_id}", f"user:{package.person_id}"]
    numbers = [registration.label for registration in registrations]
    return event(rule.event, actor=actor, at=at, subject=package.label, about=[*about, *numbers], facts=dict(facts))


def extend_package(*, package_pk: int, actor: Actor, at: datetime) -> Package:
    """Take up the next `MOST_AT_ONCE` registrations that the person holds and the package lacks.

    Raises `NotAllowed`, `WrongState` (ended, or nothing is left to take up).
    """
    with transaction.atomic(durable=True):
        seen = Package.objects.select_related("person").get(pk=package_pk)
        registrations = _lock_held(seen.person, actor, but=seen)
        package = Package.objects.select_for_update(no_key=True).get(pk=package_pk)
        rule = check(TABLE, "extend_package", package, actor)
        confirms = _confirms(package, actor)
        if not shares.let_wait(package, registrations, offered_by=actor.user, confirms=confirms, at=at):
            raise WrongState(_("Everything this person holds is under way already. Nothing was changed."))
        _note(rule, package, registrations, {"registrations": len(registrations)}, actor=actor, at=at)
        return package


def assign(
    *, package_pk: int, registration_pks: Sequence[int], successor_pk: int | None, actor: Actor, at: datetime
) -> Split:
    """Give registrations of a package to a successor, or back to waiting; also while offered, until accepted.

    They join what that successor gets already. Who loses and who gains something that was offered is told.
    Raises `NotAllowed`, `WrongState` (accepted meanwhile, or not in the package), `Refused`.
    """
    with transaction.atomic(durable=True):
        refuse_too_many(registration_pks)
        people = _lock_people({successor_pk} if successor_pk else set())
        rows = Registration.objects.select_for_update(no_key=True).filter(pk__in=registration_pks).order_by("pk")
        registrations = list(rows)
        package = Package.objects.select_for_update(no_key=True).get(pk=package_pk)
        rule = check(TABLE, "assign", package, actor)
        for registration in registrations:
            refuse_blocked(registration, "offer", at=at, by_administrator=actor.is_administrator)
        wanted = {registration.pk: successor_pk for registration in registrations}
        split = share_out(package, wanted, people, actor=actor, at=at)
        facts = {"to": people[successor_pk].label if successor_pk else None, "shares": split.facts}
        written = _note(rule, package, registrations, facts, actor=actor, at=at)
        for handover in split.changed:
            notices.tell("handover_changed", [handover.given_to], event=written, at=at, handover=handover)
        return split


def offer_package(*, package_pk: int, actor: Actor, at: datetime) -> Package:
    """Send every prepared handover of a package to its successor, all or none.

    Raises `NotAllowed`, `WrongState`, `Refused` (nothing has a successor yet, or one cannot be offered).
    """
    with transaction.atomic(durable=True):
        locked = shares.lock_drafts(package_pk)
        rule = check(TABLE, "offer_package", locked.package, actor)
        if not locked.drafts:
            raise Refused(_("Name a successor for something first; then it can be offered."))
        for handover, registrations in locked.drafts:
            sending.send(handover, registrations, actor=actor, at=at)
        numbers = [handover.number for handover, _listed in locked.drafts]
        _note(rule, locked.package, [], {"handovers": numbers}, actor=actor, at=at)
        return locked.package


def change_package(*, package_pk: int, last_day: date, effective_on: date, actor: Actor, at: datetime) -> Package:
    """Change the last day and the day of the change; what is prepared or offered follows, and successors are told.

    Who is not the person brings neither day forward without three business days of notice to that person (B4).
    Raises `NotAllowed`, `WrongState`, `Refused` with the field's name.
    """
    with transaction.atomic(durable=True):
        package = Package.objects.select_for_update(no_key=True).get(pk=package_pk)
        rule = check(TABLE, "change_package", package, actor)
        if package.kind == Package.Kind.CARETAKER or package.last_day is None:
            raise WrongState(_("A caretaker's package has no last day. Nothing was changed."))
        _refuse_days(last_day, effective_on, at)
        rows = Handover.objects.open().select_for_update(no_key=True, of=("self",)).filter(package=package)
        moving = list(rows.select_related("given_to").order_by("pk"))
        offered = [one for one in moving if one.status == S.OFFERED]
        _refuse_without_notice(package, offered, last_day, effective_on, actor=actor, at=at)
        was = package.last_day
        facts = {"last_day": [str(was), str(last_day)]}
        facts |= {"effective_on": [str(package.effective_on), str(effective_on)]}
        package.last_day, package.effective_on, package.reminded = last_day, effective_on, 0
        package.save(update_fields=["last_day", "effective_on", "reminded"])
        package.handovers.filter(status__in=[S.DRAFT, S.OFFERED]).update(effective_on=effective_on)
        if was < localdate(at):
            custody.close_leaver_gap(package.organisation, at=at)
        written = _note(rule, package, [], facts, actor=actor, at=at)
        dates = {"package": package, "was": was, "by": actor.user}
        notices.tell("package_changed", _minders(package), event=written, at=at, **dates)
        for handover in offered:
            handover.effective_on = effective_on
            notices.tell("handover_changed", [handover.given_to], event=written, at=at, handover=handover)
        if package.kind == Package.Kind.LEAVES and was != last_day:
            # Also who has accepted: what they still want to ask has to be asked by then.
            told = [one.given_to for one in moving if one.status != S.DRAFT]
            notices.tell("package_last_day", told, event=written, at=at, **dates)
        return package


def _refuse_without_notice(
    package: Package, offered: Sequence[Handover], last_day: date, effective_on: date, *, actor: Actor, at: datetime
) -> None:
    """Raise `Refused` when somebody would lose custody or access earlier than agreed, without notice (B4, B5)."""
    first = preparing.earliest_for_others(at)
    is_own = actor.user.pk == package.person_id
    if not is_own and package.last_day and last_day < min(first, package.last_day):
        words = _("Only the person in question brings the last day further forward. Choose %(first)s or later.") % {
            "first": era_date(first, get_language() or "ja")
        }
        raise Refused(words, {"last_day": words})
    if any(one.given_by_id != one.offered_by_id or (not is_own and effective_on < one.effective_on) for one in offered):
        preparing.refuse_date(effective_on, first, at)


def withdraw_package(*, package_pk: int, reason: str, actor: Actor, at: datetime) -> Package:
    """End a package: what nobody accepted stays with its holder, what was accepted goes on by itself.

    Raises `NotAllowed`, `WrongState` (a caretaker's package ends only by passing on).
    """
    with transaction.atomic(durable=True):
        registrations = list(shares.lock_listed(package_pk))
        package = Package.objects.select_for_update(no_key=True).get(pk=package_pk)
        rule = check(TABLE, "withdraw_package", package, actor)
        if package.kind == Package.Kind.CARETAKER:
            raise WrongState(_("A caretaker is no person in charge: name successors, or hold it in person."))
        rows = Handover.objects.select_for_update(no_key=True, of=("self",)).filter(
            package=package, status__in=[S.DRAFT, S.OFFERED, S.FROZEN]
        )
        ended = list(rows.select_related("given_to", "given_by", "offered_by").order_by("pk"))
        if package.last_day and package.last_day < localdate(at):
            custody.close_leaver_gap(package.organisation, at=at)
        offered = [handover for handover in ended if handover.status != S.DRAFT]
        for handover in ended:
            shares.end(handover, S.WITHDRAWN, reason=reason, at=at)
        package.status, package.ended_at = Package.Status.WITHDRAWN, at
        package.save(update_fields=["status", "ended_at"])
        facts = {"handovers_withdrawn": [handover.number for handover in ended]}
        written = _note(rule, package, registrations, facts, actor=actor, at=at)
        for handover in offered:
            notices.tell("handover_withdrawn", [handover.given_to], event=written, at=at, handover=handover)
        notices.tell("package_withdrawn", _minders(package), event=written, at=at, package=package)
        return package
