"""What a product is in plain words, and "explain it to me": asking for a call, and what became of it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import refusal
from accounts.asking import Request
from accounts.errors import Refused
from accounts.rulebook import available, check
from handover import integrity, transitions
from handover.forms.explanations import ExplanationForm
from handover.models import ExplanationRequest, Handover, Registration
from handover.queries import explanations as queries
from handover.queries import pack
from handover.rules import TABLE
from handover.rules.explanations import EXPLANATIONS
from handover.views.handovers import visible

OF_REQUEST = {name: EXPLANATIONS[name] for name in ("withdraw_explanation", "answer_explanation")}


def readable(request: Request, number: str) -> Registration:
    """Return the registration called `number` if the actor may see it or is to get it, else answer 404."""
    found = pack.find_readable(request.actor, number, request.at)
    if found is None:
        raise Http404
    return found


def pack_of(request: Request, handover: Handover) -> dict[str, object]:
    """Return what `_handover_pack.html` needs: one page of packs, with their papers compared to what was kept."""
    page = Paginator(pack.registrations_of(handover), pack.PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate(request.at)
    packs = pack.packs(list(page), request.actor, request.at, today, compare=integrity.checked)
    return {"pack_page": page, "packs": packs}


@require_safe
def handover_pack(request: Request, number: str) -> HttpResponse:
    """Show the successor all that is to be known before accepting (procedure.md B3). That it was opened is written."""
    found = visible(request, number)
    transitions.open_pack(handover_pk=found.pk, actor=request.actor, at=request.at)
    return render(request, "handover/handover_pack.html", {"handover": found, **pack_of(request, found)})


@require_safe
def product_card(request: Request, number: str) -> HttpResponse:
    """Show what the product of a registration is, in plain words. The look is written down."""
    registration = readable(request, number)
    role = pack.capacity_of(request.actor, registration, request.at)
    transitions.look(registration=registration, capacity=role, actor=request.actor, at=request.at, page="card")
    context = {
        "registration": registration,
        "product": registration.product,
        "may_ask": bool(available({"ask": TABLE["ask_explanation"]}, registration, request.actor)),
        "call": pack.find_call(request.actor, registration),
        "offer": pack.find_offer(request.actor, registration) if role == "successor" else None,
        "bills": queries.bills_of(registration),
        "is_visible": role != "successor",
    }
    return render(request, "handover/explaining_card.html", context)


@require_http_methods(["GET", "POST"])
def ask_explanation(request: Request, number: str) -> HttpResponse:
    """Ask where and when to call; whoever asked already is led to that call."""
    registration = readable(request, number)
    check(TABLE, "ask_explanation", registration, request.actor)
    if standing := pack.find_call(request.actor, registration):
        return redirect("handover:explanation", standing.pk)
    form = ExplanationForm(request.POST or None, initial={"hours": ExplanationRequest.Hours.ANY})
    if form.is_valid():
        try:
            made = transitions.ask_explanation(
                registration_pk=registration.pk, **form.cleaned_data, actor=request.actor, at=request.at
            )
            messages.success(request, _("Asked. The desk calls you; you get the time by mail."))
            return redirect("handover:explanation", made.pk)
        except Refused as refused:
            refusal.put(form, refused)
    context = {"registration": registration, "form": form}
    return render(request, "handover/explaining_ask.html", context)


def _visible(request: Request, pk: int) -> ExplanationRequest:
    found = queries.find_visible(request.actor, pk)
    if found is None:
        raise Http404
    return found


@require_safe
def explanation(request: Request, pk: int) -> HttpResponse:
    """Show whoever asked the receipt number, the state and the promise."""
    found = _visible(request, pk)
    context = {
        "explanation": found,
        "registration": found.registration,
        "may": available(OF_REQUEST, found, request.actor),
        "is_readable": pack.find_readable(request.actor, found.registration.number, request.at) is not None,
    }
    return render(request, "handover/explaining_one.html", context)


@require_POST
def withdraw_explanation(request: Request, pk: int) -> HttpResponse:
    """Call it off."""
    found = _visible(request, pk)
    transitions.withdraw_explanation(request_pk=found.pk, actor=request.actor, at=request.at)
    messages.success(request, _("Called off. Nobody calls you, and the number is forgotten."))
    return redirect("handover:explanation", pk)


@require_POST
def answer_explanation(request: Request, pk: int) -> HttpResponse:
    """Say whether it is clear now."""
    found = _visible(request, pk)
    is_clear = request.POST.get("clear") == "yes"
    transitions.answer_explanation(request_pk=found.pk, is_clear=is_clear, actor=request.actor, at=request.at)
    messages.success(request, _("Thank you. You can ask for another call at any time."))
    return redirect("handover:explanation", pk)
