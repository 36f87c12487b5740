"""The colleague who was asked whether the claimant is one of them: signed in, and asked afresh."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.asking import Request
from accounts.rulebook import check
from handover.forms.fresh import fresh_check
from recovery import dispatching, transitions
from recovery.forms.exits import VouchForm
from recovery.queries import exits
from recovery.rules import TABLE


@require_http_methods(["GET", "POST"])
def vouch(request: Request, pk: int) -> HttpResponse:
    """Show department and surname as stated, ask for an answer with a fresh check, take it down."""
    found = exits.find_request(request.actor, pk)
    if found is None:
        raise Http404
    check(TABLE, "answer_vouch", found, request.actor)
    form, fresh = VouchForm(request.POST or None), fresh_check(request)
    if request.method == "POST" and form.is_valid() and fresh.is_valid():
        knows = form.cleaned_data["answer"] == "yes"
        transitions.answer_vouch(found.pk, knows=knows, actor=request.actor, at=request.at)
        messages.success(request, _("Thank you. Your answer is with the people who examine it."))
        return redirect("home")
    context = {"form": form, "fresh": fresh, "claimant": dispatching.stated_claimant(found.claim)}
    return render(request, "recovery/vouch.html", context)
