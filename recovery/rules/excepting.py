"""Who asks for an exception and who decides on it; who asks to put a recovery back and who does it (A9, A12)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.persons import accounts_of, is_one_of
from accounts.rulebook import Rule
from recovery.models import Approval, CaseException, Claim, Rollback, RuleReview
from recovery.rules.people import is_operator, is_untouched, works_at_provider

E, S = CaseException.Status, Claim.Status
ROLES = (Role.APPROVER.value, Role.SENIOR.value)
"""In which roles an exception needs a yes, each of another natural person."""
MOST_DAYS = 90
"""The longest that an exception lasts; a case is decided in 35 business days or escalated (procedure.md A11). Ours."""


def decides_exception(actor: Any, exception: CaseException) -> bool:
    """An approver or a senior who had nothing to do with the case, and did not ask for it."""
    return is_untouched(actor, exception.claim)


def ends_exception(actor: Any, exception: CaseException) -> bool:
    """An operator, or whoever may decide on it: taking an exception away lets nobody through."""
    return is_operator(actor) or decides_exception(actor, exception)


def is_editor(actor: Any, thing: Any = None) -> bool:
    """The editor of the procedure."""
    return works_at_provider(actor, Role.EDITOR)


def asks_rollback(actor: Any, claim: Any = None) -> bool:
    """An operator or a senior, also one who worked on the case: whoever sees the mistake says so."""
    return works_at_provider(actor, Role.OPERATOR, Role.SENIOR)


def confirms_rollback(actor: Any, rollback: Rollback) -> bool:
    """Another natural person without any part in the case: neither prepared, nor approved, nor carried it out."""
    claim = rollback.claim
    if not is_untouched(actor, claim):
        return False
    hands = [rollback.asked_by_id, claim.executed_by_id]
    if is_one_of(actor.user, hands):
        return False
    return not Approval.objects.filter(claim=claim, by__in=accounts_of(actor.user)).exists()


def declines_rollback(actor: Any, rollback: Rollback) -> bool:
    """Whoever could confirm it, and whoever asked, to take it back."""
    if confirms_rollback(actor, rollback):
        return True
    return asks_rollback(actor) and is_one_of(actor.user, [rollback.asked_by_id])


_UNTOUCHED = _("Only an approver or senior who had nothing to do with this case decides on an exception in it.")
_OTHER = _("Only an approver or senior decides this who neither asked for it nor had anything to do with the case.")

EXCEPTING: dict[str, Rule] = {
    "ask_exception": Rule(
        "exception.asked",
        _("Ask for an exception"),
        is_operator,
        _("Only an operator of the provider does this."),
        frozenset({S.COLLECTING}),
    ),
    "approve_exception": Rule(
        "exception.approved", _("Approve the exception"), decides_exception, _UNTOUCHED, frozenset({E.ASKED})
    ),
    "refuse_exception": Rule(
        "exception.refused", _("Do not approve it"), decides_exception, _UNTOUCHED, frozenset({E.ASKED})
    ),
    "end_exception": Rule(
        "exception.ended", _("End the exception"), ends_exception, _UNTOUCHED, frozenset({E.ASKED, E.VALID})
    ),
    "close_rule_review": Rule(
        "rule_review.closed",
        _("Review the rule"),
        is_editor,
        _("Only the editor of the procedure does this."),
        frozenset({RuleReview.Status.OPEN}),
    ),
    "ask_rollback": Rule(
        "rollback.asked",
        _("Ask to put it back"),
        asks_rollback,
        _("Only an operator or a senior of the provider does this."),
        frozenset({S.EXECUTED}),
    ),
    "confirm_rollback": Rule(
        "rollback.confirmed", _("Put it back"), confirms_rollback, _OTHER, frozenset({Rollback.Status.ASKED})
    ),
    "decline_rollback": Rule(
        "rollback.declined", _("Leave it as it is"), declines_rollback, _OTHER, frozenset({Rollback.Status.ASKED})
    ),
}
