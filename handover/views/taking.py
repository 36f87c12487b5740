"""The certificates of a job, taken along together."""

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from accounts.asking import Request
from accounts.errors import Refused
from accounts.rulebook import check
from handover import documents, taking, transitions
from handover.queries import jobs
from handover.rules import TABLE
from handover.views.saving import to_save


@require_POST
def take_certificates(request: Request, number: str) -> HttpResponseBase:
    """Read and compare them, have it written down, and only then begin to send."""
    job = jobs.find_visible(request.actor, number)
    if job is None:
        raise Http404
    check(TABLE, "take_certificates", job, request.actor)
    way = taking.ZIP if request.POST.get("way") == taking.ZIP else taking.PRINT
    language = get_language() or "ja"
    try:
        made = taking.prepare(job, way=way, language=language, actor=request.actor, at=request.at)
    except documents.Damaged:
        return render(request, "handover/certificates_damaged.html", {"job": job}, status=503)
    try:
        transitions.take_certificates(taking=made, actor=request.actor, at=request.at)
    except Refused as refused:
        made.discard()
        messages.error(request, str(refused.words))
        return redirect("handover:job", number)
    except BaseException:
        made.discard()
        raise
    return to_save(made.pieces(), made.file_name, made.content_type)
