"""Many registrations at once: what was chosen, what can be done with it, and the jobs that do it."""

import csv
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.asking import Request
from accounts.errors import NotAllowed, Refused, Words
from accounts.rulebook import available, check
from handover import bulk as acts
from handover import tasks, transitions
from handover.forms.certificates import LanguageForm
from handover.forms.packages import AssignForm
from handover.labels import render_sheet
from handover.models import BulkJob, Custody, Registration
from handover.printing.label_facts import MOST
from handover.queries import jobs as queries
from handover.queries import listing
from handover.queries.handovers import possible_successors
from handover.queries.listing import Wanted
from handover.rules import TABLE
from handover.rules.bulk import BULK
from handover.spreadsheets import harmless

PAGE = 50
ON_JOB = {name: BULK[name] for name in ("cancel_bulk", "take_certificates")}


@dataclass(frozen=True)
class Choice:
    """What somebody chose on the list: rows by number, or all that match a filter. It is applied anew at each act."""

    wanted: Wanted
    numbers: tuple[str, ...]
    is_all: bool

    @classmethod
    def read(cls, given: QueryDict) -> "Choice":
        """Return what the fields of a form say."""
        numbers = tuple(dict.fromkeys(given.getlist("n")))[: listing.MOST_CHOSEN]
        return cls(Wanted.read(given), numbers, given.get("scope") == "all")

    def rows(self, request: Request) -> QuerySet[Registration]:
        """Return what is chosen and may be seen by the actor now."""
        if self.is_all:
            return listing.narrowed(request.actor, request.at, self.wanted)
        return listing.by_number(request.actor, request.at, self.numbers)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The fields that say the same again."""
        scope = [("scope", "all" if self.is_all else "chosen")]
        return [*self.wanted.given.items(), *(("n", number) for number in self.numbers if not self.is_all), *scope]

    @property
    def address(self) -> str:
        """The page that shows this choice."""
        return f"{reverse('handover:bulk')}?{urlencode(self.pairs)}"


def _only_customers(request: Request) -> None:
    if not request.actor.is_customer:
        raise NotAllowed(TABLE["export_list"].why_not)


@require_safe
def bulk(request: Request) -> HttpResponse:
    """Show how many are chosen, and offer what can be done with all of them."""
    _only_customers(request)
    choice = Choice.read(request.GET)
    rows = choice.rows(request)
    count = rows.count()
    offered = acts.acts_for(request.actor) if count else {}
    context = {
        "choice": choice,
        "count": count,
        "first": list(rows.values_list("number", "registered_name")[:5]),
        "acts": offered,
        "left_out": len(listing.protected(rows, "export_package", request.at)) if count else 0,
        **_asked(request, offered.values()),
        "token": uuid.uuid4(),
    }
    return render(request, "handover/bulk.html", context)


def _asked(request: Request, offered: Iterable[acts.BulkAct]) -> dict[str, Form]:
    """The fields that some of the acts need besides the choice."""
    forms: dict[str, Form] = {}
    for act in offered:
        if act.to_somebody:
            people = possible_successors(request.actor.organisation, but=request.actor.user)
            forms["form"] = AssignForm(request.POST or None, people=people)
        if act.asks_language:
            forms["languages"] = LanguageForm(request.POST or None, initial={"language": get_language()})
    return forms


def _arguments(act: acts.BulkAct, forms: dict[str, Form]) -> dict[str, Any]:
    """What the job carries. Raises `Refused` when something that the act needs is not chosen."""
    given: dict[str, Any] = {}
    for form in forms.values():
        if form.is_valid():
            given |= form.cleaned_data
    if act.to_somebody:
        if not given.get("successor"):
            raise Refused(_("Choose the person to whom these go."))
        return {"successor": given["successor"].pk}
    if act.asks_language:
        if not given.get("language"):
            raise Refused(_("Choose the language of the certificates."))
        return {"language": given["language"]}
    return {}


@require_POST
def start(request: Request) -> HttpResponse:
    """Begin a job over what is chosen; the page of the job shows how far it is."""
    choice, act = Choice.read(request.POST), acts.acts_for(request.actor).get(request.POST.get("act", ""))
    check(TABLE, "start_bulk", request.POST.get("act", ""), request.actor)
    if act is None:
        messages.error(request, _("Choose what to do."))
        return redirect(choice.address)
    try:
        made = transitions.start_bulk(
            kind=request.POST["act"],
            registration_pks=list(choice.rows(request).values_list("pk", flat=True)),
            confirmed=_number(request.POST.get("count", "")),
            arguments=_arguments(act, _asked(request, [act])),
            token=_token(request.POST.get("token", "")),
            actor=request.actor,
            at=request.at,
        )
    except Refused as refused:
        messages.error(request, str(refused.words))
        return redirect(choice.address)
    tasks.work_bulk.enqueue(made.number)
    return redirect("handover:job", made.number)


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else -1


def _token(typed: str) -> uuid.UUID:
    try:
        return uuid.UUID(typed)
    except ValueError as error:
        raise Refused(_("This form is no longer complete. Open it again.")) from error


@require_POST
def print_labels(request: Request) -> HttpResponse:
    """Answer with the labels in use of what is chosen as a PDF to be cut."""
    _only_customers(request)
    choice = Choice.read(request.POST)
    labels = listing.labels_in_use(listing.kept_by(choice.rows(request), request.actor), MOST)
    if not 1 <= len(labels) <= MOST:
        many = _("These are more than %(most)d labels, the most for one file. Choose fewer registrations.")
        none = _("None of these has a label that you keep. Labels are made on the page of the papers.")
        messages.error(request, many % {"most": MOST} if labels else none)
        return redirect(choice.address)
    pdf = render_sheet(labels, language=get_language() or "ja", at=request.at)
    headers = {"Content-Disposition": 'attachment; filename="labels.pdf"', "Cache-Control": "private, no-store"}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


@require_POST
def export_list(request: Request) -> HttpResponseBase:
    """Write down who takes which list, then send it as CSV."""
    choice = Choice.read(request.POST)
    rows = choice.rows(request)
    left_out = listing.protected(rows, "export_package", request.at)
    kept = [(pk, label) for pk, label in listing.labelled(rows) if pk not in left_out]
    try:
        labels = [label for _pk, label in kept]
        transitions.export_list(registrations=labels, left_out=len(left_out), actor=request.actor, at=request.at)
    except Refused as refused:
        messages.error(request, str(refused.words))
        return redirect(choice.address)
    name = f"registrations-{timezone.localdate(request.at)}.csv"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    lines = _csv([pk for pk, _label in kept])
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


class _Echo:
    """What csv writes to: gives each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def _csv(keys: list[int]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    heads = (_("Number"), _("Name"), _("Kana"), _("Unit"), _("Postal code"), _("Address"), _("Product"))
    # The sign at the start tells spreadsheets that it is UTF-8.
    yield "\ufeff" + writer.writerow([*heads, _("Person in charge"), _("Kind"), _("State"), _("In the register since")])
    kinds, states = dict(Custody.Kind.choices), dict(Registration.Status.choices)
    for first in range(0, len(keys), 500):
        for *texts, kind, status, since in listing.as_table(keys[first : first + 500]):
            told = (kinds[kind], states[status], timezone.localdate(since).isoformat())
            yield writer.writerow([*map(harmless, texts), *told])


@require_safe
def jobs(request: Request) -> HttpResponse:
    """List the jobs of the actor; administrators see all of their organisation."""
    page = Paginator(queries.listed(request.actor), PAGE).get_page(request.GET.get("page"))
    rows = [(each, _words(each)) for each in page]
    return render(request, "handover/bulk_jobs.html", {"page": page, "rows": rows})


def _words(job: BulkJob) -> Words:
    """What a job does; an act of an earlier release is called as it is kept."""
    act = acts.ACTS.get(job.kind)
    return act.words if act else job.kind


def _visible(request: Request, number: str) -> BulkJob:
    found = queries.find_visible(request.actor, number)
    if found is None:
        raise Http404
    return found


@require_safe
def job(request: Request, number: str) -> HttpResponse:
    """Show how far a job is, and what could not be done and why."""
    found = _visible(request, number)
    page = Paginator(queries.failures_of(found), PAGE).get_page(request.GET.get("page"))
    context = {
        "job": found,
        "words": _words(found),
        "page": page,
        "may": available(ON_JOB, found, request.actor),
    }
    return render(request, "handover/bulk_job.html", context)


@require_POST
def cancel(request: Request, number: str) -> HttpResponse:
    """Stop a job."""
    found = _visible(request, number)
    transitions.cancel_bulk(job_pk=found.pk, actor=request.actor, at=request.at)
    messages.success(request, _("Stopped. What is done stays done, and the rest was left as it is."))
    return redirect("handover:job", number)
