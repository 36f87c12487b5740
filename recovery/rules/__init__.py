"""The one table of this app: action -> who, from which states, and the reason when not."""

from django.utils.translation import gettext_lazy as _

from accounts.rulebook import Rule
from recovery.models import Claim, Objection
from recovery.rules import people
from recovery.rules.afterwards import AFTERWARDS
from recovery.rules.editor import PROCEDURES
from recovery.rules.excepting import EXCEPTING
from recovery.rules.exits import EXITS
from recovery.rules.fairness import FAIRNESS
from recovery.rules.inbox import INBOX
from recovery.rules.limits import LIMITS
from recovery.rules.routes import ROUTES
from recovery.rules.together import TOGETHER
from recovery.rules.urgent import URGENT

S = Claim.Status
LINKED = frozenset(Claim.LINKED)
OPEN = frozenset(Claim.OPEN)
BEFORE_APPROVAL = OPEN - {S.APPROVED}

_ONLY_OPERATOR = _("Only an operator of the provider does this.")
_ONLY_CLOCK = _("This happens by itself on its date.")
_ONLY_INQUIRER = _("Only the inquirer does this, with receipt number and tracking code.")
_UNTOUCHED = _(
    "Only an approver does this who neither prepared the case, nor spoke with anybody about it, nor printed a code"
    " for it."
)

