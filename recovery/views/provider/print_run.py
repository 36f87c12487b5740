"""Today's post on one page: letters of every kind that wait, printed together, and the last print runs."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.asking import Request
from accounts.rulebook import check
from handover.leaving import RUN
from handover.views.print_run import hand_out
from recovery import transitions
from recovery.forms.print_run import DayForm
from recovery.queries import print_run
from recovery.rules import TABLE
from recovery.rules.post import KINDS


@require_safe
def today(request: Request) -> HttpResponse:
    """Show what waits for the printer, of every kind; never what is written in it."""
    check(TABLE, "print_day", None, request.actor)
    waiting = print_run.waiting(request.actor)
    counts = [(words, sum(one.kind == kind for one in waiting)) for kind, words in KINDS.items()]
    context = {
        "waiting": waiting,
        "counts": [(words, count) for words, count in counts if count],
        "can_print": any(not one.is_own for one in waiting),
        "has_own": any(one.is_own for one in waiting),
        "most": RUN,
        "runs": print_run.latest(),
    }
    return render(request, "recovery/provider_print_run.html", context)


@require_POST
def print_day(request: Request) -> HttpResponse:
    """Hand the chosen letters out as one PDF behind its manifest, once."""
    check(TABLE, "print_day", None, request.actor)
    form = DayForm(request.POST, waiting=[one for one in print_run.waiting(request.actor) if not one.is_own])
    if not form.is_valid():
        messages.error(request, _("Choose the letters to print."))
        return redirect("recovery:print_run")
    pdf, numbers = transitions.print_day(chosen=form.chosen, actor=request.actor, at=request.at)
    return hand_out(pdf, numbers, request.at)
