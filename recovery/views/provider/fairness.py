"""Figures on fairness as page and as CSV, and the alarm about a quarter that differs. Of no case anything is shown."""

import csv
from collections.abc import Iterator

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.asking import Request
from accounts.errors import NotAllowed
from accounts.rulebook import available, check
from desk.forms.period import PeriodForm
from recovery import transitions
from recovery.forms.fairness import DriftForm
from recovery.queries import drift, fairness, picturing
from recovery.rules import TABLE
from recovery.rules.fairness import sees_figures
from recovery.views.provider.common import went_through

_CLOSING = {"close_drift": TABLE["close_drift"]}


@require_safe
def report(request: Request) -> HttpResponse:
    """Show days and outcomes by group for the days chosen, and the alarms."""
    _refuse_outsiders(request)
    today = timezone.localdate(request.at)
    form = PeriodForm(request.GET or None, usual=fairness.default_period(today))
    found = fairness.report(*form.period, request.at)
    checks = [
        (one, drift.quarter_words(one), drift.lines_of(one), bool(available(_CLOSING, one, request.actor)))
        for one in drift.checks()
    ]
    context = {
        "form": form,
        "report": found,
        "bars": picturing.bars(found),
        "dots": picturing.dots(found.persistence),
        "legend": fairness.OUTCOMES,
        "checks": checks,
        "quarters": picturing.quarters(today),
    }
    return render(request, "recovery/fairness.html", context)


@require_safe
def report_csv(request: Request) -> HttpResponse:
    """Send the same figures as CSV."""
    _refuse_outsiders(request)
    form = PeriodForm(request.GET or None, usual=fairness.default_period(timezone.localdate(request.at)))
    first, last = form.period
    found = fairness.report(first, last, request.at)
    headers = {
        "Content-Disposition": f'attachment; filename="fairness-{first}-{last}.csv"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse("".join(_csv(found)), content_type="text/csv; charset=utf-8", headers=headers)


class _Echo:
    """What csv writes to: gives each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def _csv(found: fairness.Report) -> Iterator[str]:
    writer = csv.writer(_Echo())
    # The sign at the start tells spreadsheets that it is UTF-8. All texts are our own: none begins a formula.
    yield "\ufeff" + writer.writerow(picturing.heads())
    for line in picturing.table(found):
        yield writer.writerow(line)


@require_http_methods(["GET", "POST"])
def close_drift(request: Request, pk: int) -> HttpResponse:
    """Ask a senior why a quarter differs."""
    _refuse_outsiders(request)
    found = drift.find(pk)
    if found is None:
        raise Http404
    check(TABLE, "close_drift", found, request.actor)
    form = DriftForm(request.POST or None)
    if form.is_valid() and went_through(
        form, lambda: transitions.close_drift(pk, **form.cleaned_data, actor=request.actor, at=request.at)
    ):
        messages.success(request, _("On record."))
        return redirect("recovery:fairness")
    context = {"form": form, "quarter": drift.quarter_words(found), "lines": drift.lines_of(found)}
    return render(request, "recovery/fairness_drift.html", context)


def _refuse_outsiders(request: Request) -> None:
    if not sees_figures(request.actor):
        raise NotAllowed(_("Only people of the provider see this."))
