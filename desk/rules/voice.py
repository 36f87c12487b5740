"""Who passes what on, hears feedback and answers it, and puts mistakes right."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import OrganisationKind, Role
from accounts.persons import is_same_human
from accounts.rulebook import Rule
from audit.record import Public
from desk.models import Feedback, Mistake, ScriptTask
from desk.rules.people import LIVE, ONLY_DESK, takes_calls

F, M = Feedback.Status, Mistake.Status
_ONLY_AGENCY = _("Only the desk does this.")
_ONLY_EDITOR = _("Only an editor of the procedure does this.")
_ONLY_PROVIDER = _("Only the provider's people do this, and nobody about an own challenge.")
_ONLY_MENDERS = _("Only an operator or a senior approver of the provider does this.")


def in_agency(actor: Any, thing: Any = None) -> bool:
    """An agent or a supervisor of the agency."""
    return isinstance(actor, Actor) and actor.kind == OrganisationKind.AGENCY and takes_calls(actor)


def edits(actor: Any, thing: Any = None) -> bool:
    """An editor of the procedure."""
    return isinstance(actor, Actor) and actor.kind == OrganisationKind.PROVIDER and actor.has(Role.EDITOR)


def is_staff(actor: Any, thing: Any = None) -> bool:
    """Anybody of the desk or of the provider: whoever works by a rule may challenge it."""
    return isinstance(actor, Actor) and actor.organisation.is_staff


def is_stranger(actor: Any, thing: Any = None) -> bool:
    """Somebody without a session, or anybody with one: the form is open to all."""
    return isinstance(actor, Public | Actor)


def keeps(actor: Any, thing: Any) -> bool:
    """Who shares feedback and answers it: what staff say about a rule is for editor and senior, never the own."""
    if not (isinstance(thing, Feedback) and isinstance(actor, Actor) and actor.kind == OrganisationKind.PROVIDER):
        return False
    if thing.source != Feedback.Source.STAFF:
        return actor.has(Role.OPERATOR, Role.SENIOR, Role.EDITOR)
    is_own = thing.heard_by is not None and is_same_human(thing.heard_by, actor.user)
    return actor.has(Role.SENIOR, Role.EDITOR) and not is_own


def tells(actor: Any, thing: Any) -> bool:
    """Who brings the inquirer an answer by phone or letter."""
    return isinstance(thing, Feedback) and thing.inquiry_id is not None and takes_calls(actor)


def mends(actor: Any, thing: Any) -> bool:
    """Who puts a mistake right for the provider."""
    is_theirs = isinstance(actor, Actor) and actor.kind == OrganisationKind.PROVIDER
    return isinstance(thing, Mistake) and is_theirs and actor.has(Role.OPERATOR, Role.SENIOR)


VOICE: dict[str, Rule] = {
    "pass_on": Rule("inquiry.passed_on", _("Pass to the provider"), in_agency, _ONLY_AGENCY, LIVE),
    "decline_script": Rule(
        "script_task.declined", _("No sentence"), edits, _ONLY_EDITOR, frozenset({ScriptTask.Status.OPEN})
    ),
    "record_feedback": Rule("feedback.recorded", _("Take down feedback"), takes_calls, ONLY_DESK),
    "send_feedback": Rule("feedback.sent", _("Send"), is_stranger, ONLY_DESK),
    "challenge_rule": Rule("feedback.challenged", _("Challenge a rule"), is_staff, ONLY_DESK),
    "share_feedback": Rule(
        "feedback.shared", _("Share it with a department"), keeps, _ONLY_PROVIDER, frozenset({F.OPEN, F.SHARED})
    ),
    "answer_feedback": Rule("feedback.answered", _("Answer"), keeps, _ONLY_PROVIDER, frozenset({F.SHARED})),
    "tell_feedback": Rule("feedback.told", _("The inquirer was told"), tells, ONLY_DESK, frozenset({F.ANSWERED})),
    "record_mistake": Rule("mistake.recorded", _("Record a mistake of ours"), takes_calls, ONLY_DESK),
    "name_registration": Rule(
        "mistake.registration_named",
        _("Name the registration"),
        mends,
        _ONLY_MENDERS,
        frozenset({M.OPEN, M.MENDED}),
    ),
    "mend_mistake": Rule("mistake.mended", _("Say what was done"), mends, _ONLY_MENDERS, frozenset({M.OPEN, M.MENDED})),
    "close_mistake": Rule("mistake.closed", _("Close it"), mends, _ONLY_MENDERS, frozenset({M.MENDED})),
}
