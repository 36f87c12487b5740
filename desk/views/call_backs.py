"""What operators of the provider do after a call: call back to a number of record, and name whom somebody posed as."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import refusal
from accounts.asking import Request
from accounts.errors import NotAllowed, Refused, Words
from accounts.freshness import FreshCheckForm
from accounts.rulebook import check
from desk import call_backs as steps
from desk import queries, transitions
from desk.forms import CallBackEndForm, PointForm, PosedAsForm
from desk.models import CallBack
from desk.rules import ONLY_OPERATOR, TABLE, calls_back
from desk.transitions.call_backs import NO_ANSWER
from desk.views import looking
from desk.views.finding import is_first_press

RESULTS: list[tuple[str, Words]] = [
    (CallBack.Result.RIGHT, CallBack.Result.RIGHT.label),
    (CallBack.Result.WRONG, CallBack.Result.WRONG.label),
    (NO_ANSWER, gettext_lazy("Nobody answered")),
    (CallBack.Result.NO_NUMBER, CallBack.Result.NO_NUMBER.label),
]
"""How a call back may end; the last one needs no call."""


@require_safe
def call_backs(request: Request) -> HttpResponse:
    """List the calls back to make, and the contractors who posed as a customer nobody has named yet."""
    if not calls_back(request.actor):
        raise NotAllowed(ONLY_OPERATOR)
    context = {
        "call_backs": queries.due_call_backs(request.actor),
        "findings": queries.due_findings(request.actor),
        "at": request.at,
    }
    return render(request, "desk/call_backs.html", context)


@require_http_methods(["GET", "POST"])
def call_back(request: Request, pk: int) -> HttpResponse:
    """Show one call back with its masked number; find the number of record of a registration."""
    found = _found(request, pk)
    form = PointForm(request.POST or None)
    if request.method == "POST":
        check(TABLE, "find_call_back_number", found, request.actor)
        if form.is_valid():
            try:
                if is_first_press(form, request):
                    wanted = form.cleaned_data["registration"]
                    if customer := queries.holder_of(wanted):
                        looking.count_sought(request, customer, within=found.inquiry, place=found.label)
                    after = transitions.find_call_back_number(
                        found.pk, registration=wanted, actor=request.actor, at=request.at
                    )
                    if after.point is None:
                        messages.warning(request, _("There is no number of record that may be called."))
                return redirect("desk:call_back", pk)
            except Refused as refused:
                refusal.put(form, refused)
                form.renew()
    return _page(request, found, form=form)


def _found(request: Request, pk: int) -> CallBack:
    found = queries.find_call_back(request.actor, pk)
    if found is None:
        raise Http404
    held = found.point.registration if found.point else None
    looking.count(request, found.inquiry, organisation=held.organisation.label if held else "")
    return found


def _page(request: Request, found: CallBack, **more: object) -> HttpResponse:
    intention = found.intention
    is_own = intention is not None and intention.by_id == request.actor.user.pk
    results = RESULTS if is_own else RESULTS[-1:]
    context = {
        "found": found,
        "statement": found.inquiry.statement,
        "masked": steps.masked(found.point.value) if found.point else "",
        "is_under_way": intention is not None and intention.window_until > request.at,
        "is_own": is_own,
        "fresh": FreshCheckForm(request),
        "form": PointForm(),
        "end_form": CallBackEndForm(results=results),
        "at": request.at,
    }
    return render(request, "desk/call_back.html", context | more)


@never_cache
@require_POST
def dial(request: Request, pk: int) -> HttpResponse:
    """Announce the call, then open the number: this answer is the only place where it stands in clear."""
    found = _found(request, pk)
    check(TABLE, "begin_call_back", found, request.actor)
    fresh = FreshCheckForm(request, request.POST)
    if not fresh.is_valid():
        return _page(request, found, fresh=fresh)
    begun, code = transitions.begin_call_back(found.pk, actor=request.actor, at=request.at)
    number = begun.point.value if begun.point else ""
    context = {"found": begun, "number": number, "code": f"{code[:4]} {code[4:]}", "masked": steps.masked(number)}
    return render(request, "desk/call_back_dial.html", context)


@require_POST
def end(request: Request, pk: int) -> HttpResponse:
    """Write down how a call back ended."""
    found = _found(request, pk)
    check(TABLE, "end_call_back", found, request.actor)
    form = CallBackEndForm(request.POST, results=RESULTS)
    if not form.is_valid():
        return _page(request, found, end_form=form)
    if is_first_press(form, request):
        transitions.end_call_back(found.pk, **form.values, actor=request.actor, at=request.at)
    messages.success(request, _("It is written down."))
    return redirect("desk:call_backs")


@require_http_methods(["GET", "POST"])
def posed_as(request: Request, pk: int) -> HttpResponse:
    """Say as which customer a contractor posed."""
    found = queries.find_finding(request.actor, pk)
    if found is None:
        raise Http404
    looking.count(request, found.inquiry)
    check(TABLE, "name_posed_as", found, request.actor)
    form = PosedAsForm(request.POST or None)
    if form.is_valid():
        try:
            if is_first_press(form, request):
                if customer := queries.holder_of(form.cleaned_data["registration"]):
                    looking.count_sought(request, customer, within=found.inquiry, place=found.label)
                transitions.name_posed_as(found.pk, **form.values, actor=request.actor, at=request.at)
            messages.success(request, _("It is written down."))
            return redirect("desk:call_backs")
        except Refused as refused:
            refusal.put(form, refused)
            form.renew()
    signs = [found.Sign(sign).label for sign in found.signs]
    context = {"found": found, "statement": found.inquiry.statement, "signs": signs, "form": form}
    return render(request, "desk/posed_as.html", context)
