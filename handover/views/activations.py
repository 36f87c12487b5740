"""The provider's pages for opening organisations: worklist, letters, check, agreement."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import refusal
from accounts.asking import Request
from accounts.errors import DomainError, NotAllowed, Refused
from accounts.rulebook import available, check
from audit import queries as log
from handover import announced, transitions
from handover.forms.activations import AddressForm, CheckForm, ChosenForm, PrintForm
from handover.forms.fresh import fresh_check
from handover.leaving import RUN
from handover.models import Activation
from handover.queries import activations as queries
from handover.rules import TABLE
from handover.rules.activations import ACTIVATIONS, sees_activations
from handover.views.print_run import hand_out

PAGE = 50
LATEST = 20
ON_ONE = {
    name: ACTIVATIONS[name]
    for name in ("return_activation", "check_activation", "approve_activation", "refuse_activation")
}


def _only_deciding(request: Request) -> None:
    if not sees_activations(request.actor):
        raise NotAllowed(TABLE["view_activation"].why_not)


def _find(request: Request, number: str) -> Activation:
    _only_deciding(request)
    found = queries.find_activation(number)
    if found is None:
        raise Http404
    return found


@require_safe
def activations(request: Request) -> HttpResponse:
    """Show what waits for us, the letters that are out with their age, and organisations that nobody has claimed."""
    _only_deciding(request)
    words = request.GET.get("q", "").strip()
    page = Paginator(queries.unclaimed(words), PAGE).get_page(request.GET.get("page"))
    counts = queries.registered_counts(list(page.object_list))
    context = {
        "waiting": queries.waiting_for_us(request.at),
        "out": queries.out(request.at),
        "page": page,
        "rows": [(one, counts.get(one.pk, 0)) for one in page.object_list],
        "q": words,
        "may_order": TABLE["order_activation"].who(request.actor, None),
    }
    return render(request, "handover/activations.html", context)


@require_POST
def order_many(request: Request) -> HttpResponse:
    """Order a letter for each chosen organisation, one act each."""
    check(TABLE, "order_activation", None, request.actor)
    shown = [int(pk) for pk in request.POST.getlist("organisations")[:PAGE] if pk.isdecimal() and len(pk) < 19]
    form = ChosenForm(request.POST, known=shown)
    if not form.is_valid():
        messages.error(request, _("Choose organisations from the list."))
        return redirect("handover:activations")
    done, left = 0, 0
    for pk in form.cleaned_data["organisations"]:
        done, left = (done + 1, left) if _ordered(request, pk) else (done, left + 1)
    if done:
        words = ngettext("%(count)d letter is ordered.", "%(count)d letters are ordered.", done)
        messages.success(request, words % {"count": done})
    if left:
        words = ngettext("%(count)d could not be ordered.", "%(count)d could not be ordered.", left)
        messages.warning(request, words % {"count": left} + _(" Order it by itself to see why."))
    return redirect("handover:activations")


def _ordered(request: Request, pk: int) -> bool:
    if queries.find_unclaimed(pk) is None:
        return False
    try:
        transitions.order_activation(organisation_pk=pk, actor=request.actor, at=request.at)
    except DomainError:
        return False
    return True


@require_http_methods(["GET", "POST"])
def order(request: Request, pk: int) -> HttpResponse:
    """Say where the letter goes, or ask for the address, and order it."""
    check(TABLE, "order_activation", None, request.actor)
    organisation = queries.find_unclaimed(pk)
    if organisation is None:
        raise Http404
    form = AddressForm(request.POST or None)
    if request.method == "POST" and (organisation.address or form.is_valid()):
        given = {} if organisation.address else form.cleaned_data
        try:
            made = transitions.order_activation(organisation_pk=pk, **given, actor=request.actor, at=request.at)
            messages.success(request, _("The letter is ordered. Another operator prints it."))
            return redirect("handover:activation", made.number)
        except Refused as refused:
            if organisation.address:
                messages.error(request, str(refused.words))
            else:
                refusal.put(form, refused)
    return render(request, "handover/activation_order.html", {"organisation": organisation, "form": form})


@require_safe
def letters(request: Request) -> HttpResponse:
    """Show the letters that wait for the printer; never what is written in them."""
    check(TABLE, "print_activations", None, request.actor)
    waiting = queries.to_print(request.actor)
    own = [one.is_own for one in waiting]
    context = {"waiting": waiting, "can_print": not all(own), "has_own": any(own), "most": RUN}
    return render(request, "handover/activation_letters.html", context)


@require_POST
def print_letters(request: Request) -> HttpResponse:
    """Hand the chosen letters out as one PDF, once; its name is the manifest, and so is the log."""
    check(TABLE, "print_activations", None, request.actor)
    form = PrintForm(request.POST, waiting=queries.to_print(request.actor))
    if not form.is_valid():
        messages.error(request, _("Choose the letters to print."))
        return redirect("handover:activation_letters")
    pdf, numbers = transitions.print_activations(
        letter_pks=form.cleaned_data["letters"], actor=request.actor, at=request.at
    )
    return hand_out(pdf, numbers, request.at)


@require_safe
def activation(request: Request, number: str) -> HttpResponse:
    """Show one letter, its answer, and what to do next."""
    found = _find(request, number)
    context = {
        "activation": found,
        "letters": queries.letters_of(found),
        "may": available(ON_ONE, found, request.actor),
        "is_late": found.is_expired(request.at),
        "may_order": TABLE["order_activation"].who(request.actor, None),
        "events": log.about(found.label)[:LATEST],
    }
    return render(request, "handover/activation.html", context)


@require_POST
def announce_call(request: Request, number: str) -> HttpResponse:
    """Announce the call that the reader is about to make; its call code then stands on the page of the check."""
    found = _find(request, number)
    check(TABLE, "announce_activation_call", found, request.actor)
    transitions.announce_activation_call(number=number, actor=request.actor, at=request.at)
    messages.success(request, _("Announced. Say the call code at the beginning of the call."))
    return redirect("handover:check_activation", number)


@never_cache
@require_http_methods(["GET", "POST"])
def check_request(request: Request, number: str) -> HttpResponse:
    """Show the numbers of record to call back, and take down how it was made sure. The look is logged."""
    found = _find(request, number)
    check(TABLE, "check_activation", found, request.actor)
    form = CheckForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            transitions.check_activation(number=number, **form.cleaned_data, actor=request.actor, at=request.at)
            messages.success(request, _("On record. An approver agrees next."))
            return redirect("handover:activation", number)
        except Refused as refused:
            refusal.put(form, refused)
    transitions.view_activation(number=number, actor=request.actor, at=request.at)
    context = {
        "calls": announced.announcer().codes(about=found.label, actor=request.actor, at=request.at),
        "activation": found,
        "form": form,
        "phones": queries.phones_of(found.organisation, request.at),
        "knows_domain": queries.knows_domain(found),
    }
    return render(request, "handover/activation_check.html", context)


@require_http_methods(["GET", "POST"])
def approve(request: Request, number: str) -> HttpResponse:
    """Ask for a fresh check, then invite the first administrator."""
    found = _find(request, number)
    check(TABLE, "approve_activation", found, request.actor)
    fresh = fresh_check(request)
    if request.method == "POST" and fresh.is_valid():
        try:
            transitions.approve_activation(number=number, actor=request.actor, at=request.at)
            messages.success(request, _("The invitation is on its way, and everything on record is told."))
            return redirect("handover:activation", number)
        except Refused as refused:
            messages.error(request, str(refused.words))
    return render(request, "handover/activation_approve.html", {"activation": found, "form": fresh})


def _act(request: Request, number: str, transition: Callable[..., Any], words: str) -> HttpResponse:
    _find(request, number)
    transition(number=number, actor=request.actor, at=request.at)
    messages.success(request, words)
    return redirect("handover:activation", number)


@require_POST
def returned(request: Request, number: str) -> HttpResponse:
    """Write down that the letter came back."""
    return _act(
        request, number, transitions.return_activation, _("On record: its code is void. A new letter can be ordered.")
    )


@require_POST
def refuse(request: Request, number: str) -> HttpResponse:
    """Refuse the request."""
    return _act(request, number, transitions.refuse_activation, _("Refused. A new letter can be ordered."))
