"""How promises are kept, passed on and ended; who can no longer be called; letters to inquirers."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import refusal
from accounts.asking import Request
from accounts.errors import NotAllowed, Refused, Words
from accounts.models import User
from accounts.rulebook import check
from desk import closing, queries, transitions
from desk.forms import promises as desk_forms
from desk.forms.once import OnceForm
from desk.models import Hold, Inquiry, Needs
from desk.queries import promises
from desk.rules import ONLY_ALARMED, TABLE
from desk.views import looking
from desk.views.finding import is_first_press, page_of, visible
from handover.views.print_run import hand_out


def _act(
    request: Request,
    inquiry: Inquiry,
    form: forms.Form,
    title: Words,
    act: Callable[[], object],
    done: str,
    lead: str = "",
) -> HttpResponse:
    """Show the form of one act on an inquiry; when it is valid and sent for the first time, act and go back."""
    if form.is_valid():
        try:
            if not isinstance(form, OnceForm) or is_first_press(form, request):
                act()
            messages.success(request, done)
            return redirect(page_of(inquiry), inquiry.receipt_number)
        except Refused as refused:
            refusal.put(form, refused)
            if isinstance(form, OnceForm):
                form.renew()
    context = {"form": form, "inquiry": inquiry, "title": title, "own_page": page_of(inquiry), "lead": lead}
    return render(request, "desk/promise_act.html", context)


@require_http_methods(["GET", "POST"])
def close_hold(request: Request, pk: int) -> HttpResponse:
    """Ask who agreed and how, and close the promise."""
    found = queries.find_hold(request.actor, pk)
    if found is None:
        raise Http404
    looking.count(request, found.inquiry)
    rule = check(TABLE, "close_hold", found.inquiry, request.actor)
    form = desk_forms.AgreementForm(request.POST or None)

    def act() -> None:
        outcome = Hold.Outcome.AGREED
        transitions.close_hold(pk, outcome=outcome, **form.cleaned_data, actor=request.actor, at=request.at)

    return _act(request, found.inquiry, form, rule.words, act, _("The hold is closed."), found.wish)


@require_http_methods(["GET", "POST"])
def close_inquiry(request: Request, number: str) -> HttpResponse:
    """Ask on which ground the matter ends."""
    inquiry = visible(request, number)
    rule = check(TABLE, "close_inquiry", inquiry, request.actor)
    form = desk_forms.ClosingForm(
        request.POST or None,
        is_answered=closing.find_answer(inquiry) is not None,
        may_end_unanswered=closing.may_end_unanswered(inquiry, request.at),
    )

    def act() -> None:
        transitions.close_inquiry(inquiry.pk, **form.values, actor=request.actor, at=request.at)

    return _act(request, inquiry, form, rule.words, act, _("The inquiry is closed. It can be taken up for 180 days."))


@require_POST
def reopen_inquiry(request: Request, number: str) -> HttpResponse:
    """Take the matter up again under its number."""
    inquiry = visible(request, number)
    transitions.reopen_inquiry(inquiry.pk, actor=request.actor, at=request.at)
    messages.success(request, _("It is open again, under the same number."))
    return redirect(page_of(inquiry), number)


@require_http_methods(["GET", "POST"])
def remind(request: Request, number: str) -> HttpResponse:
    """Ask by which way the inquirer is reminded."""
    inquiry = visible(request, number)
    rule = check(TABLE, "remind_inquirer", inquiry, request.actor)
    form = desk_forms.ReminderForm(request.POST or None)

    def act() -> None:
        transitions.remind_inquirer(inquiry.pk, **form.values, actor=request.actor, at=request.at)

    return _act(request, inquiry, form, rule.words, act, _("The reminder is on record."))


@require_http_methods(["GET", "POST"])
def pause(request: Request, number: str) -> HttpResponse:
    """Ask for which reason of the list our clock stands still."""
    inquiry = visible(request, number)
    rule = check(TABLE, "pause_clock", inquiry, request.actor)
    form = desk_forms.PauseForm(request.POST or None)

    def act() -> None:
        transitions.pause_clock(inquiry.pk, **form.cleaned_data, actor=request.actor, at=request.at)

    return _act(
        request, inquiry, form, rule.words, act, _("The clock stands still. The inquirer goes on hearing from us.")
    )


@require_POST
def resume(request: Request, number: str) -> HttpResponse:
    """Let our clock run again."""
    inquiry = visible(request, number)
    transitions.resume_clock(inquiry.pk, actor=request.actor, at=request.at)
    messages.success(request, _("The clock runs again."))
    return redirect(page_of(inquiry), number)


@require_http_methods(["GET", "POST"])
def needs(request: Request, number: str) -> HttpResponse:
    """Ask what somebody with a disability wishes of us."""
    inquiry = visible(request, number)
    rule = check(TABLE, "record_needs", inquiry, request.actor)
    known = Needs.opened(inquiry.sealed_needs)
    form = desk_forms.NeedsForm(request.POST or None, initial={"chosen": known.chosen, "words": known.words})

    def act() -> None:
        transitions.record_needs(inquiry.pk, needs=form.needs, actor=request.actor, at=request.at)

    return _act(request, inquiry, form, rule.words, act, _("The wishes are on record, for whoever gets in touch."))


# The next shift -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def shift(request: Request) -> HttpResponse:
    """Hand the own promises over."""
    return _hand_over(request, request.actor.user)


@require_http_methods(["GET", "POST"])
def shift_of(request: Request, pk: int) -> HttpResponse:
    """Hand the promises of somebody of the own agency over, as its supervisor."""
    owner = promises.find_colleague(request.actor, pk)
    if owner is None:
        raise Http404
    return _hand_over(request, owner)


def _hand_over(request: Request, owner: User) -> HttpResponse:
    check(TABLE, "hand_over_holds", owner, request.actor)
    rows = promises.own_holds(owner)
    people = promises.colleagues(request.actor, owner, queries.OWNERS)
    form = desk_forms.ShiftForm(request.POST or None, holds=rows, people=people)
    if form.is_valid():
        try:
            if is_first_press(form, request):
                transitions.hand_over_holds(owner.pk, **form.values, actor=request.actor, at=request.at)
            messages.success(request, _("Handed over. What was promised stays as it was."))
            return redirect("desk:queue")
        except Refused as refused:
            refusal.put(form, refused)
            form.renew()
    lines: list[dict[str, Any]] = [
        {"hold": one, "is_late": one.is_overdue(request.at), "is_kept": one.pk in form.kept} for one in rows
    ]
    context = {"form": form, "lines": lines, "owner": owner, "mine": owner == request.actor.user}
    return render(request, "desk/shift.html", context)


@require_safe
def climbed(request: Request) -> HttpResponse:
    """List what is overdue, for a supervisor or a senior to see to."""
    if not promises.sees_climbed(request.actor):
        raise NotAllowed(ONLY_ALARMED)
    return render(request, "desk/climbed.html", {"lines": promises.climbed_lines(request.actor)})


# Letters ------------------------------------------------------------------------------------------------------------


@require_safe
def words(request: Request) -> HttpResponse:
    """Show which letters to inquirers wait for the printer; never what is written in them."""
    check(TABLE, "print_words", None, request.actor)
    return render(request, "desk/words.html", {"waiting": promises.letters_waiting()})


@require_POST
def print_words(request: Request) -> HttpResponse:
    """Hand the chosen letters out as one PDF, once."""
    check(TABLE, "print_words", None, request.actor)
    waiting = promises.letters_waiting()
    form = desk_forms.WordsForm(request.POST, waiting=waiting)
    if not form.is_valid():
        messages.error(request, _("Choose the letters to print."))
        return redirect("desk:words")
    chosen = form.cleaned_data["words"]
    pdf = transitions.print_words(chosen, actor=request.actor, at=request.at)
    return hand_out(pdf, [one.letter_number for one in waiting if one.pk in chosen], request.at)
