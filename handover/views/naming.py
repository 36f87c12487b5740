"""After a change: is the contact point still right, and the using unit."""

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
from handover.forms.changes import UnitForm
from handover.forms.fresh import fresh_check
from handover.queries import changes as queries
from handover.queries import register
from handover.rules import TABLE
from handover.views.finding import visible_registration


@require_http_methods(["GET", "POST"])
def confirm_contact_point(request: Request, number: str, pk: int) -> HttpResponse:
    """Show the contact point; the fresh check, then it is still right. Ending it is a page of its own."""
    found = visible_registration(request, number)
    point = register.find_point(found, pk)
    if point is None:
        raise Http404
    check(TABLE, "confirm_contact_point", found, request.actor)
    form = fresh_check(request)
    if request.method == "POST" and form.is_valid():
        transitions.confirm_contact_point(contact_point_pk=pk, actor=request.actor, at=request.at)
        messages.success(request, _("Confirmed."))
        return redirect("handover:registration", number)
    context = {"registration": found, "point": point, "form": form}
    return render(request, "handover/changes_confirm_point.html", context)


@require_http_methods(["GET", "POST"])
def change_unit(request: Request, number: str) -> HttpResponse:
    """Ask which unit uses the registration; after a reorganisation the given one can be confirmed here."""
    found = visible_registration(request, number)
    check(TABLE, "change_unit", found, request.actor)
    form = UnitForm(request.POST or None, initial={"unit": found.unit})
    if form.is_valid():
        try:
            transitions.change_unit(registration_pk=found.pk, **form.cleaned_data, actor=request.actor, at=request.at)
        except Refused as refused:
            refusal.put(form, refused)
        else:
            messages.success(request, _("The using unit is changed. The old name still finds the registration."))
            return redirect("handover:registration", number)
    context = {"registration": found, "form": form, "is_asked": queries.unit_is_asked(found)}
    return render(request, "handover/changes_unit.html", context | {"shares": queries.shares_a_name(found)})


@require_POST
def confirm_unit(request: Request, number: str) -> HttpResponse:
    """The using unit is right as it is."""
    found = visible_registration(request, number)
    transitions.confirm_unit(registration_pk=found.pk, actor=request.actor, at=request.at)
    messages.success(request, _("Confirmed."))
    return redirect("handover:registration", number)
