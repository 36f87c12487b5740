"""Holding the papers of a registration fast, and letting go."""

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
from handover.forms.erasures import HoldForm
from handover.models import Registration
from handover.queries import erasures as queries
from handover.rules import TABLE


def _registration(request: Request, number: str) -> Registration:
    found = queries.find_for_hold(request.actor, number, request.at)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
def hold(request: Request, number: str) -> HttpResponse:
    """Ask why, and hold the papers fast; show the hold of the reader's side where it stands."""
    registration = _registration(request, number)
    check(TABLE, "place_hold", registration, request.actor)
    form = HoldForm(request.POST or None, for_case=not request.actor.is_customer)
    if request.method == "POST" and form.is_valid():
        try:
            transitions.place_hold(
                registration_pk=registration.pk, **form.cleaned_data, actor=request.actor, at=request.at
            )
            messages.success(request, _("Held fast. Until this is lifted no paper of it is erased."))
            return redirect("handover:place_hold", number)
        except Refused as refused:
            refusal.put(form, refused)
    standing = queries.own_hold(registration, request.actor)
    return render(
        request, "handover/holds_one.html", {"form": form, "registration": registration, "standing": standing}
    )


@require_POST
def lift(request: Request, number: str, pk: int) -> HttpResponse:
    """Lift a hold."""
    registration = _registration(request, number)
    found = queries.find_hold(registration, pk)
    if found is None:
        raise Http404
    transitions.lift_hold(hold_pk=pk, actor=request.actor, at=request.at)
    messages.success(request, _("Lifted. Nothing is erased by that."))
    return redirect("handover:papers", number) if request.actor.is_customer else redirect("home")
