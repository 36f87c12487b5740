"""Checks of who is calling. The agent types what is said; every page answers enough, not enough, another way."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import refusal
from accounts.asking import Request
from accounts.errors import Refused
from accounts.rulebook import check
from desk import queries, transitions
from desk.forms import (
    BookCallBackForm,
    CapacityForm,
    MandateForm,
    OnceForm,
    PinForm,
    ReceiptForm,
    check_panel,
    windows_of,
)
from desk.models import Call, Check
from desk.rules import TABLE
from desk.views.console import CONSOLE
from desk.views.finding import is_first_press


def _found(request: Request, pk: int) -> Call:
    found = queries.find_call(request.actor, pk)
    if found is None:
        raise Http404
    return found


@require_safe
def checks(request: Request, pk: int) -> HttpResponse:
    """Show the checks of one call by themselves."""
    return _page(request, _found(request, pk))


def _page(request: Request, call: Call, *, action: str = "", form: OnceForm | None = None) -> HttpResponse:
    lines = check_panel(call, request.actor, request.at, action=action, form=form)
    stated, found = queries.stated_and_found(call)
    capacity = form if action == "find_capacity" else CapacityForm(auto_id="capacity_%s")
    context = {"call": call, "lines_of_checks": lines, "form": form, "stated": stated, "found": found}
    return render(request, "desk/checks.html", context | {"capacity_form": capacity})


def _checked(request: Request, pk: int, action: str, form: OnceForm, act: Callable[[Call], Check]) -> HttpResponse:
    """Make one check of a call, and go back to the console with the answer."""
    call = _found(request, pk)
    check(TABLE, action, call, request.actor)
    if not form.is_valid():
        return _page(request, call, action=action, form=form)
    if is_first_press(form, request):
        say(request, act(call).result)
    return back_to(call)


def back_to(call: Call) -> HttpResponse:
    """Return to the console while the call runs, else to its checks."""
    return redirect(CONSOLE) if call.ended_at is None else redirect("desk:checks", call.pk)


def say(request: Request, result: str) -> None:
    """Put the answer into words that are the same whatever was wrong."""
    if result == Check.Result.ENOUGH:
        messages.success(request, _("Enough."))
    elif result == Check.Result.NOT_ENOUGH:
        messages.warning(request, _("Not enough. Nobody can say which part; offer another way."))
    else:
        messages.warning(request, _("Another way is needed: this one is used up in this call."))


@require_POST
def check_receipt(request: Request, pk: int) -> HttpResponse:
    """Compare receipt number and tracking code."""
    form = ReceiptForm(request.POST, auto_id="check_receipt_%s")

    def act(call: Call) -> Check:
        return transitions.check_receipt(call.pk, **form.values, actor=request.actor, at=request.at)

    return _checked(request, pk, "check_receipt", form, act)


@require_POST
def check_pin(request: Request, pk: int) -> HttpResponse:
    """Compare the PIN on the caller's screen."""
    form = PinForm(request.POST, auto_id="check_pin_%s")

    def act(call: Call) -> Check:
        return transitions.check_pin(call.pk, **form.values, actor=request.actor, at=request.at)

    return _checked(request, pk, "check_pin", form, act)


@require_POST
def check_mandate(request: Request, pk: int) -> HttpResponse:
    """Compare a contractor's mandate, name and PIN with what is asked."""
    form = MandateForm(request.POST, auto_id="check_mandate_%s")

    def act(call: Call) -> Check:
        return transitions.check_mandate(call.pk, said=form.said, actor=request.actor, at=request.at)

    return _checked(request, pk, "check_mandate", form, act)


@require_POST
def book_call_back(request: Request, pk: int) -> HttpResponse:
    """Book a call back by the provider: the same answer whatever is on record."""
    call = _found(request, pk)
    check(TABLE, "book_call_back", call, request.actor)
    form = BookCallBackForm(request.POST, windows=windows_of(request.at), auto_id="book_call_back_%s")
    if not form.is_valid():
        return _page(request, call, action="book_call_back", form=form)
    if is_first_press(form, request):
        transitions.book_call_back(call.pk, window=form.chosen, actor=request.actor, at=request.at)
    messages.success(request, _("The call back is booked. The provider makes it where it can be made."))
    return back_to(call)


@require_POST
def find_capacity(request: Request, pk: int) -> HttpResponse:
    """Write down in which capacity the caller turned out to ask."""
    call = _found(request, pk)
    check(TABLE, "find_capacity", call, request.actor)
    form = CapacityForm(request.POST, auto_id="capacity_%s")
    if form.is_valid():
        try:
            if is_first_press(form, request):
                transitions.find_capacity(call.pk, **form.values, actor=request.actor, at=request.at)
            messages.success(request, _("It is written down. Nothing follows from it in this call."))
            return back_to(call)
        except Refused as refused:
            refusal.put(form, refused)
            form.renew()
    return _page(request, call, action="find_capacity", form=form)
