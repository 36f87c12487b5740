"""What is passed to the provider; the sentences in force; what is to become one."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.asking import Request
from accounts.errors import NotAllowed
from accounts.rulebook import check
from desk import transitions
from desk.forms.voice import DeclineForm, PassOnForm
from desk.queries import scripts, voice
from desk.rules import ONLY_STAFF, TABLE
from desk.rules.voice import edits, is_staff
from desk.views.finding import is_first_press, page_of, visible


@require_http_methods(["GET", "POST"])
def pass_on(request: Request, number: str) -> HttpResponse:
    """Pass an inquiry to the provider."""
    inquiry = visible(request, number)
    check(TABLE, "pass_on", inquiry, request.actor)
    form = PassOnForm(request.POST or None)
    if form.is_valid():
        if is_first_press(form, request):
            transitions.pass_on(inquiry.pk, **form.values, actor=request.actor, at=request.at)
        messages.success(request, _("Passed to the provider. Tell the inquirer by when we are back."))
        return redirect(page_of(inquiry), number)
    context = {"form": form, "inquiry": inquiry, "own_url": reverse(page_of(inquiry), args=[number])}
    return render(request, "desk/pass_on.html", context)


@require_safe
def all_scripts(request: Request) -> HttpResponse:
    """Show every sentence in force by moment, and to an editor what is to become one."""
    if not is_staff(request.actor):
        raise NotAllowed(ONLY_STAFF)
    language = get_language() or "ja"
    context = {
        "groups": scripts.by_moment(language),
        "in_force": scripts.live_set(),
        "tasks": voice.script_tasks() if edits(request.actor) else [],
    }
    return render(request, "desk/scripts.html", context)


@require_http_methods(["GET", "POST"])
def script_task(request: Request, pk: int) -> HttpResponse:
    """Show what is passed on again and again; it becomes a sentence of the draft, or somebody says here why not."""
    if not edits(request.actor):
        raise NotAllowed(TABLE["decline_script"].why_not)
    task = voice.find_task(pk)
    if task is None:
        raise Http404
    form = DeclineForm(request.POST or None)
    if request.method == "POST":
        check(TABLE, "decline_script", task, request.actor)
        if form.is_valid():
            transitions.decline_script(task.pk, **form.cleaned_data, actor=request.actor, at=request.at)
            messages.success(request, _("Your reason is on record."))
            return redirect("desk:scripts")
    context = {"task": task, "asked": voice.asked(task), "form": form, "may": voice.may_draft(request.actor, task)}
    return render(request, "desk/script_task.html", context)
