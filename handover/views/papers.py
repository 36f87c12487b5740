"""Pages of papers: those of a registration, one paper, keeping and describing it, and the way out of a file."""

import uuid
from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import refusal
from accounts.actors import Actor
from accounts.asking import Request
from accounts.errors import Refused
from accounts.rulebook import available, check
from audit import queries as log
from handover import documents, tasks, transitions
from handover.forms.fresh import fresh_check
from handover.forms.papers import DetailsForm, DocumentForm, LookForm, VersionForm
from handover.models import Document, DocumentVersion, Registration
from handover.queries import erasures, labels, register
from handover.queries import papers as queries
from handover.rules import TABLE
from handover.rules.erasures import may_hold
from handover.rules.papers import PAPERS, capacity, must_say_why
from handover.views.saving import to_save

LATEST = 30
# One rule stands for all three acts of keeping: they have the same people and states.
SEALED = {name: PAPERS[name] for name in ("add_sealed", "open_sealed")}
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
        "holds": erasures.holds_of(registration, request.actor),
        "may_hold": may_hold(request.actor, registration),
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
        "may_open": available(SEALED, found.document.registration, actor) if found.document.is_sealed else set(),
        "says_why": must_say_why(role),
        "holds": erasures.holds_of(found.document.registration, actor),
        "may_erase": role == "custodian" or (bool(role) and actor.is_administrator),
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
    may_seal = "add_sealed" in available(SEALED, registration, request.actor)
    form = _upload_form(partial(DocumentForm, may_seal=may_seal), request)
    if request.method == "POST" and form.is_valid():
        is_sealed = form.cleaned_data["kind"] in Document.SEALED
        keep = transitions.add_sealed if is_sealed else transitions.add_document
        try:
            made = keep(registration_pk=registration.pk, **form.cleaned_data, actor=request.actor, at=request.at)
            tasks.have_scanned(queries.current_blob(made))
            messages.success(request, _("Kept. The paper is encrypted and on the disk for good."))
            _ask_to_look(request, form)
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
            tasks.have_scanned(made.blob_id)
            messages.success(request, _("Kept as version %(number)d. The earlier one stays.") % {"number": made.number})
            _ask_to_look(request, form)
            return redirect("handover:paper", pk)
        except Refused as refused:
            refusal.put(form, refused)
    return render(request, "handover/papers_version.html", {"form": form, "paper": found, "document": found.document})


def _ask_to_look(request: Request, form: DocumentForm | VersionForm) -> None:
    """The photographs are gone: whoever took them looks at what became of them while the paper is still at hand."""
    if form.is_bound_from_pictures:
        messages.info(request, _("Look at the PDF that was made of the pictures before you put the paper away."))


def _upload_form(kind: Callable[..., DocumentForm | VersionForm], request: Request) -> DocumentForm | VersionForm:
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
    if found.document.is_sealed:
        return _unseal(request, found)
    reason = ""
    if must_say_why(capacity(request.actor, found.document, request.at)):
        form = LookForm(request.POST or None)
        if not form.is_valid():
            context = {"form": form, "version": found, "document": found.document}
            return render(request, "handover/papers_why.html", context)
        reason = form.cleaned_data["reason"]
    reader = opened(request, found)
    if isinstance(reader, HttpResponse):
        return reader
    transitions.download_document(version_pk=found.pk, reason=reason, actor=request.actor, at=request.at)
    return attachment(found, reader)


def _unseal(request: Request, version: DocumentVersion) -> HttpResponseBase:
    """Ask the person in charge for the fresh check, write the opening down, and give the file out."""
    document = version.document
    check(TABLE, "open_sealed", document.registration, request.actor)
    fresh = fresh_check(request)
    if request.method != "POST" or not fresh.is_valid():
        return render(request, "handover/papers_unseal.html", {"form": fresh, "version": version, "document": document})
    reader = opened(request, version)
    if isinstance(reader, HttpResponse):
        return reader
    transitions.open_sealed(version_pk=version.pk, actor=request.actor, at=request.at)
    return attachment(version, reader)


@require_POST
def scan_again(request: Request, pk: int, number: int) -> HttpResponse:
    """Have the virus scanner asked again about a version that it held."""
    found = queries.find_version(request.actor, pk, number, request.at)
    if found is None:
        raise Http404
    transitions.scan_again(blob_pk=found.blob_id, actor=request.actor, at=request.at)
    tasks.have_scanned(found.blob_id)
    messages.success(request, _("The virus scanner is asked again. Look here in a minute."))
    return redirect("handover:paper", pk)


def opened(request: Request, version: DocumentVersion, *, back: str = "") -> documents.store.Reader | HttpResponse:
    """Return the bytes of a version, or the page that says why they are not given out and what to do next.

    That page leads to `back`, "" for the paper's own: who came by another right (a mandate) cannot see that one.
    """
    document = version.document
    context: dict[str, object] = {"document": document, "own": reverse("handover:paper", args=[document.pk])}
    context["back"] = back or context["own"]
    try:
        return documents.open_blob(version.blob)
    except documents.Erased:
        context |= {"at": version.blob.erased_at, "erasure": version.erasure}
        return render(request, "handover/papers_erased.html", context, status=410)
    except documents.Held as held:
        context |= {"words": held.words, "status": version.blob.status}
        return render(request, "handover/papers_held.html", context, status=409)
    except documents.Damaged:
        return render(request, "handover/papers_damaged.html", context, status=503)


def attachment(version: DocumentVersion, reader: documents.store.Reader) -> StreamingHttpResponse:
    """Answer with the file of a version as something to save."""
    return to_save(reader, version.file_name, version.blob.content_type, size=reader.size)
