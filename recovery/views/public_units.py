"""The new persons of a list, each by an own account, and the claimant's view of the whole list."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.asking import Request
from handover.forms.fresh import fresh_check
from recovery import covering, transitions
from recovery.models import ClaimLine
from recovery.queries import listing as reads


@require_http_methods(["GET", "POST"])
def units(request: Request) -> HttpResponse:
    """Show the units that are to become the reader's; after a fresh check, take down that they take over."""
    lines = _own(request)
    form = fresh_check(request)
    if request.method == "POST" and form.is_valid():
        transitions.confirm_lines(lines[0].claim_id, actor=request.actor, at=request.at)
        messages.success(request, _("Thank you. You get a mail when they are yours."))
        return redirect("recovery:units")
    is_confirmed = all(line.confirmed_at for line in lines)
    context = {"lines": lines, "claim": lines[0].claim, "form": form, "is_confirmed": is_confirmed}
    return render(request, "recovery/public_units.html", context)


@require_POST
def decline_units(request: Request) -> HttpResponse:
    """Take down that the units are not the reader's."""
    lines = _own(request)
    transitions.decline_lines(lines[0].claim_id, actor=request.actor, at=request.at)
    messages.success(request, _("Thank you. They stay as they are."))
    return redirect("home")


def _own(request: Request) -> list[ClaimLine]:
    """Return the reader's lines of one claim, the oldest; 404 for everybody who has none."""
    lines = covering.own_lines(request.actor)
    if not lines:
        raise Http404
    return [line for line in lines if line.claim_id == lines[0].claim_id]


@require_safe
def own_list(request: Request, number: str) -> HttpResponse:
    """Show the claimant the whole list, once it is approved: the rung that may know what is covered (A8)."""
    claim = reads.own_claim(request.actor, number)
    if claim is None:
        raise Http404
    return render(request, "recovery/public_list.html", {"claim": claim, "progress": reads.progress_of(claim)})
