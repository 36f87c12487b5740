"""The successor's pages: mark every item on one page, then accept with a fresh check; the confirmation; the receipt."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.asking import Request
from accounts.errors import Refused
from accounts.rulebook import check
from handover import mandating, receipts, transitions
from handover.forms.fresh import fresh_check
from handover.forms.handovers import ItemsForm
from handover.forms.mandates import ChoicesForm
from handover.models import Handover, HandoverItem
from handover.queries import handovers as queries
from handover.rules import TABLE
from handover.views.handovers import visible

ITEMS = 50
"""Items a page: a share of hundreds of registrations is saved page by page."""


@require_http_methods(["GET", "POST"])
def items(request: Request, number: str) -> HttpResponse:
    """All items, fifty a page; saved as they go, resumable; goes on to accept when asked to."""
    found = visible(request, number)
    check(TABLE, "mark_items", found, request.actor)
    page = Paginator(queries.items_of(found), ITEMS).get_page(request.GET.get("page"))
    form = ItemsForm(request.POST or None, items=list(page.object_list), answers=found.answers)
    standing = mandating.to_choose(found)
    mandates = ChoicesForm(request.POST or None, mandates=standing, choices=found.mandate_choices)
    if request.method == "POST" and form.is_valid() and mandates.is_valid():
        rest = HandoverItem.Mark.RECEIVED.value if "received" in request.POST else ""
        transitions.mark_items(
            handover_pk=found.pk,
            marks=form.marks(rest=rest),
            answers=form.answers,
            mandates=mandates.choices,
            actor=request.actor,
            at=timezone.now(),
        )
        if "accept" in request.POST:
            return redirect("handover:accept", number)
        messages.success(request, _("Saved. You can go on at any time before the offer expires."))
        goes_to = page.next_page_number() if "next" in request.POST and page.has_next() else page.number
        return redirect(f"{reverse('handover:items', args=[number])}?page={goes_to}")
    context = {"handover": found, "form": form, "page": page, "mandates": mandates}
    return render(request, "handover/handover_items.html", context)


@require_http_methods(["GET", "POST"])
def accept(request: Request, number: str) -> HttpResponse:
    """Show old and new person and every mark once more; ask for the fresh check here; accept."""
    found = visible(request, number)
    at = timezone.now()
    check(TABLE, "accept", found, request.actor)
    form = fresh_check(request)
    if request.method == "POST" and form.is_valid():
        try:
            done = transitions.accept(handover_pk=found.pk, marks={}, answers={}, actor=request.actor, at=at)
        except Refused as refused:
            messages.error(request, str(refused.words))
            return redirect(f"{reverse('handover:items', args=[number])}?page={_first_open(found)}")
        messages.success(request, _words_after(done))
        return redirect("handover:handover", number)
    context = {
        "handover": found,
        "form": form,
        "items": queries.items_of(found),
        "mandates": mandating.receipt_rows(found),
    }
    return render(request, "handover/handover_accept.html", context)


@require_http_methods(["GET", "POST"])
def confirm(request: Request, number: str) -> HttpResponse:
    """An administrator confirms what the successor accepted, after a fresh check."""
    found = visible(request, number)
    at = timezone.now()
    check(TABLE, "confirm", found, request.actor)
    form = fresh_check(request)
    if request.method == "POST" and form.is_valid():
        done = transitions.confirm(handover_pk=found.pk, actor=request.actor, at=at)
        messages.success(request, _words_after(done))
        return redirect("handover:handover", number)
    context = {"handover": found, "form": form, "items": queries.items_of(found)}
    return render(request, "handover/handover_confirm.html", context)


def _first_open(handover: Handover) -> int:
    """Return the page of the first item of which nothing is said yet: there the reader goes on."""
    places = (place for place, item in enumerate(queries.items_of(handover)) if not item.mark)
    return next(places, 0) // ITEMS + 1


def _words_after(done: Handover) -> str:
    if done.status == Handover.Status.OVERLAP:
        return _("The registration has changed hands. The receipt is ready for both sides.")
    if done.status == Handover.Status.ACCEPTED and done.needs_confirmation:
        return _("Accepted. An administrator has to confirm it now.")
    return _("Done. The registration changes hands on the effective date.")


@require_safe
def receipt(request: Request, number: str) -> HttpResponse:
    """The receipt of both sides as PDF, in the reader's language."""
    found = visible(request, number)
    if found.receipt_facts is None:
        raise Http404
    pdf = receipts.render(found, language=get_language() or "ja")
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="receipt-{found.number}.pdf"'},
    )
