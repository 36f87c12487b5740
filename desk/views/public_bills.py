"""What is this bill: for whoever holds one. Wrong, unknown or too often: the same page by the same statements."""

from datetime import datetime, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import refusal, tallies
from accounts.asking import Request, sender_of
from accounts.errors import Refused, WrongState
from accounts.rulebook import available
from audit.record import Public
from desk import bill_marks, relaying, transitions
from desk.forms.bills import AskAgainForm, AskForm, BillForm
from desk.forms.tracking import TrackingForm
from desk.models import BillRelay
from desk.queries import bills, referrals
from desk.rules import TABLE
from desk.views.finding import is_first_press

PUBLIC = Public()
AN_HOUR = timedelta(hours=1)
MOST_TRIES = 10
"""Tries of receipt number and tracking code in an hour from one connection."""
MOST_FOR_NUMBER = 200
"""Tries for one receipt number in an hour: nobody is locked out by a few tries of somebody else."""
MOST_SENT = 5
"""Messages begun in an hour from one connection."""
MINE = {"ask_again_by_bill": TABLE["ask_again_by_bill"]}


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def bill(request: Request) -> HttpResponse:
    """Ask for number, month and amount; the right three open the card."""
    form = BillForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = relaying.Typed(**form.typed, sender=sender_of(request))
        looked_up = relaying.allowed_prints(typed, at=request.at)
        found = transitions.read_bill(looked_up, actor=PUBLIC, at=request.at)
        if found:
            relaying.was_right(typed, at=request.at)
            kept = {"keys": [one.pk for one in found], "reference": form.cleaned_data["reference"]}
            begin(request, bill_marks.BILL, kept)
            return redirect("desk:bill_card")
        form.add_error(
            None,
            _(
                "This could not be confirmed with what you typed. Check all of it against the bill. A bill that was"
                " tried often is confirmed together with a second one of the same number: type in both. After several"
                " tries of your own go on in an hour, for the same bill tomorrow; or call us, we take down your"
                " question."
            ),
        )
    return render(request, "desk/bill.html", {"form": form})


def begin(request: Request, kind: str, kept: object) -> None:
    """Remember in this browser what was proven, in a session of its own for somebody who is not signed in."""
    if request.actor is None:
        # Who planted a session in this browser must not come along.
        request.session.cycle_key()
        request.session.set_expiry(0)
    bill_marks.put(request.session, kind, kept, at=request.at)


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def bill_card(request: Request) -> HttpResponse:
    """Show what the bill is for, and carry a message to whoever is in charge."""
    kept = bill_marks.read(request.session, bill_marks.BILL, at=request.at)
    cards = bills.cards(bills.billed_again(kept["keys"])) if kept else []
    if not cards:
        return redirect("desk:bill")
    bill_marks.put(request.session, bill_marks.BILL, kept, at=request.at)
    about = [(str(card.pk), card.product.name if card.product else _("A service")) for card in cards]
    form = AskForm(request.POST or None, about=about)
    if request.method == "POST" and form.is_valid():
        if not is_first_press(form, request):
            messages.info(request, _("Your message is on its way already. You find its receipt number in our mail."))
            return redirect("desk:bill_status")
        if tallies.charge(f"bill:sent:{sender_of(request)}", limit=MOST_SENT, period=AN_HOUR, at=request.at):
            return _sent(request, form, kept["reference"])
        form.add_error(None, _("Too many messages came from your connection. Please go on in the next hour."))
        form.renew()
    return render(request, "desk/bill_card.html", {"cards": cards, "form": form})


def _sent(request: Request, form: AskForm, reference: str) -> HttpResponse:
    """Carry the message and show receipt number and tracking code this once."""
    given = form.cleaned_data
    inquiry, tracking = transitions.ask_by_bill(
        int(given["about"]),
        reference=reference,
        mail=given["mail"],
        text=given["text"],
        language=get_language() or "ja",
        actor=PUBLIC,
        at=request.at,
    )
    return render(request, "desk/bill_sent.html", {"inquiry": inquiry, "tracking": tracking})


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def bill_status(request: Request) -> HttpResponse:
    """Ask for receipt number and tracking code of a message. Wrong, unknown or too often: the same words."""
    form = TrackingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        number = form.number()
        if may_try(request, number):
            relay = bills.find_thread_by_codes(number, form.cleaned_data["tracking"])
            if relay is not None:
                begin(request, bill_marks.THREAD, relay.pk)
                return redirect("desk:bill_thread")
        form.add_error(None, form.NOT_TOGETHER)
    return render(request, "desk/bill_status.html", {"form": form})


def may_try(request: Request, number: str) -> bool:
    """Charge one try to the connection and, while it has any, one to the number."""
    return all(
        tallies.charge(f"bill-status:{kind}:{whose}", limit=limit, period=AN_HOUR, at=request.at)
        for kind, whose, limit in (("sender", sender_of(request), MOST_TRIES), ("number", number, MOST_FOR_NUMBER))
    )


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def bill_thread(request: Request) -> HttpResponse:
    """Show the messages of both sides, and let the inquirer write again after an answer."""
    pk = bill_marks.read(request.session, bill_marks.THREAD, at=request.at)
    relay = bills.find_thread(pk) if pk is not None else None
    if relay is None:
        return redirect("desk:bill_status")
    bill_marks.put(request.session, bill_marks.THREAD, relay.pk, at=request.at)
    form = AskAgainForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if is_first_press(form, request):
                transitions.ask_again_by_bill(relay.pk, text=form.cleaned_data["text"], actor=PUBLIC, at=request.at)
            messages.success(request, _("Your message is on its way."))
            return redirect("desk:bill_thread")
        except WrongState as wrong:
            messages.warning(request, str(wrong))
            return redirect("desk:bill_thread")
        except Refused as refused:
            refusal.put(form, refused)
            form.renew()
    return render(request, "desk/bill_thread.html", _thread(relay, form, request.at))


def _thread(relay: BillRelay, form: AskAgainForm, at: datetime) -> dict[str, object]:
    is_open = bool(available(MINE, relay, PUBLIC))
    return {
        "relay": relay,
        "inquiry": relay.inquiry,
        "messages_of": bills.messages_of(relay),
        "is_with_desk": not is_open and relay.inquiry.closed_at is None,
        "form": form if is_open and relay.inquiry.stage == "answered" else None,
        "referral": referrals.standing(relay.inquiry, at),
        "is_waiting": is_open and relay.inquiry.stage != "answered",
    }
