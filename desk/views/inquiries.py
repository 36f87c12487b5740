"""Contacts and promises."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import refusal
from accounts.asking import Request
from accounts.errors import Refused
from accounts.rulebook import available, check
from desk import queries, transitions
from desk.forms import CAPACITIES, ContactForm, HoldForm, OnceForm, stated
from desk.models import Inquiry, Needs
from desk.queries import consents, promises, referrals
from desk.rules import TABLE
from desk.views.finding import is_first_press, page_of, visible

ACTS = (
    *("announce_call", "note_contact", "hold", "close_hold", "note_letter_in", "note_letter_out", "draft_answer"),
    *("pass_on", "record_feedback", "record_mistake", "close_inquiry", "reopen_inquiry", "remind_inquirer"),
    *("pause_clock", "resume_clock", "record_needs", "refer_inquiry", "take_in_referral", "return_referral"),
    *("answer_use", "ask_consent"),
)
DOING = {action: TABLE[action] for action in ACTS}


@require_safe
def inquiry(request: Request, number: str) -> HttpResponse:
    """Show an inquiry that is no claim: what was said, who spoke with whom, and what was promised."""
    found = visible(request, number)
    if page_of(found) != "desk:inquiry":
        return redirect(page_of(found), number)
    holds = queries.holds_of(found)
    may = available(DOING, found, request.actor)
    context = {
        "inquiry": found,
        "stated": stated(found.statement),
        "is_promise_late": any(one.is_overdue(request.at) for one in holds),
        "talks": queries.talks_of(found, request.actor),
        "letters": queries.letters_of(found, request.actor, request.at),
        "answers": queries.answers_of(found, request.actor, request.at),
        "hold": next((one for one in holds if one.closed_at is None), None),
        "past_holds": [one for one in holds if one.closed_at],
        "person_notes": queries.notes_about(found, request.at),
        "may": may,
        "course": promises.course_of(found, request.at),
        "needs": Needs.opened(found.sealed_needs),
        "consent": consents.standing(found, request.at),
        "referral": referrals.standing(found, request.at),
        "capacity": CAPACITIES.get(Inquiry.Capacity(found.capacity_stated), ""),
    }
    return render(request, "desk/inquiry.html", context)


@require_http_methods(["GET", "POST"])
def note_contact(request: Request, number: str) -> HttpResponse:
    """Write down a contact."""
    inquiry = visible(request, number)
    check(TABLE, "note_contact", inquiry, request.actor)
    form = ContactForm(request.POST or None)
    if form.is_valid():
        try:
            if is_first_press(form, request):
                transitions.note_contact(inquiry.pk, **form.values, actor=request.actor, at=request.at)
        except Refused as refused:
            refusal.put(form, refused)
            form.renew()
        else:
            messages.success(request, _("The contact is noted."))
            return redirect(page_of(inquiry), number)
    return render(request, "desk/note_contact.html", _page(form, inquiry))


@require_http_methods(["GET", "POST"])
def hold(request: Request, number: str) -> HttpResponse:
    """Promise the inquirer to come back."""
    inquiry = visible(request, number)
    check(TABLE, "hold", inquiry, request.actor)
    form = HoldForm(
        request.POST or None, owners=queries.owners(request.actor), initial={"owner": request.actor.user.pk}
    )
    if form.is_valid():
        try:
            if is_first_press(form, request):
                transitions.hold(inquiry.pk, **form.values, actor=request.actor, at=request.at)
            messages.success(request, _("The promise is on record, and the inquirer reads its date."))
            return redirect(page_of(inquiry), number)
        except Refused as refused:
            refusal.put(form, refused)
            form.renew()
    return render(
        request,
        "desk/hold.html",
        {"form": form, "inquiry": inquiry, "own_url": reverse(page_of(inquiry), args=[number])},
    )


def _page(form: OnceForm, inquiry: Inquiry) -> dict[str, Any]:
    return {"form": form, "inquiry": inquiry, "own_url": reverse(page_of(inquiry), args=[inquiry.receipt_number])}
