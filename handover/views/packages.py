"""Pages of a package: the list, opening one, splitting it, offering, dates, withdrawing."""

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
from accounts.models import User
from accounts.rulebook import available, check
from handover import transitions
from handover.forms.handovers import ReasonForm
from handover.forms.packages import AssignForm, DatesForm, PackageForm, is_key
from handover.models import Handover, Package
from handover.queries import handovers as handover_queries
from handover.queries import packages as queries
from handover.rules import TABLE
from handover.rules.packages import PACKAGES

PAGE = 50
CHOSEN_AT_ONCE = 50
"""Up to how many registrations the page that opens a package asks for each successor; more are split afterwards."""


def visible(request: Request, number: str) -> Package:
    """Return the package called `number` if the actor may see it, else answer 404."""
    found = queries.find_visible(request.actor, number, timezone.now())
    if found is None:
        raise Http404
    return found


@require_safe
def packages(request: Request) -> HttpResponse:
    """List the packages that concern the actor."""
    page = Paginator(queries.listed(request.actor, timezone.now()), PAGE).get_page(request.GET.get("page"))
    return render(request, "handover/packages_list.html", {"page": page})


@require_http_methods(["GET", "POST"])
def open_package(request: Request) -> HttpResponse:
    """Show everything a person holds; ask why, until when, and to whom each goes."""
    person = _person(request)
    check(TABLE, "open_package", person, request.actor)
    holdings = queries.holdings(person.pk, request.actor.organisation.pk)
    count = holdings.count()
    rows = [one.registration for one in holdings[:CHOSEN_AT_ONCE]] if count <= CHOSEN_AT_ONCE else []
    people = queries.successors(person, request.actor)
    form = PackageForm(request.POST or None, registrations=rows, people=people, initial={"kind": "leaves"})
    if request.method == "POST" and form.is_valid():
        try:
            made = transitions.open_package(
                person_pk=person.pk,
                kind=form.cleaned_data["kind"],
                reason=form.cleaned_data["reason"],
                successors=form.successors,
                **form.days(),
                actor=request.actor,
                at=timezone.now(),
            )
            messages.success(request, _("Prepared. Look at each share, then offer everything."))
            return redirect("handover:package", made.number)
        except Refused as refused:
            refusal.put(form, refused)
    holders = handover_queries.holders_of(request.actor) if request.actor.is_administrator else []
    context = {"form": form, "person": person, "count": count, "most": CHOSEN_AT_ONCE, "holders": holders}
    return render(request, "handover/packages_open.html", context)


def _person(request: Request) -> User:
    """Whose holdings: the actor's own, or for an administrator those of the person named in the address."""
    text = request.GET.get("person", "")
    if not is_key(text) or int(text) == request.actor.user.pk:
        return request.actor.user
    person = queries.find_colleague(request.actor, int(text))
    if person is None:
        raise Http404
    return person


@require_safe
def package(request: Request, number: str) -> HttpResponse:
    """Show one package: what waits, each successor's share and how far it is, what can still be moved."""
    found = visible(request, number)
    may = available(PACKAGES, found, request.actor)
    page = Paginator(queries.movable(found), PAGE).get_page(request.GET.get("page"))
    people = queries.successors(found.person, request.actor)
    shares = queries.shares_of(found)
    context = {
        "package": found,
        "may": may,
        "shares": shares,
        "can_offer": any(one.handover.status == "draft" and not one.is_waiting for one in shares),
        "under_way": any(one.handover.status in Handover.OPEN for one in shares),
        "waiting": sum(one.moving for one in shares if one.is_waiting),
        "page": page,
        "form": AssignForm(people=people),
        "is_held_back": queries.is_held_back(found, timezone.localdate()),
        "not_taken_up": queries.not_taken_up(found) if "extend_package" in may else 0,
    }
    return render(request, "handover/packages_one.html", context)


@require_POST
def assign(request: Request, number: str) -> HttpResponse:
    """Give the ticked registrations to a successor, or let them wait."""
    found = visible(request, number)
    people = queries.successors(found.person, request.actor)
    form = AssignForm(request.POST, people=people)
    keys = [int(text) for text in request.POST.getlist("registration") if is_key(text)]
    if not form.is_valid():
        messages.error(request, _("Choose a person of your organisation."))
        return redirect("handover:package", number)
    successor = form.cleaned_data["successor"]
    try:
        transitions.assign(
            package_pk=found.pk,
            registration_pks=keys,
            successor_pk=successor.pk if successor else None,
            actor=request.actor,
            at=timezone.now(),
        )
        messages.success(request, _("Done. What was not offered yet is offered with the button above."))
    except Refused as refused:
        messages.error(request, str(refused.words))
    return redirect("handover:package", number)


@require_POST
def offer_package(request: Request, number: str) -> HttpResponse:
    """Offer every prepared share."""
    found = visible(request, number)
    try:
        transitions.offer_package(package_pk=found.pk, actor=request.actor, at=timezone.now())
        messages.success(request, _("Offered. Each successor gets a mail, and reminders on days 3, 7 and 12."))
    except Refused as refused:
        messages.error(request, str(refused.words))
    return redirect("handover:package", number)


@require_POST
def extend_package(request: Request, number: str) -> HttpResponse:
    """Take up what the person holds and the package lacks."""
    found = visible(request, number)
    transitions.extend_package(package_pk=found.pk, actor=request.actor, at=timezone.now())
    messages.success(request, _("Taken up. These registrations wait for a successor now."))
    return redirect("handover:package", number)


@require_http_methods(["GET", "POST"])
def change_package(request: Request, number: str) -> HttpResponse:
    """Change the last day and the day of the change."""
    found = visible(request, number)
    check(TABLE, "change_package", found, request.actor)
    initial = {"last_day": found.last_day, "effective_on": found.effective_on}
    form = DatesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            transitions.change_package(package_pk=found.pk, **form.days(), actor=request.actor, at=timezone.now())
            messages.success(request, _("Changed. Everybody concerned has been told."))
            return redirect("handover:package", number)
        except Refused as refused:
            refusal.put(form, refused)
    return render(request, "handover/packages_change.html", {"package": found, "form": form, "actor": request.actor})


@require_http_methods(["GET", "POST"])
def withdraw_package(request: Request, number: str) -> HttpResponse:
    """Ask why, then withdraw."""
    found = visible(request, number)
    check(TABLE, "withdraw_package", found, request.actor)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        transitions.withdraw_package(package_pk=found.pk, reason=reason, actor=request.actor, at=timezone.now())
        messages.success(request, _("Withdrawn. What nobody had accepted stays where it is."))
        return redirect("handover:package", number)
    return render(request, "handover/packages_withdraw.html", {"package": found, "form": form})
