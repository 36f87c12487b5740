"""A contractor's own pages of one registration: what the mandate shows of it, its papers, and reporting a fault."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.asking import Request
from handover import transitions
from handover.forms.mandates import FaultForm
from handover.models import MandateRegistration
from handover.queries import mandates as queries
from handover.rules.mandates import represents
from handover.views.papers import attachment, opened


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
    context = {"seen": queries.glimpse(row, request.actor, timezone.localdate(request.at)), "mandate": row.mandate}
    return render(request, "handover/mandated.html", context)


@require_safe
def paper(request: Request, number: str, registration: str, pk: int, version: int) -> HttpResponseBase:
    """Give who stands for the person in charge one version of a paper, after that was written down."""
    row = _row(request, number, registration)
    found = queries.find_version(row, pk, version) if represents(request.actor, row) else None
    if found is None:
        raise Http404
    reader = opened(request, found, back=reverse("handover:mandated", args=[number, registration]))
    if isinstance(reader, HttpResponse):
        return reader
    transitions.read_by_mandate(row_pk=row.pk, version_pk=found.pk, actor=request.actor, at=request.at)
    return attachment(found, reader)


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
