"""What comes after an end, and what keeps a claim from being forgotten: who, from which states."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.persons import accounts_of
from accounts.rulebook import Rule
from audit import queries as log
from recovery.models import Appeal, Claim, Duty, Objection
from recovery.rules import people

S = Claim.Status
_BEFORE_PROPOSAL = frozenset({S.RECEIVED, S.MATCHED, S.COLLECTING})
_ONLY_OPERATOR = _("Only an operator of the provider does this.")
_ONLY_CLOCK = _("This happens by itself on its date.")


def may_judge(actor: Any, appeal: Appeal) -> bool:
    """Whether `actor` decides at the provider and never did anything in the case of `appeal`.

    Neither decided, prepared, reviewed, spoke with anybody nor held a code of it, under any account of this human.
    """
    if appeal.status != Appeal.Status.OPEN:
        # It is too late for everybody, and a second press reads so.
        return people.is_deciding(actor)
    claim = appeal.claim
    if not people.is_untouched(actor, claim):
        return False
    labels = [user.label for user in accounts_of(actor.user)]
    return not log.acted_on(claim.label, labels)


def answers_for(actor: Any, duty: Duty) -> bool:
    """Whether a duty is the actor's to finish: of the operators, or of the seniors."""
    return people.is_operator(actor) if duty.kind in Duty.OF_OPERATORS else people.is_senior(actor)


AFTERWARDS: dict[str, Rule] = {
    # The inquirer, or the desk for the inquirer
    "appeal": Rule(
        "claim.appealed",
        _("Appeal"),
        people.takes_in,
        _("The inquirer and the desk bring an appeal."),
        frozenset({S.REFUSED, S.STOPPED}),
    ),
    "reopen": Rule(
        "claim.reopened",
        _("Take it up again"),
        people.is_public,
        _("Only the inquirer does this, with receipt number and tracking code."),
        frozenset({S.REFUSED, S.WITHDRAWN, S.STOPPED}),
    ),
    # Operators
    "remind": Rule("claim.reminded", _("Remind the claimant"), people.is_operator, _ONLY_OPERATOR, _BEFORE_PROPOSAL),
    "identify_objector": Rule(
        "objection.identified",
        _("The objector is identified"),
        people.is_operator,
        _ONLY_OPERATOR,
        frozenset({Objection.Status.OPEN}),
    ),
    "find_capacity": Rule(
        "claim.capacity_found",
        _("Write down who the claimant is"),
        people.is_operator,
        _ONLY_OPERATOR,
        frozenset(Claim.OPEN),
    ),
    "finish_duty": Rule(
        "duty.finished",
        _("Done"),
        answers_for,
        _("Only an operator, or a senior where it is passed to one, finishes this."),
    ),
    # Approvers
    "decide_appeal": Rule(
        "appeal.decided",
        _("Decide on the appeal"),
        may_judge,
        _("Only an approver decides who had nothing to do with the case so far: neither with the decision nor before."),
        frozenset({Appeal.Status.OPEN}),
    ),
    # The clock
    "answer_holding": Rule(
        "claim.holding_answered", _("Send a holding answer"), people.is_clock, _ONLY_CLOCK, frozenset(Claim.OPEN)
    ),
    "pass_on": Rule("claim.passed_on", _("Pass to a senior"), people.is_clock, _ONLY_CLOCK, frozenset(Claim.OPEN)),
    "notice_silence": Rule(
        "claim.silence_noticed", _("Point out the silence"), people.is_clock, _ONLY_CLOCK, frozenset(Claim.OPEN)
    ),
    "propose_reminder": Rule(
        "claim.reminder_proposed", _("Propose a reminder"), people.is_clock, _ONLY_CLOCK, _BEFORE_PROPOSAL
    ),
    "point_out_last": Rule(
        "claim.left_of_several",
        _("Point out the last one"),
        people.is_clock,
        _ONLY_CLOCK,
        frozenset(Claim.LINKED),
    ),
    "climb_appeal": Rule(
        "appeal.overdue",
        _("Pass the appeal to a senior"),
        people.is_clock,
        _ONLY_CLOCK,
        frozenset({Appeal.Status.OPEN}),
    ),
    "tell_of_posing": Rule(
        "claim.posing_told", _("Tell the person in charge"), people.is_clock, _ONLY_CLOCK, frozenset(Claim.LINKED)
    ),
}
