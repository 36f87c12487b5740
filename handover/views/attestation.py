"""The yearly question answered, the season in numbers, and the letters that ask who is in charge."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.asking import Request
from accounts.errors import NotAllowed
from accounts.rulebook import check
from handover import transitions
from handover.forms.attestation import AnswerForm, LettersForm
from handover.leaving import RUN
from handover.models import Attestation
from handover.queries import attestation as queries
from handover.queries import season as seasons
from handover.rules import TABLE
from handover.rules.attestation import PIECE

PAGE = 100
"""Questions of one page: many, because most people answer all of them alike."""
HOLDERS = 50


@require_http_methods(["GET", "POST"])
def attestation(request: Request) -> HttpResponse:
    """Show what somebody is asked, and take one answer for one, several or many of them."""
    if not request.actor.is_customer:
        raise NotAllowed(TABLE["attest"].why_not)
    if request.method == "POST":
        return _answer(request)
    waiting = queries.waiting_for(request.actor)
    page = Paginator(waiting, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "piece": min(PIECE, page.paginator.count),
        "disclaimed": list(queries.disclaimed_by(request.actor)[:PAGE]),
        "today": timezone.localdate(request.at),
        "packages": packages_address(),
    }
    return render(request, "handover/attestation.html", context)


def _answer(request: Request) -> HttpResponse:
    chosen: dict[str, object] = {
        "registrations": request.POST.getlist("registrations"),
        "answer": request.POST.get("answer", ""),
    }
    if "all" in request.POST:
        # As many as one transaction takes; the page says so, and what is left stands there again.
        chosen = {
            "registrations": queries.keys_waiting_for(request.actor)[:PIECE],
            "answer": Attestation.Answer.STILL,
        }
    form = AnswerForm(chosen, rows=queries.answerable_by(request.actor))
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return redirect("handover:attestation")
    done = transitions.attest(
        registration_pks=form.cleaned_data["registrations"],
        answer=form.cleaned_data["answer"],
        actor=request.actor,
        at=request.at,
    )
    if form.cleaned_data["answer"] == Attestation.Answer.STILL:
        words = ngettext(
            "Thank you. You stay in charge of %(count)d registration.",
            "Thank you. You stay in charge of %(count)d registrations.",
            len(done),
        )
        messages.success(request, words % {"count": len(done)})
        return redirect("handover:attestation")
    messages.success(request, _("Your administrators were told. Now hand over: until then you stay in charge."))
    return redirect("handover:draft", done[0].number) if len(done) == 1 else redirect("handover:attestation")


def packages_address() -> str:
    """Return where somebody who leaves hands everything over; the list of handovers where there is no such page."""
    try:
        return reverse("handover:packages")
    except NoReverseMatch:
        return reverse("handover:handovers")


@require_safe
def season(request: Request) -> HttpResponse:
    """Show administrators everybody who holds something, with what is open: all the year, not only in the season."""
    actor = request.actor
    if not actor.is_administrator:
        raise NotAllowed(_("Only an administrator of the customer sees this."))
    today = timezone.localdate(request.at)
    page = Paginator(seasons.holder_keys(actor.organisation), HOLDERS).get_page(request.GET.get("page"))
    shown = [(user, count) for user, count in page.object_list if user]
    context = {
        "page": page,
        "holders": seasons.holders(actor.organisation, shown, today),
        "numbers": seasons.numbers(actor.organisation, today),
        "packages": packages_address(),
    }
    return render(request, "handover/season.html", context)


@require_safe
def letters(request: Request) -> HttpResponse:
    """Show what waits for the printer and what has left; never what is written in it."""
    check(TABLE, "print_notices", None, request.actor)
    context = {"waiting": queries.letters_to_print(), "underway": queries.letters_underway(request.at), "most": RUN}
    return render(request, "handover/notice_letters.html", context)


@require_POST
def print_letters(request: Request) -> HttpResponse:
    """Hand the chosen letters out as one PDF, once."""
    check(TABLE, "print_notices", None, request.actor)
    form = LettersForm(request.POST, rows=[(one.pk, one.number) for one in queries.letters_to_print()])
    if not form.is_valid():
        messages.error(request, _("Choose the letters to print."))
        return redirect("handover:notice_letters")
    pdf = transitions.print_notices(letter_pks=form.cleaned_data["letters"], actor=request.actor, at=request.at)
    name = f"letters-{timezone.localtime(request.at):%Y%m%d-%H%M%S}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


@require_POST
def letter_returned(request: Request, pk: int) -> HttpResponse:
    """Write down that a letter came back."""
    check(TABLE, "record_notice_return", None, request.actor)
    if queries.find_letter(pk) is None:
        raise Http404
    transitions.record_notice_return(letter_pk=pk, actor=request.actor, at=request.at)
    messages.success(request, _("On record: this address is dead."))
    return redirect("handover:notice_letters")
