"""The inquirer's own case, opened by receipt number and tracking code: where it stands, and what is the inquirer's."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import refusal, tallies
from accounts.asking import Request, sender_of
from accounts.errors import DomainError, Refused, WrongState
from accounts.rulebook import available
from desk import queries as desk
from desk.models import Inquiry
from desk.queries import callers
from desk.queries import status as desk_status
from handover.tasks import have_scanned
from recovery import marks, tasks, transitions
from recovery.forms.public import ChangeMailForm, CodeForm, MailboxForm, PaperForm, StatusForm, WishForm
from recovery.models import Claim
from recovery.queries import afterwards, exits, inbox, tracking
from recovery.rules import TABLE
from recovery.views.public_steps import steps_of
from recovery.views.public_wizard import PUBLIC

AN_HOUR = timedelta(hours=1)
MOST_TRIES = 10
"""Tries of receipt number and tracking code in an hour from one sender."""
MOST_FOR_NUMBER = 200
"""Tries for one number in an hour. Every notice names the number: whoever got one must not lock the inquirer out with
a few tries. Of 50 bits this finds nothing."""
MOST_CODES = 20
"""Codes typed in for one case in an hour, beside the five tries of each code: where none was sent, none is charged."""
MOST_FILES = 40
"""Files looked at for one case in an hour: looking takes a process of its own."""
ACTS = {"enter_mailbox_code", "change_mailbox", "enter_code", "ask_for_code", "submit_paper", "withdraw"}
ACTS |= {"appeal", "reopen", "redeem_kit"}
ACTS |= {"take_call_number"}
WAITING = frozenset({"withdraw", "appeal", "reopen"})
"""What is taken down and done by the worker: one of them at a time."""
MINE = {action: TABLE[action] for action in ACTS}

View = Callable[[Request, Claim], HttpResponse]


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def status(request: Request) -> HttpResponse:
    """Ask for receipt number and tracking code. Wrong, unknown or too often: the same words."""
    form = StatusForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        number = tracking.number_in(form.cleaned_data["number"])
        if _may_try(request, number):
            found = tracking.find_by_codes(number, form.cleaned_data["tracking"])
            if found is not None:
                return _open(request, found)
        form.add_error(
            None,
            _(
                "Receipt number and tracking code do not fit together. Check both. After ten tries in an hour, go on"
                " in the next hour."
            ),
        )
    return render(request, "recovery/public_status.html", {"form": form})


def _may_try(request: Request, number: str) -> bool:
    """Charge one try to the sender and, while it has any, one to the number."""
    return all(
        tallies.charge(f"status:{kind}:{whose}", limit=limit, period=AN_HOUR, at=request.at)
        for kind, whose, limit in (("sender", sender_of(request), MOST_TRIES), ("number", number, MOST_FOR_NUMBER))
    )


def _open(request: Request, inquiry: Inquiry) -> HttpResponse:
    claim = tracking.find_claim_of(inquiry)
    if request.actor is None:
        # Who planted a session in this browser must not come along. Signing in has done so for members.
        request.session.cycle_key()
        request.session.set_expiry(0)
    if claim is None:
        marks.put(request.session, inquiry.pk, at=request.at, key=marks.INQUIRY)
        return redirect("recovery:inquiry")
    marks.put(request.session, claim.pk, at=request.at)
    return redirect("recovery:case")


def of_case(view: View) -> Callable[[Request], HttpResponse]:
    """Give `view` the claim that is open in this browser; without one, ask for the codes first.

    A page names its case, so that what was typed on the page of one case never goes to another opened since.
    """

    @never_cache
    @login_not_required
    @require_http_methods(["GET", "POST"])
    @wraps(view)
    def guarded(request: Request) -> HttpResponse:
        pk = marks.read(request.session, at=request.at)
        claim = tracking.find_marked(pk) if pk is not None else None
        if claim is None:
            marks.remove(request.session)
            return redirect("recovery:status")
        if request.method == "POST" and request.POST.get("case") != claim.number:
            messages.warning(request, _("That page was about another case. Nothing was changed."))
            return redirect("recovery:case")
        marks.put(request.session, claim.pk, at=request.at)
        return view(request, claim)

    return guarded


def not_now(request: Request) -> HttpResponse:
    """Say in fixed words that an act is not possible; a rule's own words would tell where the claim stands inside."""
    messages.warning(request, _("This is not possible at this stage. Nothing was changed."))
    return redirect("recovery:case")


def act_on_case(
    request: Request, claim: Claim, action: str, form: Any, template: str, act: Callable[[Any], str], **context: Any
) -> HttpResponse:
    """Show the form of one act; when it is valid, act and go back to the case with the words of `act`."""
    if action not in available(MINE, claim, PUBLIC):
        return not_now(request)
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, act(form.cleaned_data))
            return redirect("recovery:case")
        except WrongState:
            return not_now(request)
        except Refused as refused:
            refusal.put(form, refused)
    return render(request, template, {"claim": claim, "form": form, **context})


def hand_in(request: Request, claim: Claim, act: str, *, words: str = "") -> str:
    """Take down what the inquirer asks for and let the worker do it; returns the words of the answer."""
    made = transitions.hand_in(claim.pk, act=act, words=words, sender=sender_of(request), actor=PUBLIC, at=request.at)
    tasks.answer_request.enqueue(made.pk)
    return _("Taken down. In a moment this page shows what became of it; you need not wait here.")


