"""Changing the procedure: entry by entry or as a whole, replaying it, proposing and publishing it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.asking import Request
from accounts.errors import WrongState
from accounts.rulebook import check
from handover.forms.fresh import fresh_check
from recovery import tasks, transitions
from recovery.forms.procedures import EntryForm, ReasonForm, WholeForm, as_text
from recovery.models import ProcedureVersion
from recovery.procedure.differences import SECTIONS
from recovery.queries import drafting as queries
from recovery.rules import TABLE
from recovery.views.provider.common import went_through
from recovery.views.provider.procedures import find_draft

FIGURES = ("kit_window", "letters", "codes", "objection", "holding", "appeal", "exceptions", "sampling", "limits")
"""Sections that are one entry each, with those numbers that stand alone."""
ALONE = ("tenure_days", "default_tier")


def _page(request: Request, template: str, draft: ProcedureVersion, **context: Any) -> HttpResponse:
    return render(request, f"recovery/{template}.html", {"version": draft, **context})


def _open(request: Request, action: str) -> ProcedureVersion:
    """Return the draft, or answer 404 (there is none), 403 (not this person) or 409 (not now)."""
    found = find_draft(request)
    check(TABLE, action, found, request.actor)
    return found


@require_POST
def begin_draft(request: Request) -> HttpResponse:
    """Begin a draft as a copy of what is in force."""
    transitions.begin_draft(actor=request.actor, at=request.at)
    messages.success(
        request, _("The draft is a copy of what is in force. Nothing changes until two people publish it.")
    )
    return redirect("recovery:procedures")


@require_POST
def begin_shipped_draft(request: Request) -> HttpResponse:
    """Begin a draft with what is newer in the version that ships with the product."""
    transitions.begin_shipped_draft(actor=request.actor, at=request.at)
    messages.success(request, _("The draft has what came with the product. Your own figures and words are kept in it."))
    return redirect("recovery:procedures")


@require_http_methods(["GET", "POST"])
def change_entry(request: Request, section: str, name: str) -> HttpResponse:
    """Change numbers and words of one entry."""
    draft = _open(request, "change_draft")
    entry = queries.find_entry(draft, section, name)
    if entry is None:
        raise Http404
    form = EntryForm(request.POST or None, entry=entry, initial={"seen_hash": draft.data_hash})
    if form.is_valid():
        entries = [form.changed if one is entry else one for one in draft.data[section]]
        if _kept(request, draft, form, {**draft.data, section: entries}):
            return redirect("recovery:procedures")
    return _page(request, "procedure_entry", draft, form=form, title=f"{SECTIONS[section]} {name}")


@require_http_methods(["GET", "POST"])
def change_figures(request: Request) -> HttpResponse:
    """Change the numbers that belong to no entry: windows, letters, codes, limits."""
    draft = _open(request, "change_draft")
    figures = {key: draft.data[key] for key in (*ALONE, *FIGURES) if key in draft.data}
    form = EntryForm(request.POST or None, entry=figures, heads=SECTIONS, initial={"seen_hash": draft.data_hash})
    if form.is_valid() and _kept(request, draft, form, {**draft.data, **form.changed}):
        return redirect("recovery:procedures")
    return _page(request, "procedure_entry", draft, form=form, title=_("Figures"))


@require_http_methods(["GET", "POST"])
def change_whole(request: Request) -> HttpResponse:
    """Change all of it as data: what the forms do not show."""
    draft = _open(request, "change_draft")
    initial = {"seen_hash": draft.data_hash, "whole": as_text(draft.data)}
    form = WholeForm(request.POST or None, initial=initial)
    if form.is_valid() and _kept(request, draft, form, form.cleaned_data["whole"]):
        return redirect("recovery:procedures")
    return _page(request, "procedure_entry", draft, form=form, title=_("The whole draft"))


def _kept(request: Request, draft: ProcedureVersion, form: Any, data: dict[str, Any]) -> bool:
    def keep() -> ProcedureVersion:
        seen = form.cleaned_data["seen_hash"]
        return transitions.change_draft(draft.pk, data=data, seen_hash=seen, actor=request.actor, at=request.at)

    done = went_through(form, keep)
    if done:
        messages.success(request, _("Saved and checked over every combination."))
    return done


@require_http_methods(["GET", "POST"])
def discard_draft(request: Request) -> HttpResponse:
    """Ask once more, then give the draft up."""
    draft = _open(request, "discard_draft")
    if request.method == "POST":
        transitions.discard_draft(draft.pk, actor=request.actor, at=request.at)
        messages.success(request, _("Discarded. It stays on record; nothing in force has changed."))
        return redirect("recovery:procedures")
    return _page(request, "procedure_discard", draft)


@require_POST
def begin_replay(request: Request) -> HttpResponse:
    """Let the worker play the draft over past claims."""
    draft = _open(request, "begin_replay")
    begun = transitions.begin_replay(draft.pk, actor=request.actor, at=request.at)
    tasks.work_replay.enqueue(begun.pk)
    messages.success(request, _("The replay has begun. Look at this page again in a moment."))
    return redirect("recovery:replay")


@require_http_methods(["GET", "POST"])
def propose_publication(request: Request) -> HttpResponse:
    """Show once more what differs and what it does, ask why, and propose it to another person."""
    draft = _open(request, "propose_publication")
    form = ReasonForm(request.POST or None, initial={"seen_hash": draft.data_hash})
    if form.is_valid() and went_through(
        form,
        lambda: transitions.propose_publication(draft.pk, **form.cleaned_data, actor=request.actor, at=request.at),
    ):
        messages.success(request, _("Proposed. Another person publishes it; they are being told."))
        return redirect("recovery:procedures")
    return _page(request, "procedure_propose", draft, form=form, review=queries.review(draft))


@require_http_methods(["GET", "POST"])
def publish(request: Request) -> HttpResponse:
    """Show exactly what comes into force; ask for a reason and the fresh check; publish."""
    draft = _open(request, "publish")
    if draft.proposed_by_id is None:
        raise WrongState(_("Nobody has proposed to publish this draft as it is now."))
    form, fresh = ReasonForm(request.POST or None, initial={"seen_hash": draft.data_hash}), fresh_check(request)
    if request.method == "POST" and form.is_valid() and fresh.is_valid():
        given = {"signed_hash": form.cleaned_data["seen_hash"], "reason": form.cleaned_data["reason"]}
        if went_through(form, lambda: transitions.publish(draft.pk, **given, actor=request.actor, at=request.at)):
            messages.success(request, _("In force. Claims under way keep the version that they began with."))
            return redirect("recovery:procedures")
    return _page(request, "procedure_publish", draft, form=form, fresh=fresh, review=queries.review(draft))
