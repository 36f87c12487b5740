"""Who marks invented registrations, and who sees that they are."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import OrganisationKind, Role
from accounts.rulebook import Rule
from audit.record import System


def marks_canaries(actor: Any, thing: Any = None) -> bool:
    """An editor or a senior of the provider: whoever invented the registration says so."""
    return isinstance(actor, Actor) and actor.kind == OrganisationKind.PROVIDER and actor.has(Role.EDITOR, Role.SENIOR)


def sees_canaries(actor: Any) -> bool:
    """A senior or an auditor: nobody who could touch one in the course of a day's work."""
    return isinstance(actor, Actor) and actor.kind == OrganisationKind.PROVIDER and actor.has(Role.SENIOR, Role.AUDITOR)


def ends_canaries(actor: Any, thing: Any = None) -> bool:
    """A senior: who ends one has to see it."""
    return sees_canaries(actor) and actor.has(Role.SENIOR)


def is_clock(actor: Any, thing: Any = None) -> bool:
    return isinstance(actor, System)


ONLY_MARKING = _("Only an editor or a senior of the provider marks an invented registration.")
ONLY_SEEING = _("Only seniors and auditors of the provider see this.")
CANARIES: dict[str, Rule] = {
    "mark_canary": Rule("canary.marked", _("Mark as invented"), marks_canaries, ONLY_MARKING),
    "end_canary": Rule("canary.ended", _("Watch it no longer"), ends_canaries, ONLY_SEEING),
    "watch_canary": Rule("canary.watched", _("Watch"), is_clock, ONLY_SEEING),
}
