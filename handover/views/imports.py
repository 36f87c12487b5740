"""Runs of the import, for operators. The command starts them; here one sees how far they are."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.asking import Request
from accounts.errors import NotAllowed
from handover.queries import imports as queries
from handover.rules.register import ONLY_OPERATOR, is_operator

PAGE = 50


@require_safe
def imports(request: Request) -> HttpResponse:
    """List the runs with their counts and where a running one is."""
    if not is_operator(request.actor):
        raise NotAllowed(ONLY_OPERATOR)
    page = Paginator(queries.runs(), PAGE).get_page(request.GET.get("page"))
    rows = [queries.shown(run, request.at) for run in page.object_list]
    return render(request, "handover/imports.html", {"page": page, "rows": rows})
