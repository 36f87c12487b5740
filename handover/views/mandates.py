"""Contractors' mandates: the list of either side, one of them, asking, granting, going on and ending."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import refusal
from accounts.asking import Request
from accounts.errors import Refused
from accounts.rulebook import available, check
from audit import queries as log
from handover import transitions
from handover.forms.fresh import fresh_check
from handover.forms.mandates import ApproveForm, AskForm, GrantForm, WhyForm
from handover.models import Mandate, MandateRegistration
from handover.queries import mandates as queries
from handover.rules import TABLE
from handover.rules.mandates import MANDATES, asks, is_contractor, is_customer, latest_end, may_be_renewed, removable

PAGE = 50
LATEST = 20
ON_MANDATE = {name: MANDATES[name] for name in ("approve_mandate", "decline_mandate", "renew_mandate", "end_mandate")}


def visible(request: Request, number: str) -> Mandate:
    """Return the mandate called `number` if the actor may see it, else answer 404."""
    found = queries.find_visible(request.actor, number, request.at)
    if found is None:
        raise Http404
    return found


@require_safe
def mandates(request: Request) -> HttpResponse:
    """List the mandates of the actor's side, newest first."""
    page = Paginator(queries.listed(request.actor, request.at), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "is_contractor": is_contractor(request.actor),
        "is_customer": is_customer(request.actor),
    }
    return render(request, "handover/mandates.html", context)


@require_safe
def mandate(request: Request, number: str) -> HttpResponse:
    """Show one mandate to either side. Who is in charge at the customer is not for the contractor to read."""
    found = visible(request, number)
    rows = queries.rows_of(found, request.actor, request.at)
    may = available(ON_MANDATE, found, request.actor)
    renewal = queries.find_renewal(found)
    if renewal or not may_be_renewed(found, timezone.localdate(request.at)):
        may.discard("renew_mandate")
    is_theirs = asks(request.actor, found)
    context = {
        "mandate": found,
        "rows": rows,
        "removable": removable(request.actor, found),
        "settings": queries.setting_words(found),
        "may": may,
        "is_contractor": is_theirs,
        "in_force": queries.is_in_force(found, request.at),
        "renewal": renewal,
        "faults": queries.faults_of(rows),
        # The log names people of the customer, and what was looked up for it.
        "events": [] if is_theirs else log.about(found.label)[:LATEST],
    }
    return render(request, "handover/mandate.html", context)


@require_http_methods(["GET", "POST"])
def ask(request: Request) -> HttpResponse:
    """A contractor asks. The answer is the same whether or not there is such a customer or registration."""
    check(TABLE, "ask_mandate", Mandate(), request.actor)
    form = AskForm(request.POST or None, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        try:
            transitions.ask_mandate(**form.cleaned_data, actor=request.actor, at=request.at)
        except Refused as refused:
            refusal.put(form, refused)
        else:
            messages.success(
                request,
                _("Your question is on its way. Who decides gets it if what you named fits, and answers you."),
            )
            return redirect("handover:mandates")
    return render(request, "handover/mandate_ask.html", {"form": form})


@require_http_methods(["GET", "POST"])
def grant(request: Request) -> HttpResponse:
    """A customer gives a mandate without having been asked, after a fresh check."""
    check(TABLE, "grant_mandate", Mandate(), request.actor)
    form, fresh = GrantForm(request.POST or None, initial=_initial(request)), fresh_check(request)
    if request.method == "POST" and form.is_valid() and fresh.is_valid():
        try:
            made = transitions.grant_mandate(**form.cleaned_data, actor=request.actor, at=request.at)
        except Refused as refused:
            refusal.put(form, refused)
        else:
            messages.success(request, _("Granted. Both sides were told."))
            return redirect("handover:mandate", made.number)
    return render(request, "handover/mandate_grant.html", {"form": form, "fresh": fresh})


def _initial(request: Request) -> dict[str, Any]:
    today = timezone.localdate(request.at)
    number = request.GET.get("registration", "").replace("\0", "")[:40]
    return {"token": uuid.uuid4(), "ends_on": latest_end(today), "scope": Mandate.Scope.VIEW, "registrations": number}


@require_http_methods(["GET", "POST"])
def approve(request: Request, number: str) -> HttpResponse:
    """Show what was asked for, let it be made less, ask for the fresh check, grant it."""
    found = visible(request, number)
    check(TABLE, "approve_mandate", found, request.actor)
    rows = queries.waiting_for(found, request.actor)
    form, fresh = ApproveForm(request.POST or None, mandate=found, rows=rows), fresh_check(request)
    if request.method == "POST" and form.is_valid() and fresh.is_valid():
        try:
            transitions.approve_mandate(mandate_pk=found.pk, **form.cleaned_data, actor=request.actor, at=request.at)
        except Refused as refused:
            refusal.put(form, refused)
        else:
            messages.success(request, _("Granted. Both sides were told."))
            return redirect("handover:mandate", number)
    return render(request, "handover/mandate_approve.html", {"mandate": found, "form": form, "fresh": fresh})


@require_http_methods(["GET", "POST"])
def decline(request: Request, number: str) -> HttpResponse:
    """Ask why, then do not grant it."""
    found = visible(request, number)
    check(TABLE, "decline_mandate", found, request.actor)
    form = WhyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        transitions.decline_mandate(
            mandate_pk=found.pk, reason=form.cleaned_data["reason"], actor=request.actor, at=request.at
        )
        messages.success(request, _("Not granted. Nothing was shown to the contractor."))
        return redirect("handover:mandate", number)
    return _why(request, found, form, "decline_mandate")


@require_http_methods(["GET", "POST"])
def end(request: Request, number: str) -> HttpResponse:
    """Ask why, then end it at once."""
    found = visible(request, number)
    check(TABLE, "end_mandate", found, request.actor)
    form = WhyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        transitions.end_mandate(
            mandate_pk=found.pk, reason=form.cleaned_data["reason"], actor=request.actor, at=request.at
        )
        messages.success(request, _("Ended, with immediate effect."))
        return redirect("handover:mandate", number)
    return _why(request, found, form, "end_mandate")


def _why(request: Request, found: Mandate, form: Form, action: str) -> HttpResponse:
    words = TABLE[action].words
    if action == "end_mandate" and found.status == Mandate.Status.ASKED:
        words = _("Take this question back")
    return render(request, "handover/mandate_why.html", {"mandate": found, "form": form, "words": words})


@require_POST
def renew(request: Request, number: str) -> HttpResponse:
    """The contractor asks to go on."""
    found = visible(request, number)
    made = transitions.renew_mandate(mandate_pk=found.pk, actor=request.actor, at=request.at)
    messages.success(request, _("Asked. The customer decides; until the last day nothing changes."))
    return redirect("handover:mandate", made.number)


@require_POST
def remove(request: Request, number: str, registration: str) -> HttpResponse:
    """Take one registration out of a mandate."""
    found = visible(request, number)
    row = _row(queries.rows_of(found, request.actor, request.at), registration)
    transitions.remove_registration(row_pk=row.pk, actor=request.actor, at=request.at)
    messages.success(request, _("Taken out of the mandate, with immediate effect."))
    return redirect("handover:mandate", number)


def _row(rows: list[MandateRegistration], registration: str) -> MandateRegistration:
    for row in rows:
        if row.registration.number == registration:
            return row
    raise Http404
