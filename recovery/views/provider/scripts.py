"""One more sentence in the draft of the procedure."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.asking import Request
from accounts.rulebook import check
from desk.models import ScriptTask
from desk.queries import voice
from desk.rules import TABLE as DESK_TABLE
from recovery import transitions
from recovery.forms.scripts import ScriptForm
from recovery.queries import drafting as queries
from recovery.rules import TABLE
from recovery.views.provider.common import went_through
from recovery.views.provider.procedures import find_draft


@require_http_methods(["GET", "POST"])
def add_script(request: Request) -> HttpResponse:
    """Write one more sentence into the draft."""
    find_draft(request)
    return _write(request, None)


@require_http_methods(["GET", "POST"])
def draft_script(request: Request, pk: int) -> HttpResponse:
    """Write the sentence that answers what the desk passes on again and again."""
    task = voice.find_task(pk)
    if task is None:
        raise Http404
    check(DESK_TABLE, "decline_script", task, request.actor)
    if queries.find_draft() is None:
        messages.warning(request, _("Begin a draft of the procedure first; then write the sentence into it."))
        return redirect("recovery:procedures")
    return _write(request, task)


def _write(request: Request, task: ScriptTask | None) -> HttpResponse:
    draft = find_draft(request)
    check(TABLE, "add_script", draft, request.actor)
    form = ScriptForm(request.POST or None, initial={"seen_hash": draft.data_hash})
    if form.is_valid():
        wanted = {"seen_hash": form.cleaned_data["seen_hash"], "task_pk": task.pk if task else None}
        given = {**wanted, "entry": form.entry, "actor": request.actor, "at": request.at}
        if went_through(form, lambda: transitions.add_script(draft.pk, **given)):
            messages.success(request, _("In the draft. It is said once two people have published it."))
            return redirect("recovery:procedures")
    asked = voice.asked(task) if task else []
    context = {"version": draft, "form": form, "asked": asked, "title": _("Add a sentence")}
    return render(request, "recovery/procedure_script.html", context)
