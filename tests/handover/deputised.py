"""What tests about deputies begin with."""

from datetime import datetime, timedelta

from accounts.models import User
from handover import transitions
from handover.models import (
    AbsenceReport,
    Deputy,
    Registration,
    StandIn,
)
from tests.cast import actor
from tests.stock import NOW

BEFORE = NOW - timedelta(hours=1)


LATER = NOW + timedelta(minutes=5)


STRANGERS = ["jiro", "wakako", "minoru", "worker", "agent", "operator", "approver", "auditor"]


def named(held: Registration, person: User, by: User, at: datetime = NOW) -> Deputy:
    return transitions.name_deputy(registration_pk=held.pk, deputy=person, actor=actor(by), at=at)


def activated(deputy: Deputy, by: User, at: datetime = NOW) -> StandIn:
    return transitions.activate_deputy(deputy_pk=deputy.pk, reason="入院中", actor=actor(by), at=at)


def reported(held: Registration, by: User, at: datetime = NOW) -> AbsenceReport:
    return transitions.report_absence(registration_pk=held.pk, reason="連絡がつかない", actor=actor(by), at=at)


def record_of(held: Registration) -> str:
    return f"contact_point:{held.contact_points.get().pk}"
