"""Who may propose, approve and carry out a reassignment on proven authority (procedure.md B5, predecessor refuses)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import OrganisationKind, Role
from accounts.persons import is_one_of
from accounts.rulebook import Rule
from handover.models import AuthorityCase, AuthorityProof

S = AuthorityCase.Status
Code = AuthorityProof.Code
ROUTES: tuple[frozenset[str], ...] = (
    frozenset({Code.O1, Code.A2}),
    frozenset({Code.O3, Code.A1, Code.A2}),
)
"""What proves the representative's will: one of these sets, whole (procedure.md B5: O1, or O3 + A1; and A2)."""
PROOF_MONTHS = 3
"""How old a seal certificate and a letter of authority may be (procedure.md A4, O3 and A1)."""
DATED = frozenset({Code.O3, Code.A1})
"""Those whose age counts; the others were live checks (A4, O1 and A2)."""
NEEDED_ROLES = (Role.APPROVER.value, Role.SENIOR.value)
"""Whose yes is asked for: approvals of tier 4 (A5), which B5 names."""
NOTICE_DAYS = 3
"""Business days of notice to the predecessor (procedure.md B5)."""


def works_at_provider(actor: Any, *roles: str) -> bool:
    """Whether `actor` is one of the provider's people with one of `roles`."""
    return isinstance(actor, Actor) and actor.kind == OrganisationKind.PROVIDER and actor.has(*roles)


def may_propose(actor: Any, thing: Any = None) -> bool:
    """An operator."""
    return works_at_provider(actor, Role.OPERATOR)


def prepared(actor: Actor, case: AuthorityCase) -> bool:
    """Whether the natural person behind `actor` proposed the case or checked any of its proofs."""
    checked = case.proofs.values_list("checked_by", "seconded_by")
    return is_one_of(actor.user, [case.proposed_by_id, *(pk for pair in checked for pk in pair)])


def may_approve(actor: Any, case: AuthorityCase) -> bool:
    """An approver or a senior who had no hand in preparing it."""
    return works_at_provider(actor, *NEEDED_ROLES) and not prepared(actor, case)


def may_execute(actor: Any, case: AuthorityCase) -> bool:
    """An approver who had no hand in preparing it: usually the one who approved."""
    return works_at_provider(actor, Role.APPROVER) and not prepared(actor, case)


def may_answer(actor: Any, case: AuthorityCase) -> bool:
    """A senior who had no hand in preparing it."""
    return works_at_provider(actor, Role.SENIOR) and not prepared(actor, case)


def is_predecessor(actor: Any, case: AuthorityCase) -> bool:
    """Who is to lose custody, signed in as that person."""
    return isinstance(actor, Actor) and actor.user.pk == case.predecessor_id


_ONLY_OPERATOR = _("Only an operator of the provider can do this.")
_OPEN = frozenset(AuthorityCase.OPEN)

AUTHORITY: dict[str, Rule] = {
    "propose_reassignment": Rule("authority.proposed", _("Propose the reassignment"), may_propose, _ONLY_OPERATOR),
    "second_authority_proof": Rule(
        "authority.seconded", _("I have compared the seal too"), may_propose, _ONLY_OPERATOR, frozenset({S.PROPOSED})
    ),
    "approve_reassignment": Rule(
        "authority.approved",
        _("Approve the reassignment"),
        may_approve,
        _("Only an approver or a senior who did not prepare this case can approve it."),
        frozenset({S.PROPOSED}),
    ),
    "refuse_reassignment": Rule(
        "authority.refused",
        _("Refuse the reassignment"),
        may_approve,
        _("Only an approver or a senior who did not prepare this case can refuse it."),
        _OPEN,
    ),
    "withdraw_reassignment": Rule(
        "authority.withdrawn", _("Withdraw the proposal"), may_propose, _ONLY_OPERATOR, _OPEN
    ),
    "object_to_reassignment": Rule(
        "authority.objected",
        _("Say what speaks against it"),
        is_predecessor,
        _("Only the person who was given notice can do this."),
        frozenset({S.NOTIFIED}),
    ),
    "answer_objection": Rule(
        "authority.answered",
        _("Answer in writing"),
        may_answer,
        _("Only a senior who did not prepare this case can answer."),
        frozenset({S.NOTIFIED}),
    ),
    "execute_reassignment": Rule(
        "authority.executed",
        _("Carry out the reassignment"),
        may_execute,
        _("Only an approver who did not prepare this case can carry it out."),
        frozenset({S.NOTIFIED}),
    ),
}
