"""Putting a recovery back: one person asks, another one reads what it does and presses the button."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.asking import Request
from accounts.errors import NotAllowed, WrongState
from accounts.rulebook import available, check
from handover.forms.fresh import fresh_check
from recovery import transitions
from recovery.forms.provider import BackForm
from recovery.models import Claim, Rollback
from recovery.models.claims import STAFF_ROLES
from recovery.queries import rollbacks as reads
from recovery.rules import TABLE
from recovery.rules.people import works_at_provider
from recovery.views.desk import visible
from recovery.views.provider.common import open_case, page, went_through

DECLINING = {"decline_rollback": TABLE["decline_rollback"]}


@require_http_methods(["GET", "POST"])
def ask_rollback(request: Request, number: str) -> HttpResponse:
    """Show what it would do; ask why; tell those who may decide."""
    found = open_case(request, number, "ask_rollback")
    form = BackForm(request.POST or None)
    if form.is_valid() and went_through(
        form, lambda: transitions.ask_rollback(found.pk, **form.cleaned_data, actor=request.actor, at=request.at)
    ):
        messages.success(request, _("Asked. Another person decides; until then the registration stays protected."))
        return redirect("recovery:claim", number)
    return page(request, "provider_rollback_ask", found, form=form, outlook=reads.outlook(found))


@require_http_methods(["GET", "POST"])
def confirm_rollback(request: Request, number: str) -> HttpResponse:
    """Show who gets what back and why it was asked for; ask for the fresh check; put it back."""
    claim, found = _open(request, number)
    check(TABLE, "confirm_rollback", found, request.actor)
    fresh = fresh_check(request)
    if request.method == "POST" and fresh.is_valid():
        transitions.confirm_rollback(found.pk, actor=request.actor, at=request.at)
        messages.success(request, _("Put back. Everybody concerned is being told."))
        return redirect("recovery:claim", number)
    context = {"rollback": found, "fresh": fresh, "outlook": reads.outlook(claim)}
    may = available(DECLINING, found, request.actor)
    return page(request, "provider_rollback", claim, may=may, **context)


@require_http_methods(["GET", "POST"])
def decline_rollback(request: Request, number: str) -> HttpResponse:
    """Ask why; leave it as it is."""
    claim, found = _open(request, number)
    check(TABLE, "decline_rollback", found, request.actor)
    form = BackForm(request.POST or None)
    if form.is_valid() and went_through(
        form,
        lambda: transitions.decline_rollback(found.pk, **form.cleaned_data, actor=request.actor, at=request.at),
    ):
        messages.success(request, _("It stays as it is."))
        return redirect("recovery:claim", number)
    words = _("Nothing is put back. The protected time goes on to its day.")
    return page(request, "provider_reason", claim, form=form, title=TABLE["decline_rollback"].words, words=words)


def _open(request: Request, number: str) -> tuple[Claim, Rollback]:
    claim = visible(request, number)
    if not works_at_provider(request.actor, *STAFF_ROLES):
        raise NotAllowed(_("Only people of the provider see this."))
    found = reads.find_open(claim)
    if found is None:
        raise WrongState(_("Nobody has asked to put this back, or it has been decided. Nothing was changed."))
    found.claim = claim
    return claim, found
