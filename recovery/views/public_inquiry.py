"""Where a matter stands that is no claim, and written answers of any: opened by receipt number and tracking code."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.asking import Request
from accounts.errors import WrongState
from audit.record import Public
from desk import queries as desk
from desk import transitions
from desk.models import Inquiry
from desk.queries import consents, referrals, status
from desk.views.finding import is_first_press
from handover import documents
from recovery import marks
from recovery.forms.afterwards import TakeUpForm
from recovery.queries import tracking

PUBLIC = Public()


@never_cache
@login_not_required
@require_safe
def inquiry(request: Request) -> HttpResponse:
    """Show where the inquiry stands that is open in this browser; without one, ask for the codes first."""
    found = _inquiry_open_here(request)
    if found is None:
        marks.remove(request.session)
        return redirect("recovery:status")
    marks.put(request.session, found.pk, at=request.at, key=marks.INQUIRY)
    told = status.standing_of(found, request.at)
    context = {
        "inquiry": found,
        "told": told,
        "answers": desk.answers_shown(found),
        "referral": referrals.standing(found, request.at),
        "consent": consents.standing(found, request.at),
    }
    return render(request, "recovery/public_inquiry.html", context)


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def take_up(request: Request) -> HttpResponse:
    """Let the inquirer say not to agree, for 180 days after the end. The same words wherever it is not possible."""
    found = _inquiry_open_here(request)
    if found is None:
        marks.remove(request.session)
        return redirect("recovery:status")
    marks.put(request.session, found.pk, at=request.at, key=marks.INQUIRY)
    # A page names its matter, so that what was typed about one never goes to another opened since.
    is_other = request.method == "POST" and request.POST.get("case") != found.receipt_number
    told = status.standing_of(found, request.at)
    if is_other or told.take_up_until is None:
        messages.warning(request, _("This is not possible at this stage. Nothing was changed."))
        return redirect("recovery:inquiry")
    form = TakeUpForm(request.POST or None)
    if form.is_valid():
        try:
            if is_first_press(form, request):
                transitions.take_up_again(found.pk, **form.values, actor=PUBLIC, at=request.at)
            messages.success(request, _("Taken up again. Below you read who comes back to you, and when."))
        except WrongState as wrong:
            messages.warning(request, str(wrong))
        return redirect("recovery:inquiry")
    context = {"inquiry": found, "form": form, "until": told.take_up_until}
    return render(request, "recovery/public_take_up.html", context)


@never_cache
@login_not_required
@require_safe
def written_answer(request: Request, pk: int) -> HttpResponse:
    """Answer with a released answer of the matter that is open in this browser: the very bytes that left."""
    matter = _open_here(request)
    if matter is None:
        return redirect("recovery:status")
    found = next((one for one in desk.answers_shown(matter) if one.pk == pk), None)
    if found is None or found.blob is None:
        raise Http404
    answer = HttpResponse(documents.read_bytes(found.blob), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{found.letter_number}.pdf"'
    return answer


def _open_here(request: Request) -> Inquiry | None:
    claim_pk = marks.read(request.session, at=request.at)
    claim = tracking.find_marked(claim_pk) if claim_pk is not None else None
    return claim.inquiry if claim is not None else _inquiry_open_here(request)


def _inquiry_open_here(request: Request) -> Inquiry | None:
    pk = marks.read(request.session, at=request.at, key=marks.INQUIRY)
    return status.find_inquiry(pk) if pk is not None else None
