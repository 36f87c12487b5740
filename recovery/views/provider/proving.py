"""Evidence as an operator checks it, letters and mails with codes, attempts to reach the predecessor, papers."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.asking import Request
from accounts.errors import NotAllowed
from handover import documents
from handover.views.saving import to_save
from recovery import transitions
from recovery.forms.provider import AttemptForm, EvidenceForm, LetterForm, MailCodeForm
from recovery.models import Claim
from recovery.procedure import Kind
from recovery.queries import examining
from recovery.transitions.proving import BY_CODE, NOT_YET
from recovery.views.provider.common import open_case, page, went_through


@require_http_methods(["GET", "POST"])
def record_evidence(request: Request, number: str) -> HttpResponse:
    """Ask which kind of evidence, then for what this kind needs, and record it."""
    found = open_case(request, number, "record_evidence")
    kinds = _recordable(found)
    code = request.POST.get("code") or request.GET.get("code")
    kind = next((one for one in kinds if one.code == code), None)
    if kind is None:
        groups = [(one.name, _of(kinds, one.code)) for one in found.procedure.procedure.categories]
        others = [one for one in kinds if not one.categories]
        return page(request, "examine_kinds", found, groups=groups, others=others)
    form = EvidenceForm(request.POST or None, kind=kind)
    if form.is_valid() and went_through(
        form, lambda: transitions.record_evidence(found.pk, **form.given, actor=request.actor, at=request.at)
    ):
        messages.success(request, _("Recorded. A mistake is taken back on the page of the claim."))
        return redirect("recovery:claim", number)
    return page(request, "examine_record", found, form=form, kind=kind)


def _recordable(claim: Claim) -> list[Kind]:
    """Return the kinds that a person records; the others come from codes and from people in an own session."""
    kinds = claim.procedure.procedure.kinds_on(claim.route)
    return [kind for kind in kinds if kind.code not in BY_CODE | NOT_YET]


def _of(kinds: list[Kind], category: str) -> list[Kind]:
    return [kind for kind in kinds if kind.categories[:1] == (category,)]


@require_http_methods(["GET", "POST"])
def take_back(request: Request, number: str, pk: int) -> HttpResponse:
    """Ask once more, then take evidence back."""
    found = open_case(request, number, "take_back_evidence")
    evidence = examining.find_evidence(found, pk)
    if evidence is None:
        raise Http404
    if request.method == "POST":
        transitions.take_back_evidence(pk, actor=request.actor, at=request.at)
        messages.success(request, _("Taken back. It stays in the history and counts no more."))
        return redirect("recovery:claim", number)
    kind = found.procedure.procedure.kind(evidence.code)
    return page(request, "examine_take_back", found, evidence=evidence, kind=kind)


@require_http_methods(["GET", "POST"])
def second(request: Request, number: str, pk: int) -> HttpResponse:
    """Ask the second person to compare, then record that it was done."""
    found = open_case(request, number, "second_evidence")
    evidence = examining.find_evidence(found, pk)
    if evidence is None:
        raise Http404
    if evidence.checked_by_id == request.actor.user.pk:
        raise NotAllowed(_("A second person has to compare it."))
    if request.method == "POST":
        transitions.second_evidence(pk, actor=request.actor, at=request.at)
        messages.success(request, _("Recorded. Both of you stand beside it now."))
        return redirect("recovery:claim", number)
    kind = found.procedure.procedure.kind(evidence.code)
    return page(request, "examine_second", found, evidence=evidence, kind=kind)


@require_http_methods(["GET", "POST"])
def order_letter(request: Request, number: str) -> HttpResponse:
    """Ask where a letter with a code goes, and order it."""
    found = open_case(request, number, "order_letter")
    form = LetterForm(request.POST or None, points=examining.points_of(found), claim=found)
    if form.is_valid() and went_through(
        form, lambda: transitions.order_letter(found.pk, **form.cleaned_data, actor=request.actor, at=request.at)
    ):
        messages.success(request, _("Ordered. Another operator prints it from the list of letters."))
        return redirect("recovery:claim", number)
    return page(request, "examine_letter", found, form=form, letters=found.procedure.procedure.letters)


@require_http_methods(["GET", "POST"])
def order_mail_code(request: Request, number: str) -> HttpResponse:
    """Ask which mail address of record gets a code, and send it."""
    found = open_case(request, number, "order_mail_code")
    form = MailCodeForm(request.POST or None, points=examining.points_of(found))

    def send() -> None:
        point = form.cleaned_data["contact_point"]
        transitions.order_mail_code(found.pk, contact_point_pk=point, actor=request.actor, at=request.at)

    if form.is_valid() and went_through(form, send):
        messages.success(request, _("The code is on its way to the record."))
        return redirect("recovery:claim", number)
    return page(request, "examine_mail_code", found, form=form, hours=found.procedure.procedure.codes.mail_hours)


@require_http_methods(["GET", "POST"])
def record_attempt(request: Request, number: str) -> HttpResponse:
    """Ask how the predecessor was or is to be tried; mails and letters go out by this act."""
    found = open_case(request, number, "record_attempt")
    form = AttemptForm(request.POST or None, points=examining.points_of(found))

    def record() -> None:
        given = dict(form.cleaned_data)
        given["contact_point_pk"] = given.pop("contact_point")
        transitions.record_attempt(found.pk, **given, actor=request.actor, at=request.at)

    if form.is_valid() and went_through(form, record):
        found.refresh_from_db()
        if found.is_open:
            messages.success(request, _("The attempt is on record."))
        else:
            messages.success(request, _("The person in charge was reached, so the claim has ended."))
        return redirect("recovery:claim", number)
    examination = examining.panel(found, request.actor, request.at)
    return page(request, "examine_attempt", found, form=form, examination=examination)


@require_POST
def submission(request: Request, number: str, pk: int) -> HttpResponseBase:
    """Give out a paper that came in, after its opening is written down."""
    found = open_case(request, number, "view_submission")
    paper = examining.find_submission(found, pk)
    if paper is None:
        raise Http404
    try:
        reader = documents.open_blob(paper.blob)
    except documents.Held as held:
        context = {"claim": found, "paper": paper, "words": held.words}
        return render(request, "recovery/examine_held.html", context, status=409)
    except documents.Damaged:
        return render(request, "recovery/examine_damaged.html", {"claim": found, "paper": paper}, status=503)
    transitions.view_submission(pk, actor=request.actor, at=request.at)
    return to_save(reader, paper.file_name, paper.blob.content_type, size=reader.size)
