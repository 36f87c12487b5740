"""From what was stated to one registration: look, link, accept, open the record."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.asking import Request
from desk.forms.statement import LABELS
from recovery import transitions
from recovery.forms.provider import HeadOfficeForm, LinkForm
from recovery.matching import SEARCHED, beside
from recovery.matching import candidates as search
from recovery.queries import desk, examining
from recovery.views.provider.common import open_case, page, went_through


@require_safe
def candidates(request: Request, number: str) -> HttpResponse:
    """Show what the statement may mean. That somebody looked is written down before anything is shown."""
    found = open_case(request, number, "look_for")
    said = found.inquiry.statement
    rows = beside(said, search(said))
    transitions.look_for(found.pk, found=len(rows), actor=request.actor, at=request.at)
    asked = [LABELS[name] for name, _value in desk.stated(found) if name in SEARCHED]
    may, keys_off = examining.may(found, request.actor), request.GET.get("keys") == "off"
    context = {"rows": rows, "asked": asked, "may": may, "keys_off": keys_off, "form": LinkForm()}
    return page(request, "provider_candidates", found, **context)


@require_http_methods(["GET", "POST"])
def link(request: Request, number: str) -> HttpResponse:
    """Say which registration it is, from a row of the search or by its number; accepting it comes next."""
    found = open_case(request, number, "link")
    form = LinkForm(request.POST or None)
    if form.is_valid() and went_through(
        form, lambda: transitions.link(found.pk, **form.cleaned_data, actor=request.actor, at=request.at)
    ):
        messages.success(request, _("Linked. Nobody has been told yet: accept it for examination next."))
        found.refresh_from_db()
        return redirect("recovery:claim" if found.frozen_at else "recovery:accept", number)
    return page(request, "provider_link", found, form=form)


@require_http_methods(["GET", "POST"])
def accept(request: Request, number: str) -> HttpResponse:
    """Show who will be told, then accept for examination; its proofs come next."""
    found = open_case(request, number, "accept")
    if request.method == "POST":
        transitions.accept(found.pk, actor=request.actor, at=request.at)
        messages.success(request, _("Accepted. Everybody on record is being told."))
        return redirect("recovery:gather", number)
    examination = examining.panel(found, request.actor, request.at)
    told = examining.told_of(found, request.at)
    return page(request, "provider_accept", found, examination=examination, told=told)


@require_POST
def open_record(request: Request, number: str) -> HttpResponse:
    """Open the record of the linked registration for this case; the customer sees the look."""
    found = open_case(request, number, "open_record")
    access = transitions.open_record(found.pk, actor=request.actor, at=request.at)
    return redirect("handover:registration", access.registration.number)


@require_http_methods(["GET", "POST"])
def take_head_office(request: Request, number: str) -> HttpResponse:
    """Ask for the head office as the operator read it."""
    found = open_case(request, number, "take_head_office")
    form = HeadOfficeForm(request.POST or None, initial=found.head_office or {})
    if form.is_valid() and went_through(
        form, lambda: transitions.take_head_office(found.pk, **form.cleaned_data, actor=request.actor, at=request.at)
    ):
        messages.success(request, _("The head office is kept. A letter with a code can go there."))
        return redirect("recovery:claim", number)
    return page(request, "provider_office", found, form=form)