def charge(kind: str, claim: Claim, request: Request, limit: int) -> None:
    """Count one try for the case; raises `Refused` when there were too many in this hour."""
    if not tallies.charge(f"{kind}:claim:{claim.pk}", limit=limit, period=AN_HOUR, at=request.at):
        raise Refused(_("This was tried many times. Please go on in the next hour."))


@of_case
def case(request: Request, claim: Claim) -> HttpResponse:
    """Show where the case stands, by the rung that was reached."""
    papers = tracking.papers_of(claim)
    told = tracking.told_of(claim, request.at, papers)
    asked = inbox.last_of(claim)
    waits = asked is not None and asked.done_at is None
    context = {
        "claim": claim,
        "told": told,
        "steps": steps_of(told),
        "papers": papers,
        "promise": desk_status.promise_of(claim.inquiry_id, with_wish=False),
        "dns_value": exits.dns_value(claim, told.rung),
        "after": afterwards.after_of(claim, request.at),
        "delay": afterwards.delay_of(claim),
        "asked": asked,
        "answers": desk.answers_in(claim, claim.inquiry),
        "consent": callers.consent_in(claim, claim.inquiry, request.at),
        "referral": callers.referral_in(claim, claim.inquiry, request.at),
        "may": available(MINE, claim, PUBLIC) - (WAITING if waits else frozenset()),
    }
    return render(request, "recovery/public_case.html", context)


@of_case
def mailbox(request: Request, claim: Claim) -> HttpResponse:
    """Ask for the code that went to the claimant's own mailbox."""
    if claim.mailbox_verified_at:
        messages.info(request, _("Your mail address is confirmed."))
        return redirect("recovery:case")

    def act(given: Any) -> str:
        charge("mailbox", claim, request, MOST_CODES)
        transitions.enter_mailbox_code(claim.pk, typed=given["code"], actor=PUBLIC, at=request.at)
        return _("Thank you. Your mail address is confirmed.")

    form = MailboxForm(request.POST or None)
    return act_on_case(request, claim, "enter_mailbox_code", form, "recovery/public_mailbox.html", act)


@of_case
def change_mail(request: Request, claim: Claim) -> HttpResponse:
    """Ask for the mail address, and send a new code there."""
    if claim.mailbox_verified_at:
        messages.info(request, _("Your mail address is confirmed."))
        return redirect("recovery:case")

    def act(given: Any) -> str:
        transitions.change_mailbox(claim.pk, mail=given["mail"], actor=PUBLIC, at=request.at)
        return _("A new code is on its way. It is good for 24 hours; earlier ones no longer work.")

    form = ChangeMailForm(request.POST or None, initial={"mail": claim.mailbox})
    return act_on_case(request, claim, "change_mailbox", form, "recovery/public_change_mail.html", act)


@of_case
def enter_code(request: Request, claim: Claim) -> HttpResponse:
    """Ask for a code that went to the organisation. The page is the same whether or not one was sent."""

    def act(given: Any) -> str:
        charge("codes", claim, request, MOST_CODES)
        transitions.enter_code(claim.pk, purpose=given["purpose"], typed=given["code"], actor=PUBLIC, at=request.at)
        return _("Thank you. The code is right.")

    form = CodeForm(request.POST or None, initial={"purpose": "letter"})
    return act_on_case(request, claim, "enter_code", form, "recovery/public_enter_code.html", act)


@of_case
def ask_for_code(request: Request, claim: Claim) -> HttpResponse:
    """Ask what to do when no letter arrives. Whether one was sent is not told."""

    def act(given: Any) -> str:
        transitions.ask_for_code(claim.pk, wish=given["wish"], actor=PUBLIC, at=request.at)
        return _("We have taken this down and see what can be sent. You need not call us.")

    form = WishForm(request.POST or None)
    return act_on_case(request, claim, "ask_for_code", form, "recovery/public_ask_for_code.html", act)


@of_case
def add_paper(request: Request, claim: Claim) -> HttpResponse:
    """Ask for a paper and keep it."""
    rules = claim.procedure.procedure
    if request.method == "POST":
        try:
            charge("papers", claim, request, MOST_FILES)
        except Refused as refused:
            messages.warning(request, str(refused.words))
            return redirect("recovery:case")
        form = PaperForm(rules, request.POST, request.FILES)
    else:
        form = PaperForm(rules, initial={"token": uuid.uuid4()})

    def act(given: Any) -> str:
        made = transitions.submit_paper(claim.pk, **given, actor=PUBLIC, at=request.at)
        have_scanned(made.blob_id)
        return _("Kept. The paper is encrypted, and we look at it.")

    return act_on_case(request, claim, "submit_paper", form, "recovery/public_add_paper.html", act)


@of_case
def withdraw(request: Request, claim: Claim) -> HttpResponse:
    """Ask once more, then let the case be ended."""
    if "withdraw" not in available(MINE, claim, PUBLIC):
        return not_now(request)
    if request.method == "POST":
        try:
            messages.success(request, hand_in(request, claim, "withdraw"))
        except DomainError:
            return not_now(request)
        return redirect("recovery:case")
    return render(request, "recovery/public_withdraw.html", {"claim": claim})
