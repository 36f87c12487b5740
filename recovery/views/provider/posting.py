"""The print queue: letters leave once, and what became of them is written down."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.asking import Request
from accounts.rulebook import check
from handover.leaving import RUN
from handover.views.print_run import hand_out
from recovery import transitions
from recovery.forms.provider import DeliveryForm, PrintForm
from recovery.models import Dispatch
from recovery.queries import printing
from recovery.rules import TABLE
from recovery.views.provider.common import went_through


@require_safe
def letters(request: Request) -> HttpResponse:
    """Show what waits for the printer and what is on its way; never what is written in it."""
    check(TABLE, "print_letters", None, request.actor)
    waiting = printing.waiting(request.actor)
    context = {
        "waiting": waiting,
        "underway": printing.underway(),
        "can_print": any(not one.is_own for one in waiting),
        "has_own": any(one.is_own for one in waiting),
        "most": RUN,
        "today": timezone.localdate(request.at),
    }
    return render(request, "recovery/provider_letters.html", context)


@require_POST
def print_letters(request: Request) -> HttpResponse:
    """Hand the chosen letters out as one PDF, once."""
    check(TABLE, "print_letters", None, request.actor)
    form = PrintForm(request.POST, waiting=[one for one in printing.waiting(request.actor) if not one.is_own])
    if not form.is_valid():
        messages.error(request, _("Choose the letters to print."))
        return redirect("recovery:letters")
    pdf = transitions.print_letters(form.cleaned_data["letters"], actor=request.actor, at=request.at)
    return hand_out(pdf, printing.numbers_of(request.actor, request.at), request.at)


@require_http_methods(["GET", "POST"])
def record_delivery(request: Request, pk: int) -> HttpResponse:
    """Ask on which day it arrived."""
    found = _find(request, pk, "record_delivery")
    if found.letter_number is None:
        raise Http404
    form = DeliveryForm(request.POST or None, initial={"delivered_on": timezone.localdate(request.at)})

    def record() -> None:
        at = request.at
        transitions.record_delivery(pk, delivered_at=form.delivered_at(at), actor=request.actor, at=at)

    if form.is_valid() and went_through(form, record):
        messages.success(request, _("The delivery is on record. Windows count from the last one."))
        return redirect("recovery:letters")
    return render(request, "recovery/provider_delivered.html", {"dispatch": found, "form": form})


@require_http_methods(["GET", "POST"])
def record_return(request: Request, pk: int) -> HttpResponse:
    """Say what follows, then write down that it came back."""
    found = _find(request, pk, "record_return")
    if request.method == "POST":
        transitions.record_return(pk, actor=request.actor, at=request.at)
        messages.success(request, _("On record: this channel is dead, and the claim was weighed anew."))
        return redirect("recovery:letters")
    return render(request, "recovery/provider_returned.html", {"dispatch": found})


def _find(request: Request, pk: int, action: str) -> Dispatch:
    check(TABLE, action, None, request.actor)
    found = printing.find_dispatch(pk)
    if found is None:
        raise Http404
    return found
