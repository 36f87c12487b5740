"""Letters that came back: one scan, whatever kind of letter it is."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.actors import Actor
from accounts.asking import Request
from accounts.errors import NotAllowed, WrongState
from accounts.rulebook import check
from desk import transitions as at_desk
from handover import transitions as handing
from recovery import transitions
from recovery.forms.limits import ReturnForm
from recovery.queries import returns
from recovery.queries.returns import Kind, Letter
from recovery.rules import TABLE

RECORD: Mapping[Kind, Callable[[Letter, Actor, datetime], object]] = {
    Kind.CLAIM: lambda one, actor, at: transitions.record_return(one.pk, actor=actor, at=at),
    Kind.ACTIVATION: lambda one, actor, at: handing.return_activation(number=one.case, actor=actor, at=at),
    Kind.ACTIVATION_NOTICE: lambda one, actor, at: handing.return_activation_letter(
        letter_pk=one.pk, actor=actor, at=at
    ),
    Kind.INQUIRY: lambda one, actor, at: at_desk.record_letter_return(one.number, actor=actor, at=at),
    Kind.ASKING: lambda one, actor, at: handing.record_notice_return(letter_pk=one.pk, actor=actor, at=at),
}


@require_http_methods(["GET", "POST"])
def scan_returns(request: Request) -> HttpResponse:
    """Write a returned letter down with one scan of its number; the field is ready for the next one at once."""
    check(TABLE, "record_return", None, request.actor)
    form = ReturnForm(request.POST or None)
    if form.is_valid():
        typed = form.cleaned_data["number"]
        letter = returns.find(typed)
        if letter is None or not letter.has_left:
            form.add_error("number", _why_not(typed, letter))
        else:
            try:
                RECORD[letter.kind](letter, request.actor, request.at)
                messages.success(request, _("On record: %(number)s came back.") % {"number": letter.number})
                return redirect("recovery:scan_returns")
            except (NotAllowed, WrongState) as said_no:
                form.add_error("number", str(said_no.words))
    return render(request, "recovery/provider_returns.html", {"form": form, "returned": returns.returned()})


def _why_not(typed: str, letter: Letter | None) -> str:
    if letter is not None:
        words = _("Letter %(number)s has not been printed yet, so it cannot have come back. Check the number.")
        return words % {"number": letter.number}
    if returns.is_page(typed):
        return _("This is the code of a web page. Scan the small code in the window of the envelope.")
    return _("No letter of ours has this number. Scan it again, or type it.")
