"""The console of somebody on the phone: what may be said and shown. Its acts are the desk's: `desk.views.console`."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.asking import Request
from desk import queries as desk
from desk.forms.statement import CAPACITIES
from desk.models import Call, Inquiry
from desk.views import looking as desk_looking
from desk.views import page_of
from desk.views.console import bar_for, forms_for, offers_for, only_callers
from recovery.queries import console as queries
from recovery.views import looking


@never_cache
@require_safe
def console(request: Request) -> HttpResponse:
    """Show the running call with what it is about, or what is needed to begin one."""
    only_callers(request)
    typed = request.GET.get("number", "").strip()[:40]
    found = desk.find_typed(request.actor, typed, request.at) if typed else None
    if found is not None:
        return redirect("recovery:console_of", found.receipt_number)
    call = desk.find_running(request.actor)
    return render(request, "desk/console.html", _page(request, call, call.inquiry if call else None) | {"typed": typed})


@never_cache
@require_safe
def console_of(request: Request, number: str) -> HttpResponse:
    """Show one inquiry beside the running call, which does not become a call about it."""
    only_callers(request)
    found = queries.find(request.actor, number, request.at)
    if found is None:
        raise Http404
    return render(request, "desk/console.html", _page(request, desk.find_running(request.actor), found))


def _count(request: Request, shown: queries.Opened) -> None:
    if shown.claim:
        looking.count(request, shown.claim)
    else:
        desk_looking.count(request, shown.inquiry)


def _doing(request: Request, call: Call | None, shown: queries.Opened | None) -> dict[str, Any]:
    """Return what is said and done in the call; beside another inquiry than the call's own there is none of it."""
    version, until = (shown.version, shown.promised_until) if shown else (None, "")
    spoken = desk.spoken(call, shown.inquiry if shown else None, version=version, promised_until=until)
    is_promised = shown is not None and shown.hold is not None
    forms = forms_for(call, request, is_promised=is_promised, spoken=spoken)
    # Whoever speaks takes nobody's call over.
    others = [] if call else desk.running_of_others(request.actor, request.at)
    offers = offers_for(shown.inquiry, request.at) if call and shown else []
    return {**forms, "spoken": spoken, "others": others, "offers": offers}


def _page(request: Request, call: Call | None, inquiry: Inquiry | None) -> dict[str, Any]:
    """Return what the three panes show: the own promises, the words and forms, the masked facts."""
    actor, at = request.actor, request.at
    shown = queries.opened(actor, inquiry, at) if inquiry else None
    is_of_call = bool(call and inquiry and call.inquiry_id == inquiry.pk)
    # What the call is about was counted when the caller's number led there.
    if shown and not is_of_call:
        _count(request, shown)
    return {
        **(_doing(request, call, shown) if is_of_call or inquiry is None else {}),
        **bar_for(request, call),
        "call": call,
        "shown": shown,
        "inquiry": inquiry,
        "is_of_call": is_of_call,
        "capacity": CAPACITIES.get(Inquiry.Capacity(inquiry.capacity_stated), "") if inquiry else "",
        "own_url": reverse(page_of(inquiry), args=[inquiry.receipt_number]) if inquiry else "",
        "promises": desk.own_promises(actor, at, opened=inquiry.receipt_number if inquiry else ""),
    }
