"""Pages of erasing by two persons: propose, list, one proposal, agree, decline, take back; and whose time is over."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import refusal
from accounts.asking import Request
from accounts.errors import NotAllowed, Refused
from accounts.rulebook import available, check
from handover import transitions
from handover.forms.erasures import CheckedForm, EraseForm
from handover.forms.fresh import fresh_check
from handover.models import Document, Erasure
from handover.queries import erasures as queries
from handover.queries import papers, retention
from handover.rules import TABLE
from handover.rules.erasures import ERASURES
from handover.rules.retention import keepings
from handover.views.papers import visible

PAGE = 50
DECISIONS = {name: ERASURES[name] for name in ("agree_erasure", "decline_erasure", "withdraw_erasure")}


def _erasure(request: Request, pk: int) -> Erasure:
    found = queries.find_erasure(request.actor, pk)
    if found is None:
        raise Http404
    return found


def _readable(request: Request, found: Erasure) -> Document | None:
    """The paper, or its stub, for a customer's person who may see it: nobody agrees to what has no name."""
    if not request.actor.is_customer:
        return None
    paper = papers.find_paper(request.actor, found.document_id, request.at, timezone.localdate(request.at))
    return paper.document if paper else None


@require_http_methods(["GET", "POST"])
def propose(request: Request, pk: int) -> HttpResponse:
    """Ask what of a paper is to be erased and why."""
    found = visible(request, pk)
    check(TABLE, "propose_erasure", found.document, request.actor)
    form = EraseForm(request.POST or None, versions=queries.erasable(found.document))
    if request.method == "POST" and form.is_valid():
        given = {"reason": form.cleaned_data["reason"], "token": form.cleaned_data["token"]}
        try:
            made = transitions.propose_erasure(
                document_pk=pk, number=form.number, **given, actor=request.actor, at=request.at
            )
            messages.success(request, _("Proposed. Nothing is gone until another person agrees."))
            return redirect("handover:erasure", made.pk)
        except Refused as refused:
            refusal.put(form, refused)
    return render(request, "handover/erasures_propose.html", {"form": form, "document": found.document})


@require_safe
def erasures(request: Request) -> HttpResponse:
    """List the proposals that the reader may see: those that wait, or all."""
    only_open = request.GET.get("show") != "all"
    page = Paginator(queries.erasures_of(request.actor, only_open=only_open), PAGE).get_page(request.GET.get("page"))
    return render(request, "handover/erasures_list.html", {"page": page, "only_open": only_open})


@require_safe
def erasure(request: Request, pk: int) -> HttpResponse:
    """Show one proposal. Whoever of the provider looks is written down first."""
    found = _erasure(request, pk)
    if not request.actor.is_customer:
        transitions.look_at_erasure(erasure_pk=pk, actor=request.actor, at=request.at)
    context = {
        "erasure": found,
        "paper": _readable(request, found),
        "versions": queries.gone_with(found),
        "may": available(DECISIONS, found, request.actor),
    }
    return render(request, "handover/erasures_one.html", context)


@require_http_methods(["GET", "POST"])
def agree(request: Request, pk: int) -> HttpResponse:
    """Ask the second person for the fresh check, and the provider how it made sure; erase."""
    found = _erasure(request, pk)
    check(TABLE, "agree_erasure", found, request.actor)
    fresh = fresh_check(request)
    how = None if request.actor.is_customer else CheckedForm(request.POST or None)
    if request.method == "POST" and (how is None or how.is_valid()) and fresh.is_valid():
        checked = how.cleaned_data["checked"] if how else ""
        transitions.agree_erasure(erasure_pk=pk, checked=checked, actor=request.actor, at=request.at)
        messages.success(request, _("Erased for good. What it was and when is still known."))
        return redirect("handover:erasure", pk)
    context = {"erasure": found, "paper": _readable(request, found), "versions": queries.gone_with(found)}
    return render(request, "handover/erasures_agree.html", {**context, "form": fresh, "how": how})


@require_POST
def decline(request: Request, pk: int) -> HttpResponse:
    """Keep the paper."""
    return _ended(request, pk, transitions.decline_erasure, _("Declined. The paper stays."))


@require_POST
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Take a proposal back."""
    return _ended(request, pk, transitions.withdraw_erasure, _("Taken back. The paper stays."))


def _ended(request: Request, pk: int, act: Callable[..., Erasure], words: str) -> HttpResponse:
    _erasure(request, pk)
    act(erasure_pk=pk, actor=request.actor, at=request.at)
    messages.success(request, words)
    return redirect("handover:erasure", pk)


@require_safe
def over(request: Request) -> HttpResponse:
    """List for administrators the papers whose time is over, and how long each kind is kept."""
    if not request.actor.is_administrator:
        raise NotAllowed(_("Only administrators see which papers were kept long enough."))
    rows = retention.over(request.actor.organisation, timezone.localdate(request.at))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "handover/papers_over.html", {"page": page, "keepings": keepings()})
