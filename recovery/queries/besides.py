"""What stands beside the usual on a claim's page: exceptions, urgent settings, and what is put back again."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from recovery.models import CaseException, Claim, Objection, Rollback, UrgentSetting
from recovery.procedure import Procedure, bending
from recovery.queries import exhibits
from recovery.queries.gathering import Case
from recovery.rules.people import is_deciding
from recovery.rules.urgent import takes_back


@dataclass(frozen=True)
class Bent:
    """One exception of the case."""

    pk: int
    rule: str
    status: str
    key: str
    is_in_force: bool
    expires_on: date


@dataclass(frozen=True)
class Undoing:
    """A request to put back what was carried out, that waits for another person."""

    by: str
    at: datetime
    may_decide: bool
    is_own: bool


@dataclass(frozen=True)
class Set:
    """One urgent setting. `may` are the acts on it that are open to the reader."""

    pk: int
    name: str
    key: str
    status: str
    at: datetime
    may: frozenset[str]


def undone(claim: Claim, case: Case, at: datetime) -> frozenset[str]:
    """Return what is not to be asked for: it was or is being put back, or the time for it is over."""
    asked = any(row["status"] == Rollback.Status.ASKED for row in case.rollbacks)
    doubted = any(row["status"] in (Objection.Status.OPEN, Objection.Status.UPHELD) for row in case.objections)
    until = claim.cooling_off_until
    is_protected = claim.cooled_off_at is None and until is not None and at < until
    is_closed = asked or claim.rolled_back_at or not (is_protected or doubted)
    return frozenset({"ask_rollback"}) if is_closed else frozenset()


def bent_of(one: CaseException, procedure: Procedure, at: datetime) -> Bent:
    is_valid = one.status == CaseException.Status.VALID
    is_in_force = is_valid and one.expires_on >= timezone.localdate(at)
    status = str(one.get_status_display())
    words = _("has run out") if is_valid and not is_in_force else status
    return Bent(one.pk, bending.words_of(procedure, one.rule), words, one.status, is_in_force, one.expires_on)


def undoing_of(case: Case, actor: Actor) -> Undoing | None:
    for row in case.rollbacks:
        if row["status"] == Rollback.Status.ASKED:
            is_own = row["asked_by_id"] == actor.user.pk
            may_decide = is_deciding(actor) and not is_own
            return Undoing(exhibits.name_in(case, row["asked_by_id"]), row["asked_at"], may_decide, is_own)
    return None


def set_of(row: dict[str, Any], actor: Actor) -> Set:
    one = UrgentSetting(**row)
    found = {"reverse_setting"} if takes_back(actor) and one.status in UrgentSetting.STANDING else set()
    if found and one.status == UrgentSetting.Status.MADE and one.made_by_id != actor.user.pk:
        # The page asks for the natural person; this is for the list's buttons, in no query of its own.
        found.add("confirm_setting")
    return Set(one.pk, one.name, one.status, str(one.get_status_display()), one.made_at, frozenset(found))
