"""What waits for the provider's people: appeals, reminders, who is who, and the duties that the clock opened."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.asking import Request
from accounts.errors import NotAllowed
from accounts.rulebook import check
from desk.views import is_first_press
from recovery import transitions
from recovery.forms.afterwards import CapacityFoundForm, DecideAppealForm, DutyForm, IdentifyForm, RemindForm
from recovery.models import Appeal
from recovery.queries import afterwards, examining, waiting
from recovery.rules import TABLE
from recovery.views.desk import visible
from recovery.views.provider.common import open_case, page, went_through


@require_http_methods(["GET", "POST"])
def decide_appeal(request: Request, number: str) -> HttpResponse:
    """Show what was appealed against and why; ask somebody who had nothing to do with the case to decide."""
    found = visible(request, number)
    appeal = afterwards.appeal_of(afterwards.last_ending(found))
    if appeal is None:
        raise Http404
    appeal.claim = found
    check(TABLE, "decide_appeal", appeal, request.actor)
    form = DecideAppealForm(request.POST or None)
    if form.is_valid() and went_through(
        form, lambda: transitions.decide_appeal(appeal.pk, **form.cleaned_data, actor=request.actor, at=request.at)
    ):
        messages.success(request, _("Decided. The claimant is being told."))
        return redirect("recovery:claim", number)
    context = {"form": form, "appeal": appeal, "ending": appeal.ending}
    context["missing"] = afterwards.missing_in(found, appeal.ending)
    return page(request, "provider_appeal", found, **context, papers=_papers(appeal))


def _papers(appeal: Appeal) -> int:
    """Return how many papers came in for the case."""
    return appeal.claim.submissions.count()


@require_http_methods(["GET", "POST"])
def remind(request: Request, number: str) -> HttpResponse:
    """Ask by which way, and remind the claimant."""
    found = open_case(request, number, "remind")
    form = RemindForm(request.POST or None)

    def act() -> None:
        if is_first_press(form, request):
            transitions.remind(found.pk, **form.values, actor=request.actor, at=request.at)

    if form.is_valid():
        if went_through(form, act):
            messages.success(request, _("The reminder is on record."))
            return redirect("recovery:claim", number)
        form.renew()
    words = _("Nobody is ended as unanswered before two reminders in two ways, and thirty days after the second.")
    return page(request, "provider_simple", found, form=form, title=TABLE["remind"].words, words=words)


@require_http_methods(["GET", "POST"])
def find_capacity(request: Request, number: str) -> HttpResponse:
    """Ask what the claimant turned out to be."""
    found = open_case(request, number, "find_capacity")
    form = CapacityFoundForm(request.POST or None, initial={"capacity": found.inquiry.capacity_found})
    if form.is_valid() and went_through(
        form, lambda: transitions.find_capacity(found.pk, **form.cleaned_data, actor=request.actor, at=request.at)
    ):
        messages.success(request, _("On record."))
        return redirect("recovery:claim", number)
    words = _("A contractor who says to be the customer leaves a flag; after two, the customer is told once.")
    return page(request, "provider_simple", found, form=form, title=TABLE["find_capacity"].words, words=words)


@require_http_methods(["GET", "POST"])
def identify_objector(request: Request, number: str, pk: int) -> HttpResponse:
    """Ask by what the objector showed to be who was told."""
    found = visible(request, number)
    objection = examining.find_objection(found, pk)
    if objection is None:
        raise Http404
    check(TABLE, "identify_objector", objection, request.actor)
    points, people = examining.points_of(found), waiting.people_on_record(found)
    form = IdentifyForm(request.POST or None, points=points, people=people)
    if form.is_valid() and went_through(
        form, lambda: transitions.identify_objector(pk, **form.given, actor=request.actor, at=request.at)
    ):
        messages.success(request, _("On record. The objection no longer lapses; people decide on it."))
        return redirect("recovery:claim", number)
    words = _(
        "Without this the objection lapses after fourteen days. Whoever does it does not decide on the objection."
    )
    title = TABLE["identify_objector"].words
    return page(request, "provider_simple", found, form=form, title=title, words=words)


@require_safe
def duties(request: Request) -> HttpResponse:
    """List what waits for the reader, the earliest day first."""
    _refuse_others(request)
    lines = waiting.lines_for(request.actor, request.at)
    return render(request, "recovery/provider_duties.html", {"lines": lines})


@require_http_methods(["GET", "POST"])
def finish_duty(request: Request, pk: int) -> HttpResponse:
    """Ask what was done about it."""
    _refuse_others(request)
    duty = waiting.find_duty(request.actor, pk)
    if duty is None:
        raise Http404
    form = DutyForm(request.POST or None)
    if form.is_valid() and went_through(
        form, lambda: transitions.finish_duty(duty.pk, **form.cleaned_data, actor=request.actor, at=request.at)
    ):
        messages.success(request, _("Done, and on record."))
        return redirect("recovery:duties")
    words = duty.get_kind_display()
    return page(request, "provider_simple", duty.claim, form=form, title=TABLE["finish_duty"].words, words=words)


def _refuse_others(request: Request) -> None:
    if not waiting.sees(request.actor):
        raise NotAllowed(_("Only the provider's people who examine or decide see this."))
