"""Deputies of a registration, absence, and what is said of the past."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import refusal
from accounts.asking import Request
from accounts.errors import Refused
from accounts.rulebook import check
from handover import transitions
from handover.forms.deputies import DeputyForm, UnverifiedForm, WhyForm
from handover.models import Deputy
from handover.queries import deputies as queries
from handover.queries.chain import find_chain
from handover.queries.register import find_visible
from handover.rules import TABLE
from handover.views.finding import visible_registration


@require_http_methods(["GET", "POST"])
def name(request: Request, number: str) -> HttpResponse:
    """Ask whom, and name the deputy."""
    registration = visible_registration(request, number)
    check(TABLE, "name_deputy", registration, request.actor)
    form = DeputyForm(request.POST or None, people=queries.possible_deputies(registration))
    if request.method == "POST" and form.is_valid():
        try:
            made = transitions.name_deputy(
                registration_pk=registration.pk, **form.cleaned_data, actor=request.actor, at=request.at
            )
        except Refused as refused:
            refusal.put(form, refused)
        else:
            words = _("%(name)s is deputy now and has been told.") % {"name": made.user.display_name}
            messages.success(request, words)
            return redirect("handover:registration", number)
    return render(request, "handover/deputies_name.html", {"registration": registration, "form": form})


def _deputy(request: Request, number: str, pk: int) -> Deputy:
    found = queries.find_deputy(visible_registration(request, number), pk)
    if found is None:
        raise Http404
    return found


@require_POST
def end(request: Request, number: str, pk: int) -> HttpResponse:
    """End a deputyship."""
    transitions.end_deputy(deputy_pk=_deputy(request, number, pk).pk, actor=request.actor, at=request.at)
    messages.success(request, _("The deputyship has ended. It stays in the history."))
    if find_visible(request.actor, number, request.at):
        return redirect("handover:registration", number)
    # Who was nothing but the deputy no longer sees it.
    return redirect("handover:registrations")


@require_http_methods(["GET", "POST"])
def activate(request: Request, number: str, pk: int) -> HttpResponse:
    """Say what the deputy may do then, ask why, let the deputy stand in."""
    deputy = _deputy(request, number, pk)
    check(TABLE, "activate_deputy", deputy, request.actor)
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        transitions.activate_deputy(deputy_pk=deputy.pk, **form.cleaned_data, actor=request.actor, at=request.at)
        messages.success(request, _("The deputy stands in. The person in charge and the administrators were told."))
        return redirect("handover:registration", number)
    context = {"registration": deputy.registration, "deputy": deputy, "form": form}
    return render(request, "handover/deputies_activate.html", context)


@require_POST
def deactivate(request: Request, number: str, pk: int) -> HttpResponse:
    """End a standing in."""
    transitions.deactivate_deputy(deputy_pk=_deputy(request, number, pk).pk, actor=request.actor, at=request.at)
    messages.success(request, _("The deputy no longer stands in."))
    return redirect("handover:registration", number)


@require_http_methods(["GET", "POST"])
def report_absence(request: Request, number: str) -> HttpResponse:
    """Say what follows and what does not, ask why, tell everybody at once."""
    registration = visible_registration(request, number)
    check(TABLE, "report_absence", registration, request.actor)
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        transitions.report_absence(
            registration_pk=registration.pk, **form.cleaned_data, actor=request.actor, at=request.at
        )
        messages.success(request, _("Reported. The person in charge and the administrators were told at once."))
        return redirect("handover:registration", number)
    return render(request, "handover/deputies_absence.html", {"registration": registration, "form": form})


@require_POST
def stand_in(request: Request, number: str) -> HttpResponse:
    """A deputy begins to act for somebody who did not answer."""
    registration = visible_registration(request, number)
    transitions.stand_in(registration_pk=registration.pk, actor=request.actor, at=request.at)
    messages.success(request, _("You stand in. The person in charge and the administrators were told."))
    return redirect("handover:registration", number)


@require_http_methods(["GET", "POST"])
def unverified(request: Request, number: str) -> HttpResponse:
    """Show who held it, ask what is said of the time between, write that down. The look is written down too."""
    chain = find_chain(request.actor, number, request.at)
    if chain is None:
        raise Http404
    registration = chain.registration
    check(TABLE, "note_unverified_period", registration, request.actor)
    form = UnverifiedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            transitions.note_unverified_period(
                registration_pk=registration.pk, **form.cleaned_data, actor=request.actor, at=request.at
            )
        except Refused as refused:
            refusal.put(form, refused)
        else:
            messages.success(request, _("Noted as unverified. Who held it stays as it was."))
            return redirect("handover:custody", number)
    role = chain.capacity(request.actor)
    transitions.look(registration=registration, capacity=role, actor=request.actor, at=request.at, page="custody")
    context = {"registration": registration, "chain": chain, "form": form}
    return render(request, "handover/deputies_unverified.html", context)
