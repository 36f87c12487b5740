"""Calls that are announced before they are made."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import refusal
from accounts.asking import Request
from accounts.errors import NotAllowed, Refused
from accounts.rulebook import check
from desk import queries, transitions
from desk.forms import AnnounceForm, CallsForm
from desk.models import CallIntention
from desk.rules import ONLY_ALARMED, ONLY_DESK, ONLY_OPERATOR, TABLE, sees_reports, takes_calls
from desk.rules.trust import purposes_for
from desk.views import looking
from desk.views.console import bar_for
from desk.views.finding import is_first_press, page_of

CALLS = "calls"
"""What the fields of `CallsForm` are called by, on a page that has a form of its own."""
USUAL = timedelta(hours=2)
"""The window that the form begins with."""


@never_cache
@require_http_methods(["GET", "POST"])
def announce(request: Request, number: str) -> HttpResponse:
    """Announce a call or letter about an inquiry; its call code stands on the list of one's own calls."""
    inquiry = queries.find_visible(request.actor, number)
    if inquiry is None:
        raise Http404
    check(TABLE, "announce_call", inquiry, request.actor)
    begin = timezone.localtime(request.at)
    initial = {"channel": "phone", "window_from": begin, "window_until": begin + USUAL}
    form = AnnounceForm(request.POST or None, purposes=purposes_for(request.actor), initial=initial)
    if form.is_valid():
        try:
            if is_first_press(form, request):
                transitions.announce_call(inquiry.pk, **form.values, actor=request.actor, at=request.at)
        except Refused as refused:
            refusal.put(form, refused)
            form.renew()
        else:
            messages.success(request, _("Announced. Say the call code at the beginning of the call."))
            return redirect("desk:intentions")
    context = {"form": form, "inquiry": inquiry, "page": page_of(inquiry)}
    return render(request, "desk/announce.html", context)


@require_POST
def announce_now(request: Request, number: str) -> HttpResponse:
    """Announce the calls that an operator is about to make from the sheet of a claim, and go back to it."""
    inquiry = queries.find_visible(request.actor, number)
    if inquiry is None:
        raise Http404
    check(TABLE, "announce_call", inquiry, request.actor)
    if CallIntention.Purpose.CONFIRM not in purposes_for(request.actor):
        raise NotAllowed(ONLY_OPERATOR)
    form = CallsForm(request.POST, prefix=CALLS)
    if form.is_valid() and is_first_press(form, request):
        for _call in range(form.cleaned_data["calls"]):
            transitions.announce_call(
                inquiry.pk,
                purpose=CallIntention.Purpose.CONFIRM,
                channel=CallIntention.Channel.PHONE,
                window_from=request.at,
                window_until=request.at + USUAL,
                actor=request.actor,
                at=request.at,
            )
        messages.success(request, _("Announced. Say the call code at the beginning of the call."))
    return redirect("recovery:gather" if page_of(inquiry) == "recovery:claim" else page_of(inquiry), number)


@never_cache
@require_safe
def intentions(request: Request) -> HttpResponse:
    """List the calls that the reader announced and has not made, with their call codes."""
    if not takes_calls(request.actor):
        raise NotAllowed(ONLY_DESK)
    found = queries.own_intentions(request.actor, request.at)
    lines = [(one, page_of(one.inquiry) if one.inquiry else "") for one in found]
    is_busy = queries.find_running(request.actor) is not None
    return render(request, "desk/intentions.html", {"lines": lines, "at": request.at, "is_busy": is_busy})


@never_cache
@require_POST
def dial(request: Request, pk: int) -> HttpResponse:
    """Begin an announced call: the number stands in this answer alone, behind its masked display."""
    found = queries.find_intention(request.actor, pk)
    if found is None or found.inquiry is None:
        raise Http404
    check(TABLE, "call_out", found, request.actor)
    looking.count(request, found.inquiry)
    call = transitions.call_out(found.pk, actor=request.actor, at=request.at)
    context = {"call": call, "inquiry": found.inquiry, "code": found.code, **bar_for(request, call)}
    return render(request, "desk/dial.html", context)


@require_POST
def cancel(request: Request, pk: int) -> HttpResponse:
    """Cancel an announced call: its code is not ours any more."""
    found = queries.find_intention(request.actor, pk)
    if found is None:
        raise Http404
    transitions.cancel_call(found.pk, actor=request.actor, at=request.at)
    messages.success(request, _("Cancelled. Its call code now answers that it is not ours."))
    return redirect("desk:intentions")


@require_safe
def reports(request: Request) -> HttpResponse:
    """List what was reported about callers who said to be us."""
    if not sees_reports(request.actor):
        raise NotAllowed(ONLY_ALARMED)
    return render(request, "desk/caller_reports.html", {"reports": queries.caller_reports()})
