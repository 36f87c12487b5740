"""The print queue: letters leave once, and what became of them is written down."""

from datetime import datetime

import structlog
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.asking import Request
from accounts.rulebook import check
from recovery import transitions
from recovery.forms.provider import DeliveryForm, PrintForm
from recovery.models import Dispatch
from recovery.queries import printing
from recovery.rules import TABLE
from recovery.transitions.posting import RUN
from recovery.views.provider.common import went_through

log = structlog.get_logger(__name__)


@require_safe
def letters(request: Request) -> HttpResponse:
    """Show what waits for the printer and what is on its way; never what is written in it."""
    check(TABLE, "print_letters", None, request.actor)
    waiting = printing.waiting(request.actor)
    context = {
        "waiting": waiting,
        "underway": printing.underway(),
        "can_print": any(not one.is_own for one in waiting),
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
    name = _name(printing.numbers_of(request.actor, request.at), request.at)
    _keep_for_newcomers(pdf, name)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


def _name(numbers: list[str], at: datetime) -> str:
    """Return a file name: when it was printed, and which letters; of a long run the first and the last."""
    which = numbers if len(numbers) <= 4 else [numbers[0], "to", numbers[-1]]
    return "-".join([f"{timezone.localtime(at):%Y%m%d-%H%M%S}", *which]) + ".pdf"


def _keep_for_newcomers(pdf: bytes, name: str) -> None:
    """Put a copy where mails go as files, while no mail server is set: to follow a journey to its end.

    An installation with a mail server never keeps one: the letters hold codes in clear.
    """
    if settings.EMAIL_CONFIGURED:
        return
    try:
        settings.LETTER_DIR.mkdir(parents=True, exist_ok=True)
        (settings.LETTER_DIR / name).write_bytes(pdf)
    except OSError as error:  # the letters are printed: the PDF must reach the printer whatever the disk says
        log.warning("no copy of a print run", error=type(error).__name__)


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
