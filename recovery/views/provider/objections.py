"""Objections: one person reviews, another decides."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.asking import Request
from accounts.rulebook import check
from recovery import transitions
from recovery.forms.provider import OutcomeForm, ReviewForm
from recovery.models import Claim, Objection
from recovery.queries import examining
from recovery.rules import TABLE
from recovery.views.desk import visible
from recovery.views.provider.common import page, went_through


@require_http_methods(["GET", "POST"])
def review_objection(request: Request, number: str, pk: int) -> HttpResponse:
    """Show what was objected; ask what the first person recommends."""
    found, objection = _open(request, number, pk, "review_objection")
    form = ReviewForm(request.POST or None)
    if form.is_valid() and went_through(
        form, lambda: transitions.review_objection(pk, **form.cleaned_data, actor=request.actor, at=request.at)
    ):
        messages.success(request, _("Your recommendation is on record. An approver decides."))
        return redirect("recovery:claim", number)
    return page(request, "provider_objection", found, form=form, objection=objection, is_review=True)


@require_http_methods(["GET", "POST"])
def decide_objection(request: Request, number: str, pk: int) -> HttpResponse:
    """Show what was objected and recommended; ask the second person to decide, with a reason."""
    found, objection = _open(request, number, pk, "decide_objection")
    form = OutcomeForm(request.POST or None)
    if form.is_valid() and went_through(
        form, lambda: transitions.decide_objection(pk, **form.cleaned_data, actor=request.actor, at=request.at)
    ):
        messages.success(request, _("Decided."))
        return redirect("recovery:claim", number)
    return page(request, "provider_objection", found, form=form, objection=objection, is_review=False)


def _open(request: Request, number: str, pk: int, action: str) -> tuple[Claim, Objection]:
    claim = visible(request, number)
    objection = examining.find_objection(claim, pk)
    if objection is None:
        raise Http404
    check(TABLE, action, objection, request.actor)
    return claim, objection
