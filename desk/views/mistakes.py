"""Mistakes of our own: recorded and told at once, put right, closed by the provider."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import refusal
from accounts.asking import Request
from accounts.errors import NotAllowed, Refused
from accounts.models import OrganisationKind
from accounts.rulebook import available, check
from desk import hearing, queries, transitions
from desk.forms.mistakes import MendForm, MistakeForm, NumberForm
from desk.models import Mistake
from desk.queries import mistakes as reads
from desk.rules import ONLY_STAFF, TABLE, sees_queue
from desk.views.finding import is_first_press

PAGE = 50
ACTING = {name: TABLE[name] for name in ("name_registration", "mend_mistake", "close_mistake")}


@require_safe
def mistakes(request: Request) -> HttpResponse:
    """List what is to be put right."""
    if not sees_queue(request.actor):
        raise NotAllowed(ONLY_STAFF)
    show = request.GET.get("show", "")
    rows = Paginator(reads.mistakes(request.actor, show=show), PAGE).get_page(request.GET.get("page"))
    may_record = TABLE["record_mistake"].who(request.actor, None)
    return render(request, "desk/mistakes.html", {"page": rows, "show": show, "may_record": may_record})


@require_http_methods(["GET", "POST"])
def record_mistake(request: Request) -> HttpResponse:
    """Write down what we did wrong."""
    check(TABLE, "record_mistake", None, request.actor)
    form = MistakeForm(request.POST or None, initial={"number": request.GET.get("number", "")[:40]})
    if form.is_valid():
        given = form.values
        number = given.pop("number")
        inquiry = queries.find_typed(request.actor, number) if number else None
        if number and inquiry is None:
            form.add_error("number", _("There is no case with this number."))
        else:
            if is_first_press(form, request):
                given["inquiry_pk"] = inquiry.pk if inquiry else None
                transitions.record_mistake(**given, actor=request.actor, at=request.at)
            messages.success(
                request, _("Recorded. The provider knows of it, and so does an inquirer with a mail address.")
            )
            return redirect("desk:mistakes")
    return render(request, "desk/record_mistake.html", {"form": form})


def _found(request: Request, pk: int) -> Mistake:
    found = reads.find_mistake(request.actor, pk)
    if found is None:
        raise Http404
    return found


@require_safe
def mistake(request: Request, pk: int) -> HttpResponse:
    """Show one, whom we told, and what may be done."""
    return _page(request, _found(request, pk))


def _page(request: Request, found: Mistake, **forms: Any) -> HttpResponse:
    context = {
        "mistake": found,
        "may": available(ACTING, found, request.actor),
        "sees_registration": request.actor.kind == OrganisationKind.PROVIDER,
        "is_told": hearing.can_mail(found.inquiry),
        "number_form": NumberForm(auto_id="number_%s"),
        "mend_form": MendForm(auto_id="mend_%s", initial={"words": found.done}),
        **forms,
    }
    return render(request, "desk/mistake.html", context)


@require_POST
def name_registration(request: Request, pk: int) -> HttpResponse:
    """Name the registration that it concerned."""
    found = _found(request, pk)
    check(TABLE, "name_registration", found, request.actor)
    form = NumberForm(request.POST, auto_id="number_%s")
    if form.is_valid():
        try:
            transitions.name_registration(pk, **form.cleaned_data, actor=request.actor, at=request.at)
            messages.success(request, _("Named. The person in charge is being told."))
            return redirect("desk:mistake", pk)
        except Refused as refused:
            refusal.put(form, refused)
    return _page(request, found, number_form=form)


@require_POST
def mend_mistake(request: Request, pk: int) -> HttpResponse:
    """Say what was done about it."""
    found = _found(request, pk)
    check(TABLE, "mend_mistake", found, request.actor)
    form = MendForm(request.POST, auto_id="mend_%s")
    if not form.is_valid():
        return _page(request, found, mend_form=form)
    transitions.mend_mistake(pk, **form.cleaned_data, actor=request.actor, at=request.at)
    messages.success(request, _("Written down. Close it once nothing is left to do."))
    return redirect("desk:mistake", pk)


@require_POST
def close_mistake(request: Request, pk: int) -> HttpResponse:
    """Close it; the customer reads what was done."""
    found = _found(request, pk)
    transitions.close_mistake(found.pk, actor=request.actor, at=request.at)
    messages.success(request, _("Closed. Whoever was concerned is told what was done."))
    return redirect("desk:mistake", pk)
