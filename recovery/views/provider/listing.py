"""One claim for many registrations: its list, line by line."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.asking import Request
from accounts.errors import NotAllowed
from recovery import transitions
from recovery.forms.listing import LeaveOutForm, ListForm, MatchForm
from recovery.models import Claim, ClaimLine
from recovery.models.claims import STAFF_ROLES
from recovery.queries import examining
from recovery.queries import listing as reads
from recovery.rules import TABLE
from recovery.rules.people import works_at_provider
from recovery.views.desk import visible
from recovery.views.provider.common import open_case, page, went_through


@require_safe
def covered(request: Request, number: str) -> HttpResponse:
    """Show the whole list: what was found, who has confirmed, what was left out and why."""
    found = _seen(request, number)
    may = examining.may(found, request.actor) | _on_lines(request, found)
    return page(request, "provider_list", found, progress=reads.progress_of(found), may=may)


def _seen(request: Request, number: str) -> Claim:
    found = visible(request, number)
    if not works_at_provider(request.actor, *STAFF_ROLES):
        raise NotAllowed(_("Only people of the provider see this."))
    return found


def _on_lines(request: Request, claim: Claim) -> set[str]:
    names = ("match_line", "leave_out")
    return {name for name in names if TABLE[name].who(request.actor, claim) and claim.status in TABLE[name].states}


@require_http_methods(["GET", "POST"])
def take_list(request: Request, number: str) -> HttpResponse:
    """Ask for the list, take it in, and show what was found."""
    found = open_case(request, number, "take_list")
    form = ListForm(request.POST or None, request.FILES or None)
    if form.is_valid() and went_through(
        form, lambda: transitions.take_list(found.pk, **form.read(), actor=request.actor, at=request.at)
    ):
        messages.success(request, _("Taken in. What was not found stands there as well: match it or leave it out."))
        return redirect("recovery:covered", number)
    return page(request, "provider_list_take", found, form=form)


@require_http_methods(["GET", "POST"])
def match_line(request: Request, number: str, pk: int) -> HttpResponse:
    """Show registrations of the customer that are alike, and take the number."""
    found = open_case(request, number, "match_line")
    line = _line(found, pk)
    form = MatchForm(request.POST or None)
    if form.is_valid() and went_through(
        form, lambda: transitions.match_line(pk, **form.cleaned_data, actor=request.actor, at=request.at)
    ):
        messages.success(request, _("On the list."))
        return redirect("recovery:covered", number)
    return page(request, "provider_list_match", found, form=form, line=line, alike=reads.alike(found, line))


@require_http_methods(["GET", "POST"])
def leave_out(request: Request, number: str, pk: int) -> HttpResponse:
    """Ask why; take the line off the list."""
    found = open_case(request, number, "leave_out")
    line = _line(found, pk)
    form = LeaveOutForm(request.POST or None)
    if form.is_valid() and went_through(
        form, lambda: transitions.leave_out(pk, **form.cleaned_data, actor=request.actor, at=request.at)
    ):
        messages.success(request, _("Left out. It stays as it is, and stands on the list with its reason."))
        return redirect("recovery:covered", number)
    words = _("Line %(row)d: %(number)s. Nothing of it is changed by this claim.")
    filled = words % {"row": line.row, "number": line.typed["number"]}
    return page(request, "provider_reason", found, form=form, title=TABLE["leave_out"].words, words=filled)


@require_POST
def invite_people(request: Request, number: str) -> HttpResponse:
    """Send new links to those who have not confirmed."""
    found = open_case(request, number, "invite_people")
    transitions.invite_people(found.pk, actor=request.actor, at=request.at)
    messages.success(request, _("New links are on their way; earlier ones lead nowhere."))
    return redirect("recovery:covered", number)


@require_safe
def list_receipt(request: Request, number: str) -> HttpResponse:
    """Answer with every line and what became of it, as CSV."""
    found = _seen(request, number)
    answer = HttpResponse(reads.receipt_of(found).encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{found.number}.csv"'
    return answer


def _line(claim: Claim, pk: int) -> ClaimLine:
    line = reads.find_line(claim, pk)
    if line is None:
        raise Http404
    return line
