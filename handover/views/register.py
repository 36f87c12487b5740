"""Pages of the register for the customer: the list, one registration, its history, contact points and names."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import refusal
from accounts.actors import Actor
from accounts.asking import Request
from accounts.errors import Refused
from accounts.rulebook import available, check
from handover import progress, transitions
from handover.forms.fresh import fresh_check
from handover.forms.register import AliasForm, ContactPointForm
from handover.models import Registration
from handover.queries import addresses, lines, listing, papers, register
from handover.queries.listing import Wanted
from handover.queries.sheet import buttons, find_sheet
from handover.restricting import find_case
from handover.rules import TABLE
from handover.rules.handovers import HANDOVERS

PAGE = 50


@require_safe
def registrations(request: Request) -> HttpResponse:
    """List the registrations the actor may see, narrowed down by what stands in the address."""
    actor: Actor = request.actor
    wanted = Wanted.read(request.GET)
    page = lines.pages(actor, request.at, wanted).get_page(request.GET.get("page"))
    context = {
        "wanted": wanted,
        "query": wanted.q,
        "only_gaps": wanted.show == "gaps",
        "page": page,
        "lines": page.object_list,
        "has_gaps": actor.is_administrator and register.has_gaps(actor.organisation),
        "filters": _filters(actor, wanted),
        "may_choose": actor.is_customer,
    }
    return render(request, "handover/register_list.html", context)


def _filters(actor: Actor, wanted: Wanted) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
    """Return name, label, chosen value and options of each list to choose from; holders for administrators only."""
    products = [("", _("All products")), *((one.code, one.name) for one in listing.products_of(actor))]
    people = listing.holders_of(actor)
    holders = [("", _("Everybody")), *people, (listing.NOBODY, _("Nobody: in the provider's keeping"))]
    sorts = [(name, str(words)) for name, (words, _columns) in listing.SORTS.items()]
    states = [(name, str(words)) for name, words in listing.STATES.items()]
    return [
        ("show", _("State"), wanted.show, states),
        *([("holder", _("Person in charge"), wanted.holder, holders)] if people else []),
        *([("product", _("Product"), wanted.product, products)] if len(products) > 1 else []),
        ("sort", _("Sort by"), wanted.sort, sorts),
    ]


@require_safe
def registration(request: Request, number: str) -> HttpResponse:
    """Show one registration, what to do next first. That somebody looked is written down before it is shown."""
    actor: Actor = request.actor
    sheet = find_sheet(actor, number, request.at)
    if sheet is None:
        raise Http404
    transitions.look(registration=sheet.registration, capacity=sheet.capacity(actor), actor=actor, at=request.at)
    may = available(HANDOVERS, sheet.handover, actor) if sheet.handover else set()
    context = {
        "sheet": sheet,
        "registration": sheet.registration,
        "available": buttons(sheet.registration, actor),
        "tasks": sheet.tasks_of(actor),
        "deputies": sheet.deputies_for(actor),
        "is_ripe": bool(sheet.absence and sheet.absence.is_ripe(request.at)),
        "reads_until": sheet.reads_until(actor),
        "asked_until": sheet.due_of(actor),
        "handover": sheet.handover,
        "may": may,
        "is_successor": bool(sheet.handover and sheet.handover.given_to_id == actor.user.pk),
        "steps": progress.steps(sheet.handover, may) if sheet.handover else [],
        "papers": papers.papers_of(sheet.registration, timezone.localdate(request.at)),
        "certificates": sheet.certificates,
        # Staff look for a case and find none of the customer's buttons; customers have no case.
        "case": "" if actor.is_customer else find_case(actor, sheet.registration, request.at),
    }
    return render(request, "handover/register_registration.html", context)


@require_safe
def history(request: Request, number: str) -> HttpResponse:
    """Show every act and every look about one registration, newest first."""
    found = _found(request, number)
    kind = request.GET.get("show", "")
    page = Paginator(register.history_of(found, kind=kind), PAGE).get_page(request.GET.get("page"))
    return render(request, "handover/register_history.html", {"registration": found, "page": page, "kind": kind})


@require_http_methods(["GET", "POST"])
def add_contact_point(request: Request, number: str) -> HttpResponse:
    """Ask for a new contact point and for the fresh check on the same page, and once more for one of a person."""
    found = _found(request, number)
    check(TABLE, "add_contact_point", found, request.actor)
    form, fresh, warning = ContactPointForm(request.POST or None), fresh_check(request), ""
    if request.method == "POST" and form.is_valid() and fresh.is_valid():
        given = form.cleaned_data
        warning = addresses.find_warning(found.organisation, given["kind"], given["value"])
        try:
            if form.doubt(warning):
                fresh = fresh_check(request)  # nothing is asked twice
            else:
                transitions.add_contact_point(registration_pk=found.pk, **given, actor=request.actor, at=request.at)
                messages.success(request, _("The contact point is on record. Everybody on record was told."))
                return redirect("handover:registration", number)
        except Refused as refused:
            refusal.put(form, refused)
    context = {"registration": found, "form": form, "fresh": fresh, "warning": warning}
    return render(request, "handover/register_contact_point.html", context)


@require_http_methods(["GET", "POST"])
def end_contact_point(request: Request, number: str, pk: int) -> HttpResponse:
    """Show what ends, ask for the fresh check, end it."""
    found = _found(request, number)
    point = register.find_point(found, pk)
    if point is None:
        raise Http404
    check(TABLE, "end_contact_point", found, request.actor)
    form = fresh_check(request)
    if request.method == "POST" and form.is_valid():
        try:
            transitions.end_contact_point(contact_point_pk=pk, actor=request.actor, at=request.at)
        except Refused as refused:
            refusal.put(form, refused)
        else:
            messages.success(request, _("The contact point has ended. Everybody on record was told."))
            return redirect("handover:registration", number)
    return render(
        request, "handover/register_contact_point_end.html", {"registration": found, "point": point, "form": form}
    )


@require_http_methods(["GET", "POST"])
def add_alias(request: Request, number: str) -> HttpResponse:
    """Ask what people call the using unit."""
    found = _found(request, number)
    check(TABLE, "add_alias", found, request.actor)
    form = AliasForm(request.POST or None)
    if form.is_valid():
        try:
            transitions.add_alias(registration_pk=found.pk, **form.cleaned_data, actor=request.actor, at=request.at)
        except Refused as refused:
            refusal.put(form, refused)
        else:
            messages.success(request, _("The name is kept. A search finds the registration by it."))
            return redirect("handover:registration", number)
    return render(request, "handover/register_alias.html", {"registration": found, "form": form})


@require_POST
def end_alias(request: Request, number: str, pk: int) -> HttpResponse:
    """End another name of the unit."""
    found = _found(request, number)
    if register.find_alias(found, pk) is None:
        raise Http404
    transitions.end_alias(alias_pk=pk, actor=request.actor, at=request.at)
    messages.success(request, _("The name has ended. It stays in the history."))
    return redirect("handover:registration", number)


def _found(request: Request, number: str) -> Registration:
    found = register.find_visible(request.actor, number, request.at)
    if found is None:
        raise Http404
    return found
