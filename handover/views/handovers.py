"""Pages of a handover: the list, one handover, and the giver's acts."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import refusal
from accounts.actors import Actor
from accounts.asking import Request
from accounts.errors import Refused
from accounts.rulebook import available, check
from handover import preparing, progress, transitions
from handover.forms.handovers import AnswerForm, DraftForm, QuestionForm, ReasonForm
from handover.models import Handover
from handover.queries import handovers as queries
from handover.rules import TABLE
from handover.rules.handovers import HANDOVERS
from handover.rules.packages import LISTS, minds
from handover.views.finding import visible_registration

PAGE = 50


def visible(request: Request, number: str) -> Handover:
    """Return the handover called `number` if the actor may see it, else answer 404."""
    found = queries.find_visible(request.actor, number, timezone.now())
    if found is None:
        raise Http404
    return found


@require_safe
def handovers(request: Request) -> HttpResponse:
    """List the handovers that concern the actor."""
    rows = queries.listed(request.actor, timezone.now())
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "handover/handovers.html", {"page": page})


@require_safe
def handover(request: Request, number: str) -> HttpResponse:
    """Show one handover to either side: where it stands, what is in it, and what to do next."""
    found = visible(request, number)
    may = available({**HANDOVERS, **LISTS}, found, request.actor)
    items = queries.items_of(found)
    cards = {item.registration.product for item in items if item.kind == "registration" and item.registration.product}
    context = {
        "handover": found,
        "may": may,
        "items": items,
        "products": sorted(cards, key=lambda card: card.pk),
        "sees_package": found.package and minds(request.actor, found.package),
        "steps": progress.steps(found, may),
        "answer_by": progress.answer_by(found),
        "questions": queries.questions_of(found),
        "question_form": QuestionForm(),
        "answer_form": AnswerForm(),
        "is_successor": found.given_to_id == request.actor.user.pk,
    }
    return render(request, "handover/handover.html", context)


@require_http_methods(["GET", "POST"])
def draft(request: Request, number: str) -> HttpResponse:
    """Ask to whom, when and what; prepare the handover."""
    actor: Actor = request.actor
    at = timezone.now()
    registration = visible_registration(request, number)
    check(TABLE, "draft_handover", registration, actor)
    if standing := queries.open_for(registration):
        return redirect("handover:handover", standing.number)
    successors = queries.possible_successors(registration.organisation, but=actor.user)
    first = preparing.first_day(registration, actor.user.pk, at)
    form = DraftForm(request.POST or None, successors=successors, initial={"effective_on": first})
    if request.method == "POST" and form.is_valid():
        try:
            made = transitions.draft_handover(registration_pk=registration.pk, **form.cleaned_data, actor=actor, at=at)
            return redirect("handover:offer", made.number)
        except Refused as refused:
            refusal.put(form, refused)
    context = {"form": form, "registration": registration, "papers": queries.papers_of(registration)}
    return render(request, "handover/handover_draft.html", context)


@require_http_methods(["GET", "POST"])
def offer(request: Request, number: str) -> HttpResponse:
    """Show what was prepared once more, then offer it."""
    found = visible(request, number)
    if request.method == "POST":
        transitions.offer(handover_pk=found.pk, actor=request.actor, at=timezone.now())
        messages.success(request, _("Offered. The successor gets a mail, and reminders on days 3, 7 and 12."))
        return redirect("handover:handover", number)
    check(TABLE, "offer", found, request.actor)
    return render(request, "handover/handover_offer.html", {"handover": found, "items": queries.items_of(found)})


@require_http_methods(["GET", "POST"])
def withdraw(request: Request, number: str) -> HttpResponse:
    """Ask why, then withdraw."""
    return _with_reason(request, number, "withdraw", transitions.withdraw, _("Withdrawn. Nothing changed hands."))


@require_http_methods(["GET", "POST"])
def decline(request: Request, number: str) -> HttpResponse:
    """Ask why, then decline."""
    return _with_reason(request, number, "decline", transitions.decline, _("Declined. The giver has been told."))


@require_http_methods(["GET", "POST"])
def refuse_confirmation(request: Request, number: str) -> HttpResponse:
    """Ask why, then refuse the confirmation."""
    words = _("Not confirmed. Both sides have been told.")
    return _with_reason(request, number, "refuse_confirmation", transitions.refuse_confirmation, words)


def _with_reason(request: Request, number: str, action: str, transition: Any, words: str) -> HttpResponse:
    found = visible(request, number)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        transition(handover_pk=found.pk, reason=form.cleaned_data["reason"], actor=request.actor, at=timezone.now())
        messages.success(request, words)
        return redirect("handover:handover", number)
    rule = check(TABLE, action, found, request.actor)
    return render(request, "handover/handover_reason.html", {"handover": found, "form": form, "words": rule.words})


@require_POST
def ask(request: Request, number: str) -> HttpResponse:
    """Ask the predecessor."""
    found = visible(request, number)
    form = QuestionForm(request.POST)
    if form.is_valid():
        text = form.cleaned_data["text"]
        transitions.ask(handover_pk=found.pk, text=text, actor=request.actor, at=timezone.now())
        messages.success(request, _("Your question was sent."))
    else:
        messages.error(request, _("Write your question first."))
    return redirect("handover:handover", number)


@require_POST
def answer(request: Request, number: str, pk: int) -> HttpResponse:
    """Answer one question of the successor."""
    found = visible(request, number)
    question = get_object_or_404(queries.questions_of(found), pk=pk)
    form = AnswerForm(request.POST)
    if form.is_valid():
        text = form.cleaned_data["text"]
        transitions.answer(question_pk=question.pk, text=text, actor=request.actor, at=timezone.now())
        messages.success(request, _("Your answer was sent."))
    else:
        messages.error(request, _("Write your answer first."))
    return redirect("handover:handover", number)
