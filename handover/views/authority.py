"""Reassignment on proven authority: the provider's worklist and case, and the predecessor's page."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import refusal
from accounts.asking import Request
from accounts.errors import NotAllowed, Refused
from accounts.rulebook import available, check
from audit import queries as log
from handover import transitions
from handover.forms.authority import AnswerObjectionForm, CaseReasonForm, ObjectForm, ProposeForm, SignForm
from handover.forms.fresh import fresh_check
from handover.models import AuthorityCase
from handover.models.authority import STAFF_ROLES
from handover.queries import authority as queries
from handover.rules import TABLE
from handover.rules.authority import AUTHORITY, may_propose, works_at_provider

PAGE = 50
LATEST = 20


def _case(request: Request, number: str) -> AuthorityCase:
    found = queries.find_case(request.actor, number)
    if found is None:
        raise Http404
    return found


def _page(request: Request, template: str, case: AuthorityCase, **context: Any) -> HttpResponse:
    """Show a page about `case` with what is signed and who said yes."""
    whole = {
        "case": case,
        "registrations": queries.registrations_of(case),
        "proofs": queries.proofs_of(case),
        "approvals": queries.approvals_of(case),
        "objection": queries.find_objection(case),
        "obstacles": queries.obstacles(case, request.at),
        **context,
    }
    return render(request, f"handover/authority_{template}.html", whole)


@require_safe
def cases(request: Request) -> HttpResponse:
    """List the open cases, or all."""
    if not works_at_provider(request.actor, *STAFF_ROLES):
        raise NotAllowed(_("Only people of the provider who examine such cases can see this."))
    only_open = request.GET.get("show") != "all"
    page = Paginator(queries.cases(request.actor, only_open=only_open), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "only_open": only_open, "may_propose": may_propose(request.actor)}
    return render(request, "handover/authority_cases.html", context)


@require_http_methods(["GET", "POST"])
def propose(request: Request) -> HttpResponse:
    """Ask for registrations, successor and proofs; propose."""
    check(TABLE, "propose_reassignment", None, request.actor)
    form = ProposeForm(request.POST or None, initial={"token": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("numbers", "successor_email", "ground", "token")}
        try:
            made = transitions.propose_reassignment(**given, proofs=form.proofs, actor=request.actor, at=request.at)
        except Refused as refused:
            refusal.put(form, refused)
        else:
            messages.success(request, _("Proposed. An approver and a senior decide; the customer knows nothing yet."))
            return redirect("handover:authority_case", made.number)
    return render(request, "handover/authority_propose.html", {"form": form})


@require_safe
def case(request: Request, number: str) -> HttpResponse:
    """Show one case, what it waits for, and what the reader may do."""
    found = _case(request, number)
    may = available(AUTHORITY, found, request.actor)
    return _page(request, "case", found, may=may, events=log.about(found.label)[:LATEST])


@require_POST
def second(request: Request, number: str, pk: int) -> HttpResponse:
    """A second operator has compared the seal."""
    proof = queries.find_proof(_case(request, number), pk)
    if proof is None:
        raise Http404
    transitions.second_authority_proof(proof_pk=proof.pk, actor=request.actor, at=request.at)
    messages.success(request, _("On record: two people have compared the seal."))
    return redirect("handover:authority_case", number)


@require_http_methods(["GET", "POST"])
def approve(request: Request, number: str) -> HttpResponse:
    """Show exactly what is signed; ask for the fresh check; approve."""
    done = _("Your approval is on record.")
    return _sign(request, number, "approve_reassignment", transitions.approve_reassignment, done)


@require_http_methods(["GET", "POST"])
def execute(request: Request, number: str) -> HttpResponse:
    """Show old and new person and what will happen; ask for the fresh check; carry it out."""
    done = _("Carried out. Both sides are being told.")
    return _sign(request, number, "execute_reassignment", transitions.execute_reassignment, done)


def _sign(
    request: Request, number: str, action: str, transition: Callable[..., AuthorityCase], done: str
) -> HttpResponse:
    found = _case(request, number)
    rule = check(TABLE, action, found, request.actor)
    form = SignForm(request.POST or None, initial={"signed_hash": found.proposal_hash})
    fresh = fresh_check(request)
    if request.method == "POST" and form.is_valid() and fresh.is_valid():
        transition(case_pk=found.pk, **form.cleaned_data, actor=request.actor, at=request.at)
        messages.success(request, done)
        return redirect("handover:authority_case", number)
    is_execution = action == "execute_reassignment"
    context = {"form": form, "fresh": fresh, "words": rule.words, "is_execution": is_execution}
    return _page(request, "sign", found, **context)


@require_http_methods(["GET", "POST"])
def refuse(request: Request, number: str) -> HttpResponse:
    """Ask why, then refuse."""
    return _end(request, number, "refuse_reassignment", transitions.refuse_reassignment)


@require_http_methods(["GET", "POST"])
def withdraw(request: Request, number: str) -> HttpResponse:
    """Ask why, then withdraw."""
    return _end(request, number, "withdraw_reassignment", transitions.withdraw_reassignment)


def _end(request: Request, number: str, action: str, transition: Callable[..., AuthorityCase]) -> HttpResponse:
    found = _case(request, number)
    rule = check(TABLE, action, found, request.actor)
    form = CaseReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        transition(case_pk=found.pk, **form.cleaned_data, actor=request.actor, at=request.at)
        messages.success(request, _("The case has ended. Nothing changed hands."))
        return redirect("handover:authority_case", number)
    return _page(request, "reason", found, form=form, words=rule.words)


@require_http_methods(["GET", "POST"])
def answer(request: Request, number: str) -> HttpResponse:
    """Show what the predecessor wrote; take the written answer."""
    found = _case(request, number)
    check(TABLE, "answer_objection", found, request.actor)
    form = AnswerObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        transitions.answer_objection(case_pk=found.pk, **form.cleaned_data, actor=request.actor, at=request.at)
        messages.success(request, _("Answered. The predecessor has been told."))
        return redirect("handover:authority_case", number)
    return _page(request, "answer", found, form=form)


@require_http_methods(["GET", "POST"])
def object_to(request: Request, number: str) -> HttpResponse:
    """Tell the predecessor what is to happen and when; hear what speaks against it; show the answer."""
    found = queries.find_notice(request.actor, number)
    if found is None:
        raise Http404
    form = ObjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        transitions.object_to_reassignment(case_pk=found.pk, **form.cleaned_data, actor=request.actor, at=request.at)
        messages.success(request, _("We have it. A senior of ours answers you in writing on this page."))
        return redirect("handover:authority_object", number)
    context = {
        "case": found,
        "registrations": queries.registrations_of(found),
        "objection": queries.find_objection(found),
        "form": form,
        "may_object": "object_to_reassignment" in available(AUTHORITY, found, request.actor),
    }
    return render(request, "handover/authority_object.html", context)
