"""Samples for the auditor. Reading one is a press of a button, because every look is written down with its case."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.asking import Request
from accounts.errors import NotAllowed
from accounts.rulebook import available, check
from desk import queries as desk
from desk.forms.statement import CAPACITIES, READ
from recovery import transitions
from recovery.forms.fairness import FindingForm
from recovery.models import AuditSample
from recovery.queries import afterwards, auditing, examining, signing
from recovery.queries import desk as queries
from recovery.rules import TABLE
from recovery.rules.fairness import sees_samples
from recovery.views.desk import visible
from recovery.views.provider.common import went_through

_ON_SAMPLE = {name: TABLE[name] for name in ("read_sample", "record_finding")}


@require_safe
def samples(request: Request) -> HttpResponse:
    """List what waits to be read, what was found, and how far the shares are reached."""
    _refuse_outsiders(request)
    context = {"to_read": auditing.to_read(), "read": auditing.read_already(), "shares": auditing.shares()}
    return render(request, "recovery/audit_samples.html", context)


@require_safe
def sample(request: Request, pk: int) -> HttpResponse:
    """Show why a case was drawn and what was found; of the case itself only its number."""
    found = _drawn(request, pk)
    context = {
        "sample": found,
        "may": available(_ON_SAMPLE, found, request.actor),
        "has_read": auditing.has_read(found, request.actor.label),
    }
    return render(request, "recovery/audit_sample.html", context)


@never_cache
@require_POST
def read_sample(request: Request, pk: int) -> HttpResponse:
    """Write down the look, and show the whole case on this very answer; asking again is another look."""
    found = _drawn(request, pk)
    transitions.read_sample(pk, actor=request.actor, at=request.at)
    claim = visible(request, found.claim.number)
    over_at = auditing.over_at(claim) or request.at
    papers = queries.papers_in(claim)
    context = {
        "sample": found,
        "claim": claim,
        "inquiry": claim.inquiry,
        "stated": [(READ[name], value) for name, value in queries.stated(claim)],
        "capacity_stated": CAPACITIES.get(claim.inquiry.capacity_stated, ""),
        "capacity_found": CAPACITIES.get(claim.inquiry.capacity_found, ""),
        "stand": queries.stand_of(claim, request.actor, papers, request.at),
        "talks": desk.talks_of(claim.inquiry, request.actor),
        "past_holds": [one for one in desk.holds_in(claim) if one.closed_at],
        # Weighed as on the day it was carried out: evidence may be out of date by now.
        "examination": examining.panel(claim, request.actor, over_at),
        "signed": signing.signed_words(claim),
        "after": afterwards.after_of(claim, request.at),
        "events": auditing.events_of(claim),
        "may": frozenset(),
        "form": FindingForm() if found.status == AuditSample.Status.OPEN else None,
    }
    return render(request, "recovery/audit_read.html", context)


@require_http_methods(["GET", "POST"])
def record_finding(request: Request, pk: int) -> HttpResponse:
    """Ask what the auditor found."""
    found = _drawn(request, pk)
    check(TABLE, "record_finding", found, request.actor)
    form = FindingForm(request.POST or None)
    if form.is_valid() and went_through(
        form, lambda: transitions.record_finding(pk, **form.cleaned_data, actor=request.actor, at=request.at)
    ):
        messages.success(request, _("The finding is on record."))
        return redirect("recovery:audit_samples")
    return render(request, "recovery/audit_finding.html", {"form": form, "sample": found})


def _drawn(request: Request, pk: int) -> AuditSample:
    _refuse_outsiders(request)
    found = auditing.find(pk)
    if found is None:
        raise Http404
    return found


def _refuse_outsiders(request: Request) -> None:
    if not sees_samples(request.actor):
        raise NotAllowed(_("Only auditors and senior approvers see this."))
