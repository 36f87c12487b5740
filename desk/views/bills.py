"""Bills as whoever is in charge answers them, and as somebody on the phone reads one aloud."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import refusal
from accounts.asking import Request
from accounts.errors import Refused
from accounts.rulebook import available, check
from desk import relaying, transitions
from desk.forms.bills import AnswerForm, BillForm
from desk.queries import bills
from desk.rules import TABLE
from desk.views.console import in_call
from desk.views.finding import is_first_press, visible

MINE = {"answer_bill_message": TABLE["answer_bill_message"]}


@require_http_methods(["GET", "POST"])
def answer_bill(request: Request, number: str) -> HttpResponse:
    """Show what whoever holds the bill asks, and answer it without any address."""
    relay = bills.find_asked(request.actor, number)
    if relay is None:
        raise Http404
    may = available(MINE, relay, request.actor)
    form = AnswerForm(request.POST or None)
    if request.method == "POST":
        check(TABLE, "answer_bill_message", relay, request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            if is_first_press(form, request):
                transitions.answer_bill_message(relay.pk, **form.values, actor=request.actor, at=request.at)
            messages.success(request, _("Your answer is on its way. Your name and address stay here."))
            return redirect("desk:answer_bill", number)
        except Refused as refused:
            refusal.put(form, refused)
            form.renew()
    context = {
        "relay": relay,
        "inquiry": relay.inquiry,
        "registration": relay.registration,
        "messages_of": bills.messages_of(relay),
        "form": form if may else None,
    }
    return render(request, "desk/answer_bill.html", context)


@require_http_methods(["GET", "POST"])
def bill_in_call(request: Request, number: str) -> HttpResponse:
    """Type what the caller reads from a bill; the answer is the product card, or another way."""
    inquiry = visible(request, number)
    check(TABLE, "read_bill", None, request.actor)
    form, cards, tried = BillForm(request.POST or None), [], False
    if request.method == "POST" and form.is_valid():
        typed = relaying.Typed(**form.typed, sender=request.actor.label, desk=True)
        looked_up = relaying.allowed_prints(typed, at=request.at)
        tried, found = True, transitions.read_bill(looked_up, inquiry=inquiry, actor=request.actor, at=request.at)
        if found:
            relaying.was_right(typed, at=request.at)
        cards = bills.cards(found)
    context = {"inquiry": inquiry, "form": form, "cards": cards, "tried": tried}
    return render(request, "desk/bill_in_call.html", context | in_call(request, inquiry))
