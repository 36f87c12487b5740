"""Somebody leaves; a registration is taken into care; the custodian's recovery kit and tasks."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import refusal
from accounts.actors import find_actor
from accounts.asking import Request
from accounts.errors import Refused
from accounts.rulebook import check
from handover import receipts, transitions
from handover.forms.fresh import fresh_check
from handover.queries import people as queries
from handover.rules import TABLE
from handover.views.finding import visible_registration


@require_http_methods(["GET", "POST"])
def leave(request: Request, pk: int) -> HttpResponse:
    """Show what the person holds and who takes it into care, ask for the fresh check, end the membership."""
    at = timezone.now()
    person = get_object_or_404(queries.people_visible_to(request.actor), pk=pk)
    leaver = find_actor(person)
    if leaver is not None:
        check(TABLE, "leave", leaver, request.actor)
    form = fresh_check(request)
    if request.method == "POST" and form.is_valid():
        try:
            transitions.leave(user_pk=person.pk, actor=request.actor, at=at, died="died" in request.POST)
        except Refused as refused:
            refusal.put(form, refused)
        else:
            words = _("The membership of %(name)s has ended, and with it all access.") % {"name": person.display_name}
            messages.success(request, words)
            return redirect("home" if person.pk == request.actor.user.pk else "accounts:people")
    context = {"person": person, "form": form, "leaver": leaver, "mine": person.pk == request.actor.user.pk}
    context |= queries.some_held_by(person)
    return render(request, "handover/people_leave.html", context)


@require_POST
def take_into_care(request: Request, number: str) -> HttpResponse:
    """An administrator becomes the caretaker of a registration in the provider's keeping."""
    registration = visible_registration(request, number)
    transitions.take_into_care(registration_pk=registration.pk, actor=request.actor, at=timezone.now())
    messages.success(request, _("The registration is in your care. Now hand it over to a person in charge."))
    return redirect("handover:registration", number)


@require_http_methods(["GET", "POST"])
def recovery_kit(request: Request, number: str) -> HttpResponse:
    """Explain the kit, ask for the fresh check, answer with its two sheets: the address, and the code."""
    at = timezone.now()
    registration = visible_registration(request, number)
    check(TABLE, "make_recovery_kit", registration, request.actor)
    form = fresh_check(request)
    if request.method == "POST" and form.is_valid():
        kit, code = transitions.make_recovery_kit(registration_pk=registration.pk, actor=request.actor, at=at)
        language = get_language() or "ja"
        pdf = receipts.render_kit(registration, kit.number, code, language=language, at=at)
        headers = {"Content-Disposition": 'attachment; filename="recovery-kit.pdf"', "Cache-Control": "no-store"}
        return HttpResponse(pdf, content_type="application/pdf", headers=headers)
    return render(request, "handover/people_kit.html", {"registration": registration, "form": form})


@require_POST
def finish_task(request: Request, pk: int) -> HttpResponse:
    """Mark an own task as done."""
    task = get_object_or_404(queries.tasks_of(request.actor), pk=pk)
    transitions.finish_task(task_pk=task.pk, actor=request.actor, at=timezone.now())
    messages.success(request, _("Done."))
    return redirect("handover:registration", task.registration.number)
