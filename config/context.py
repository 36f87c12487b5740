"""What every page's frame needs: the site's names and the main navigation."""

from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import OrganisationKind, Role
from config.places import address, below
from desk.rules import calls_back, sees_alarms, sees_queue, sees_reports, sees_sites, sees_team, takes_calls
from desk.rules.figures import sees_desk_figures
from handover.models.changes import SEES_CHANGES
from handover.models.erasures import DECIDING
from recovery.rules.editor import sees_procedures
from recovery.rules.fairness import sees_figures, sees_samples

MOST_IN_LINE = 5
"""Entries beside the name of the site and the person at 1280 px, the menu counted as one."""

BELONGS = {
    "handover:packages": "handover:handovers",
    "handover:attestation": "handover:registrations",
    "handover:bulk": "handover:registrations",
    "handover:changes": "handover:registrations",
    "handover:erasures": "handover:registrations",
    "handover:papers_over": "handover:registrations",
    "handover:jobs": "handover:registrations",
    "handover:season": "handover:registrations",
}
"""Pages that belong to an entry of the navigation whose address they do not share, unless they are one themselves."""
BELOW = ("handover:paper", "handover:certificate", "handover:explanation", "handover:label")
"""One thing of a registration each: the page of every such thing and all below it belong to the registrations."""


class Entry(NamedTuple):
    """One entry of the main navigation."""

    url: str
    label: str
    current: bool


class Navigation(NamedTuple):
    """What stands in the line, what stands in the menu behind it, and whether the reader is at one of the latter."""

    shown: tuple[Entry, ...]
    more: tuple[Entry, ...]
    current_in_more: bool


def site(request: HttpRequest) -> dict[str, Any]:
    """Return names, support line and navigation for templates."""
    english = (get_language() or "ja").startswith("en")
    return {
        "site_name": settings.SITE_NAME,
        "provider_name": settings.PROVIDER_NAME_EN if english else settings.PROVIDER_NAME,
        "support_phone": settings.SUPPORT_PHONE,
        "support_hours": settings.SUPPORT_HOURS,
        "nav": _split(_navigation(request)),
    }


def _navigation(request: HttpRequest) -> list[Entry]:
    actor = getattr(request, "actor", None)
    if actor is None:
        return []
    entries: list[tuple[str, str]] = []
    if actor.kind == OrganisationKind.CUSTOMER:
        entries = [
            ("handover:registrations", _("Registrations")),
            ("handover:handovers", _("Handovers")),
            ("handover:mandates", _("Mandates")),
            ("accounts:people", _("People")),
        ]
    elif actor.kind == OrganisationKind.PROVIDER:
        entries = _of_provider(actor)
    elif actor.kind == OrganisationKind.AGENCY:
        entries = _of_agency(actor)
    elif actor.kind == OrganisationKind.CONTRACTOR:
        entries = [("handover:mandates", _("Mandates")), ("accounts:people", _("People"))]
    elif actor.is_claimant:
        entries = [("recovery:takeover", _("Taking over"))]
    else:
        entries = [("accounts:people", _("People"))]
    links = [(address(name), label) for name, label in entries]
    places = {below(name): address("handover:registrations") for name in BELOW}
    places |= {address(name): address(home) for name, home in BELONGS.items()} | {url: url for url, _label in links}
    # One path may lie within another: the longest that fits is where the reader is.
    here = max((url for url in places if request.path.startswith(url)), key=len, default="")
    return [Entry(url, label, url == places.get(here)) for url, label in links]


def _of_agency(actor: Actor) -> list[tuple[str, str]]:
    """The calls of the day; a supervisor looks into the alarms about the own people as well."""
    entries: list[tuple[bool, str, str]] = [
        (True, "recovery:console", _("Console")),
        (True, "desk:queue", _("Queue")),
        (True, "desk:letters", _("Letters in and out")),
        (True, "desk:intentions", _("Announced calls")),
        (sees_team(actor), "desk:team", _("Team")),
        (sees_alarms(actor), "desk:alarms", _("Alarms")),
        (sees_sites(actor), "desk:sites", _("Places")),
        (True, "desk:affiliates", _("Desks")),
        (True, "desk:scripts", _("Words to say")),
        (True, "desk:feedback", _("Feedback")),
        (True, "desk:mistakes", _("Mistakes of ours")),
        (sees_desk_figures(actor), "desk:figures", _("Figures")),
        (True, "accounts:people", _("People")),
    ]
    return [(name, label) for may, name, label in entries if may]


def _of_provider(actor: Actor) -> list[tuple[str, str]]:
    """What the day is made of comes first; what is looked up now and then stands in the menu."""
    decides = actor.has(Role.OPERATOR, Role.APPROVER, Role.SENIOR)
    # Operators have it on their worklist of gaps, where such a case begins.
    sees_cases = actor.has(Role.APPROVER, Role.SENIOR, Role.AUDITOR) and not actor.has(Role.OPERATOR)
    entries: list[tuple[bool, str, str]] = [
        (sees_queue(actor), "desk:queue", _("Queue")),
        (decides, "recovery:duties", _("Due")),
        (sees_queue(actor), "desk:letters", _("Letters in and out")),
        (decides, "desk:answers", _("Formal answers")),
        (actor.has(Role.OPERATOR), "recovery:letters", _("Letters")),
        (actor.has(*SEES_CHANGES), "handover:changes", _("Changes and cancellations")),
        (actor.has(Role.OPERATOR), "handover:gaps", _("Gaps")),
        (sees_team(actor), "desk:team", _("Team")),
        (sees_alarms(actor), "desk:alarms", _("Alarms")),
        (takes_calls(actor), "desk:intentions", _("Announced calls")),
        (sees_reports(actor), "desk:caller_reports", _("Reported calls")),
        (sees_sites(actor), "desk:sites", _("Places")),
        (actor.has(Role.OPERATOR), "recovery:console", _("Console")),
        (calls_back(actor), "desk:call_backs", _("Calls back")),
        (sees_cases, "handover:authority_cases", _("Reassignments")),
        (decides, "handover:activations", _("Activations")),
        (actor.has(*DECIDING), "handover:erasures", _("Papers to be erased")),
        (True, "accounts:organisations", _("Organisations")),
        (actor.has(Role.OPERATOR), "handover:products", _("Products")),
        (actor.has(Role.OPERATOR, Role.APPROVER, Role.SENIOR, Role.AUDITOR), "recovery:exceptions", _("Exceptions")),
        (sees_figures(actor), "recovery:fairness", _("Fairness")),
        (sees_desk_figures(actor), "desk:figures", _("Figures of the desk")),
        (sees_samples(actor), "recovery:audit_samples", _("Audit")),
        (sees_procedures(actor), "recovery:procedures", _("Procedure")),
        (actor.has(Role.EDITOR), "recovery:rule_reviews", _("Reviews of rules")),
        (sees_queue(actor), "desk:affiliates", _("Desks")),
        (True, "desk:scripts", _("Words to say")),
        (True, "desk:feedback", _("Feedback")),
        (sees_queue(actor), "desk:mistakes", _("Mistakes of ours")),
        (True, "accounts:people", _("People")),
    ]
    return [(name, label) for may, name, label in entries if may]


def _split(entries: list[Entry]) -> Navigation:
    """Return the navigation as one line holds it: what is too much for it stands in a menu that opens."""
    shown = entries if len(entries) <= MOST_IN_LINE else entries[: MOST_IN_LINE - 1]
    more = entries[len(shown) :]
    return Navigation(tuple(shown), tuple(more), any(entry.current for entry in more))
