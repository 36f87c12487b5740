"""Invented registrations: marked by editors and seniors, seen by seniors and auditors."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import refusal
from accounts.asking import Request
from accounts.errors import NotAllowed, Refused
from accounts.rulebook import check
from accounts.views.answers import page_of
from handover import transitions
from handover.forms.canaries import CanaryForm
from handover.queries import canaries as queries
from handover.rules import TABLE
from handover.rules.canaries import ONLY_SEEING, ends_canaries, marks_canaries, sees_canaries


@require_safe
def canaries(request: Request) -> HttpResponse:
    """List the invented registrations and who touched them."""
    if not sees_canaries(request.actor):
        raise NotAllowed(ONLY_SEEING)
    context = {
        "page": page_of(request, queries.listed(request.actor)),
        "may_mark": marks_canaries(request.actor),
        "may_end": ends_canaries(request.actor),
    }
    return render(request, "handover/canaries.html", context)


@require_http_methods(["GET", "POST"])
def mark(request: Request) -> HttpResponse:
    """Say that a registration is invented."""
    check(TABLE, "mark_canary", None, request.actor)
    form = CanaryForm(request.POST or None)
    if form.is_valid():
        try:
            transitions.mark_canary(number=form.cleaned_data["number"].strip(), actor=request.actor, at=request.at)
        except Refused as refused:
            refusal.put(form, refused)
        else:
            messages.success(request, _("It is watched from now on. Nothing on its pages shows it."))
            sees = sees_canaries(request.actor)
            return redirect("handover:canaries" if sees else "handover:mark_canary")
    return render(request, "handover/canary_mark.html", {"form": form, "sees": sees_canaries(request.actor)})


@require_POST
def end(request: Request, pk: int) -> HttpResponse:
    """Watch an invented registration no longer."""
    found = queries.find(request.actor, pk)
    if found is None:
        raise Http404
    transitions.end_canary(found.pk, actor=request.actor, at=request.at)
    messages.success(request, _("It is watched no longer. What was noted stays."))
    return redirect("handover:canaries")
