"""What was noticed, for a supervisor to look into."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.asking import Request
from accounts.errors import NotAllowed
from accounts.rulebook import check
from desk import queries, transitions
from desk.forms import AlarmForm
from desk.rules import ONLY_ALARMED, TABLE, sees_alarms
from handover.rules.canaries import sees_canaries


@require_safe
def alarms(request: Request) -> HttpResponse:
    """List what was noticed or stopped, for a supervisor to look into."""
    if not sees_alarms(request.actor):
        raise NotAllowed(ONLY_ALARMED)
    return render(
        request,
        "desk/alarms.html",
        {"lines": queries.alarms(request.actor), "sees_canaries": sees_canaries(request.actor)},
    )


@require_http_methods(["GET", "POST"])
def close_alarm(request: Request, pk: int) -> HttpResponse:
    """Ask what was found, and close the alarm."""
    if not sees_alarms(request.actor):
        raise NotAllowed(ONLY_ALARMED)
    found = queries.find_alarm(request.actor, pk)
    if found is None:
        raise Http404
    check(TABLE, "close_alarm", found, request.actor)
    form = AlarmForm(request.POST or None)
    if form.is_valid():
        transitions.close_alarm(found.pk, **form.cleaned_data, actor=request.actor, at=request.at)
        messages.success(request, _("The alarm is closed. What it stopped is let go on by a senior, case by case."))
        return redirect("desk:alarms")
    return render(request, "desk/close_alarm.html", {"alarm": found, "form": form})
