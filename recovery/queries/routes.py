"""Routes beside the normal way as pages show them: to whoever chooses one, and to the claimant as far as stated."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import Words
from recovery.models import Claim
from recovery.procedure import Procedure
from recovery.queries.weighing import route_choice

ORGANISATION_KINDS: dict[str, Words] = {
    "representative": gettext_lazy("A company, and I am its registered representative"),
    "sole_trader": gettext_lazy("A sole trader's business"),
    "association": gettext_lazy("An association or volunteer body"),
    "superior_body": gettext_lazy("A school, or a branch office of a public body"),
    "closed_office": gettext_lazy("A branch or office that was closed"),
}
"""What an inquirer can state about the organisation, by the code of the route that may fit. A hint and nothing more."""


@dataclass(frozen=True)
class Chosen:
    """The route of a claim, who chose it, and why."""

    who: str
    instead: str
    by: str
    reason: str


def chosen(claim: Claim) -> Chosen | None:
    """Return by which route `claim` goes, None for the normal way."""
    if not claim.route:
        return None
    route, choice = claim.procedure.procedure.route(claim.route), route_choice(claim)
    return Chosen(route.who, route.instead, choice.by.display_name, choice.reason)


def hint(claim: Claim) -> str:
    """Return the code of the route that what was stated points to, "" for none that can be chosen."""
    stated = claim.inquiry.statement.organisation_kind
    return stated if claim.procedure.procedure.has_route(stated) else ""


def to_choose(procedure: Procedure) -> list[tuple[str, str]]:
    """Return the ways of a version, each with for whom it is and what it asks for instead."""
    words = _("%(who)s. Instead: %(what)s")
    routes = [(one.code, words % {"who": one.who, "what": one.instead}) for one in procedure.open_routes]
    return [("", _("The normal way")), *routes]


def asked_on(procedure: Procedure, route: str) -> tuple[str, ...]:
    """Return in words what a route asks for by name, one line for each; nothing for the normal way."""
    if not route:
        return ()
    needs = procedure.route(route).needs
    groups = needs.mandatory if needs else ()
    return tuple(str(_(" or ")).join(procedure.kind(code).name for code in group) for group in groups)
