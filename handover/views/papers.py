"""Pages of papers: those of a registration, one paper, keeping and describing it, and the way out of a file."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import refusal
from accounts.actors import Actor
from accounts.asking import Request
from accounts.errors import Refused
from accounts.rulebook import available, check
from audit import queries as log
from handover import documents, transitions
from handover.forms.papers import DetailsForm, DocumentForm, LookForm, VersionForm
from handover.models import DocumentVersion, Registration
from handover.queries import labels, register
from handover.queries import papers as queries
from handover.rules import TABLE
from handover.rules.papers import PAPERS, capacity, must_say_why
from handover.views.saving import to_save

LATEST = 30
# One rule stands for all three acts of keeping: they have the same people and states.
KEEPING = {"add_document": PAPERS["add_document"]}


def visible_registration(request: Request, number: str) -> Registration:
    """Return the registration called `number` if the actor may see it, else answer 404."""
    found = register.find_visible(request.actor, number, request.at)
    if found is None:
        raise Http404
    return found


def visible(request: Request, pk: int) -> queries.Paper:
    """Return paper `pk` if the actor may see it, else answer 404."""
    found = queries.find_paper(request.actor, pk, request.at, timezone.localdate(request.at))
    if found is None:
        raise Http404
    return found


@require_safe
def papers(request: Request, number: str) -> HttpResponse:
    """List the papers of a registration."""
    registration = visible_registration(request, number)
    context = {
        "registration": registration,
        "papers": queries.papers_of(registration, timezone.localdate(request.at)),
        "labels": labels.of_registration(registration),
        "available": available(KEEPING, registration, request.actor),
    }
    return render(request, "handover/papers_list.html", context)


@require_safe
def paper(request: Request, pk: int) -> HttpResponse:
    """Show one paper: where its original lies, its versions, and who did what with it."""
    actor: Actor = request.actor
    found = visible(request, pk)
    role = capacity(actor, found.document, request.at)
    is_successor = role == "successor"
    context = {
        "paper": found,
        "document": found.document,
        "registration": found.document.registration,
        "available": available(KEEPING, found.document.registration, actor),
        "says_why": must_say_why(role),
        "handover": queries.offered_with(found.document, actor) if is_successor else None,
        # Before the switch the successor needs the paper, not what its keepers did with it.
        "events": [] if is_successor else log.about(found.document.label)[:LATEST],
    }
    return render(request, "handover/papers_one.html", context)


@require_http_methods(["GET", "POST"])
def add(request: Request, number: str) -> HttpResponse:
    """Ask for a paper and keep it."""
    registration = visible_registration(request, number)
    check(TABLE, "add_document", registration, request.actor)
    form = _upload_form(DocumentForm, request)
    if request.method == "POST" and form.is_valid():
        try:
            made = transitions.add_document(
                registration_pk=registration.pk, **form.cleaned_data, actor=request.actor, at=request.at
            )
            messages.success(request, _("Kept. The paper is encrypted and on the disk for good."))
            return redirect("handover:paper", made.pk)
        except Refused as refused:
            refusal.put(form, refused)
    return render(request, "handover/papers_add.html", {"form": form, "registration": registration})


@require_http_methods(["GET", "POST"])
def version(request: Request, pk: int) -> HttpResponse:
    """Ask for a newer version and keep it."""
    found = visible(request, pk)
    check(TABLE, "add_version", found.document.registration, request.actor)
    form = _upload_form(VersionForm, request)
    if request.method == "POST" and form.is_valid():
        try:
            made = transitions.add_version(document_pk=pk, **form.cleaned_data, actor=request.actor, at=request.at)
            messages.success(request, _("Kept as version %(number)d. The earlier one stays.") % {"number": made.number})
            return redirect("handover:paper", pk)
        except Refused as refused:
            refusal.put(form, refused)
    return render(request, "handover/papers_version.html", {"form": form, "paper": found, "document": found.document})


def _upload_form(kind: type[DocumentForm] | type[VersionForm], request: Request) -> DocumentForm | VersionForm:
    if request.method == "POST":
        return kind(request.POST, request.FILES)
    return kind(initial={"token": uuid.uuid4()})


@require_http_methods(["GET", "POST"])
def change(request: Request, pk: int) -> HttpResponse:
    """Describe a paper anew."""
    found = visible(request, pk)
    document = found.document
    check(TABLE, "change_document", document.registration, request.actor)
    initial = {name: getattr(document, name) for name in ("title", "expires_on", "original_at")}
    form = DetailsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            transitions.change_document(document_pk=pk, **form.cleaned_data, actor=request.actor, at=request.at)
            messages.success(request, _("The details were changed."))
            return redirect("handover:paper", pk)
        except Refused as refused:
            refusal.put(form, refused)
    return render(request, "handover/papers_change.html", {"form": form, "paper": found, "document": document})


@require_http_methods(["GET", "POST"])
def download(request: Request, pk: int, number: int) -> HttpResponseBase:
    """Give out one version; administrators who do not hold the registration say why first."""
    found = queries.find_version(request.actor, pk, number, request.at)
    if found is None:
        raise Http404
    reason = ""
    if must_say_why(capacity(request.actor, found.document, request.at)):
        form = LookForm(request.POST or None)
        if not form.is_valid():
            context = {"form": form, "version": found, "document": found.document}
            return render(request, "handover/papers_why.html", context)
        reason = form.cleaned_data["reason"]
    try:
        reader = documents.open_blob(found.blob)
    except documents.Damaged:
        return render(request, "handover/papers_damaged.html", {"document": found.document}, status=503)
    transitions.download_document(version_pk=found.pk, reason=reason, actor=request.actor, at=request.at)
    return attachment(found, reader)


def attachment(version: DocumentVersion, reader: documents.store.Reader) -> StreamingHttpResponse:
    """Answer with the file of a version as something to save."""
    return to_save(reader, version.file_name, version.blob.content_type, size=reader.size)
