"""The register of places, for those who keep it."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import refusal
from accounts.asking import Request
from accounts.errors import NotAllowed, Refused
from accounts.rulebook import available, check
from desk import queries, transitions
from desk.forms import EndSiteForm, LineForm, PersonForm, SiteForm
from desk.models import Site
from desk.rules import ONLY_SITES, TABLE, sees_sites

ON_SITE = {name: TABLE[name] for name in ("end_site", "add_line", "seat_member", "fail_site", "reopen_site")}


def _visible(request: Request, pk: int, action: str = "") -> Site:
    found = queries.find_site(request.actor, pk)
    if found is None:
        raise Http404
    if action:
        check(TABLE, action, found, request.actor)
    return found


def _went_through(form: forms.Form, act: Callable[[], object]) -> bool:
    """Do `act` with a valid `form`; put what it refuses at the field."""
    if not form.is_valid():
        return False
    try:
        act()
    except Refused as refused:
        refusal.put(form, refused)
        return False
    return True


@require_safe
def sites(request: Request) -> HttpResponse:
    """List the places with their numbers and how they stand."""
    if not sees_sites(request.actor):
        raise NotAllowed(ONLY_SITES)
    may = available({"record_site": TABLE["record_site"]}, None, request.actor)
    return render(request, "desk/sites.html", {"sites": queries.sites(request.actor), "may": may})


@require_http_methods(["GET", "POST"])
def record(request: Request) -> HttpResponse:
    """Ask for a place, and enter it."""
    check(TABLE, "record_site", None, request.actor)
    initial = {"valid_from": timezone.localdate(request.at)}
    form = SiteForm(request.POST or None, companies=queries.companies(), initial=initial)
    made: list[Site] = []

    def enter() -> None:
        made.append(transitions.record_site(**form.cleaned_data, actor=request.actor, at=request.at))

    if _went_through(form, enter):
        messages.success(request, _("Entered. Add the numbers that are called from there."))
        return redirect("desk:site", made[0].pk)
    return render(request, "desk/site_act.html", {"form": form, "title": _("Enter a place")})


@require_safe
def site(request: Request, pk: int) -> HttpResponse:
    """Show one place: numbers, people, and what can be done."""
    found = _visible(request, pk)
    context = {
        "site": found,
        "lines": queries.lines_of(found),
        "people": queries.people_at(found),
        "may": available(ON_SITE, found, request.actor),
    }
    return render(request, "desk/site.html", context)


@require_http_methods(["GET", "POST"])
def end(request: Request, pk: int) -> HttpResponse:
    """Ask for the last day of a place, and end it."""
    found = _visible(request, pk, "end_site")
    form = EndSiteForm(request.POST or None, initial={"valid_until": timezone.localdate(request.at)})
    if _went_through(form, lambda: transitions.end_site(pk, **form.cleaned_data, actor=request.actor, at=request.at)):
        messages.success(request, _("Ended. It stays on the public list for a year, with its last day."))
        return redirect("desk:site", pk)
    return render(request, "desk/site_act.html", {"form": form, "site": found, "title": _("End the place")})


@require_http_methods(["GET", "POST"])
def add_line(request: Request, pk: int) -> HttpResponse:
    """Ask for a number that is called from, and add it."""
    found = _visible(request, pk, "add_line")
    form = LineForm(request.POST or None)
    if _went_through(form, lambda: transitions.add_line(pk, **form.cleaned_data, actor=request.actor, at=request.at)):
        messages.success(request, _("Added. Whoever was called from it reads that it is ours."))
        return redirect("desk:site", pk)
    return render(request, "desk/site_act.html", {"form": form, "site": found, "title": _("Add a number")})


@require_POST
def end_line(request: Request, pk: int) -> HttpResponse:
    """End a number."""
    found = queries.find_line(request.actor, pk)
    if found is None:
        raise Http404
    transitions.end_line(pk, actor=request.actor, at=request.at)
    messages.success(request, _("Ended. From tomorrow this number is not ours."))
    return redirect("desk:site", found.site_id)


@require_http_methods(["GET", "POST"])
def seat(request: Request, pk: int) -> HttpResponse:
    """Ask who works at a place, and write it down."""
    found = _visible(request, pk, "seat_member")
    people = queries.people_elsewhere(found)
    form = PersonForm(request.POST or None, people=people, label=_("Who works here"))
    if _went_through(
        form, lambda: transitions.seat_member(pk, **form.cleaned_data, actor=request.actor, at=request.at)
    ):
        messages.success(request, _("Written down."))
        return redirect("desk:site", pk)
    return render(request, "desk/site_act.html", {"form": form, "site": found, "title": _("Who works here")})


@require_http_methods(["GET", "POST"])
def fail(request: Request, pk: int) -> HttpResponse:
    """Ask who takes over, and let everything that was promised at a place move there."""
    found = _visible(request, pk, "fail_site")
    form = PersonForm(request.POST or None, people=queries.takers(found), label=_("Who takes its promises over"))
    moved: list[int] = []

    def move() -> None:
        to = form.cleaned_data["person"]
        moved.append(transitions.fail_site(pk, to=to, actor=request.actor, at=request.at))

    if _went_through(form, move):
        words = _("%(count)d promises are in other hands now. The inquirers read what they read before.")
        messages.success(request, words % {"count": moved[0]})
        return redirect("desk:site", pk)
    return render(request, "desk/site_fail.html", {"form": form, "site": found, "title": TABLE["fail_site"].words})


@require_POST
def reopen(request: Request, pk: int) -> HttpResponse:
    """Let a place work again."""
    _visible(request, pk, "reopen_site")
    transitions.reopen_site(pk, actor=request.actor, at=request.at)
    messages.success(request, _("It works again. What was given away stays where it is."))
    return redirect("desk:site", pk)
