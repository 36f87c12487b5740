"""The page of the chain of custody."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.asking import Request
from handover import transitions
from handover.forms.chain import DayForm
from handover.queries.chain import find_chain
from handover.rules import TABLE


@require_safe
def custody(request: Request, number: str) -> HttpResponse:
    """Show every period as a picture and in words, and who held it on the day asked for. The look is written down."""
    chain = find_chain(request.actor, number, request.at)
    if chain is None:
        raise Http404
    role = chain.capacity(request.actor)
    transitions.look(registration=chain.registration, capacity=role, actor=request.actor, at=request.at, page="custody")
    form = DayForm(request.GET if "on" in request.GET else None)
    day = form.cleaned_data["on"] if form.is_valid() else None
    context = {
        "chain": chain,
        "registration": chain.registration,
        "form": form,
        "day": day,
        "stretches": chain.on(day) if day else [],
        "may_note": TABLE["note_unverified_period"].who(request.actor, chain.registration),
    }
    return render(request, "handover/chain.html", context)
