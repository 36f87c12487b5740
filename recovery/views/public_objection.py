"""Anybody who got a notice objects, without an account."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import tallies
from accounts.asking import Request, sender_of
from accounts.errors import DomainError
from recovery import transitions
from recovery.forms.public import ObjectionForm
from recovery.models import Claim
from recovery.queries import tracking
from recovery.steps import REVIEW_WITHIN, soon
from recovery.views.public_wizard import PUBLIC

AN_HOUR = timedelta(hours=1)
MOST_TRIES = 10
"""Objections from one sender in an hour, right or wrong. Each code has its own five tries besides."""


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def object_to(request: Request) -> HttpResponse:
    """Ask for the code of the notice; the claim is frozen when it is right. Otherwise the same words for everything."""
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        claim = _object(request, form.cleaned_data)
        if claim is not None:
            context = {
                "claim": claim,
                "is_executed": claim.status == Claim.Status.EXECUTED,
                "review_by": soon(request.at, REVIEW_WITHIN),
                "identify_by": tracking.identify_by(claim),
            }
            return render(request, "recovery/public_objected.html", context)
        form.add_error(
            "code",
            _(
                "This code is not right, or no longer needed. Check it, or call us with the receipt number. After ten"
                " tries in an hour, go on in the next hour."
            ),
        )
    return render(request, "recovery/public_object.html", {"form": form})


def _object(request: Request, given: dict[str, str]) -> Claim | None:
    charged = tallies.charge(f"object:sender:{sender_of(request)}", limit=MOST_TRIES, period=AN_HOUR, at=request.at)
    if not charged:
        return None
    try:
        return transitions.object_to(typed=given["code"], words=given["words"], actor=PUBLIC, at=request.at)
    except DomainError:
        return None
