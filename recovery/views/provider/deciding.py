"""Proposal, decision, execution. Evidence left, decision right, a reason, and the other person named."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.asking import Request
from handover.forms.fresh import fresh_check
from recovery import obstacles, transitions
from recovery.forms.provider import BackForm, DecideForm, ExecuteForm, ProposeForm, RefuseForm
from recovery.models import Claim
from recovery.queries import afterwards, examining, signing
from recovery.rules import TABLE
from recovery.views.provider.common import open_case, page, went_through


@require_http_methods(["GET", "POST"])
def propose(request: Request, number: str) -> HttpResponse:
    """Show where it stands and who will be told; ask why; propose."""
    found = open_case(request, number, "propose")
    form = ProposeForm(request.POST or None)
    if form.is_valid() and went_through(
        form, lambda: transitions.propose(found.pk, **form.cleaned_data, actor=request.actor, at=request.at)
    ):
        messages.success(request, _("Proposed. Everybody concerned is being told; the window begins once all arrived."))
        return redirect("recovery:claim", number)
    return page(
        request,
        "provider_propose",
        found,
        form=form,
        examination=examining.panel(found, request.actor, request.at),
        obstacles=obstacles.to_propose(found, request.at),
        told=examining.told_of(found, request.at),
    )


@require_http_methods(["GET", "POST"])
def decide(request: Request, number: str) -> HttpResponse:
    """Show exactly what is signed; ask for a reason and the fresh check; approve."""
    found = open_case(request, number, "approve")
    form = DecideForm(request.POST or None, initial={"signed_hash": found.proposal_hash})
    fresh = fresh_check(request)
    if (
        request.method == "POST"
        and form.is_valid()
        and fresh.is_valid()
        and went_through(
            form, lambda: transitions.approve(found.pk, **form.cleaned_data, actor=request.actor, at=request.at)
        )
    ):
        messages.success(request, _("Your approval is on record."))
        return redirect("recovery:claim", number)
    examination = examining.panel(found, request.actor, request.at)
    stands = obstacles.to_approve(found, request.at)
    if examination and not request.actor.has(*examination.still_wanted):
        stands.append(_("This waits for a yes in another role than yours. Nothing was changed."))
    context = {"form": form, "fresh": fresh, "examination": examination, "obstacles": stands}
    return page(request, "provider_decide", found, signed=signing.signed_words(found), **context)


@require_http_methods(["GET", "POST"])
def execute(request: Request, number: str) -> HttpResponse:
    """Show old and new person and what will happen; ask for the fresh check; carry it out."""
    found = open_case(request, number, "execute")
    form, fresh = ExecuteForm(request.POST or None, initial={"signed_hash": found.proposal_hash}), fresh_check(request)
    if request.method == "POST" and form.is_valid() and fresh.is_valid():
        signed = form.cleaned_data["signed_hash"]
        transitions.execute(found.pk, signed_hash=signed, actor=request.actor, at=request.at)
        messages.success(request, _("Carried out. Both sides are being told; the protected time has begun."))
        return redirect("recovery:claim", number)
    return page(
        request,
        "provider_execute",
        found,
        form=form,
        fresh=fresh,
        examination=examining.panel(found, request.actor, request.at),
        obstacles=obstacles.to_execute(found, request.at),
        holder=examining.holder_of(found),
        cooling_off_days=found.procedure.procedure.tier(found.tier or 0).cooling_off_days,
    )


@require_http_methods(["GET", "POST"])
def send_back(request: Request, number: str) -> HttpResponse:
    """Ask why, then send the proposal back to collecting."""
    words = _("The claim goes back to collecting. Approvals are void, and the notices begin anew.")
    done = _("Sent back. The claimant has another turn.")
    return _with_reason(request, number, "send_back", transitions.send_back, words=words, done=done)


@require_http_methods(["GET", "POST"])
def resume(request: Request, number: str) -> HttpResponse:
    """Ask why, then let the one claim go on that is left of several."""
    words = _("Of several claims on one registration the last one goes on, with a second look by a senior.")
    return _with_reason(request, number, "resume", transitions.resume, words=words, done=_("The claim goes on."))


def _with_reason(
    request: Request, number: str, action: str, transition: Callable[..., Claim], *, words: str, done: str
) -> HttpResponse:
    found = open_case(request, number, action)
    form = BackForm(request.POST or None)
    if form.is_valid() and went_through(
        form, lambda: transition(found.pk, **form.cleaned_data, actor=request.actor, at=request.at)
    ):
        messages.success(request, done)
        return redirect("recovery:claim", number)
    return page(request, "provider_reason", found, form=form, title=TABLE[action].words, words=words)


@require_http_methods(["GET", "POST"])
def refuse(request: Request, number: str) -> HttpResponse:
    """Ask for a reason from the list and in words; refuse."""
    found = open_case(request, number, "refuse")
    rules = found.procedure.procedure
    form = RefuseForm(request.POST or None, rules=rules, initial={"missing": afterwards.lacking(found, request.at)})
    if form.is_valid() and went_through(
        form, lambda: transitions.refuse(found.pk, **form.cleaned_data, actor=request.actor, at=request.at)
    ):
        messages.success(request, _("Refused. The claimant reads why in fixed words, and what can be done until when."))
        return redirect("recovery:claim", number)
    words = _("The claim ends. Nothing changes hands, and everything that was open for it ends with it.")
    return page(request, "provider_reason", found, form=form, title=TABLE["refuse"].words, words=words, danger=True)


@require_http_methods(["GET", "POST"])
def invite_claimant(request: Request, number: str) -> HttpResponse:
    """Ask once more, then send the claimant a new link."""
    found = open_case(request, number, "invite_claimant")
    if request.method == "POST":
        transitions.invite_claimant(found.pk, actor=request.actor, at=request.at)
        messages.success(request, _("A new link is on its way. The old one leads nowhere."))
        return redirect("recovery:claim", number)
    return page(request, "provider_invite", found)
