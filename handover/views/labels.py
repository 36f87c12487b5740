"""Labels: the page behind a QR code, what members do with a label, and the sheet to be printed."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import refusal
from accounts.asking import Request
from accounts.errors import NotAllowed, Refused
from accounts.rulebook import available, check
from audit import queries as log
from audit.record import Public
from handover import transitions
from handover.forms.labels import LabelForm, PrintForm
from handover.labels import plain, render_sheet
from handover.models import Label
from handover.queries import labels as queries
from handover.queries import papers
from handover.rules import TABLE
from handover.rules.labels import LABELS
from handover.rules.papers import may_keep_papers
from handover.views.finding import visible_registration

LATEST = 20
ON_LABEL = {name: LABELS[name] for name in ("report_lost", "report_back", "void_label", "reissue_label")}


def _visible(request: Request, code: str) -> Label:
    found = queries.find_label(request.actor, plain(code), request.at)
    if found is None:
        raise Http404
    return found


@login_not_required
@require_safe
def label(request: Request, code: str) -> HttpResponse:
    """Tell members what they have in hand. Everybody else, and every other code, gets one and the same page."""
    found = queries.find_label(request.actor, plain(code), request.at)
    if found is None:
        # Neither code nor session is in it, so that nobody can tell a label's page from a page of none.
        return render(request, "handover/labels_stranger.html")
    context = {
        "label": found,
        "registration": found.registration,
        "may": available(ON_LABEL, found, request.actor),
        "events": log.about(found.label)[:LATEST],
    }
    return render(request, "handover/labels_one.html", context)


# Exempt, because the page carries no token, which would differ, and the act rests on nobody's session: whoever could
# send it from elsewhere has read the code and may press the button as well.
@csrf_exempt
@login_not_required
@require_POST
def found(request: Request, code: str) -> HttpResponse:
    """Somebody found the thing: tell its people, once a day; the answer is the same for every code."""
    transitions.report_found(code=plain(code), actor=Public(), at=request.at)
    return redirect("handover:found_thanks")


@login_not_required
@require_safe
def thanks(request: Request) -> HttpResponse:
    """Thank the finder."""
    return render(request, "handover/labels_thanks.html")


@require_http_methods(["GET", "POST"])
def make(request: Request, number: str) -> HttpResponse:
    """Ask what the label is for and make it."""
    registration = visible_registration(request, number)
    check(TABLE, "make_label", registration, request.actor)
    known = [(one.pk, one.title) for one in papers.documents_of(registration)]
    initial = {"token": uuid.uuid4(), "document": request.GET.get("paper", "")}
    form = LabelForm(request.POST or None, papers=known, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            made = transitions.make_label(
                registration_pk=registration.pk,
                document_pk=given.pop("document"),
                **given,
                actor=request.actor,
                at=request.at,
            )
            messages.success(request, _("Made. Print it and stick it on."))
            return redirect("handover:label", made.code)
        except Refused as refused:
            refusal.put(form, refused)
    return render(request, "handover/labels_make.html", {"registration": registration, "form": form})


@require_POST
def print_sheet(request: Request, number: str) -> HttpResponse:
    """Answer with the chosen labels as a PDF to be cut."""
    registration = visible_registration(request, number)
    if not may_keep_papers(request.actor, registration):
        raise NotAllowed(TABLE["make_label"].why_not)
    rows = queries.in_use_of(registration)
    form = PrintForm(request.POST, rows=rows)
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return redirect("handover:papers", number)
    chosen = [row for row in rows if row.pk in form.cleaned_data["labels"]]
    pdf = render_sheet(chosen, language=get_language() or "ja", at=request.at)
    headers = {"Content-Disposition": 'attachment; filename="labels.pdf"', "Cache-Control": "private, no-store"}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


def _act(request: Request, code: str, transition: Callable[..., Label], words: str) -> HttpResponse:
    done = transition(label_pk=_visible(request, code).pk, actor=request.actor, at=request.at)
    messages.success(request, words)
    return redirect("handover:label", done.code)


@require_POST
def lost(request: Request, code: str) -> HttpResponse:
    """Report the thing lost."""
    return _act(request, code, transitions.report_lost, _("The loss is on record, and those responsible were told."))


@require_POST
def back(request: Request, code: str) -> HttpResponse:
    """Report the thing back."""
    return _act(request, code, transitions.report_back, _("On record: it is back where it belongs."))


@require_POST
def void(request: Request, code: str) -> HttpResponse:
    """Void the label."""
    return _act(request, code, transitions.void_label, _("Void. Please take the label off."))


@require_POST
def reissue(request: Request, code: str) -> HttpResponse:
    """Void the label and make a new one."""
    return _act(request, code, transitions.reissue_label, _("This is the new label. The old one is void."))
