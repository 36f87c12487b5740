"""Deputies: named, ended, activated; an absence reported, and a deputy who stands in after it (R3, B5)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.memberships import still_here
from accounts.models import Membership, User
from accounts.rulebook import Rule, check
from audit import queries as log
from audit.models import Event
from audit.record import event
from handover import custody, notices
from handover.calendar import business_days_after
from handover.models import AbsenceReport, Custody, Deputy, Registration, StandIn
from handover.printing.era import era_date
from handover.rules import TABLE
from handover.rules.deputies import ABSENCE_DAYS, MOST_DEPUTIES


def name_deputy(*, registration_pk: int, deputy: User, actor: Actor, at: datetime) -> Deputy:
    """Make `deputy` a deputy of the registration; the person in charge and the deputy are told.

    Raises `NotAllowed`, `WrongState` (closed), `Refused` for somebody of elsewhere, who holds it (invariant 8), who is
    a deputy already, or when there are two.
    """
    with transaction.atomic(durable=True):
        # Before the registration, as everywhere: whoever leaves at this moment is locked first.
        chosen = User.objects.select_for_update(no_key=True).get(pk=deputy.pk)
        registration = _lock_registration(registration_pk)
        rule = check(TABLE, "name_deputy", registration, actor)
        _refuse_person(registration, chosen)
        taken = list(Deputy.objects.current().filter(registration=registration))
        if any(one.user_id == chosen.pk for one in taken):
            words = _("This person is a deputy already.")
            raise Refused(words, {"deputy": words})
        if len(taken) >= MOST_DEPUTIES:
            words = _("There are two deputies already. End one of the two first.")
            raise Refused(words, {"deputy": words})
        free = next(place for place in range(1, MOST_DEPUTIES + 1) if place not in {one.place for one in taken})
        made = Deputy.objects.create(registration=registration, user=chosen, since=at, named_by=actor.user, place=free)
        written = _write(rule, made, actor=actor, at=at)
        _tell("deputy_named", made, [chosen, _holder(registration)], written, actor=actor, at=at)
        return made


def end_deputy(*, deputy_pk: int, actor: Actor, at: datetime) -> Deputy:
    """End a deputyship, and with it a standing in. Raises `NotAllowed`, `WrongState` (has ended)."""
    with transaction.atomic(durable=True):
        deputy = _lock(deputy_pk)
        rule = check(TABLE, "end_deputy", deputy, actor)
        _refuse_ended(deputy)
        custody.end_deputies(Deputy.objects.filter(pk=deputy.pk), at=at, by=actor.user)
        written = _write(rule, deputy, actor=actor, at=at)
        _tell("deputy_ended", deputy, [deputy.user, _holder(deputy.registration)], written, actor=actor, at=at)
        deputy.refresh_from_db()
        return deputy


def activate_deputy(*, deputy_pk: int, reason: str, actor: Actor, at: datetime) -> StandIn:
    """An administrator lets a deputy act for the person in charge, who is told at once, and every administrator.

    Raises `NotAllowed`, `WrongState` (closed, has ended, or stands in already).
    """
    with transaction.atomic(durable=True):
        deputy = _lock(deputy_pk)
        rule = check(TABLE, "activate_deputy", deputy, actor)
        _refuse_ended(deputy)
        if deputy.registration.status != Registration.Status.ACTIVE:
            raise WrongState(_("This registration is closed. Nothing was changed."))
        basis = StandIn.Basis.ADMINISTRATOR
        made = _activate(deputy, basis, reason=reason, actor=actor, at=at)
        written = _write(rule, deputy, actor=actor, at=at, basis=made.basis)
        _tell_standing_in(made, written, actor=actor, at=at)
        return made


def deactivate_deputy(*, deputy_pk: int, actor: Actor, at: datetime) -> StandIn:
    """End a standing in; the deputy stays deputy. Raises `NotAllowed`, `WrongState` when the deputy does not."""
    with transaction.atomic(durable=True):
        deputy = _lock(deputy_pk)
        rule = check(TABLE, "deactivate_deputy", deputy, actor)
        standing = StandIn.objects.current().filter(deputy=deputy).first()
        if standing is None:
            raise WrongState(_("This deputy does not stand in. Nothing was changed."))
        standing.until, standing.ended_by = at, actor.user
        standing.save(update_fields=["until", "ended_by"])
        written = _write(rule, deputy, actor=actor, at=at)
        people = [deputy.user, _holder(deputy.registration), *custody.administrators(deputy.registration.organisation)]
        _tell("deputy_deactivated", deputy, people, written, actor=actor, at=at)
        return standing


def report_absence(*, registration_pk: int, reason: str, actor: Actor, at: datetime) -> AbsenceReport:
    """A deputy says that the holder has gone silent. The holder is told on every channel, and the administrators.

    Nothing follows from silence by itself: from `ready_on` a deputy may press "stand in". Raises `NotAllowed`,
    `WrongState` (nobody holds it, or reported already and the holder has not been here since).
    """
    with transaction.atomic(durable=True):
        reporter = still_here(actor)
        registration = _lock_registration(registration_pk)
        rule = check(TABLE, "report_absence", registration, reporter)
        held = Custody.objects.current().select_related("user").filter(registration=registration).first()
        if held is None or held.user is None:
            raise WrongState(_("Nobody is in charge of this registration who could be absent. Ask the provider."))
        _close_outdated(held, at=at)
        deputy = Deputy.objects.current().select_related("user").get(registration=registration, user=actor.user)
        made = AbsenceReport.objects.create(
            custody=held,
            deputy=deputy,
            reason=reason,
            at=at,
            # Ten whole business days lie between, so it is the eleventh.
            ready_on=business_days_after(timezone.localdate(at), ABSENCE_DAYS + 1),
        )
        facts = {"absent": held.user.label, "ready_on": made.ready_on.isoformat()}
        written = _write(rule, deputy, actor=actor, at=at, **facts)
        context = {"report": made, "absent": held.user}
        people = [held.user, *custody.administrators(registration.organisation)]
        _tell("absence_reported", deputy, people, written, actor=actor, at=at, **context)
        notices.tell_record("absence_reported_record", [registration], event=written, at=at)
        return made


def _close_outdated(held: Custody, *, at: datetime) -> None:
    """End the open report on this period if its holder has been here since; else a second one is refused."""
    standing = AbsenceReport.objects.open().filter(custody=held).first()
    if standing is None:
        return
    if not log.acted_since(held.holder_label, standing.at):
        raise WrongState(
            _("The absence has been reported already. A deputy can stand in from %(day)s.")
            % {"day": era_date(standing.ready_on, get_language() or "ja")}
        )
    standing.ended_at, standing.end_reason = at, AbsenceReport.End.HOLDER_HERE
    standing.save(update_fields=["ended_at", "end_reason"])


def stand_in(*, registration_pk: int, actor: Actor, at: datetime) -> StandIn:
    """A deputy begins to act for a holder who has been silent for ten business days since the report.

    Raises `NotAllowed`, `WrongState` (not reported, the holder was here since, too early, stands in already).
    """
    with transaction.atomic(durable=True):
        who = still_here(actor)
        registration = _lock_registration(registration_pk)
        rule = check(TABLE, "stand_in", registration, who)
        report = AbsenceReport.objects.open().filter(custody__registration=registration, custody__to_at=None).first()
        if report is None:
            raise WrongState(_("Report the absence first. The person in charge then has ten business days to answer."))
        if log.acted_since(report.custody.holder_label, report.at):
            raise WrongState(_("The person in charge has been here since the report. Nothing was changed."))
        if timezone.localdate(at) < report.ready_on:
            raise WrongState(
                _("The person in charge still has time to answer. You can stand in from %(day)s.")
                % {"day": era_date(report.ready_on, get_language() or "ja")}
            )
        deputy = Deputy.objects.current().select_related("user").get(registration=registration, user=actor.user)
        deputy.registration = registration
        basis = StandIn.Basis.ABSENCE
        made = _activate(deputy, basis, reason=report.reason, actor=actor, at=at, report=report)
        report.ended_at, report.end_reason = at, AbsenceReport.End.STOOD_IN
        report.save(update_fields=["ended_at", "end_reason"])
        written = _write(rule, deputy, actor=actor, at=at, basis=made.basis, reported_at=report.at.isoformat())
        _tell_standing_in(made, written, actor=actor, at=at)
        return made


def _activate(
    deputy: Deputy, basis: str, *, reason: str, actor: Actor, at: datetime, report: AbsenceReport | None = None
) -> StandIn:
    if StandIn.objects.current().filter(deputy=deputy).exists():
        raise WrongState(_("This deputy stands in already. Nothing was changed."))
    return StandIn.objects.create(deputy=deputy, basis=basis, report=report, reason=reason, by=actor.user, since=at)


def _lock_registration(pk: int) -> Registration:
    return Registration.objects.select_for_update(no_key=True).get(pk=pk)


def _lock(deputy_pk: int) -> Deputy:
    """Lock the deputy's account, the registration, then the deputyship, and read all of them again."""
    seen = Deputy.objects.get(pk=deputy_pk)
    user = User.objects.select_for_update(no_key=True).get(pk=seen.user_id)
    registration = _lock_registration(seen.registration_id)
    deputy = Deputy.objects.select_for_update(no_key=True).get(pk=deputy_pk)
    deputy.registration, deputy.user = registration, user
    return deputy


