"""Formal answers: writing, looking, proposing, releasing, printing."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import refusal
from accounts.asking import Request
from accounts.errors import NotAllowed, Refused
from accounts.models import OrganisationKind
from accounts.rulebook import available, check
from desk import answering, composing, queries, transitions, withholding
from desk.forms import AnswerForm, PrintAnswersForm, ReasonForm, ReleaseForm
from desk.models import FormalAnswer, Inquiry
from desk.rules import TABLE
from desk.rules.answers import ONLY_LOOKERS, is_operator, looks
from desk.views import looking
from desk.views.finding import is_first_press, page_of, visible
from handover import documents
from handover.forms.fresh import fresh_check
from handover.leaving import RUN
from handover.views.print_run import hand_out

ACTS = ("change_answer", "propose_answer", "send_back_answer", "release_answer", "withdraw_answer")
DOING = {action: TABLE[action] for action in ACTS}


@require_safe
def answers(request: Request) -> HttpResponse:
    """List what waits for release, and what waits for the printer."""
    if not looks(request.actor):
        raise NotAllowed(ONLY_LOOKERS)
    may_print = is_operator(request.actor)
    context = {
        "lines": queries.answers_to_release(request.actor),
        "may_print": may_print,
        "waiting": queries.answers_to_print(request.actor) if may_print else [],
        "most": RUN,
    }
    return render(request, "desk/answers.html", context)


@require_http_methods(["GET", "POST"])
def draft_answer(request: Request, number: str) -> HttpResponse:
    """Choose the words of a first draft."""
    inquiry = visible(request, number)
    check(TABLE, "draft_answer", inquiry, request.actor)
    form = _form(request, inquiry, is_desk=request.actor.kind == OrganisationKind.AGENCY)
    if form.is_valid():
        try:
            if not is_first_press(form, request):
                return redirect(page_of(inquiry), number)
            made = transitions.draft_answer(inquiry.pk, **form.words, actor=request.actor, at=request.at)
            messages.success(request, _("The draft is kept. Look at it as it will be printed, then propose it."))
            return redirect("desk:answer", made.pk)
        except Refused as refused:
            refusal.put(form, refused)
            form.renew()
    context = {"form": form, "inquiry": inquiry, "own_url": reverse(page_of(inquiry), args=[number])}
    return render(request, "desk/draft_answer.html", context)


@require_http_methods(["GET", "POST"])
def change_answer(request: Request, pk: int) -> HttpResponse:
    """Change a draft."""
    found = _find(request, pk, "change_answer")
    initial = {"template": found.template, "chosen": found.blocks, "text": found.text, "way": found.way}
    form = _form(request, found.inquiry, is_desk=found.speaks_for == FormalAnswer.Voice.DESK, initial=initial)
    if form.is_valid() and _went_through(form, request, transitions.change_answer, found.pk, **form.words):
        messages.success(request, _("The draft is kept. Look at it as it will be printed, then propose it."))
        return redirect("desk:answer", pk)
    context = {"form": form, "inquiry": found.inquiry, "own_url": reverse("desk:answer", args=[pk])}
    return render(request, "desk/draft_answer.html", context)


@require_safe
def answer(request: Request, pk: int) -> HttpResponse:
    """Show one answer: what it says, who wrote it, what is next."""
    found = _find(request, pk)
    composed = composing.compose(found)
    named: frozenset[str] = frozenset()
    is_free = found.speaks_for == FormalAnswer.Voice.PROVIDER  # the desk's words are fixed: nothing is looked up
    if is_free and found.status in (FormalAnswer.Status.DRAFT, FormalAnswer.Status.PROPOSED):
        named = withholding.found_in(composed.texts, found.inquiry, at=request.at)
    context = {
        "answer": found,
        "inquiry": found.inquiry,
        "own_url": reverse(page_of(found.inquiry), args=[found.inquiry.receipt_number]),
        "composed": composed,
        "warning": answering.warning(named) if named else "",
        "may": available(DOING, found, request.actor),
    }
    return render(request, "desk/answer.html", context)


@require_safe
def answer_pdf(request: Request, pk: int) -> HttpResponse:
    """Answer with the letter as PDF: what left, or what would leave."""
    found = _find(request, pk)
    if found.blob:
        pdf, name = documents.read_bytes(found.blob), str(found.letter_number)
    else:
        pdf = composing.printed(found, number=composing.DRAFT_NUMBER, call_code="", at=request.at)
        name = f"{found.inquiry.receipt_number}-draft"
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"', "Cache-Control": "private, no-store"}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


@require_POST
def propose_answer(request: Request, pk: int) -> HttpResponse:
    """Ask for the release."""
    found = _find(request, pk, "propose_answer")
    try:
        transitions.propose_answer(found.pk, actor=request.actor, at=request.at)
        messages.success(request, _("Proposed. Another person of the provider reads it and lets it leave."))
    except Refused as refused:
        messages.error(request, str(refused.words))
    return redirect("desk:answer", pk)


@require_http_methods(["GET", "POST"])
def send_back_answer(request: Request, pk: int) -> HttpResponse:
    """Ask why it goes back."""
    title = _("Send the answer back")
    return _with_reason(request, pk, "send_back_answer", transitions.send_back_answer, title, _("It went back."))


@require_http_methods(["GET", "POST"])
def withdraw_answer(request: Request, pk: int) -> HttpResponse:
    """Ask why it is taken back."""
    title = _("Take the answer back")
    return _with_reason(request, pk, "withdraw_answer", transitions.withdraw_answer, title, _("It was taken back."))


@require_http_methods(["GET", "POST"])
def release_answer(request: Request, pk: int) -> HttpResponse:
    """Show exactly what leaves, ask for the fresh check, and let it leave."""
    found = _find(request, pk, "release_answer")
    form = ReleaseForm(request.POST or None, initial={"signed_hash": composing.fingerprint(found)})
    fresh = fresh_check(request)
    if request.method == "POST" and form.is_valid() and fresh.is_valid():
        try:
            transitions.release_answer(found.pk, **form.cleaned_data, actor=request.actor, at=request.at)
            messages.success(request, _("Released. It leaves the way the inquirer chose."))
            return redirect("desk:answer", pk)
        except Refused as refused:
            refusal.put(form, refused)
    context = {"answer": found, "inquiry": found.inquiry, "composed": composing.compose(found)}
    context |= {"form": form, "fresh": fresh}
    return render(request, "desk/release_answer.html", context)


@require_POST
def print_answers(request: Request) -> HttpResponse:
    """Hand the chosen letters out as one PDF, once."""
    check(TABLE, "print_answers", None, request.actor)
    waiting = queries.answers_to_print(request.actor)
    form = PrintAnswersForm(request.POST, waiting=waiting)
    if not form.is_valid():
        messages.error(request, _("Choose the letters to print."))
        return redirect("desk:answers")
    chosen = form.cleaned_data["letters"]
    pdf = transitions.print_answers(chosen, actor=request.actor, at=request.at)
    numbers = [str(one.letter_number) for one in waiting if one.pk in chosen]
    return hand_out(pdf, numbers[:RUN], request.at)


def _form(request: Request, inquiry: Inquiry, *, is_desk: bool, initial: dict[str, Any] | None = None) -> AnswerForm:
    ways = composing.ways_of(inquiry)
    return AnswerForm(
        request.POST or None,
        offered=composing.offered(for_desk=is_desk, language="en" if get_language() == "en" else "ja"),
        ways=ways,
        has_text=not is_desk,
        initial={"way": ways[0], **(initial or {})},
    )


def _find(request: Request, pk: int, action: str = "") -> FormalAnswer:
    found = queries.find_answer(request.actor, pk, request.at)
    if found is None:
        raise Http404
    if action:
        check(TABLE, action, found, request.actor)
    looking.count(request, found.inquiry)
    return found


def _went_through(form: AnswerForm, request: Request, act: Callable[..., Any], pk: int, **words: Any) -> bool:
    try:
        act(pk, **words, actor=request.actor, at=request.at)
    except Refused as refused:
        refusal.put(form, refused)
        return False
    return True


def _with_reason(
    request: Request, pk: int, action: str, act: Callable[..., Any], title: str, done: str
) -> HttpResponse:
    found = _find(request, pk, action)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        act(found.pk, **form.cleaned_data, actor=request.actor, at=request.at)
        messages.success(request, done)
        return redirect("desk:answer", pk)
    return render(request, "desk/answer_reason.html", {"answer": found, "form": form, "title": title})
