"""Who may change how a registration is reached and named, and what a product is (procedure.md B4)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.errors import NotAllowed
from accounts.models import OrganisationKind, Role
from accounts.rulebook import Rule
from audit.record import System
from handover.models import CaseAccess, Registration
from handover.rules.handovers import acts_for, holds

ACTIVE = frozenset({Registration.Status.ACTIVE})


def may_change_record(actor: Any, registration: Registration) -> bool:
    """The custodian, a caretaker in person, or an administrator of the holder; a deputy or former custodian reads."""
    if isinstance(actor, System) or not actor.is_customer or actor.organisation.pk != registration.organisation_id:
        return False
    return bool(actor.is_administrator or holds(actor, registration))


def may_change_daily(actor: Any, registration: Registration) -> bool:
    """Who may change the record, and a deputy who stands in: daily settings, never the channels of record (B4)."""
    if may_change_record(actor, registration):
        return True
    own = not isinstance(actor, System) and actor.is_customer and actor.organisation.pk == registration.organisation_id
    return bool(own and acts_for(actor, registration))


def may_look(actor: Any, registration: Registration) -> bool:
    """Whoever the page was found for: `visible_to` has decided; here only that it is the holder's or a case's."""
    if isinstance(actor, System):
        return False
    if actor.kind == OrganisationKind.PROVIDER:
        return CaseAccess.objects.filter(user=actor.user, registration=registration, ended_at=None).exists()
    return bool(actor.is_customer and actor.organisation.pk == registration.organisation_id)


def is_operator(actor: Any, thing: object = None) -> bool:
    """An operator of the provider: keeps product cards and sees the worklists."""
    return isinstance(actor, Actor) and actor.kind == OrganisationKind.PROVIDER and actor.has(Role.OPERATOR)


def only_operators(actor: Any) -> None:
    """Raise `NotAllowed` for everybody but operators: for worklists that change nothing."""
    if not is_operator(actor):
        raise NotAllowed(ONLY_OPERATOR)


_ONLY_HOLDER = _("Only the person in charge or an administrator can change this.")
ONLY_OPERATOR = _("Only an operator of the provider can do this.")

REGISTER: dict[str, Rule] = {
    "look": Rule("registration.viewed", _("Look"), may_look, _("This is not for you to see.")),
    "add_contact_point": Rule("contact_point.added", _("Add a contact point"), may_change_record, _ONLY_HOLDER, ACTIVE),
    "end_contact_point": Rule(
        "contact_point.ended", _("End this contact point"), may_change_record, _ONLY_HOLDER, ACTIVE
    ),
    "add_alias": Rule("alias.added", _("Add another name of the unit"), may_change_daily, _ONLY_HOLDER, ACTIVE),
    "end_alias": Rule("alias.ended", _("End this name"), may_change_daily, _ONLY_HOLDER, ACTIVE),
    # Of a closed registration too: its papers may be needed for years.
    "export_package": Rule(
        "registration.exported",
        _("Download the whole package"),
        may_change_record,
        _("Only the person in charge or an administrator can download the whole package."),
    ),
    "add_product": Rule("product.added", _("Make a product card"), is_operator, ONLY_OPERATOR),
    "change_product": Rule("product.changed", _("Change this product card"), is_operator, ONLY_OPERATOR),
}
"""A contact point or an alias is judged by its registration; a product has no state. Looking needs no state either."""
