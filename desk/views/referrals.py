"""Inquirers passed on between desks, and the list of desks."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import refusal
from accounts.asking import Request
from accounts.errors import NotAllowed, Refused
from accounts.rulebook import check
from desk import queries, transitions
from desk.forms.referrals import AffiliateForm, GiveBackForm, ReferForm
from desk.models import Inquiry
from desk.queries import agencies, referrals
from desk.rules import ONLY_STAFF, TABLE, sees_queue
from desk.rules.referrals import keeps_desks
from desk.views.finding import is_first_press, page_of, visible, was_sent


@require_http_methods(["GET", "POST"])
def refer(request: Request, number: str) -> HttpResponse:
    """Pass an inquirer on to another desk, under the same receipt number."""
    if was_sent(request) and queries.find_visible(request.actor, number, request.at) is None:
        return redirect("desk:queue")
    inquiry = visible(request, number)
    check(TABLE, "refer_inquiry", inquiry, request.actor)
    desks = referrals.desks_for(inquiry, request.actor.organisation.pk)
    form = ReferForm(request.POST or None, desks=desks)
    if form.is_valid():
        try:
            if is_first_press(form, request):
                transitions.refer_inquiry(
                    inquiry.pk,
                    affiliate_pk=int(form.cleaned_data["affiliate"]),
                    reason=form.cleaned_data["reason"],
                    actor=request.actor,
                    at=request.at,
                )
            messages.success(request, _("Passed on. The receipt number stays, and the inquirer is told."))
            return _where_it_is_read(request, inquiry)
        except Refused as refused:
            refusal.put(form, refused)
            form.renew()
    own_url = reverse(page_of(inquiry), args=[number])
    return render(request, "desk/refer.html", {"inquiry": inquiry, "form": form, "desks": desks, "own_url": own_url})


def _where_it_is_read(request: Request, inquiry: Inquiry) -> HttpResponse:
    """Go to the inquiry; to the queue where another desk has it now, and nobody here is on the phone about it."""
    if queries.find_visible(request.actor, inquiry.receipt_number, request.at) is None:
        return redirect("desk:queue")
    return redirect(page_of(inquiry), inquiry.receipt_number)


@require_POST
def take_in(request: Request, number: str) -> HttpResponse:
    """Take in an inquirer who was passed on."""
    inquiry = visible(request, number)
    transitions.take_in_referral(inquiry.pk, actor=request.actor, at=request.at)
    messages.success(request, _("Taken in. From here on your desk answers."))
    return redirect(page_of(inquiry), number)


@require_http_methods(["GET", "POST"])
def give_back(request: Request, number: str) -> HttpResponse:
    """Give an inquirer back with a reason, once."""
    if was_sent(request) and queries.find_visible(request.actor, number, request.at) is None:
        return redirect("desk:queue")
    inquiry = visible(request, number)
    check(TABLE, "return_referral", inquiry, request.actor)
    form = GiveBackForm(request.POST or None)
    if form.is_valid():
        try:
            if is_first_press(form, request):
                transitions.return_referral(inquiry.pk, **form.values, actor=request.actor, at=request.at)
            messages.success(request, _("Given back, and the inquirer is told."))
            return _where_it_is_read(request, inquiry)
        except Refused as refused:
            refusal.put(form, refused)
            form.renew()
    own_url = reverse(page_of(inquiry), args=[number])
    return render(request, "desk/give_back.html", {"inquiry": inquiry, "form": form, "own_url": own_url})


@require_http_methods(["GET", "POST"])
def affiliates(request: Request) -> HttpResponse:
    """List the desks; an operator of the provider adds one or changes how it is reached."""
    if not sees_queue(request.actor):
        raise NotAllowed(ONLY_STAFF)
    keeps = keeps_desks(request.actor)
    form = AffiliateForm(request.POST or None, agencies=agencies.named() if keeps else [])
    if request.method == "POST":
        check(TABLE, "record_affiliate", None, request.actor)
        if form.is_valid():
            if is_first_press(form, request):
                given = form.cleaned_data
                transitions.record_affiliate(
                    organisation_pk=int(given["organisation"]),
                    phone=given["phone"],
                    hours=given["hours"],
                    actor=request.actor,
                    at=request.at,
                )
            messages.success(request, _("The desk is on the list."))
            return redirect("desk:affiliates")
    context = {"desks": referrals.desks(), "form": form if keeps else None}
    return render(request, "desk/affiliates.html", context)


@require_POST
def end_affiliate(request: Request, pk: int) -> HttpResponse:
    """Take a desk off the list."""
    found = referrals.find_desk(pk) if sees_queue(request.actor) else None
    if found is None:
        raise Http404
    transitions.end_affiliate(found.pk, actor=request.actor, at=request.at)
    messages.success(request, _("The desk is off the list. What it has stays with it."))
    return redirect("desk:affiliates")
