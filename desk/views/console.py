"""What is done while somebody is on the phone. Each act has a page of its own, where its form on the console leads."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import refusal
from accounts.asking import Request
from accounts.errors import NotAllowed, Refused, Words, WrongState
from accounts.rulebook import check
from desk import calling, queries, transitions
from desk.forms import BeginForm, EndForm, NumberForm, OnceForm, PromiseForm, TakeDownForm, WarnForm
from desk.models import Call, Inquiry
from desk.queries import consents
from desk.rules import LIVE, ONLY_DESK, TABLE, takes_calls
from desk.views import looking
from desk.views.finding import is_first_press, page_of

CONSOLE, INQUIRY = "recovery:console", "desk:inquiry"
KEYS_OFF = "console_keys_off"
"""Name in the session: the keys of the console are switched off."""


def only_callers(request: Request) -> None:
    """Raise `NotAllowed` for whoever takes no calls."""
    if not takes_calls(request.actor):
        raise NotAllowed(ONLY_DESK)


def _running(request: Request) -> Call:
    """Return the call on which the reader speaks. Raises `NotAllowed`, `WrongState` without one."""
    only_callers(request)
    call = queries.find_running(request.actor)
    if call is None:
        raise WrongState(_("You are not on a call. Begin it first."))
    return call


def forms_for(call: Call | None, request: Request, *, is_promised: bool, spoken: queries.Spoken) -> dict[str, Any]:
    """Return the forms that the console shows beside `call`, by their names in the template."""
    if call is None:
        return {"begin_form": BeginForm(auto_id="begin_%s")}
    shown: dict[str, Any] = {"end_form": EndForm(call=call, is_promised=is_promised, auto_id="end_%s")}
    if not call.warned_at:
        shown["warn_form"] = WarnForm(warnings=spoken.warnings, auto_id="warn_%s")
    if call.inquiry_id is None:
        return shown | {"take_down_form": TakeDownForm(initial=_said(call), auto_id="take_down_%s")}
    if call.inquiry and call.inquiry.status in TABLE["hold"].states:
        shown["promise_form"] = PromiseForm(windows=calling.windows(request.at), auto_id="promise_%s")
    return shown


def _said(call: Call) -> dict[str, str]:
    return {"name": call.name, "own_phone": call.number}


def in_call(request: Request, inquiry: Inquiry) -> dict[str, Any]:
    """Return where a page about `inquiry` leads back to, and the bar: the console where the call is about it."""
    call = queries.find_running(request.actor)
    is_of_call = call is not None and call.inquiry_id == inquiry.pk
    own_url = reverse(CONSOLE) if is_of_call else reverse(page_of(inquiry), args=[inquiry.receipt_number])
    return {"own_url": own_url, **bar_for(request, call if is_of_call else None)}


def offers_for(inquiry: Inquiry, at: datetime) -> list[tuple[str, str, Words]]:
    """Return what else the desk does for the caller: key, path and words. A claim has its own course."""
    if inquiry.status not in LIVE or page_of(inquiry) != INQUIRY:
        return []
    found = [("i", "desk:bill_in_call", TABLE["read_bill"].words)]
    if consents.standing(inquiry, at) == consents.NOT_ASKED:
        found.append(("a", "desk:ask_consent", TABLE["ask_consent"].words))
    if inquiry.topic == Inquiry.Topic.USE:
        found.append(("u", "desk:answer_use", _("Help with use")))
    return [(key, reverse(name, args=[inquiry.receipt_number]), words) for key, name, words in found]


def bar_for(request: Request, call: Call | None) -> dict[str, Any]:
    """Return what a page needs to show the running call above it, and to take its keys."""
    return {"bar": queries.bar(call, request.at), "keys_off": request.session.get(KEYS_OFF, False)}


def _act(request: Request, form: Any, action: str, call: Call | None) -> HttpResponse:
    """Show one act by itself, with what has to be put right."""
    context = {"form": form, "title": TABLE[action].words, **bar_for(request, call)}
    return render(request, "desk/console_act.html", context)


def _refused(form: Any, refused: Refused) -> None:
    refusal.put(form, refused)
    if isinstance(form, OnceForm):
        form.renew()


@require_http_methods(["GET", "POST"])
def begin_call(request: Request) -> HttpResponse:
    """Begin an incoming call."""
    check(TABLE, "begin_call", None, request.actor)
    form = BeginForm(request.POST or None)
    if not form.is_valid():
        return _act(request, form, "begin_call", None)
    if is_first_press(form, request):
        said = {name: form.cleaned_data[name] for name in ("name", "number")}
        transitions.begin_call(**said, actor=request.actor, at=request.at)
    return redirect(CONSOLE)


@require_http_methods(["GET", "POST"])
def go_on_with(request: Request) -> HttpResponse:
    """Go on with the inquiry whose receipt number the caller says."""
    call = _running(request)
    form = NumberForm(request.POST or None)
    if form.is_valid():
        found = queries.find_said(request.actor, form.cleaned_data["number"], request.at)
        if found is not None:
            looking.count(request, found)
            transitions.go_on_with(call.pk, inquiry=found, actor=request.actor, at=request.at)
            return redirect(CONSOLE)
        form.add_error("number", _("There is no case with this number. Have it said again, or take it down anew."))
    return _act(request, form, "go_on_with", call)


@never_cache
@require_http_methods(["GET", "POST"])
def take_down(request: Request) -> HttpResponse:
    """Take down what the caller asks; the answer shows both codes this once."""
    call = _running(request)
    if call.inquiry_id and request.method == "GET":
        return redirect(CONSOLE)
    form = TakeDownForm(request.POST or None, initial=_said(call))
    if not form.is_valid():
        return _act(request, form, "open_inquiry", call)
    if call.inquiry_id or not is_first_press(form, request):
        raise WrongState(_("This call is about an inquiry already. You find its receipt number on the console."))
    wanted = {name: form.cleaned_data[name] for name in ("topic", "capacity", "answer_by", "language")}
    try:
        inquiry, tracking = transitions.open_inquiry(
            statement=form.statement, **wanted, actor=request.actor, at=request.at
        )
    except Refused as refused:
        _refused(form, refused)
        return _act(request, form, "open_inquiry", call)
    context = {
        "inquiry": inquiry,
        "tracking": tracking,
        "words": queries.receipt_words(inquiry, tracking),
        **bar_for(request, call),
    }
    return render(request, "desk/taken_down.html", context)


@require_http_methods(["GET", "POST"])
def promise(request: Request) -> HttpResponse:
    """Promise the caller, while on the phone, when we come back."""
    call = _running(request)
    if call.inquiry is None:
        raise WrongState(_("Take down what was asked first: nobody could follow this up."))
    check(TABLE, "hold", call.inquiry, request.actor)
    form = PromiseForm(request.POST or None, windows=calling.windows(request.at))
    if form.is_valid():
        if is_first_press(form, request):
            owner = request.actor.user
            transitions.hold(call.inquiry.pk, **form.promise, owner=owner, actor=request.actor, at=request.at)
        messages.success(request, _("The promise is on record, and the inquirer reads its date."))
        return redirect(CONSOLE)
    return _act(request, form, "hold", call)


@require_http_methods(["GET", "POST"])
def warn_caller(request: Request) -> HttpResponse:
    """Write down which of the fixed warnings was read out."""
    call = _running(request)
    form = WarnForm(request.POST or None, warnings=queries.warnings(call))
    if form.is_valid():
        transitions.warn_caller(call.pk, **form.cleaned_data, actor=request.actor, at=request.at)
        messages.success(request, _("The warning is on record. If it goes on, you may end the call."))
        return redirect(CONSOLE)
    return _act(request, form, "warn_caller", call)


@require_http_methods(["GET", "POST"])
def end_call(request: Request) -> HttpResponse:
    """End the call with what became of it."""
    call = _running(request)
    is_promised = call.inquiry_id is not None and queries.is_held(call.inquiry_id)
    form = EndForm(request.POST or None, call=call, is_promised=is_promised)
    if form.is_valid():
        try:
            if is_first_press(form, request):
                transitions.end_call(call.pk, **{"text": "", **form.values}, actor=request.actor, at=request.at)
            messages.success(request, _("The call is over and written down."))
            return redirect(CONSOLE)
        except Refused as refused:
            _refused(form, refused)
    return _act(request, form, "end_call", call)


@require_POST
def take_over_call(request: Request, pk: int) -> HttpResponse:
    """Speak in the place of somebody of the own agency, or of a colleague of the provider."""
    only_callers(request)
    found = queries.find_call(request.actor, pk)
    if found is None:
        raise Http404
    if found.inquiry:
        looking.count(request, found.inquiry)
    transitions.take_over_call(found.pk, actor=request.actor, at=request.at)
    messages.success(request, _("The call is yours now. Everything that was written down is here."))
    return redirect(CONSOLE)


@require_POST
def switch_keys(request: Request) -> HttpResponse:
    """Switch the keys of the console off or on, for as long as the reader is signed in."""
    only_callers(request)
    request.session[KEYS_OFF] = not request.session.get(KEYS_OFF, False)
    return redirect(CONSOLE)
