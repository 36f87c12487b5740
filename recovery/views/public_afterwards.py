"""After an end, by the inquirer with receipt number and tracking code: an appeal, or taking it up again."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.asking import Request
from accounts.errors import DomainError, Refused
from recovery.forms.afterwards import AppealForm
from recovery.models import Claim
from recovery.queries import afterwards
from recovery.views.public_case import act_on_case, hand_in, not_now, of_case


@of_case
def appeal(request: Request, claim: Claim) -> HttpResponse:
    """Ask why other people should look at it again. The same page for every claim that ended."""
    after = afterwards.after_of(claim, request.at)
    if after is None or not after.may_appeal:
        return not_now(request)

    def act(given: Any) -> str:
        return hand_in(request, claim, "appeal", words=given["words"])

    form = AppealForm(request.POST or None)
    return act_on_case(request, claim, "appeal", form, "recovery/public_appeal.html", act, after=after)


@of_case
def reopen(request: Request, claim: Claim) -> HttpResponse:
    """Say what follows, then let the claim be taken up again under its number."""
    after = afterwards.after_of(claim, request.at)
    if after is None or not after.may_reopen:
        return not_now(request)
    if request.method == "POST":
        try:
            messages.success(request, hand_in(request, claim, "reopen"))
        except Refused as refused:
            messages.warning(request, str(refused.words))
            return redirect("recovery:case")
        except DomainError:
            return not_now(request)
        return redirect("recovery:case")
    return render(request, "recovery/public_reopen.html", {"claim": claim, "after": after})
