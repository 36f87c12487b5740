"""A recovery kit typed in by somebody without an account. Right or wrong, known or not: the same answer."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import tallies
from accounts.asking import Request, sender_of
from accounts.errors import DomainError, Refused
from desk.models import Inquiry, Statement
from recovery import transitions
from recovery.forms.exits import BeginWithKitForm, KitForm
from recovery.models import Claim
from recovery.views.public_case import MOST_CODES, act_on_case, charge, of_case
from recovery.views.public_wizard import A_DAY, PUBLIC, receipt, sent_already

STATED = ("organisation_name", "name", "kana", "department", "mail")


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def begin_with_kit(request: Request) -> HttpResponse:
    """Ask for the kit and who shows it; POST answers everybody with receipt number and tracking code."""
    form = BeginWithKitForm(request.POST or None)
    if not form.is_valid():
        return render(request, "recovery/public_begin_with_kit.html", {"form": form})
    if not tallies.charge(f"recover:{form.cleaned_data['token']}", limit=1, period=A_DAY, at=request.at):
        return sent_already(request)
    given = form.cleaned_data
    try:
        claim, tracking = transitions.open_claim(
            statement=Statement(**{name: given[name] for name in STATED}),
            capacity=Inquiry.Capacity.CUSTOMER,
            answer_by="mail",
            language=(get_language() or "ja")[:2],
            sender=sender_of(request),
            actor=PUBLIC,
            at=request.at,
        )
    except Refused as refused:
        return render(request, "recovery/public_too_many.html", {"words": refused.words}, status=429)
    _show(request, claim, given)
    return receipt(request, claim, tracking, by_kit=True)


@of_case
def show_kit(request: Request, claim: Claim) -> HttpResponse:
    """Ask for a kit on a case that is open. The answer does not tell whether it was right."""

    def act(given: dict[str, str]) -> str:
        charge("kit", claim, request, MOST_CODES)
        _show(request, claim, given)
        return _("Taken down. If the kit is right, a second code went to a contact point of your organisation.")

    form = KitForm(request.POST or None)
    return act_on_case(request, claim, "redeem_kit", form, "recovery/public_show_kit.html", act)


def _show(request: Request, claim: Claim, given: dict[str, str]) -> None:
    try:
        transitions.redeem_kit(claim.pk, number=given["number"], typed=given["code"], actor=PUBLIC, at=request.at)
    except DomainError:
        # What was wrong, or that anything was, is told nobody: whoever found a sheet learns nothing of its use.
        return
