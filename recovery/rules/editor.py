"""Who changes the procedure itself, and who reopens what a changed rule would have decided otherwise."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Role
from accounts.persons import is_same_human
from accounts.rulebook import Rule
from recovery.models import Claim, ProcedureVersion
from recovery.rules import people

_DRAFT = frozenset({ProcedureVersion.Status.DRAFT})
_ONLY_EDITOR = _("Only an editor of the procedure does this.")


def is_editor(actor: Any, thing: Any = None) -> bool:
    return people.works_at_provider(actor, Role.EDITOR)


def sees_procedures(actor: Any, thing: Any = None) -> bool:
    """Whoever works at the provider by the procedure, or changes it, or looks at how it is kept."""
    roles = (Role.EDITOR, Role.OPERATOR, Role.APPROVER, Role.SENIOR, Role.AUDITOR)
    return people.works_at_provider(actor, *roles)


def may_publish(actor: Any, version: ProcedureVersion) -> bool:
    """A senior or an editor who is another natural person than the one who proposed it."""
    if not (isinstance(actor, Actor) and people.works_at_provider(actor, Role.EDITOR, Role.SENIOR)):
        return False
    return version.proposed_by is None or not is_same_human(version.proposed_by, actor.user)


def reopens(actor: Any, thing: Any = None) -> bool:
    return people.works_at_provider(actor, Role.OPERATOR, Role.SENIOR)


PROCEDURES: dict[str, Rule] = {
    "begin_draft": Rule("procedure.draft_begun", _("Begin a draft"), is_editor, _ONLY_EDITOR),
    "change_draft": Rule("procedure.draft_changed", _("Save the draft"), is_editor, _ONLY_EDITOR, _DRAFT),
    "add_script": Rule("procedure.script_added", _("Add a sentence"), is_editor, _ONLY_EDITOR, _DRAFT),
    "discard_draft": Rule("procedure.draft_discarded", _("Discard the draft"), is_editor, _ONLY_EDITOR, _DRAFT),
    "begin_replay": Rule("procedure.replay_begun", _("Replay it over past claims"), is_editor, _ONLY_EDITOR, _DRAFT),
    "finish_replay": Rule(
        "procedure.replayed", _("End the replay"), people.is_clock, _("This happens by itself once it is done.")
    ),
    "propose_publication": Rule("procedure.proposed", _("Propose to publish"), is_editor, _ONLY_EDITOR, _DRAFT),
    "publish": Rule(
        "procedure.published",
        _("Publish"),
        may_publish,
        _("Only a senior approver or an editor publishes, and another person than the one who proposed it."),
        _DRAFT,
    ),
    "reopen_by_rule": Rule(
        "claim.reopened_by_rule",
        _("Reopen by the changed rule"),
        reopens,
        _("Only an operator or a senior approver of the provider does this."),
        frozenset({Claim.Status.REFUSED}),
    ),
}
