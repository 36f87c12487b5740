"""How a recovery begins: what it is, four questions, everything once more, and the receipt."""

from dataclasses import fields
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import tallies
from accounts.asking import Request, sender_of
from accounts.errors import Refused
from audit.record import Public
from desk.models import Inquiry, Needs, Statement
from handover.calendar import business_days_after
from recovery import transitions
from recovery.forms.public import QUESTIONS
from recovery.models import Claim
from recovery.queries import procedures
from recovery.queries.routes import ORGANISATION_KINDS
from recovery.views.public_draft import SENT, Draft

PUBLIC = Public()
A_DAY = timedelta(days=1)


@never_cache
@login_not_required
@require_safe
def begin(request: Request) -> HttpResponse:
    """Say what happens, what is asked and how long it takes, before anything is asked."""
    rules, draft = procedures.live().procedure, Draft(request.session)
    first = draft.first_open()
    context = {
        "go_on": reverse("recovery:check") if first is None else reverse("recovery:question", args=[first]),
        "usual": rules.tier(rules.default_tier),
        "strict": rules.tier(rules.default_tier + 1),
        "draft": draft,
    }
    return render(request, "recovery/public_begin.html", context)


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def question(request: Request, step: int) -> HttpResponse:
    """Ask one question. What was typed stays, right or wrong, forward or back."""
    if not 1 <= step <= len(QUESTIONS):
        raise Http404
    draft = Draft(request.session)
    if "discard" in request.POST:
        draft.discard()
        messages.success(request, _("What you had typed is deleted from this browser."))
        return redirect("recovery:begin")
    if request.method == "POST":
        draft.keep(step, request.POST)
        if "back" in request.POST:
            return redirect("recovery:question", step - 1) if step > 1 else redirect("recovery:begin")
        if draft.form(step).is_valid():
            return _on(draft)
    elif (first := draft.first_open()) is not None and step > first and step not in draft.seen:
        return redirect("recovery:question", first)
    # Nothing is found wrong before somebody pressed "next".
    form = draft.form(step) if request.method == "POST" else QUESTIONS[step - 1](initial=draft.initial(step))
    context = {
        "form": form,
        "step": step,
        "steps": len(QUESTIONS),
        "is_begun": bool(draft.seen),
        "is_contractor": draft.answers.get("capacity") == Inquiry.Capacity.CONTRACTOR,
    }
    return render(request, f"recovery/public_question_{step}.html", context)


def _on(draft: Draft) -> HttpResponse:
    first = draft.first_open()
    return redirect("recovery:check") if first is None else redirect("recovery:question", first)


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def check(request: Request) -> HttpResponse:
    """Show all answers; POST sends them and answers with receipt number and tracking code, which is shown only here."""
    draft = Draft(request.session)
    if request.method == "POST" and request.POST.get("token") != draft.token:
        return sent_already(request)
    if (first := draft.first_open()) is not None:
        return redirect("recovery:question", first)
    if request.method == "POST":
        # Of two presses at the same moment, which both see the draft, one goes on.
        if not tallies.charge(f"recover:{draft.token}", limit=1, period=A_DAY, at=request.at):
            return sent_already(request)
        try:
            claim, tracking = _send(request, draft)
        except Refused as refused:
            return render(request, "recovery/public_too_many.html", {"words": refused.words}, status=429)
        return receipt(request, claim, tracking)
    given = draft.cleaned()
    kind = ORGANISATION_KINDS.get(given["organisation_kind"], "")
    capacity = Inquiry.Capacity(given["capacity"]).label
    wishes = Needs(tuple(given["wishes"]), given["wish_words"])
    context = {"given": given, "capacity": capacity, "kind": kind, "wishes": wishes, "token": draft.token}
    return render(request, "recovery/public_check.html", context)


def sent_already(request: Request) -> HttpResponse:
    """Answer a second press, or a page that is older than what is here."""
    return render(request, "recovery/public_sent_already.html", {"sent": request.session.get(SENT)}, status=409)


def _send(request: Request, draft: Draft) -> tuple[Claim, str]:
    """Send the draft. If that fails it stays, under a new token, so that the next press is not taken for a second."""
    given = draft.cleaned()
    words = {field.name: given[field.name] for field in fields(Statement)}
    try:
        claim, tracking = transitions.open_claim(
            statement=Statement(**words),
            capacity=given["capacity"],
            answer_by=given["answer_by"],
            language=(get_language() or "ja")[:2],
            needs=Needs(tuple(given["wishes"]), given["wish_words"]),
            sender=sender_of(request),
            actor=PUBLIC,
            at=request.at,
        )
    except Exception:
        draft.renew()
        request.session.save()
        raise
    draft.end(claim.number)
    return claim, tracking


def receipt(request: Request, claim: Claim, tracking: str, **more: Any) -> HttpResponse:
    """Answer with receipt number and tracking code."""
    rules = claim.procedure.procedure
    target = rules.tier(rules.default_tier).target or (0, 0)
    today = timezone.localdate(request.at)
    context: dict[str, Any] = {
        "claim": claim,
        "tracking": tracking,
        "from_day": business_days_after(today, target[0]),
        "to_day": business_days_after(today, target[1]),
        "is_contractor": claim.inquiry.capacity_stated == Inquiry.Capacity.CONTRACTOR,
        **more,
    }
    return render(request, "recovery/public_receipt.html", context)
