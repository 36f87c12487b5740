"""Pages of the desk's own things: what waits, contacts, promises."""

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import refusal, tallies
from accounts.asking import Request
from accounts.errors import NotAllowed, Refused
from accounts.rulebook import available, check
from desk import queries, transitions
from desk.forms import AlarmForm, ContactForm, ExplanationForm, HoldForm, OnceForm
from desk.models import Hold, Inquiry
from desk.rules import ONLY_ALARMED, ONLY_STAFF, TABLE, sees_alarms, sees_queue, takes_calls
from handover.models import ExplanationRequest

PAGE = 50
EXPLAINING = {"finish_explanation": TABLE["finish_explanation"]}
A_DAY = timedelta(days=1)


def visible(request: Request, number: str) -> Inquiry:
    """Return the inquiry of a claim called `number` if the actor may see it, else answer 404.

    Calls that explain a product have a page of their own, which writes down the contact.
    """
    found = queries.find_visible(request.actor, number)
    if found is None or found.topic == Inquiry.Topic.EXPLANATION:
        raise Http404
    return found


def is_first_press(form: OnceForm, request: Request) -> bool:
    """Whether this form was not sent before: a second press does nothing again."""
    return tallies.charge(f"form:{form.cleaned_data['token']}", limit=1, period=A_DAY, at=request.at)


@require_safe
def queue(request: Request) -> HttpResponse:
    """List what waits, or go to the one inquiry whose receipt number was typed."""
    if not sees_queue(request.actor):
        raise NotAllowed(ONLY_STAFF)
    typed = request.GET.get("number", "").strip()[:40]
    found = queries.find_typed(request.actor, typed)
    if found is not None:
        page = "desk:explanation" if found.topic == Inquiry.Topic.EXPLANATION else "recovery:claim"
        return redirect(page, found.receipt_number)
    show = request.GET.get("show", "")
    rows = Paginator(queries.waiting(request.actor, at=request.at, show=show), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": rows,
        "lines": queries.lines(list(rows), request.actor, request.at),
        "show": show,
        "filters": queries.filters_for(request.actor),
        "typed": typed,
        "takes_calls": takes_calls(request.actor),
    }
    return render(request, "desk/queue.html", context)


@require_http_methods(["GET", "POST"])
def note_contact(request: Request, number: str) -> HttpResponse:
    """Write down a contact."""
    inquiry = visible(request, number)
    check(TABLE, "note_contact", inquiry, request.actor)
    form = ContactForm(request.POST or None)
    if form.is_valid():
        if is_first_press(form, request):
            transitions.note_contact(inquiry.pk, **form.values, actor=request.actor, at=request.at)
        messages.success(request, _("The contact is noted."))
        return redirect("recovery:claim", number)
    return render(request, "desk/note_contact.html", {"form": form, "inquiry": inquiry})


@require_http_methods(["GET", "POST"])
def hold(request: Request, number: str) -> HttpResponse:
    """Promise the inquirer to come back."""
    inquiry = visible(request, number)
    check(TABLE, "hold", inquiry, request.actor)
    form = HoldForm(request.POST or None, owners=queries.owners(), initial={"owner": request.actor.user.pk})
    if form.is_valid():
        try:
            if is_first_press(form, request):
                transitions.hold(inquiry.pk, **form.values, actor=request.actor, at=request.at)
            messages.success(request, _("The promise is on record, and the inquirer reads its date."))
            return redirect("recovery:claim", number)
        except Refused as refused:
            refusal.put(form, refused)
            form.renew()
    return render(request, "desk/hold.html", {"form": form, "inquiry": inquiry})


@require_POST
def close_hold(request: Request, pk: int) -> HttpResponse:
    """Close a promise that the inquirer agrees is kept."""
    found = queries.find_hold(request.actor, pk)
    if found is None:
        raise Http404
    transitions.close_hold(found.pk, outcome=Hold.Outcome.AGREED, actor=request.actor, at=request.at)
    messages.success(request, _("The hold is closed."))
    return redirect("recovery:claim", found.inquiry.receipt_number)


@require_http_methods(["GET", "POST"])
def explanation(request: Request, number: str) -> HttpResponse:
    """Show whom to call about which product card, and write down how the call ended."""
    inquiry = queries.find_explanation(request.actor, number)
    if inquiry is None:
        raise Http404
    may = available(EXPLAINING, inquiry, request.actor)
    form = ExplanationForm(request.POST or None)
    if request.method == "POST":
        check(TABLE, "finish_explanation", inquiry, request.actor)
        if form.is_valid():
            if is_first_press(form, request):
                transitions.finish_explanation(inquiry.pk, **form.values, actor=request.actor, at=request.at)
            messages.success(request, _("The call is noted, and the customer reads what comes next."))
            return redirect("desk:explanation", number)
    context = {
        "inquiry": inquiry,
        "statement": inquiry.statement,
        "call": inquiry.call,
        "product": inquiry.call.product,
        "is_called_off": inquiry.call.request.status == ExplanationRequest.Status.WITHDRAWN,
        "is_late": inquiry.closed_at is None and inquiry.call.promised_until < request.at,
        "talks": queries.talks_of(inquiry, request.actor),
        "form": form if may else None,
    }
    return render(request, "desk/explanation.html", context)


@require_safe
def alarms(request: Request) -> HttpResponse:
    """List what was noticed or stopped, for a supervisor to look into."""
    if not sees_alarms(request.actor):
        raise NotAllowed(ONLY_ALARMED)
    return render(request, "desk/alarms.html", {"lines": queries.alarms(request.actor)})


@require_http_methods(["GET", "POST"])
def close_alarm(request: Request, pk: int) -> HttpResponse:
    """Ask what was found, and close the alarm."""
    if not sees_alarms(request.actor):
        raise NotAllowed(ONLY_ALARMED)
    found = queries.find_alarm(request.actor, pk)
    if found is None:
        raise Http404
    check(TABLE, "close_alarm", found, request.actor)
    form = AlarmForm(request.POST or None)
    if form.is_valid():
        transitions.close_alarm(found.pk, **form.cleaned_data, actor=request.actor, at=request.at)
        messages.success(request, _("The alarm is closed. What it stopped is let go on by a senior, case by case."))
        return redirect("desk:alarms")
    return render(request, "desk/close_alarm.html", {"alarm": found, "form": form})
