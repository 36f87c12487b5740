"""Notes about the person an inquiry is from."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import refusal
from accounts.asking import Request
from accounts.errors import Refused
from accounts.rulebook import available, check
from desk import queries, transitions
from desk.forms import PersonNoteForm
from desk.rules import TABLE, sees_team
from desk.views.finding import is_first_press, page_of, visible

NOTING = {"note_person": TABLE["note_person"]}


@require_http_methods(["GET", "POST"])
def person_notes(request: Request, number: str) -> HttpResponse:
    """Show what is noted about the person, to be read out to whoever asks, and note something of the list."""
    inquiry = visible(request, number)
    if request.method == "POST":
        check(TABLE, "note_person", inquiry, request.actor)
    form = PersonNoteForm(request.POST or None)
    if form.is_valid():
        try:
            if is_first_press(form, request):
                transitions.note_person(inquiry.pk, **form.values, actor=request.actor, at=request.at)
            messages.success(request, _("Noted. It is shown in every inquiry of this person until it runs out."))
            return redirect("desk:person_notes", number)
        except Refused as refused:
            refusal.put(form, refused)
            form.renew()
    context = {
        "inquiry": inquiry,
        "own_url": reverse(page_of(inquiry), args=[number]),
        "notes": queries.notes_about(inquiry, request.at),
        "form": form if available(NOTING, inquiry, request.actor) else None,
        "may_remove": sees_team(request.actor),
    }
    return render(request, "desk/person_notes.html", context)


@require_POST
def remove_person_note(request: Request, number: str, pk: int) -> HttpResponse:
    """Remove one note about the person."""
    inquiry = visible(request, number)
    found = next((one for one in queries.notes_about(inquiry, request.at) if one.pk == pk), None)
    if found is None:
        raise Http404
    transitions.remove_person_note(found.pk, actor=request.actor, at=request.at)
    messages.success(request, _("The note is gone."))
    return redirect("desk:person_notes", number)
