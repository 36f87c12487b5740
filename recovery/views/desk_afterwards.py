"""The desk takes an appeal on the phone. It decides nothing, and who takes it decides nothing later."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import refusal
from accounts.asking import Request
from accounts.errors import Refused
from accounts.rulebook import check
from desk.views import is_first_press
from recovery import transitions
from recovery.forms.afterwards import TakeAppealForm
from recovery.rules import TABLE
from recovery.views.desk import visible


@require_http_methods(["GET", "POST"])
def take_appeal(request: Request, number: str) -> HttpResponse:
    """Write down what the claimant says against the end of the case."""
    found = visible(request, number)
    check(TABLE, "appeal", found, request.actor)
    form = TakeAppealForm(request.POST or None)
    if form.is_valid():
        try:
            if is_first_press(form, request):
                transitions.appeal(found.pk, **form.values, actor=request.actor, at=request.at)
            messages.success(request, _("The appeal is taken down. Other people than before decide on it."))
            return redirect("recovery:claim", number)
        except Refused as refused:
            refusal.put(form, refused)
            form.renew()
    return render(request, "recovery/claim_appeal.html", {"form": form, "claim": found})
