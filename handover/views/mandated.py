"""A contractor's own pages of one registration: what the mandate shows of it, and reporting a fault."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.asking import Request
from handover import transitions
from handover.forms.mandates import FaultForm
from handover.models import MandateRegistration
from handover.queries import mandates as queries


def _row(request: Request, number: str, registration: str) -> MandateRegistration:
    row = queries.find_row(request.actor, number, registration, request.at)
    if row is None:
        raise Http404
    return row


@require_safe
def mandated(request: Request, number: str, registration: str) -> HttpResponse:
    """Show what the mandate allows, and nothing else. That somebody looked is written down before it is shown."""
    row = _row(request, number, registration)
    transitions.look_by_mandate(row_pk=row.pk, actor=request.actor, at=request.at)
    context = {"seen": queries.glimpse(row), "mandate": row.mandate}
    return render(request, "handover/mandated.html", context)


@require_http_methods(["GET", "POST"])
def fault(request: Request, number: str, registration: str) -> HttpResponse:
    """Ask what is wrong and tell who is in charge."""
    row = _row(request, number, registration)
    form = FaultForm(request.POST or None, initial={"token": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        transitions.report_fault(row_pk=row.pk, **form.cleaned_data, actor=request.actor, at=request.at)
        messages.success(request, _("Reported. Who is in charge got it as a mail."))
        return redirect("handover:mandated", number, registration)
    return render(request, "handover/mandate_fault.html", {"row": row, "mandate": row.mandate, "form": form})
