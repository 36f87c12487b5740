"""The caller's PIN on the screen of whoever calls us."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import refusal, transitions
from accounts.asking import Request
from accounts.errors import Refused
from accounts.rulebook import check
from accounts.rules import TABLE
from desk import queries
from desk.forms import OnceForm


@never_cache
@require_http_methods(["GET", "POST"])
def pin(request: Request) -> HttpResponse:
    """Offer a PIN; asked for, show it this once with the reader's number, and the calls that were confirmed by one."""
    check(TABLE, "make_pin", None, request.actor)
    form = OnceForm(request.POST or None)
    context = {"form": form, "calls": queries.confirmed_calls(request.actor.user)}
    if request.method == "POST" and form.is_valid():
        try:
            number, shown = transitions.make_pin(actor=request.actor, at=request.at)
            context |= {"number": number, "pin": shown}
        except Refused as refused:
            refusal.put(form, refused)
            form.renew()
    return render(request, "desk/pin.html", context)
