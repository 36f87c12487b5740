"""Cheaper ways that an operator opens: colleagues are asked for a vouch."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.asking import Request
from accounts.errors import Refused
from recovery import dispatching, transitions
from recovery.views.provider.common import open_case, page


@require_http_methods(["GET", "POST"])
def ask_to_vouch(request: Request, number: str) -> HttpResponse:
    """Say what colleagues will read, then ask them."""
    found = open_case(request, number, "ask_to_vouch")
    if request.method == "POST":
        try:
            asked = transitions.ask_to_vouch(found.pk, actor=request.actor, at=request.at)
        except Refused as refused:
            messages.warning(request, str(refused.words))
        else:
            words = ngettext("%(count)d colleague was asked.", "%(count)d colleagues were asked.", len(asked))
            messages.success(request, words % {"count": len(asked)})
        return redirect("recovery:claim", number)
    return page(request, "provider_ask_to_vouch", found, claimant=dispatching.stated_claimant(found))


@require_http_methods(["GET", "POST"])
def open_dns_check(request: Request, number: str) -> HttpResponse:
    """Say what the claimant will be asked to set, then make the value."""
    found = open_case(request, number, "open_dns_check")
    if request.method == "POST":
        try:
            transitions.open_dns_check(found.pk, actor=request.actor, at=request.at)
        except Refused as refused:
            messages.warning(request, str(refused.words))
        else:
            messages.success(request, _("Made. The claimant sees the value once organisation and person are proven."))
        return redirect("recovery:claim", number)
    return page(request, "provider_dns", found)


@require_POST
def check_dns(request: Request, number: str) -> HttpResponse:
    """Ask the name servers now."""
    found = open_case(request, number, "check_dns")
    try:
        transitions.check_dns(found.pk, actor=request.actor, at=request.at)
    except Refused as refused:
        messages.warning(request, str(refused.words))
    else:
        messages.success(request, _("Found, and recorded as evidence. It counts only beside other proofs."))
    return redirect("recovery:claim", number)
