"""The claimant with an account: what was approved, read-only, and the word that it may be carried out."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.asking import Request
from accounts.rulebook import available
from handover.forms.fresh import fresh_check
from recovery import covering, transitions
from recovery.models import Claim
from recovery.queries import tracking
from recovery.rules import TABLE

READY = {"get_ready": TABLE["get_ready"]}
APPROVED = 4


@require_http_methods(["GET", "POST"])
def takeover(request: Request) -> HttpResponse:
    """Show the covered registration without its papers; after a fresh check, take down that the claimant is ready."""
    claim = tracking.find_own(request.actor)
    if claim is None and covering.own_lines(request.actor):
        return redirect("recovery:units")
    if claim is None:
        raise Http404
    form = fresh_check(request)
    if request.method == "POST" and form.is_valid():
        transitions.get_ready(claim.pk, actor=request.actor, at=request.at)
        messages.success(request, _("Thank you. We carry it out; you get a mail when the registration is yours."))
        return redirect("recovery:takeover")
    is_approved = tracking.rung_of(claim, request.at) >= APPROVED
    context = {
        "claim": claim,
        "form": form,
        "registration": claim.registration if is_approved else None,
        "may_get_ready": is_approved and not claim.claimant_ready_at and available(READY, claim, request.actor),
        "steps": _steps(claim),
    }
    return render(request, "recovery/public_takeover.html", context)


def _steps(claim: Claim) -> list[dict[str, str]]:
    is_ready = claim.claimant_ready_at is not None
    return [
        {"title": _("Your account"), "note": _("Opened with the link in our mail."), "state": "done"},
        {"title": _("Second factor"), "note": _("Set up; it protects what you take over."), "state": "done"},
        {
            "title": _("You say that you are ready"),
            "note": _("From this page, with a fresh check."),
            "state": "done" if is_ready else "now",
        },
        {
            "title": _("Carried out by our approver"),
            "note": _("Then the registration and its papers are yours, and you get a mail."),
            "state": "now" if is_ready else "todo",
        },
    ]
