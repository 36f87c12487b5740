"""The provider on a request of change: examine, propose, decide, carry out. One path per act."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import refusal
from accounts.asking import Request
from accounts.errors import Refused
from accounts.rulebook import check
from handover import changing, transitions
from handover.forms.changes import (
    AffiliationForm,
    AskForm,
    DecideForm,
    PaperConsentForm,
    ProofForm,
    ReceiverForm,
    SignForm,
    WhyForm,
)
from handover.forms.fresh import fresh_check
from handover.models import ChangeProof, ChangeRequest
from handover.queries import changes as queries
from handover.rules import TABLE
from handover.rules.changes import proofs_for
from handover.rules.register import only_operators
from handover.views.changes import visible_change

PAGE = 50


def _act(
    request: Request,
    found: ChangeRequest,
    action: str,
    form: Form,
    transition: Callable[..., Any],
    *,
    done: str,
    fresh: bool = False,
    danger: bool = False,
    button: str = "",
    **shown: Any,
) -> HttpResponse:
    """Show the request with the one form of an act; send it, put a refusal at its fields."""
    asked = fresh_check(request) if fresh else None
    if request.method == "POST" and form.is_valid() and (asked is None or asked.is_valid()):
        try:
            transition(change_pk=found.pk, **_plain(form.cleaned_data), actor=request.actor, at=request.at)
        except Refused as refused:
            refusal.put(form, refused)
        else:
            messages.success(request, done)
            return redirect("handover:change", found.number)
    words = TABLE[action].words
    context = {
        "change": found,
        "items": queries.items_of(found),
        "counts": queries.counts_of(found),
        "form": form,
        "fresh": asked,
        "title": words,
        "button": button or words,
        "danger": danger,
        **shown,
    }
    return render(request, "handover/changes_act.html", context)


def _signed(found: ChangeRequest) -> list[tuple[str, date, str]]:
    """Return the papers of the text that is signed, in words."""
    facts = found.proposal or {"proofs": []}
    return [(str(ChangeProof.Kind(kind).label), date.fromisoformat(on), ref) for kind, on, ref in facts["proofs"]]


def _plain(given: dict[str, Any]) -> dict[str, Any]:
    """Hand on keys of organisations, not the rows that the form found."""
    return {f"{name}_pk" if name == "organisation" else name: getattr(v, "pk", v) for name, v in given.items()}


def _for(request: Request, number: str, action: str) -> ChangeRequest:
    found = visible_change(request, number)
    check(TABLE, action, found, request.actor)
    return found


@require_http_methods(["GET", "POST"])
def receiver(request: Request, number: str) -> HttpResponse:
    """Say which organisation the receiving side is."""
    found = _for(request, number, "find_receiver")
    stated = found.receiver_corporate_number or found.receiver_name
    form = ReceiverForm(request.POST or None, initial={"organisation": stated})
    done = _("The receiving organisation is named. Its administrators see the request from now on.")
    return _act(request, found, "find_receiver", form, transitions.find_receiver, done=done)


@require_http_methods(["GET", "POST"])
def paper_consent(request: Request, number: str) -> HttpResponse:
    """Record a consent that came on paper."""
    found = _for(request, number, "record_consent")
    form = PaperConsentForm(request.POST or None)
    return _act(request, found, "record_consent", form, transitions.record_consent, done=_("The consent is on record."))


@require_http_methods(["GET", "POST"])
def proof(request: Request, number: str) -> HttpResponse:
    """Tick one paper with its date of issue and reference."""
    found = _for(request, number, "check_proof")
    form = ProofForm(request.POST or None, kinds=proofs_for(found))
    return _act(request, found, "check_proof", form, transitions.check_proof, done=_("The paper is ticked."))


@require_http_methods(["GET", "POST"])
def propose(request: Request, number: str) -> HttpResponse:
    """Show what is still missing; ask why it can be approved; propose."""
    found = _for(request, number, "propose_change")
    missing = changing.missing(found, timezone.localdate(request.at))
    done = _("Proposed. Other people decide now.")
    form = WhyForm(request.POST or None)
    return _act(request, found, "propose_change", form, transitions.propose_change, done=done, missing=missing)


@require_http_methods(["GET", "POST"])
def decide(request: Request, number: str) -> HttpResponse:
    """Show exactly what is signed with its fingerprint; ask for a reason and the fresh check; approve."""
    found = _for(request, number, "approve_change")
    form = DecideForm(request.POST or None, initial={"signed_hash": found.proposal_hash})
    done = _("Your approval is on record.")
    return _act(
        request,
        found,
        "approve_change",
        form,
        transitions.approve_change,
        done=done,
        button=_("Approve"),
        fresh=True,
        signed=_signed(found),
    )


@require_http_methods(["GET", "POST"])
def refuse(request: Request, number: str) -> HttpResponse:
    """Ask for a reason that everybody concerned reads; refuse."""
    found = _for(request, number, "refuse_change")
    form, done = WhyForm(request.POST or None), _("Refused. Everybody concerned is told.")
    return _act(request, found, "refuse_change", form, transitions.refuse_change, done=done, danger=True)


@require_http_methods(["GET", "POST"])
def release(request: Request, number: str) -> HttpResponse:
    """Ask for the fresh check; take everything that goes to another holder into the provider's keeping."""
    found = _for(request, number, "release_for_change")
    form = SignForm(request.POST or None, initial={"signed_hash": found.proposal_hash})
    done = _("Taken into the provider's keeping. Carry the change out next.")
    return _act(
        request,
        found,
        "release_for_change",
        form,
        transitions.release_for_change,
        done=done,
        fresh=True,
        danger=True,
        signed=_signed(found),
    )


