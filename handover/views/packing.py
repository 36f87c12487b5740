"""The whole package: what is in it, the fresh check, and the ZIP."""

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from accounts import refusal
from accounts.asking import Request
from accounts.errors import Refused
from accounts.rulebook import check
from handover import documents, packing, transitions
from handover.forms.fresh import fresh_check
from handover.forms.packing import PackageReasonForm
from handover.models import Registration
from handover.restricting import refuse_blocked
from handover.rules import TABLE
from handover.rules.handovers import holds
from handover.views.papers import visible_registration
from handover.views.saving import to_save


@require_http_methods(["GET", "POST"])
def package(request: Request, number: str) -> HttpResponseBase:
    """Say what is in the package, ask for the fresh check and administrators for a reason; answer with the ZIP."""
    registration = visible_registration(request, number)
    check(TABLE, "export_package", registration, request.actor)
    refuse_blocked(registration, "export_package", at=request.at)
    fresh = fresh_check(request)
    why = None if holds(request.actor, registration) else PackageReasonForm(request.POST or None)
    # Without a reason nothing of the fresh check is charged or used up.
    if request.method == "POST" and (why is None or why.is_valid()) and fresh.is_valid():
        try:
            return _send(request, registration, why.cleaned_data["reason"] if why else "")
        except documents.Damaged:
            return render(request, "handover/package_damaged.html", {"registration": registration}, status=503)
        except Refused as refused:
            refusal.put(why or fresh, refused)
    return _page(request, registration, fresh, why)


def _page(request: Request, registration: Registration, fresh: object, why: PackageReasonForm | None) -> HttpResponse:
    context = {"registration": registration, "form": fresh, "why": why}
    return render(request, "handover/package.html", context)


def _send(request: Request, registration: Registration, reason: str) -> StreamingHttpResponse:
    """Make the package, have it written down, and only then begin to send it."""
    made = packing.prepare(registration, language=get_language() or "ja", at=request.at)
    try:
        transitions.export_package(package=made, reason=reason, actor=request.actor, at=request.at)
    except BaseException:
        made.discard()
        raise
    return to_save(packing.stream(made), made.file_name, "application/zip")
