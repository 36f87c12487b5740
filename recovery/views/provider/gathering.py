"""Everything that was done about the proofs of a claim at one sitting, on one page and by one press."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import refusal
from accounts.asking import Request
from accounts.errors import Refused
from desk import queries as desk
from desk.forms import CallsForm, OnceForm
from desk.views import is_first_press
from desk.views.trust import CALLS
from recovery import transitions
from recovery.forms.sheet import Part, Sheet, sheet_of
from recovery.models import Claim
from recovery.queries import examining
from recovery.queries.examining import Examination
from recovery.views.provider.common import open_case, page


@require_http_methods(["GET", "POST"])
def gather(request: Request, number: str) -> HttpResponse:
    """Ask what was done; record each as its own act; go on to the proposal when nothing is missing any more."""
    found = open_case(request, number, "record_evidence")
    sheet = sheet_of(found, examining.points_of(found), request.POST or None, examining.on_record(found))
    once = OnceForm(request.POST or None)
    nothing = ""
    if request.method == "POST":
        if not sheet.ticked:
            nothing = _("Tick what was done, or go back without changes.")
        elif not sheet.faulty and once.is_valid():
            if not is_first_press(once, request):
                messages.info(request, _("This was recorded already. The second press changed nothing."))
                return redirect("recovery:claim", number)
            if answer := _record(request, found, sheet):
                return answer
        once.renew()
    examination = examining.panel(found, request.actor, request.at)
    context: dict[str, Any] = {"sheet": sheet, "once": once, "nothing": nothing, "examination": examination}
    context |= {
        "calls": desk.own_calls_about(found.inquiry_id, request.actor, request.at),
        "calls_form": CallsForm(prefix=CALLS),
    }
    return page(request, "examine_sheet", found, **context)


def _record(request: Request, claim: Claim, sheet: Sheet) -> HttpResponse | None:
    """Do what is ticked, one act each. Return where to go on; None when nothing was done and the words say why."""
    done: list[str] = []
    refused: list[tuple[Part, Refused]] = []
    for part in sheet.ticked:
        try:
            _act(part, claim, request)
            done.append(str(part.name))
        except Refused as told:
            refused.append((part, told))
            refusal.put(part.form, told)
    if not done:
        return None
    messages.success(request, _("Recorded: %(what)s.") % {"what": _(", ").join(done)})
    for part, words in refused:
        # What was done is not done again: only this is left on the sheet.
        messages.warning(request, f"{part.name}: {words.words}")
    return redirect("recovery:gather", claim.number) if refused else _on(request, claim)


def _on(request: Request, claim: Claim) -> HttpResponse:
    """Go to the next thing to do: the proposal when it can be made, else the page of the claim."""
    claim.refresh_from_db()
    examination = examining.panel(claim, request.actor, request.at)
    is_complete = examination is not None and _may_be_proposed(examination)
    return redirect("recovery:propose" if is_complete else "recovery:claim", claim.number)


def _may_be_proposed(examination: Examination) -> bool:
    return "propose" in examination.may and not examination.missing and not examination.held_up


def _act(part: Part, claim: Claim, request: Request) -> None:
    """Do one part. Raises `Refused`."""
    given: dict[str, Any] = part.form.cleaned_data
    who: dict[str, Any] = {"actor": request.actor, "at": request.at}
    acts: dict[str, Callable[[], Any]] = {
        "letter": lambda: transitions.order_letter(claim.pk, **given, **who),
        "mail_code": lambda: transitions.order_mail_code(claim.pk, contact_point_pk=given["contact_point"], **who),
    }
    if part.key.startswith("try-"):
        point, result = given["contact_point"], given.get("result", "")
        medium = part.form.by
        transitions.record_attempt(claim.pk, medium=medium, contact_point_pk=point, result=result, **who)
    elif part.key in acts:
        acts[part.key]()
    else:
        transitions.record_evidence(claim.pk, **part.form.given, **who)