TABLE: dict[str, Rule] = {
    **EXCEPTING,
    **FAIRNESS,
    **PROCEDURES,
    **TOGETHER,
    **URGENT,
    # The inquirer and the desk
    "open_claim": Rule("claim.received", _("Send"), people.takes_in, _("The desk and the inquirer open a claim.")),
    "enter_mailbox_code": Rule(
        "claim.mailbox_verified", _("Confirm the mail address"), people.is_public, _ONLY_INQUIRER, OPEN
    ),
    "change_mailbox": Rule(
        "claim.mailbox_changed", _("Change the mail address"), people.takes_in, _ONLY_INQUIRER, BEFORE_APPROVAL
    ),
    "enter_code": Rule("claim.code_entered", _("Enter a code"), people.is_public, _ONLY_INQUIRER, OPEN),
    "ask_for_code": Rule("claim.code_wanted", _("No code arrived"), people.is_public, _ONLY_INQUIRER, BEFORE_APPROVAL),
    "submit_paper": Rule("claim.paper_submitted", _("Add a paper"), people.takes_in, _ONLY_INQUIRER, BEFORE_APPROVAL),
    "withdraw": Rule("claim.withdrawn", _("Withdraw"), people.is_public, _ONLY_INQUIRER, OPEN),
    "object_to": Rule(
        "claim.objected",
        _("Object"),
        people.anybody,
        _("Objecting needs the code of a notice."),
        LINKED | {S.EXECUTED},
    ),
    # Operators
    "look_for": Rule(
        "claim.candidates_listed", _("Look for the registration"), people.is_operator, _ONLY_OPERATOR, OPEN
    ),
    "open_record": Rule("record.opened", _("Open the record"), people.is_operator, _ONLY_OPERATOR, LINKED),
    "link": Rule(
        "claim.linked", _("This is the one"), people.is_operator, _ONLY_OPERATOR, frozenset({S.RECEIVED, S.MATCHED})
    ),
    "accept": Rule(
        "claim.accepted", _("Accept for examination"), people.is_operator, _ONLY_OPERATOR, frozenset({S.MATCHED})
    ),
    "take_head_office": Rule(
        "claim.head_office_taken",
        _("Take the head office from the registry"),
        people.is_operator,
        _ONLY_OPERATOR,
        frozenset({S.COLLECTING}),
    ),
    "record_evidence": Rule(
        "evidence.recorded", _("Record evidence"), people.is_operator, _ONLY_OPERATOR, frozenset({S.COLLECTING})
    ),
    "take_back_evidence": Rule(
        "evidence.taken_back", _("Take back"), people.is_operator, _ONLY_OPERATOR, frozenset({S.COLLECTING})
    ),
    "second_evidence": Rule(
        "evidence.seconded", _("I compared it as well"), people.is_operator, _ONLY_OPERATOR, frozenset({S.COLLECTING})
    ),
    "view_submission": Rule("submission.viewed", _("Open the paper"), people.is_operator, _ONLY_OPERATOR, OPEN),
    "order_letter": Rule(
        "letter.ordered", _("Order a letter with a code"), people.is_operator, _ONLY_OPERATOR, frozenset({S.COLLECTING})
    ),
    "order_mail_code": Rule(
        "mail_code.ordered",
        _("Send a code to the mail address of record"),
        people.is_operator,
        _ONLY_OPERATOR,
        frozenset({S.COLLECTING}),
    ),
    "print_day": Rule("print_run.made", _("Print"), people.is_operator, _ONLY_OPERATOR),
    "print_letters": Rule("letters.printed", _("Print"), people.is_operator, _ONLY_OPERATOR),
    "record_delivery": Rule("dispatch.delivered", _("Delivered"), people.is_operator, _ONLY_OPERATOR),
    "record_return": Rule("dispatch.returned", _("Came back"), people.is_operator, _ONLY_OPERATOR),
    "record_attempt": Rule(
        "attempt.recorded",
        _("Record an attempt"),
        people.is_operator,
        _ONLY_OPERATOR,
        frozenset({S.COLLECTING, S.PROPOSED, S.NOTIFIED, S.APPROVED}),
    ),
    "propose": Rule(
        "claim.proposed",
        _("Propose approval"),
        people.may_propose,
        _("Only an operator proposes who neither spoke with the claimant nor printed a code for this case."),
        frozenset({S.COLLECTING}),
    ),
    "review_objection": Rule(
        "objection.reviewed",
        _("Recommend"),
        people.is_operator,
        _ONLY_OPERATOR,
        frozenset({Objection.Status.OPEN}),
    ),
    # Approvers
    "approve": Rule("claim.approved", _("Approve"), people.is_untouched, _UNTOUCHED, frozenset({S.NOTIFIED})),
    "send_back": Rule(
        "claim.sent_back",
        _("Send back to collecting"),
        people.is_deciding,
        _("Only an approver sends a proposal back."),
        frozenset({S.PROPOSED, S.NOTIFIED, S.APPROVED}),
    ),
    "refuse": Rule(
        "claim.refused",
        _("Refuse"),
        people.is_untouched,
        _UNTOUCHED,
        OPEN,
    ),
    "decide_objection": Rule(
        "objection.decided",
        _("Decide"),
        people.is_deciding,
        _("Only an approver decides, after somebody else has reviewed the objection."),
        frozenset({Objection.Status.OPEN}),
    ),
    "resume": Rule(
        "claim.resumed",
        _("Go on with this claim"),
        people.is_senior,
        _("Only a senior approver does this."),
        LINKED,
    ),
    "invite_claimant": Rule(
        "claim.claimant_invited", _("Send a new link"), people.is_deciding, _UNTOUCHED, frozenset({S.APPROVED})
    ),
    "execute": Rule("claim.executed", _("Carry out"), people.may_execute, _UNTOUCHED, frozenset({S.APPROVED})),
    # The claimant, signed in
    "get_ready": Rule(
        "claim.claimant_ready",
        _("I am ready to take over"),
        people.is_claimant,
        _("Only the claimant does this, signed in."),
        frozenset({S.APPROVED}),
    ),
    # The clock
    "begin_window": Rule(
        "claim.notified", _("Begin the window"), people.is_clock, _ONLY_CLOCK, frozenset({S.PROPOSED})
    ),
    "stop": Rule("claim.stopped", _("Stop"), people.is_clock, _ONLY_CLOCK, LINKED),
    "lapse_objection": Rule(
        "objection.lapsed", _("Lapse"), people.is_clock, _ONLY_CLOCK, frozenset({Objection.Status.OPEN})
    ),
    "end_cooling_off": Rule(
        "claim.cooled_off", _("End the protected time"), people.is_clock, _ONLY_CLOCK, frozenset({S.EXECUTED})
    ),
    **AFTERWARDS,
    **EXITS,
    **ROUTES,
    **LIMITS,
    **INBOX,
}
