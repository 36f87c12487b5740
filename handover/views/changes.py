"""Requests of change: asked for by the holder, shown, agreed to, taken back. Cancelling shows first what stops."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import refusal
from accounts.asking import Request
from accounts.errors import NotAllowed, Refused, WrongState
from accounts.rulebook import available, check
from audit import queries as log
from handover import changing, transitions
from handover.changing import Wish
from handover.forms.changes import CancelForm, WhyForm, WishForm
from handover.forms.fresh import fresh_check
from handover.models import ChangeRequest, Registration
from handover.queries import changes as queries
from handover.queries import papers
from handover.rules import TABLE
from handover.rules.changes import CHANGES, PROOFS, asks_for, proofs_for, wanted_roles, wanted_sides
from handover.rules.register import only_operators
from handover.views.finding import visible_registration

PAGE = 50
LATEST = 20
ASKED_BY_HOLDER = ("rename", "succession", "transfer", "reorganisation")
ON_CHANGE = {
    name: rule
    for name, rule in CHANGES.items()
    if rule.states and name not in ("confirm_contact_point", "change_unit", "confirm_unit")
}


def visible_change(request: Request, number: str) -> ChangeRequest:
    """Return the request called `number` if the actor may see it, else answer 404."""
    found = queries.find_change(request.actor, number)
    if found is None:
        raise Http404
    return found


@require_safe
def changes(request: Request) -> HttpResponse:
    """List the requests: the provider's worklist, or the customer's own."""
    everything = request.GET.get("show") == "all"
    page = Paginator(queries.worklist(request.actor, only_open=not everything), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "everything": everything, "kinds": ChangeRequest.Kind.choices}
    return render(request, "handover/changes.html", context)


@require_safe
def change(request: Request, number: str) -> HttpResponse:
    """Show one request: what is asked, what it rests on, who agreed and decided, and what comes next."""
    found = visible_change(request, number)
    proofs = {proof.kind: proof for proof in found.proofs.all()}
    given = {row.side: row for row in found.consents.all()}
    context = {
        "change": found,
        "may": available(ON_CHANGE, found, request.actor),
        "items": queries.items_of(found),
        "counts": queries.counts_of(found),
        "proofs": [(found.proofs.model.Kind(kind).label, proofs.get(kind)) for kind in proofs_for(found)],
        "consents": [(found.consents.model.Side(side).label, given.get(side)) for side in wanted_sides(found)],
        "approvals": queries.approvals_of(found),
        "roles_wanted": wanted_roles(found),
        "missing": changing.missing(found, timezone.localdate(request.at)) if found.status == "requested" else [],
        "events": log.about(found.label)[:LATEST],
    }
    return render(request, "handover/changes_one.html", context)


@require_safe
def choose(request: Request, number: str) -> HttpResponse:
    """Explain the separate acts in plain words, so that the right one is asked for."""
    found = _own(request, number)
    context = {"registration": found, "open": queries.open_change_of(found)}
    return render(request, "handover/changes_choose.html", context)


@require_http_methods(["GET", "POST"])
def ask(request: Request, number: str, kind: str) -> HttpResponse:
    """Ask for a change of name or holder, starting from one registration."""
    found = _own(request, number)
    if kind not in ASKED_BY_HOLDER:
        raise Http404
    kept = [(one.pk, one.title) for one in papers.documents_of(found)]
    initial = {"token": uuid.uuid4(), "numbers": number}
    form = WishForm(request.POST or None, kind=kind, number=number, proofs=PROOFS[kind], papers=kept, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = _made(request, form)
        if made:
            return redirect("handover:change", made.number)
    context = {"registration": found, "form": form, "kind": ChangeRequest.Kind(kind)}
    return render(request, "handover/changes_ask.html", context)


def _made(request: Request, form: WishForm) -> ChangeRequest | None:
    """Send the form; words of a refusal stand at its fields."""
    common = {"token": form.cleaned_data["token"], "actor": request.actor, "at": request.at}
    try:
        if form.kind == ChangeRequest.Kind.CANCELLATION:
            made = transitions.ask_to_cancel(wish=form.wish, has_read=True, **common)
        else:
            made = transitions.request_change(wish=form.wish, **common)
    except Refused as refused:
        refusal.put(form, refused)
        return None
    messages.success(request, _("The request is on its way. Nothing has changed yet."))
    return made


@require_http_methods(["GET", "POST"])
def on_paper(request: Request, kind: str) -> HttpResponse:
    """An operator opens a request that came by post, such as a ministry's letter with its list."""
    only_operators(request.actor)
    if kind not in PROOFS:
        raise Http404
    wanted = PROOFS[kind] or proofs_for(ChangeRequest(kind=kind, on_paper=True))
    form = WishForm(
        request.POST or None, kind=kind, number=None, proofs=wanted, papers=[], initial={"token": uuid.uuid4()}
    )
    if request.method == "POST" and form.is_valid():
        made = _made(request, form)
        if made:
            return redirect("handover:change", made.number)
    context = {"form": form, "kind": ChangeRequest.Kind(kind), "registration": None}
    return render(request, "handover/changes_ask.html", context)


