"""Steps on custody that several transitions share. Plain functions: they run inside a transition and write no event."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.errors import WrongState
from accounts.models import Membership, Organisation, Role, User
from handover import mandating
from handover.models import (
    AbsenceReport,
    Attestation,
    Certificate,
    Custody,
    Deputy,
    GapAlert,
    Package,
    RecoveryKit,
    Registration,
    StandIn,
    Task,
)
from handover.rules.handovers import MOVED_INSIDE_DAYS, OVERLAP_DAYS

OF_THE_PERSON = (GapAlert.Kind.NOT_ATTESTED, GapAlert.Kind.CUSTODIAN_ABSENT, GapAlert.Kind.DISCLAIMED)
"""Alerts that tell of one person in charge, so that a change of custody closes them."""


@dataclass(frozen=True)
class Change:
    """What one change of custody did, for the facts of its event."""

    old: Custody | None
    new: Custody
    kits_void: int
    certificates: tuple[str, ...]
    mandates: mandating.Settled = field(default_factory=mandating.Settled)

    @property
    def facts(self) -> dict[str, object]:
        return {
            "from": self.old.holder_label if self.old else None,
            "to": self.new.holder_label,
            "kind": self.new.kind,
            "basis": self.new.basis,
            "basis_label": self.new.basis_label,
            "kits_void": self.kits_void,
            "certificates_superseded": list(self.certificates),
            **self.mandates.facts,
        }


def begin(registration: Registration, user: User | None, *, basis: str, at: datetime) -> Custody:
    """Open the first custody period of a new registration; without `user` the provider keeps it as caretaker."""
    kind = Custody.Kind.CUSTODIAN if user else Custody.Kind.CARETAKER
    return Custody.objects.create(registration=registration, user=user, kind=kind, basis=basis, from_at=at)


def give(
    registration: Registration,
    user: User | None,
    *,
    kind: str,
    basis: str,
    basis_label: str,
    at: datetime,
    kept_mandates: Collection[str] = (),
) -> Change:
    """Change custody of one registration at one instant: all that invariant 3 asks for, except event and notices.

    The caller holds the lock on `registration`. Closes the current period, opens the new one, ends a deputyship of the
    new custodian and every standing in for the old one, voids the recovery kit, supersedes valid certificates, opens
    the tasks of the new custodian and closes or opens the gap alert. Of the contractors' mandates only `kept_mandates`
    (numbers) go on; a caretaker keeps them all, for service goes on until the next custodian chooses. `at` ends the old
    period and begins the new one, so there is neither hole nor overlap. Raises `WrongState` when another change of
    custody came first.
    """
    old = Custody.objects.current().filter(registration=registration).first()
    if old and old.from_at >= at:
        raise WrongState(_("The person in charge has just changed. Nothing was changed by you; please look again."))
    if old and not Custody.objects.current().filter(pk=old.pk).update(to_at=at):
        raise WrongState(_("The person in charge has just changed. Nothing was changed by you; please look again."))
    try:
        new = Custody.objects.create(
            registration=registration, user=user, kind=kind, basis=basis, basis_label=basis_label, from_at=at
        )
    except IntegrityError as clash:
        raise WrongState(
            _("The person in charge has just changed. Nothing was changed by you; please look again.")
        ) from clash
    _end_standing_in(registration, at=at)
    if user:
        end_deputies(Deputy.objects.current().filter(registration=registration, user=user), at=at)
    kits = RecoveryKit.objects.filter(custody__registration=registration, void_at=None).update(void_at=at)
    superseded = supersede_certificates(registration, at=at)
    _leave_tasks(registration, user if kind == Custody.Kind.CUSTODIAN else None, at=at)
    mind_gap(registration, has_custodian=kind == Custody.Kind.CUSTODIAN, at=at)
    _let_go(registration, at=at)
    settled = mandating.Settled()
    if kind == Custody.Kind.CUSTODIAN:
        settled = mandating.settle(registration, kept=kept_mandates, at=at)
    return Change(old, new, kits, superseded, settled)


def end_deputies(deputies: QuerySet[Deputy], *, at: datetime, by: User | None = None) -> None:
    """End `deputies`, and with them the times in which they act; `by` None where another act does it by the way."""
    pks = list(deputies.values_list("pk", flat=True))
    if pks:
        StandIn.objects.filter(deputy__in=pks, until=None).update(until=at, ended_by=by)
        Deputy.objects.filter(pk__in=pks).update(until=at, ended_by=by)


def _end_standing_in(registration: Registration, *, at: datetime) -> None:
    """Who stood in did so for the one who is no longer in charge; deputies stay deputies."""
    StandIn.objects.filter(deputy__registration=registration, until=None).update(until=at)
    AbsenceReport.objects.open().filter(custody__registration=registration).update(
        ended_at=at, end_reason=AbsenceReport.End.CUSTODY_CHANGED
    )


def supersede_certificates(registration: Registration, *, at: datetime) -> tuple[str, ...]:
    """End every valid certificate of `registration`, because its facts changed; returns their serials."""
    valid = Certificate.objects.filter(registration=registration, status=Certificate.Status.VALID)
    serials = tuple(valid.order_by("serial").values_list("serial", flat=True))
    if serials:
        valid.update(status=Certificate.Status.SUPERSEDED, ended_at=at)
    return serials


def _leave_tasks(registration: Registration, user: User | None, *, at: datetime) -> None:
    """End the tasks of the last custodian and give the new one those that every switch leaves.

    What waits for whoever is in charge passes on: confirmations, and what lost its owner when the holder changed.
    """
    kinds = (Task.Kind.RESET_SETTINGS_PASSWORD, Task.Kind.MAKE_RECOVERY_KIT)
    Task.objects.filter(registration=registration, done_at=None, kind__in=kinds).update(done_at=at)
    Task.objects.bulk_create(
        Task(kind=kind, registration=registration, owner=user, opened_at=at) for kind in kinds if user
    )
    passing = Q(owner=None) | Q(kind__in=[Task.Kind.CONFIRM_CONTACT_POINTS, Task.Kind.CONFIRM_UNIT])
    Task.objects.filter(passing, registration=registration, done_at=None).update(owner=user)


def _let_go(registration: Registration, *, at: datetime) -> None:
    """A new custody answers the yearly question; what was said of the last person says nothing of the new one."""
    Attestation.objects.open().filter(registration=registration).update(lapsed_at=at)
    GapAlert.objects.filter(registration=registration, kind__in=OF_THE_PERSON, closed_at=None).update(closed_at=at)


def mind_gap(registration: Registration, *, has_custodian: bool, at: datetime) -> None:
    """Keep the gap alert of `registration` true: open without a custodian, never for a closed registration."""
    alerts = GapAlert.objects.filter(registration=registration, kind=GapAlert.Kind.NO_CUSTODIAN, closed_at=None)
    if has_custodian or registration.status == Registration.Status.CLOSED:
        alerts.update(closed_at=at)
    elif not alerts.exists():
        GapAlert.objects.create(
            kind=GapAlert.Kind.NO_CUSTODIAN,
            organisation_id=registration.organisation_id,
            registration=registration,
            opened_at=at,
        )


def mind_administrator_gap(organisation: Organisation, *, at: datetime) -> None:
    """Keep the gap alert of a customer without administrator true (invariant 6)."""
    alerts = GapAlert.objects.filter(
        organisation=organisation, registration=None, kind=GapAlert.Kind.NO_ADMINISTRATOR, closed_at=None
    )
    needs = Registration.objects.filter(organisation=organisation, status=Registration.Status.ACTIVE).exists()
    if not needs or administrators(organisation):
        alerts.update(closed_at=at)
    elif not alerts.exists():
        GapAlert.objects.create(
            kind=GapAlert.Kind.NO_ADMINISTRATOR, organisation=organisation, registration=None, opened_at=at
        )


def close_leaver_gap(organisation: Organisation, *, at: datetime) -> None:
    """End the alert that the last administrator stays beyond the last day: another day, or gone after all."""
    GapAlert.objects.filter(
        organisation=organisation, registration=None, kind=GapAlert.Kind.LEAVER_STAYS, closed_at=None
    ).update(closed_at=at)


def overlap_days(package: Package | None) -> int:
    """Return for how many days the predecessor reads after the switch: 30, or 90 after a move inside (B2, B5)."""
    return MOVED_INSIDE_DAYS if package and package.kind == Package.Kind.MOVES else OVERLAP_DAYS


def is_last_administrator(user: User, organisation: Organisation) -> bool:
    """Whether `organisation` has active registrations and nobody but `user` administers it (invariant 6)."""
    active = Registration.objects.filter(organisation=organisation, status=Registration.Status.ACTIVE)
    return active.exists() and not administrators(organisation, but=user)


def administrators(organisation: Organisation, *, but: User | None = None) -> list[User]:
    """Return the current administrators of `organisation`, the longest-serving first, without `but`."""
    rows = Membership.objects.current().filter(organisation=organisation, role=Role.ADMINISTRATOR, user__is_active=True)
    if but:
        rows = rows.exclude(user=but)
    return [row.user for row in rows.select_related("user").order_by("since", "pk")]
