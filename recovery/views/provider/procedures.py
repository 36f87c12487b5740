"""The procedure as the provider's people read it, and what a changed rule finds among refused claims."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.asking import Request
from accounts.errors import NotAllowed, WrongState
from accounts.rulebook import available
from desk.rules import sees_queue
from recovery import transitions
from recovery.models import ProcedureVersion
from recovery.queries import drafting as queries
from recovery.rules import TABLE
from recovery.rules.editor import PROCEDURES, reopens, sees_procedures
from recovery.views.provider.common import open_case, page

PAGE = 50
BEGINNING = {name: TABLE[name] for name in ("begin_draft", "begin_shipped_draft")}
ON_DRAFT = {name: PROCEDURES[name] for name in ("change_draft", "discard_draft", "begin_replay")}
ON_DRAFT |= {name: PROCEDURES[name] for name in ("propose_publication", "publish")}


def refuse_stranger(request: Request) -> None:
    """Raise `NotAllowed` for everybody who does not work by the procedure."""
    if not sees_procedures(request.actor):
        raise NotAllowed(_("Only the provider's people read this."))


def find_draft(request: Request) -> ProcedureVersion:
    """Return the draft, or answer 404 without one."""
    refuse_stranger(request)
    found = queries.find_draft()
    if found is None:
        raise Http404
    return found


@require_safe
def procedures(request: Request) -> HttpResponse:
    """Show the draft beside what is in force, with check and replay, and every version there was."""
    refuse_stranger(request)
    draft = queries.find_draft()
    context = {
        "versions": list(queries.versions()),
        "review": queries.review(draft) if draft else None,
        "parts": queries.parts(draft) if draft else [],
        "may": available(ON_DRAFT, draft, request.actor) if draft else available(BEGINNING, None, request.actor),
        "reopens": reopens(request.actor),
        "offered": queries.offered(),
        "waiting": queries.to_reopen().count(),
    }
    return render(request, "recovery/procedures.html", context)


@require_safe
def procedure(request: Request, version: int) -> HttpResponse:
    """Show one version: what it changed, why, and all of it."""
    refuse_stranger(request)
    found = queries.find_version(version)
    if found is None:
        raise Http404
    context = {"review": queries.review(found), "whole": queries.whole(found)}
    return render(request, "recovery/procedure.html", context)


@require_safe
def replay(request: Request) -> HttpResponse:
    """List the past claims that the draft would have decided otherwise."""
    draft = find_draft(request)
    played = queries.played(draft)
    if played is None:
        raise Http404
    rows = Paginator(queries.rows_of(played.replay), PAGE).get_page(request.GET.get("page"))
    listed = [(row, queries.why(row)) for row in rows.object_list]
    context = {"version": draft, "played": played, "rows": listed, "page": rows}
    context |= {"sees_claims": sees_queue(request.actor)}
    return render(request, "recovery/procedure_replay.html", context)


@require_safe
def rule_changes(request: Request) -> HttpResponse:
    """List the refused claims that the version in force would have found enough."""
    refuse_stranger(request)
    rows = Paginator(queries.to_reopen(), PAGE).get_page(request.GET.get("page"))
    listed = [(row, queries.why(row)) for row in rows.object_list]
    context = {"rows": listed, "page": rows, "reopens": reopens(request.actor)}
    context |= {"sees_claims": sees_queue(request.actor)}
    return render(request, "recovery/procedure_reopen.html", context)


@require_http_methods(["GET", "POST"])
def reopen_by_rule(request: Request, number: str) -> HttpResponse:
    """Ask once more, then take a refused claim up again by the rule that changed."""
    found = open_case(request, number, "reopen_by_rule")
    row = queries.find_reopenable(found)
    if row is None:
        raise WrongState(_("No rule that changed since would have decided this claim otherwise."))
    if request.method == "POST":
        transitions.reopen_by_rule(found.pk, actor=request.actor, at=request.at)
        messages.success(request, _("Reopened under its number. Everybody concerned is being told."))
        return redirect("recovery:claim", number)
    return page(request, "procedure_reopen_one", found, row=row, why=queries.why(row))
