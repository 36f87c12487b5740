"""Certificates: issue, look, withdraw; and the public page that checks one."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import refusal, tallies
from accounts.asking import Request, sender_of
from accounts.errors import Refused
from accounts.rulebook import available, check
from handover import canaries, certificates, documents, transitions
from handover.forms.certificates import CodeForm, FileForm, LanguageForm
from handover.models import Certificate
from handover.queries import certificates as queries
from handover.rules import TABLE
from handover.rules.certificates import CERTIFICATES
from handover.views.finding import visible_registration

AN_HOUR = timedelta(hours=1)
MOST_FILES = 120
"""Files that one sender shows in an hour: judging a signature takes half a second of a child process."""


def _certificate(request: Request, serial: str) -> Certificate:
    rows = queries.visible_to(request.actor, timezone.now())
    return get_object_or_404(rows, serial=serial)


@require_http_methods(["GET", "POST"])
def issue(request: Request, number: str) -> HttpResponse:
    """Ask for the language; issue; lead to the certificate."""
    registration = visible_registration(request, number)
    check(TABLE, "issue_certificate", registration, request.actor)
    form = LanguageForm(request.POST or None, initial={"language": get_language()})
    if request.method == "POST" and form.is_valid():
        try:
            made = transitions.issue_certificate(
                registration_pk=registration.pk,
                language=form.cleaned_data["language"],
                actor=request.actor,
                at=timezone.now(),
            )
        except Refused as refused:
            refusal.put(form, refused)
        else:
            messages.success(request, _("Issued. Download it here now or later; it stays as it is."))
            return redirect("handover:certificate", made.serial)
    return render(request, "handover/certificates_issue.html", {"registration": registration, "form": form})


@require_safe
def certificate(request: Request, serial: str) -> HttpResponse:
    """Show one certificate, its state now, and how to download or withdraw it."""
    found = _certificate(request, serial)
    context = {
        "certificate": found,
        "state": certificates.state_now(found),
        "may": available(CERTIFICATES, found, request.actor),
    }
    return render(request, "handover/certificates_one.html", context)


@require_safe
def download(request: Request, serial: str) -> HttpResponse:
    """The very bytes that were issued, as attachment."""
    found = _certificate(request, serial)
    pdf = documents.read_bytes(found.blob)
    transitions.download_certificate(certificate_pk=found.pk, actor=request.actor, at=timezone.now())
    headers = {
        "Content-Disposition": f'attachment; filename="{found.serial}.pdf"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(pdf, content_type=found.blob.content_type, headers=headers)


@require_POST
def withdraw_certificate(request: Request, serial: str) -> HttpResponse:
    """Withdraw one certificate."""
    found = _certificate(request, serial)
    transitions.withdraw_certificate(certificate_pk=found.pk, actor=request.actor, at=timezone.now())
    messages.success(request, _("Withdrawn. Whoever checks this certificate sees it from now on."))
    return redirect("handover:certificate", serial)


@login_not_required
@require_http_methods(["GET", "POST"])
def verify(request: Request) -> HttpResponse:
    """Check a certificate by code or file. Changes and keeps nothing but a count, whatever the answer."""
    by_file = "file" in request.FILES or "by_file" in request.POST
    code_form = CodeForm(request.POST if request.method == "POST" and not by_file else None)
    file_form = FileForm(*((request.POST, request.FILES) if by_file else ()))
    if code_form.is_valid():
        plain = "".join(character for character in code_form.cleaned_data["code"].upper() if character.isalnum())
        return redirect("handover:verify_code", plain[:40] or "-")
    answer = _answer(request, file_form) if file_form.is_valid() else None
    if answer:
        canaries.count_check(answer.certificate, at=request.at)
    context = {"code_form": code_form, "file_form": file_form, "answer": answer, "by_file": True}
    return render(request, "handover/certificates_verify.html", context)


def _answer(request: Request, form: FileForm) -> certificates.Answer | None:
    """What the file is worth; None, with an error in the form, when its sender has shown too many."""
    key = f"verify:sender:{sender_of(request)}"
    if not tallies.charge(key, limit=MOST_FILES, period=AN_HOUR, at=request.at):
        form.add_error(
            "file",
            _("Very many files came from your connection. Please go on in the next hour, or type the check code."),
        )
        return None
    return certificates.check_file(form.cleaned_data["file"].chunks())


@login_not_required
@require_safe
def verify_code(request: Request, code: str) -> HttpResponse:
    """Answer for the code of a QR. Unknown codes get the same page with the answer "unknown"."""
    answer = certificates.check_code(code)
    canaries.count_check(answer.certificate, at=request.at)
    context = {"code_form": CodeForm(), "file_form": FileForm(), "answer": answer}
    return render(request, "handover/certificates_verify.html", context)
