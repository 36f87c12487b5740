"""What every page's frame needs: the site's names and the main navigation."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import OrganisationKind, Role
from desk.rules import sees_queue
from handover.models.changes import SEES_CHANGES


def site(request: HttpRequest) -> dict[str, Any]:
    """Return names, support line and navigation for templates."""
    english = (get_language() or "ja").startswith("en")
    return {
        "site_name": settings.SITE_NAME,
        "provider_name": settings.PROVIDER_NAME_EN if english else settings.PROVIDER_NAME,
        "support_phone": settings.SUPPORT_PHONE,
        "support_hours": settings.SUPPORT_HOURS,
        "nav": _navigation(request),
    }


def _navigation(request: HttpRequest) -> list[dict[str, Any]]:
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
        entries = [("accounts:organisations", _("Organisations")), ("accounts:people", _("People"))]
        if actor.has(Role.OPERATOR, Role.APPROVER, Role.SENIOR):
            entries.insert(1, ("handover:activations", _("Activations")))
        if actor.has(Role.OPERATOR):
            entries.insert(1, ("handover:products", _("Products")))
            entries.insert(2, ("handover:gaps", _("Gaps")))
        if actor.has(Role.APPROVER, Role.SENIOR, Role.AUDITOR) and not actor.has(Role.OPERATOR):
            # Operators have it on their worklist of gaps, where such a case begins.
            entries.insert(-1, ("handover:authority_cases", _("Reassignments")))
        if actor.has(*SEES_CHANGES):
            entries.insert(1, ("handover:changes", _("Changes and cancellations")))
        if sees_queue(actor):
            entries.insert(0, ("desk:queue", _("Queue")))
        if actor.has(Role.OPERATOR, Role.APPROVER, Role.SENIOR):
            entries.insert(1, ("recovery:duties", _("Due")))
        if actor.has(Role.OPERATOR):
            entries.insert(1, ("recovery:letters", _("Letters")))
    elif actor.kind == OrganisationKind.AGENCY:
        entries = [("desk:queue", _("Queue")), ("accounts:people", _("People"))]
    elif actor.kind == OrganisationKind.CONTRACTOR:
        entries = [("handover:mandates", _("Mandates")), ("accounts:people", _("People"))]
    elif actor.is_claimant:
        entries = [("recovery:takeover", _("Taking over"))]
    else:
        entries = [("accounts:people", _("People"))]
    links = [(reverse(name), label) for name, label in entries]
    # Packages belong to the handovers, whose addresses they do not share.
    places = {url: url for url, _label in links} | {reverse("handover:packages"): reverse("handover:handovers")}
    # One path may lie within another: the longest that fits is where the reader is.
    here = max((url for url in places if request.path.startswith(url)), key=len, default="")
    return [{"url": url, "label": label, "current": url == places.get(here)} for url, label in links]
