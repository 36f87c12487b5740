"""Where a matter stands that is no claim: opened like a claim, by receipt number and tracking code."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.asking import Request
from desk.queries import status
from recovery import marks


@never_cache
@login_not_required
@require_safe
def inquiry(request: Request) -> HttpResponse:
    """Show where the inquiry stands that is open in this browser; without one, ask for the codes first."""
    pk = marks.read(request.session, at=request.at, key=marks.INQUIRY)
    found = status.find_inquiry(pk) if pk is not None else None
    if found is None:
        marks.remove(request.session)
        return redirect("recovery:status")
    marks.put(request.session, found.pk, at=request.at, key=marks.INQUIRY)
    context = {"inquiry": found, "told": status.standing_of(found, request.at)}
    return render(request, "recovery/public_inquiry.html", context)
