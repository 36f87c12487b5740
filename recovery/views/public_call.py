"""The number that whoever answers at the organisation's phone says to us. The same page for every case."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render

from accounts.asking import Request
from accounts.errors import Refused, WrongState
from accounts.rulebook import available
from recovery import transitions
from recovery.models import Claim
from recovery.rules import TABLE
from recovery.views.public_case import not_now, of_case
from recovery.views.public_wizard import PUBLIC

MINE = {"take_call_number": TABLE["take_call_number"]}


@of_case
def call_number(request: Request, claim: Claim) -> HttpResponse:
    """Say what the number is for; a press makes one and shows it this once."""
    if not available(MINE, claim, PUBLIC):
        return not_now(request)
    number = ""
    if request.method == "POST":
        try:
            number = transitions.take_call_number(claim.pk, actor=PUBLIC, at=request.at)
        except WrongState:
            return not_now(request)
        except Refused as refused:
            messages.warning(request, str(refused.words))
    return render(request, "recovery/public_call_number.html", {"claim": claim, "number": number})
