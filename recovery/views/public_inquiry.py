"""An inquiry that is no claim, opened by receipt number and tracking code, and the written answers of any inquiry."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.asking import Request
from desk import queries as desk
from desk.models import Inquiry
from handover import documents
from recovery import marks
from recovery.queries import tracking


@never_cache
@login_not_required
@require_safe
def own_inquiry(request: Request) -> HttpResponse:
    """Show where it stands, what was promised, and what was answered in writing."""
    pk = marks.read_inquiry(request.session, at=request.at)
    found = tracking.find_inquiry(pk) if pk is not None else None
    if found is None:
        return redirect("recovery:status")
    marks.put_inquiry(request.session, found.pk, at=request.at)
    context = {"inquiry": found, "hold": tracking.promise_of(found), "answers": desk.answers_shown(found)}
    return render(request, "recovery/public_inquiry.html", context)


@never_cache
@login_not_required
@require_safe
def written_answer(request: Request, pk: int) -> HttpResponse:
    """Answer with a released answer of the matter that is open in this browser: the very bytes that left."""
    inquiry = _open_here(request)
    if inquiry is None:
        return redirect("recovery:status")
    found = next((one for one in desk.answers_shown(inquiry) if one.pk == pk), None)
    if found is None or found.blob is None:
        raise Http404
    answer = HttpResponse(documents.read_bytes(found.blob), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{found.letter_number}.pdf"'
    return answer


def _open_here(request: Request) -> Inquiry | None:
    claim_pk = marks.read(request.session, at=request.at)
    claim = tracking.find_marked(claim_pk) if claim_pk is not None else None
    if claim is not None:
        return claim.inquiry
    pk = marks.read_inquiry(request.session, at=request.at)
    return tracking.find_inquiry(pk) if pk is not None else None