def _refuse_ended(deputy: Deputy) -> None:
    if deputy.until is not None:
        raise WrongState(_("This deputyship has ended already. Nothing was changed."))


def _refuse_person(registration: Registration, chosen: User) -> None:
    belongs = Membership.objects.current().filter(user=chosen, organisation_id=registration.organisation_id)
    if not chosen.is_active or not belongs.exists():
        words = _("Choose a person of your organisation.")
        raise Refused(words, {"deputy": words})
    if Custody.objects.current().filter(registration=registration, user=chosen).exists():
        words = _("Who is in charge cannot be the deputy as well. A second person in charge is not possible either.")
        raise Refused(words, {"deputy": words})


def _holder(registration: Registration) -> User | None:
    held = Custody.objects.current().filter(registration=registration).select_related("user").first()
    return held.user if held else None


def _write(rule: Rule, deputy: Deputy, *, actor: Actor, at: datetime, **more: object) -> Event:
    registration = deputy.registration
    return event(
        rule.event,
        actor=actor,
        at=at,
        subject=registration.label,
        about=[f"organisation:{registration.organisation_id}", f"user:{deputy.user_id}"],
        facts={"deputy": f"user:{deputy.user_id}", **more},
    )


def _tell(
    template: str,
    deputy: Deputy,
    people: Sequence[User | None],
    written: Event,
    *,
    actor: Actor,
    at: datetime,
    **context: object,
) -> None:
    """Tell `people` but the one who did it."""
    others = [one for one in people if one is not None and one.pk != actor.user.pk]
    shown = {"registration": deputy.registration, "deputy": deputy.user, **context}
    notices.tell(template, others, event=written, at=at, **shown)


def _tell_standing_in(made: StandIn, written: Event, *, actor: Actor, at: datetime) -> None:
    """Whoever acts for somebody does not do it unseen: the holder on every channel, and all administrators."""
    deputy = made.deputy
    people = [deputy.user, _holder(deputy.registration), *custody.administrators(deputy.registration.organisation)]
    _tell("deputy_activated", deputy, people, written, actor=actor, at=at, activation=made)
    notices.tell_record("deputy_activated_record", [deputy.registration], event=written, at=at)
