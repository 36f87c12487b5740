"""What waits."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.asking import Request
from accounts.errors import NotAllowed
from accounts.models import OrganisationKind
from desk import queries
from desk.queries import promises
from desk.rules import ONLY_STAFF, prints, sees_queue, takes_calls
from desk.views.finding import page_of

PAGE = 50


@require_safe
def queue(request: Request) -> HttpResponse:
    """List what waits, or go to the one inquiry whose receipt number was typed."""
    if not sees_queue(request.actor):
        raise NotAllowed(ONLY_STAFF)
    typed = request.GET.get("number", "").strip()[:40]
    found = queries.find_typed(request.actor, typed, request.at)
    if found is not None:
        return redirect(page_of(found), found.receipt_number)
    show = request.GET.get("show", "")
    rows = Paginator(queries.waiting(request.actor, at=request.at, show=show), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": rows,
        "lines": queries.lines(list(rows), request.actor, request.at),
        "show": show,
        "filters": queries.filters_for(request.actor),
        "typed": typed,
        "takes_calls": takes_calls(request.actor),
        "is_agency": request.actor.kind == OrganisationKind.AGENCY,
        "sees_climbed": bool(promises.sees_climbed(request.actor)),
        "prints": prints(request.actor),
    }
    return render(request, "desk/queue.html", context)
