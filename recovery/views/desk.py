"""Pages of the desk about claims: what is heard, collected and said. Nothing here decides, reveals or resets."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import refusal
from accounts.asking import Request
from accounts.errors import Refused, WrongState
from accounts.models import OrganisationKind
from accounts.rulebook import available, check
from desk import queries as desk
from desk.forms import ContactForm, HoldForm
from desk.forms.statement import CAPACITIES, READ
from desk.models import Needs
from desk.queries import callers
from desk.rules import TABLE as DESK_TABLE
from desk.rules import takes_calls
from desk.views import is_first_press
from desk.views.console import bar_for
from handover.tasks import have_scanned
from recovery import transitions
from recovery.forms.desk import CallForm, CollectForm, MailForm
from recovery.models import Claim
from recovery.queries import afterwards, examining, waiting
from recovery.queries import desk as queries
from recovery.rules import TABLE
from recovery.views import looking

# What the desk does with a claim; the provider's acts have a panel of their own.
COLLECTING = {action: TABLE[action] for action in ("submit_paper", "change_mailbox", "appeal")}


def visible(request: Request, number: str) -> Claim:
    """Return the claim called `number` if the actor is of the staff and may see it, else answer 404.

    That it was opened is counted, whichever of its pages it is.
    """
    found = queries.find(request.actor, number, request.at)
    if found is None:
        raise Http404
    looking.count(request, found)
    return found


@never_cache
@require_http_methods(["GET", "POST"])
def take_call(request: Request) -> HttpResponse:
    """Take down what a caller says; the answer shows both codes this once."""
    check(TABLE, "open_claim", None, request.actor)
    call = desk.find_running(request.actor)
    said = {"name": call.name, "own_phone": call.number} if call else {}
    form = CallForm(request.POST or None, initial=said, may_lack_number=call is not None and not call.number)
    if call:
        # Name and number were asked already: the conversation goes on after them.
        form.fields["kana"].widget.attrs["autofocus"] = True
    page = {"form": form, **bar_for(request, call)}
    if not form.is_valid():
        words = queries.words_before(get_language() or "ja")
        return render(request, "recovery/claim_call.html", page | {"words": words})
    if not is_first_press(form, request):
        raise WrongState(_("This call was taken down a moment ago. You find it in the queue."))
    wanted = {name: form.cleaned_data[name] for name in ("capacity", "answer_by", "language")}
    try:
        claim, tracking = transitions.open_claim(
            statement=form.statement, **wanted, sender=request.actor.label, actor=request.actor, at=request.at
        )
    except Refused as refused:
        refusal.put(form, refused)
        form.renew()
        words = queries.words_before(get_language() or "ja")
        return render(request, "recovery/claim_call.html", page | {"words": words})
    language = claim.inquiry.language
    by = queries.promise(None, claim.inquiry.next_on, language, request.at)
    told = {"number": claim.number, "tracking_code": tracking, "by": by, "language": language}
    words = queries.receipt_words(claim.procedure.version, **told)
    return render(request, "recovery/claim_taken.html", page | {"claim": claim, "tracking": tracking, "words": words})


@require_safe
def claim(request: Request, number: str) -> HttpResponse:
    """Show one claim to whoever is on the phone about it."""
    found = visible(request, number)
    return render(request, "recovery/claim.html", _page(found, request))


def _page(found: Claim, request: Request) -> dict[str, Any]:
    """Return what both the desk and the provider's people see, and each side's own part."""
    actor, at, inquiry = request.actor, request.at, found.inquiry
    is_provider = actor.kind == OrganisationKind.PROVIDER
    papers = queries.papers_in(found)
    stand = queries.stand_of(found, actor, papers, at)
    holds = desk.holds_in(found)
    hold = holds[0] if holds and holds[0].closed_at is None else None
    may = available(DESK_TABLE, inquiry, actor) | available(COLLECTING, found, actor)
    page: dict[str, Any] = {
        "claim": found,
        "inquiry": inquiry,
        "is_provider": is_provider,
        "stated_name": inquiry.statement.organisation_name,
        "stated": [(READ[name], value) for name, value in queries.stated(found)],
        "capacity_stated": CAPACITIES.get(inquiry.capacity_stated, ""),
        "capacity_found": CAPACITIES.get(inquiry.capacity_found, ""),
        "stand": stand,
        "talks": desk.talks_of(inquiry, actor),
        "person_notes": desk.notes_in(found, inquiry, at) if takes_calls(actor) else [],
        **desk.post_in(found, inquiry, actor, at),
        "hold": hold,
        "is_promise_late": hold is not None and hold.is_overdue(at),
        "past_holds": [one for one in holds if one.closed_at],
        "may": may,
        "needs": Needs.opened(inquiry.sealed_needs),
        "consent": callers.consent_in(found, inquiry, at),
        "referral": callers.referral_in(found, inquiry, at),
        "after": None if found.is_open else afterwards.after_of(found, at),
    }
    if is_provider:
        appeal = page["after"].appeal if page["after"] else None
        return page | {
            "examination": examining.panel(found, actor, at),
            "may_judge": appeal is not None and waiting.may_judge(found, appeal, actor),
            "duties": waiting.duties_in(found),
        }
    return page | {
        "words": queries.words_for(found, hold, stand, at),
        "papers": papers,
        "contact_form": ContactForm(auto_id="contact_%s") if "note_contact" in may else None,
        "hold_form": _hold_form(request) if "hold" in may else None,
    }


def _hold_form(request: Request) -> HoldForm:
    return HoldForm(owners=desk.owners(request.actor), initial={"owner": request.actor.user.pk}, auto_id="hold_%s")


@require_http_methods(["GET", "POST"])
def collect(request: Request, number: str) -> HttpResponse:
    """Take in a paper that the claimant sent or brought."""
    found = visible(request, number)
    check(TABLE, "submit_paper", found, request.actor)
    kinds = queries.paper_kinds(found.procedure.procedure)
    form = CollectForm(initial={"token": uuid.uuid4()}, kinds=kinds)
    if request.method == "POST":
        form = CollectForm(request.POST, request.FILES, kinds=kinds)
        if form.is_valid():
            try:
                made = transitions.submit_paper(found.pk, **form.cleaned_data, actor=request.actor, at=request.at)
                have_scanned(made.blob_id)
                messages.success(request, _("Kept. The paper is encrypted and on the disk for good."))
                return redirect("recovery:claim", number)
            except Refused as refused:
                refusal.put(form, refused)
    return render(request, "recovery/claim_paper.html", {"form": form, "claim": found})


@require_http_methods(["GET", "POST"])
def correct_mail(request: Request, number: str) -> HttpResponse:
    """Correct the claimant's mail address; a new code goes there."""
    found = visible(request, number)
    check(TABLE, "change_mailbox", found, request.actor)
    form = MailForm(request.POST or None, initial={"mail": found.mailbox})
    if form.is_valid():
        try:
            transitions.change_mailbox(found.pk, mail=form.cleaned_data["mail"], actor=request.actor, at=request.at)
            messages.success(request, _("The address is set, and a new code is on its way to it."))
            return redirect("recovery:claim", number)
        except Refused as refused:
            refusal.put(form, refused)
    return render(request, "recovery/claim_mail.html", {"form": form, "claim": found})