@require_http_methods(["GET", "POST"])
def execute(request: Request, number: str) -> HttpResponse:
    """Ask for the fresh check; carry out what was signed."""
    found = _for(request, number, "execute_change")
    form = SignForm(request.POST or None, initial={"signed_hash": found.proposal_hash})
    done = _("Carried out, or under way piece by piece. Everybody concerned is told.")
    return _act(
        request,
        found,
        "execute_change",
        form,
        transitions.execute_change,
        done=done,
        fresh=True,
        danger=True,
        signed=_signed(found),
    )


@require_POST
def ask_for_unit(request: Request) -> HttpResponse:
    """Ask a customer's administrators which units are behind one name of the worklist."""
    only_operators(request.actor)
    form = AskForm(request.POST)
    if not form.is_valid():
        raise Http404
    given = form.cleaned_data
    if not queries.is_customer(given["organisation"]):
        raise Http404
    transitions.ask_for_unit(
        organisation_pk=given["organisation"],
        registered_name=given["name"],
        unit=given["unit"],
        actor=request.actor,
        at=request.at,
    )
    messages.success(request, _("The administrators are being asked."))
    return redirect("handover:names")


@require_safe
def affiliations(request: Request) -> HttpResponse:
    """List which organisations belong together, with the proof."""
    only_operators(request.actor)
    page = Paginator(queries.affiliations(), PAGE).get_page(request.GET.get("page"))
    return render(request, "handover/affiliations.html", {"page": page})


@require_http_methods(["GET", "POST"])
def record_affiliation(request: Request) -> HttpResponse:
    """Record that two organisations belong together."""
    check(TABLE, "record_affiliation", None, request.actor)
    form = AffiliationForm(request.POST or None)
    if form.is_valid():
        one, other = form.sides
        given = {name: form.cleaned_data[name] for name in ("kind", "proof", "issued_on")}
        try:
            transitions.record_affiliation(
                organisation_pk=one.pk, other_pk=other.pk, **given, actor=request.actor, at=request.at
            )
        except Refused as refused:
            refusal.put(form, refused)
        else:
            messages.success(request, _("The affiliation is on record. It gives neither side any right."))
            return redirect("handover:affiliations")
    return render(request, "handover/affiliations_record.html", {"form": form})


@require_POST
def end_affiliation(request: Request, pk: int) -> HttpResponse:
    """End an affiliation."""
    only_operators(request.actor)
    if queries.find_affiliation(pk) is None:
        raise Http404
    transitions.end_affiliation(affiliation_pk=pk, actor=request.actor, at=request.at)
    messages.success(request, _("The affiliation has ended."))
    return redirect("handover:affiliations")
