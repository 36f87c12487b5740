"""Exceptions: ask, decide, end, the list; and the reviews of rules that are bent often. For the provider alone."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.asking import Request
from accounts.errors import NotAllowed
from accounts.models import Role
from accounts.rulebook import available, check
from handover.forms.fresh import fresh_check
from recovery import transitions
from recovery.deciding import is_shortened
from recovery.forms.excepting import ExceptionForm, KindForm, ReviewedForm
from recovery.forms.provider import BackForm, DecideForm
from recovery.models import CaseException, Claim
from recovery.models.claims import STAFF_ROLES
from recovery.procedure.bending import words_of
from recovery.queries import exceptions as reads
from recovery.queries import weighing
from recovery.rules import TABLE
from recovery.rules.people import works_at_provider
from recovery.views.desk import visible
from recovery.views.provider.common import open_case, page, went_through

ON_EXCEPTION = {name: TABLE[name] for name in ("approve_exception", "refuse_exception", "end_exception")}


@require_http_methods(["GET", "POST"])
def ask_exception(request: Request, number: str) -> HttpResponse:
    """First ask from which need and why; then show the nearest earlier cases and ask for the rest."""
    found = open_case(request, number, "ask_exception")
    procedure, today = found.procedure.procedure, timezone.localdate(request.at)
    standing = weighing.standing_of(found, request.at)
    keys = reads.open_to_ask(found, standing, is_shortened=is_shortened(found, standing))
    kind = KindForm(request.POST or request.GET or None, keys=keys, procedure=procedure)
    if not kind.is_valid():
        return page(request, "provider_exception_kind", found, form=kind, keys=keys)
    chosen = kind.cleaned_data
    form = ExceptionForm(request.POST or None, initial=chosen, keys=keys, procedure=procedure, today=today)
    if form.is_valid() and went_through(
        form, lambda: transitions.ask_exception(found.pk, **form.asked, actor=request.actor, at=request.at)
    ):
        messages.success(request, _("Asked. An approver and a senior decide; nothing has changed yet."))
        return redirect("recovery:claim", number)
    asked = CaseException(
        **chosen, tier=standing.tier, route=reads.route_of(found), circumstances=list(standing.circumstances)
    )
    return page(
        request,
        "provider_exception_ask",
        found,
        form=form,
        rule_words=words_of(procedure, chosen["rule"]),
        reason_words=asked.get_reason_code_display(),
        precedents=reads.nearest(reads.likeness(asked), procedure),
    )


@require_http_methods(["GET", "POST"])
def exception(request: Request, number: str, pk: int) -> HttpResponse:
    """Show exactly what is signed, the precedents beside it; whoever may decide gives a reason and the fresh check."""
    claim, found = _open(request, number, pk)
    may = available(ON_EXCEPTION, found, request.actor)
    if request.method == "POST":
        check(TABLE, "approve_exception", found, request.actor)
    form = DecideForm(request.POST or None, initial={"signed_hash": found.facts_hash})
    fresh = fresh_check(request)
    if (
        request.method == "POST"
        and form.is_valid()
        and fresh.is_valid()
        and went_through(
            form,
            lambda: transitions.approve_exception(pk, **form.cleaned_data, actor=request.actor, at=request.at),
        )
    ):
        messages.success(request, _("Your approval is on record."))
        return redirect("recovery:exception", number, pk)
    return page(request, "provider_exception", claim, form=form, fresh=fresh, **_shown(found, may, request))


def _shown(found: CaseException, may: set[str], request: Request) -> dict[str, Any]:
    procedure = found.claim.procedure.procedure
    approvals = reads.approvals_of(found)
    still = reads.still_wanted(approvals)
    kinds = [kind for kind in procedure.kinds if kind.code == found.missing_proof]
    is_waiting = found.status == CaseException.Status.ASKED
    return {
        "exception": found,
        "rule_words": words_of(procedure, found.rule),
        "proof": f"{kinds[0].code} {kinds[0].name}" if kinds else "",
        "circumstances": [procedure.circumstance(code).name for code in found.circumstances],
        "precedents": reads.precedents_of(found),
        "approvals": approvals,
        "waits_for": [Role(role).label for role in still] if is_waiting else [],
        "may": may,
        "may_say_yes": "approve_exception" in may and request.actor.has(*[Role(role) for role in still]),
        "is_over": found.status == CaseException.Status.VALID and found.expires_on < timezone.localdate(request.at),
    }


@require_http_methods(["GET", "POST"])
def refuse_exception(request: Request, number: str, pk: int) -> HttpResponse:
    """Ask why; say no."""
    words = _("The need stays as it is. Whoever asked reads why.")
    return _with_reason(request, number, pk, "refuse_exception", words=words, done=_("Not approved."))


@require_http_methods(["GET", "POST"])
def end_exception(request: Request, number: str, pk: int) -> HttpResponse:
    """Ask why; take the exception back."""
    words = _("The need is there again at once. A proposal that rested on it goes back to collecting.")
    return _with_reason(request, number, pk, "end_exception", words=words, done=_("The exception has ended."))


def _with_reason(request: Request, number: str, pk: int, action: str, *, words: str, done: str) -> HttpResponse:
    claim, found = _open(request, number, pk)
    check(TABLE, action, found, request.actor)
    form = BackForm(request.POST or None)
    act = getattr(transitions, action)
    if form.is_valid() and went_through(form, lambda: act(pk, **form.cleaned_data, actor=request.actor, at=request.at)):
        messages.success(request, done)
        return redirect("recovery:exception", number, pk)
    return page(request, "provider_reason", claim, form=form, title=TABLE[action].words, words=words)


@require_safe
def exceptions(request: Request) -> HttpResponse:
    """List the exceptions, and what waits to be put back."""
    _refuse_outsiders(request, *STAFF_ROLES)
    context = {"rows": reads.listed(request.at), "rollbacks": reads.rollbacks_waiting()}
    return render(request, "recovery/provider_exceptions.html", context)


@require_safe
def rule_reviews(request: Request) -> HttpResponse:
    """List the reviews of rules, for the editor and whoever sees cases. No case is named."""
    _refuse_outsiders(request, *STAFF_ROLES, Role.EDITOR)
    rows = [
        (one, reads.words_of_rules(one), "close_rule_review" in available(_REVIEWING, one, request.actor))
        for one in reads.reviews()
    ]
    return render(request, "recovery/provider_rule_reviews.html", {"rows": rows})


_REVIEWING = {"close_rule_review": TABLE["close_rule_review"]}


@require_http_methods(["GET", "POST"])
def close_rule_review(request: Request, pk: int) -> HttpResponse:
    """Ask the editor what becomes of the rule, and why."""
    _refuse_outsiders(request, Role.EDITOR)
    found = reads.find_review(pk)
    if found is None:
        raise Http404
    check(TABLE, "close_rule_review", found, request.actor)
    form = ReviewedForm(request.POST or None)
    if form.is_valid() and went_through(
        form,
        lambda: transitions.close_rule_review(pk, **form.cleaned_data, actor=request.actor, at=request.at),
    ):
        messages.success(request, _("The review is done."))
        return redirect("recovery:rule_reviews")
    context = {"form": form, "review": found, "rules": reads.words_of_rules(found)}
    return render(request, "recovery/provider_rule_review.html", context)


def _open(request: Request, number: str, pk: int) -> tuple[Claim, CaseException]:
    claim = visible(request, number)
    _refuse_outsiders(request, *STAFF_ROLES)
    found = reads.find(claim, pk)
    if found is None:
        raise Http404
    found.claim = claim
    return claim, found


def _refuse_outsiders(request: Request, *roles: Role) -> None:
    if not works_at_provider(request.actor, *roles):
        raise NotAllowed(_("Only people of the provider see this."))
