"""Calls that explain a product."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import refusal
from accounts.asking import Request
from accounts.errors import Refused
from accounts.rulebook import available, check
from desk import queries, transitions
from desk.forms import ExplanationForm
from desk.rules import TABLE
from desk.views import looking
from desk.views.finding import is_first_press
from handover.models import ExplanationRequest

EXPLAINING = {action: TABLE[action] for action in ("announce_call", "finish_explanation")}


@require_http_methods(["GET", "POST"])
def explanation(request: Request, number: str) -> HttpResponse:
    """Show whom to call about which product card, and write down how the call ended."""
    inquiry = queries.find_explanation(request.actor, number, request.at)
    if inquiry is None:
        raise Http404
    looking.count(request, inquiry, organisation=inquiry.call.request.registration.organisation.label)
    may = available(EXPLAINING, inquiry, request.actor)
    form = ExplanationForm(request.POST or None)
    if request.method == "POST":
        check(TABLE, "finish_explanation", inquiry, request.actor)
        if form.is_valid():
            try:
                if is_first_press(form, request):
                    transitions.finish_explanation(inquiry.pk, **form.values, actor=request.actor, at=request.at)
            except Refused as refused:
                refusal.put(form, refused)
                form.renew()
            else:
                messages.success(request, _("The call is noted, and the customer reads what comes next."))
                return redirect("desk:explanation", number)
    context = {
        "inquiry": inquiry,
        "statement": inquiry.statement,
        "call": inquiry.call,
        "product": inquiry.call.product,
        "is_called_off": inquiry.call.request.status == ExplanationRequest.Status.WITHDRAWN,
        "is_late": inquiry.closed_at is None and inquiry.call.promised_until < request.at,
        "talks": queries.talks_of(inquiry, request.actor),
        "form": form if "finish_explanation" in may else None,
        "may": may,
        "person_notes": queries.notes_about(inquiry, request.at),
    }
    return render(request, "desk/explanation.html", context)