@require_http_methods(["GET", "POST"])
def cancel(request: Request, number: str) -> HttpResponse:
    """Show in plain words what stops for whom; only below that one can wish it."""
    found = _own(request, number)
    form = CancelForm(request.POST or None, initial={"token": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        wish = Wish("cancellation", (number,), given["reason"], wished_on=given["wished_on"])
        try:
            made = transitions.ask_to_cancel(
                wish=wish, has_read=given["has_read"], token=given["token"], actor=request.actor, at=request.at
            )
        except Refused as refused:
            refusal.put(form, refused)
        else:
            messages.success(request, _("The wish is on its way. The service goes on until the provider has decided."))
            return redirect("handover:change", made.number)
    impact = queries.impact_of(found, request.actor, request.at)
    context = {"registration": found, "impact": impact, "form": form, "open": queries.open_change_of(found)}
    return render(request, "handover/changes_cancel.html", context)


def _own(request: Request, number: str) -> Registration:
    """Return a registration for which the actor may ask for a change."""
    found = visible_registration(request, number)
    if not asks_for(request.actor, [found]) or not request.actor.is_customer:
        raise NotAllowed(TABLE["request_change"].why_not)
    if found.status != Registration.Status.ACTIVE:
        raise WrongState(_("Registration %(number)s is closed.") % {"number": number})
    return found


@require_http_methods(["GET", "POST"])
def consent(request: Request, number: str) -> HttpResponse:
    """Show what one's side agrees to, ask for the fresh check, agree."""
    found = visible_change(request, number)
    check(TABLE, "consent", found, request.actor)
    fresh = fresh_check(request)
    if request.method == "POST" and fresh.is_valid():
        transitions.consent(change_pk=found.pk, actor=request.actor, at=request.at)
        messages.success(request, _("Your consent is on record."))
        return redirect("handover:change", number)
    words = {"title": TABLE["consent"].words, "button": TABLE["consent"].words, "danger": False}
    return render(request, "handover/changes_act.html", _shown(found) | {"fresh": fresh, **words})


@require_http_methods(["GET", "POST"])
def withdraw(request: Request, number: str) -> HttpResponse:
    """Ask why, take the request back."""
    found = visible_change(request, number)
    check(TABLE, "withdraw_change", found, request.actor)
    form = WhyForm(request.POST or None)
    if form.is_valid():
        transitions.withdraw_change(change_pk=found.pk, **form.cleaned_data, actor=request.actor, at=request.at)
        messages.success(request, _("Withdrawn. Everybody concerned is told."))
        return redirect("handover:change", number)
    words = {"title": TABLE["withdraw_change"].words, "button": TABLE["withdraw_change"].words, "danger": True}
    return render(request, "handover/changes_act.html", _shown(found) | {"form": form, **words})


def _shown(found: ChangeRequest) -> dict[str, object]:
    return {"change": found, "items": queries.items_of(found), "counts": queries.counts_of(found)}
