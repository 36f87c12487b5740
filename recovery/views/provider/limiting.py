"""Calls to the phone of record, and the head office by two people."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.asking import Request
from accounts.errors import WrongState
from recovery import transitions
from recovery.forms.limits import CallEndForm, PhoneForm, SaidForm, SupplementForm
from recovery.models import Claim, PhoneCall
from recovery.queries import examining, limiting
from recovery.rules import TABLE
from recovery.views.provider.common import open_case, page, went_through


@require_http_methods(["GET", "POST"])
def begin_phone_call(request: Request, number: str) -> HttpResponse:
    """Ask which phone of record is called; its digits are shown once the call is on record."""
    found = open_case(request, number, "begin_phone_call")
    under_way = limiting.open_call(found, request.actor, request.at)
    if under_way is not None:
        return redirect("recovery:phone_call", number, under_way.pk)
    form = PhoneForm(request.POST or None, points=examining.points_of(found))
    begun: list[PhoneCall] = []

    def begin() -> None:
        point = form.cleaned_data["contact_point"]
        begun.append(transitions.begin_phone_call(found.pk, contact_point_pk=point, actor=request.actor, at=request.at))

    if form.is_valid() and went_through(form, begin):
        return redirect("recovery:phone_call", number, begun[0].pk)
    return page(request, "provider_phone", found, form=form, minutes=found.procedure.procedure.codes.voice_minutes)


@never_cache
@require_http_methods(["GET", "POST"])
def phone_call(request: Request, number: str, pk: int) -> HttpResponse:
    """Show the number to dial and ask what was said there. What is right is shown to nobody."""
    found, call = _call(request, number, pk, "enter_said_number")
    form = SaidForm(request.POST or None)
    if form.is_valid() and went_through(
        form,
        lambda: transitions.enter_said_number(
            pk, typed=form.cleaned_data["number"], actor=request.actor, at=request.at
        ),
    ):
        messages.success(request, _("The number is right. It counts as a proof through the phone of record."))
        return redirect("recovery:claim", number)
    return page(request, "provider_phone_call", found, form=form, call=call, end_form=CallEndForm(auto_id="end_%s"))


@require_POST
def end_phone_call(request: Request, number: str, pk: int) -> HttpResponse:
    """Write down how a call ended that confirmed nothing."""
    found, call = _call(request, number, pk, "end_phone_call")
    form = CallEndForm(request.POST, auto_id="end_%s")
    if form.is_valid() and went_through(
        form, lambda: transitions.end_phone_call(pk, **form.cleaned_data, actor=request.actor, at=request.at)
    ):
        messages.success(request, _("The call is over, and on record."))
        return redirect("recovery:claim", number)
    return page(request, "provider_phone_call", found, form=SaidForm(), call=call, end_form=form)


def _call(request: Request, number: str, pk: int, action: str) -> tuple[Claim, PhoneCall]:
    found = open_case(request, number, action)
    call = limiting.find_call(found, request.actor, pk)
    if call is None:
        raise Http404
    return found, call


@require_http_methods(["GET", "POST"])
def second_head_office(request: Request, number: str) -> HttpResponse:
    """Show the head office and ask another operator to compare it with its source."""
    found = open_case(request, number, "second_head_office")
    if not found.head_office:
        raise WrongState(_("Take the head office from the registry first."))
    if request.method == "POST":
        transitions.second_head_office(found.pk, actor=request.actor, at=request.at)
        messages.success(request, _("Recorded. A letter with a code can go there now."))
        return redirect("recovery:claim", number)
    return page(request, "provider_office_second", found)


@require_http_methods(["GET", "POST"])
def supplement_head_office(request: Request, number: str) -> HttpResponse:
    """Ask for building and floor of the head office."""
    found = open_case(request, number, "supplement_head_office")
    if not found.head_office:
        raise WrongState(_("Take the head office from the registry first."))
    form = SupplementForm(request.POST or None)

    def add() -> None:
        transitions.supplement_head_office(found.pk, **form.cleaned_data, actor=request.actor, at=request.at)

    if form.is_valid() and went_through(form, add):
        messages.success(request, _("Kept. Another operator compares it before a letter goes there."))
        return redirect("recovery:claim", number)
    words = _("Only from the registry, an official site or the phone of record: what the claimant says never counts.")
    title = TABLE["supplement_head_office"].words
    return page(request, "provider_simple", found, form=form, title=title, words=words)
