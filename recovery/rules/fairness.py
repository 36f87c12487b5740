"""Who looks whether everybody is treated alike, and what the auditor may: read everything, decide nothing (A1)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.persons import accounts_of
from accounts.rulebook import Rule
from audit import queries as log
from recovery.models import AuditSample, DriftCheck
from recovery.models.claims import STAFF_ROLES
from recovery.rules import people

A = AuditSample.Status
_ONLY_CLOCK = _("This happens by itself on its date.")
_ONLY_AUDITOR = _("Only an auditor who had no part in this case does this.")


def sees_figures(actor: Any, thing: Any = None) -> bool:
    """Whoever works at the provider by the procedure, changes it, or looks at how it is kept. No case is named."""
    return people.works_at_provider(actor, *STAFF_ROLES, Role.EDITOR)


def sees_samples(actor: Any, thing: Any = None) -> bool:
    """Auditors, and the seniors who follow up what was not in order."""
    return people.works_at_provider(actor, Role.AUDITOR, Role.SENIOR)


def audits(actor: Any, sample: AuditSample) -> bool:
    """An auditor who did nothing in the case under any account of this human."""
    if not people.works_at_provider(actor, Role.AUDITOR):
        return False
    labels = [user.label for user in accounts_of(actor.user)]
    return not log.acted_on(sample.claim.label, labels)


FAIRNESS: dict[str, Rule] = {
    "consider_for_audit": Rule("audit.considered", _("Consider for the audit"), people.is_clock, _ONLY_CLOCK),
    "read_sample": Rule(
        "audit.read",
        _("Read the case"),
        audits,
        _ONLY_AUDITOR,
        frozenset({A.OPEN, A.IN_ORDER, A.NOT_IN_ORDER}),
    ),
    "record_finding": Rule("audit.found", _("Write down the finding"), audits, _ONLY_AUDITOR, frozenset({A.OPEN})),
    "compare_quarter": Rule("drift.compared", _("Compare the quarter"), people.is_clock, _ONLY_CLOCK),
    "close_drift": Rule(
        "drift.explained",
        _("Write down why"),
        people.is_senior,
        _("Only a senior approver does this."),
        frozenset({DriftCheck.Status.OPEN}),
    ),
}
