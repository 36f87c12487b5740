"""Was that really you? Whoever was called asks, and reports a call that was not ours. Open to everybody."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import tallies
from accounts.asking import Request, sender_of
from audit.record import Public
from desk import queries, transitions
from desk.forms import CallerForm, ReportForm

AN_HOUR = timedelta(hours=1)
MOST_QUESTIONS = 20
"""Questions of one sender in an hour: a family, an office, and no guessing at a hundred million codes."""
MOST_REPORTS = 5
"""Reports of one sender in an hour."""


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def caller(request: Request) -> HttpResponse:
    """Ask for the call code or the number that called; answer whether it is ours."""
    form = CallerForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "report": None, "answer": None}
    if request.method == "POST" and form.is_valid():
        key = f"caller:sender:{sender_of(request)}"
        if tallies.charge(key, limit=MOST_QUESTIONS, period=AN_HOUR, at=request.at):
            context["answer"] = queries.answer_caller(**form.cleaned_data, at=request.at)
            context["report"] = ReportForm(initial=form.cleaned_data, auto_id="report_%s")
        else:
            form.add_error(None, _("Too many questions came from this connection. Ask again in an hour, or call us."))
    return render(request, "desk/caller.html", context)


@login_not_required
@require_POST
def report(request: Request) -> HttpResponse:
    """Take the report in; the answer is the same whatever was typed."""
    form = ReportForm(request.POST)
    key = f"caller-report:sender:{sender_of(request)}"
    if form.is_valid() and tallies.charge(key, limit=MOST_REPORTS, period=AN_HOUR, at=request.at):
        transitions.report_caller(**form.cleaned_data, actor=Public(), at=request.at)
        return redirect("desk:caller_thanks")
    context = {"form": CallerForm(), "report": None, "answer": None, "is_refused": True}
    return render(request, "desk/caller.html", context)


@login_not_required
@require_safe
def thanks(request: Request) -> HttpResponse:
    """Thank whoever reported, and say what becomes of it."""
    return render(request, "desk/caller_thanks.html")


@login_not_required
@require_safe
def places(request: Request) -> HttpResponse:
    """List who works for the provider: agencies, resellers and places, with their numbers and validity."""
    return render(request, "desk/caller_places.html", {"sites": queries.public_sites(timezone.localdate(request.at))})
