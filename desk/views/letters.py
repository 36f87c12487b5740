"""Letters in and out."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import refusal
from accounts.asking import Request
from accounts.errors import NotAllowed, Refused
from accounts.rulebook import check
from desk import queries, transitions
from desk.forms import CloseLetterForm, LetterInForm, LetterOutForm
from desk.rules import ONLY_STAFF, TABLE, sees_queue
from desk.views.finding import is_first_press, page_of, visible


@require_safe
def letters(request: Request) -> HttpResponse:
    """List every letter on which something is due, or those with the number that was typed."""
    if not sees_queue(request.actor):
        raise NotAllowed(ONLY_STAFF)
    typed = request.GET.get("number", "").strip()[:40]
    found = queries.with_number(request.actor, typed, request.at) if typed else None
    context = {"typed": typed, "found": found, "lines": queries.register(request.actor, request.at)}
    return render(request, "desk/letters.html", context)


@require_http_methods(["GET", "POST"])
def note_letter_in(request: Request, number: str) -> HttpResponse:
    """Write down a letter that came."""
    inquiry = visible(request, number)
    check(TABLE, "note_letter_in", inquiry, request.actor)
    initial = {"received_on": timezone.localdate(request.at), "owner": request.actor.user.pk}
    form = LetterInForm(request.POST or None, owners=queries.owners(request.actor), initial=initial)
    if form.is_valid():
        try:
            if is_first_press(form, request):
                transitions.note_letter_in(inquiry.pk, **form.values, actor=request.actor, at=request.at)
            messages.success(request, _("The letter is on record, with the day by which it is answered."))
            return redirect(page_of(inquiry), number)
        except Refused as refused:
            refusal.put(form, refused)
            form.renew()
    own_url = reverse(page_of(inquiry), args=[number])
    return render(request, "desk/letter_in.html", {"form": form, "inquiry": inquiry, "own_url": own_url})


@require_http_methods(["GET", "POST"])
def note_letter_out(request: Request, number: str) -> HttpResponse:
    """Write down a letter that left."""
    inquiry = visible(request, number)
    check(TABLE, "note_letter_out", inquiry, request.actor)
    form = LetterOutForm(request.POST or None, initial={"sent_on": timezone.localdate(request.at)})
    if form.is_valid():
        try:
            if is_first_press(form, request):
                transitions.note_letter_out(inquiry.pk, **form.values, actor=request.actor, at=request.at)
            messages.success(request, _("The letter is on record."))
            return redirect(page_of(inquiry), number)
        except Refused as refused:
            refusal.put(form, refused)
            form.renew()
    own_url = reverse(page_of(inquiry), args=[number])
    return render(request, "desk/letter_out.html", {"form": form, "inquiry": inquiry, "own_url": own_url})


@require_POST
def close_letter(request: Request, pk: int) -> HttpResponse:
    """Write down that a letter was answered, or came back."""
    found = queries.find_letter(request.actor, pk)
    if found is None:
        raise Http404
    check(TABLE, "close_letter", found, request.actor)
    form = CloseLetterForm(request.POST)
    if form.is_valid():
        try:
            transitions.close_letter(found.pk, **form.cleaned_data, actor=request.actor, at=request.at)
            messages.success(request, _("What became of the letter is on record."))
        except Refused as refused:
            messages.error(request, str(refused.words))
    return redirect(page_of(found.inquiry), found.inquiry.receipt_number)
