"""Who keeps the register of places, and who acts when one is out of action."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import OrganisationKind, Role
from accounts.rulebook import Rule
from desk.models import Site

S = Site.Status


def keeps_register(actor: Any, thing: Any = None) -> bool:
    """An editor or a senior of the provider."""
    return isinstance(actor, Actor) and actor.kind == OrganisationKind.PROVIDER and actor.has(Role.EDITOR, Role.SENIOR)


def answers_for_site(actor: Any, site: Any) -> bool:
    """A senior of the provider for every place; a supervisor for those of the own agency."""
    if not isinstance(actor, Actor) or not isinstance(site, Site) or site.organisation_id is None:
        return False
    if actor.kind == OrganisationKind.PROVIDER:
        return actor.has(Role.SENIOR)
    own = site.organisation_id == actor.organisation.pk
    return actor.kind == OrganisationKind.AGENCY and actor.has(Role.SUPERVISOR) and own


def sees_sites(actor: Any) -> bool:
    """Whoever keeps the register or looks at how it is kept; a supervisor of an agency."""
    if not isinstance(actor, Actor):
        return False
    if actor.kind == OrganisationKind.AGENCY:
        return actor.has(Role.SUPERVISOR)
    return actor.kind == OrganisationKind.PROVIDER and actor.has(Role.EDITOR, Role.SENIOR, Role.AUDITOR)


ONLY_SITES = _("Only those who keep the register of places see this.")
_ONLY_KEEPERS = _("Only an editor or a senior of the provider keeps the register.")
_ONLY_LEADS = _("Only a senior of the provider, or a supervisor of the agency itself, does this.")
_IN_REGISTER = frozenset({S.WORKING, S.FAILED})

SITES: dict[str, Rule] = {
    "record_site": Rule("site.recorded", _("Enter a place"), keeps_register, _ONLY_KEEPERS),
    "end_site": Rule("site.ended", _("End it"), keeps_register, _ONLY_KEEPERS, _IN_REGISTER),
    "add_line": Rule("site.line_added", _("Add a number"), keeps_register, _ONLY_KEEPERS, _IN_REGISTER),
    "end_line": Rule("site.line_ended", _("End the number"), keeps_register, _ONLY_KEEPERS),
    "seat_member": Rule("site.seated", _("Write down who works here"), answers_for_site, _ONLY_LEADS, _IN_REGISTER),
    "fail_site": Rule("site.failed", _("It is out of action"), answers_for_site, _ONLY_LEADS, frozenset({S.WORKING})),
    "reopen_site": Rule(
        "site.reopened", _("It is working again"), answers_for_site, _ONLY_LEADS, frozenset({S.FAILED})
    ),
}
