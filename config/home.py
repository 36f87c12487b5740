"""The page that composes apps: what this is, or what to do next."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from accounts.asking import Request
from desk.queries import home as at_desk
from handover.queries import awaiting, gaps
from handover.queries import home as queries
from recovery.queries import expected, waiting


@login_not_required
@require_safe
def home(request: Request) -> HttpResponse:
    """Show the front door, or to signed-in people what waits for them."""
    if request.actor is None:
        return render(request, "home.html")
    if request.actor.is_claimant:
        return redirect("recovery:takeover")
    return render(request, "home_signed_in.html", _waiting(request.actor))


def _waiting(actor: Actor) -> dict[str, Any]:
    at = timezone.now()
    handovers, tasks = queries.handovers_waiting_for(actor, at), queries.tasks_waiting_for(actor)
    lines, counts = [*at_desk.lines_for(actor), *awaiting.lines_for(actor, at)], queries.counts_for(actor, at)
    return {
        "actor": actor,
        "handovers": handovers,
        "tasks": tasks,
        # The yearly question leads the page where nothing else does, and is not said twice.
        "awaiting": [line for line in lines if handovers or tasks or line.key != awaiting.ASKED],
        "leads_elsewhere": bool(handovers or tasks or counts.get("asked")),
        "counts": counts,
        "gaps": gaps.own_gaps(actor),
        "due": waiting.count_for(actor),
        "expected": expected.expected_calls(actor, at),
    }


@login_not_required
@require_safe
def favicon(request: Request) -> HttpResponse:
    """Lead browsers that ask for the old address to the mark."""
    return HttpResponseRedirect(static("mark.svg"))
