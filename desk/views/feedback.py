"""Feedback: taken down, sent by anybody, shared, answered, told. Staff challenge a rule in the same way."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import refusal, tallies
from accounts.asking import Request, sender_of
from accounts.errors import NotAllowed, Refused
from accounts.rulebook import available, check
from audit.record import Public
from desk import transitions
from desk.forms.feedback import AnswerForm, ChallengeForm, RecordFeedbackForm, SendFeedbackForm, ShareForm
from desk.models import Feedback
from desk.queries import feedback as queries
from desk.queries.inquiries import plain_number
from desk.rules import ONLY_STAFF, TABLE
from desk.rules.voice import is_staff
from desk.views.finding import is_first_press, page_of, visible

PAGE = 50
A_DAY = timedelta(days=1)
MOST_A_DAY = 5
"""By one sender, as claims (procedure.md A10)."""
ACTING = {name: TABLE[name] for name in ("share_feedback", "answer_feedback", "tell_feedback")}


@require_http_methods(["GET", "POST"])
def record_feedback(request: Request, number: str) -> HttpResponse:
    """Take down what an inquirer thinks of us."""
    inquiry = visible(request, number)
    check(TABLE, "record_feedback", inquiry, request.actor)
    form = RecordFeedbackForm(request.POST or None, causes=queries.causes(inquiry, request.actor))
    if form.is_valid():
        if is_first_press(form, request):
            transitions.record_feedback(inquiry.pk, **form.given, actor=request.actor, at=request.at)
        messages.success(request, _("Taken down. The inquirer hears what becomes of it."))
        return redirect(page_of(inquiry), number)
    context = {"form": form, "inquiry": inquiry, "own_url": reverse(page_of(inquiry), args=[number])}
    return render(request, "desk/record_feedback.html", context)


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def send_feedback(request: Request) -> HttpResponse:
    """Let anybody tell us something; the answer shows receipt number and tracking code this once, whoever asks."""
    form = SendFeedbackForm(request.POST or None)
    if not form.is_valid():
        return render(request, "desk/send_feedback.html", {"form": form})
    if not is_first_press(form, request):
        return render(request, "desk/feedback_sent.html", {"inquiry": None}, status=409)
    if not tallies.charge(f"feedback:{sender_of(request)}", limit=MOST_A_DAY, period=A_DAY, at=request.at):
        form.add_error(None, _("From here we have received enough for today. Please call us, or try again tomorrow."))
        form.renew()
        return render(request, "desk/send_feedback.html", {"form": form}, status=429)
    given = form.given | {"about": plain_number(form.cleaned_data["about"])}
    language = (get_language() or "ja")[:2]
    inquiry, tracking = transitions.send_feedback(**given, language=language, actor=Public(), at=request.at)
    return render(request, "desk/feedback_sent.html", {"inquiry": inquiry, "tracking": tracking})


@require_http_methods(["GET", "POST"])
def challenge_rule(request: Request) -> HttpResponse:
    """Say as one of the staff what is wrong with a rule."""
    check(TABLE, "challenge_rule", None, request.actor)
    form = ChallengeForm(request.POST or None)
    if form.is_valid():
        if is_first_press(form, request):
            transitions.challenge_rule(**form.values, actor=request.actor, at=request.at)
        messages.success(
            request, _("Thank you. Editors and senior approvers read it, and you are told what becomes of it.")
        )
        return redirect("desk:feedback")
    return render(request, "desk/challenge_rule.html", {"form": form})


@require_safe
def feedback(request: Request) -> HttpResponse:
    """List what was said, by department."""
    if not is_staff(request.actor):
        raise NotAllowed(ONLY_STAFF)
    department, show = request.GET.get("department", ""), request.GET.get("show", "")
    rows = queries.feedback(request.actor, department=department, show=show)
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "department": department,
        "show": show,
        "departments": [("", _("All")), ("none", _("With none yet")), *Feedback.Department.choices],
    }
    return render(request, "desk/feedback.html", context)


def _found(request: Request, pk: int) -> Feedback:
    found = queries.find_feedback(request.actor, pk)
    if found is None:
        raise Http404
    return found


@require_safe
def one_feedback(request: Request, pk: int) -> HttpResponse:
    """Show one, and what may be done with it."""
    return _page(request, _found(request, pk))


def _page(request: Request, found: Feedback, **forms: Any) -> HttpResponse:
    may = available(ACTING, found, request.actor)
    context = {
        "feedback": found,
        "may": may,
        "share_form": ShareForm(initial={"tag": found.tag, "department": found.department}, auto_id="share_%s"),
        "answer_form": AnswerForm(auto_id="answer_%s"),
        **forms,
    }
    return render(request, "desk/one_feedback.html", context)


@require_POST
def share_feedback(request: Request, pk: int) -> HttpResponse:
    """Give it to a department."""
    found = _found(request, pk)
    check(TABLE, "share_feedback", found, request.actor)
    form = ShareForm(request.POST, auto_id="share_%s")
    if not form.is_valid():
        return _page(request, found, share_form=form)
    transitions.share_feedback(pk, **form.cleaned_data, actor=request.actor, at=request.at)
    messages.success(request, _("It is with the department now."))
    return redirect("desk:one_feedback", pk)


@require_POST
def answer_feedback(request: Request, pk: int) -> HttpResponse:
    """Answer it."""
    found = _found(request, pk)
    check(TABLE, "answer_feedback", found, request.actor)
    form = AnswerForm(request.POST, auto_id="answer_%s")
    if form.is_valid():
        try:
            transitions.answer_feedback(pk, **form.cleaned_data, actor=request.actor, at=request.at)
            messages.success(request, _("Answered. By mail it is on its way; by phone or letter the desk brings it."))
            return redirect("desk:one_feedback", pk)
        except Refused as refused:
            refusal.put(form, refused)
    return _page(request, found, answer_form=form)


@require_POST
def tell_feedback(request: Request, pk: int) -> HttpResponse:
    """Note that the inquirer heard the answer."""
    _found(request, pk)
    try:
        transitions.tell_feedback(pk, actor=request.actor, at=request.at)
        messages.success(request, _("Noted. The inquirer knows what became of it."))
        return redirect("desk:feedback")
    except Refused as refused:
        messages.warning(request, str(refused.words))
    return redirect("desk:one_feedback", pk)
