"""The figures of the desk as page and as CSV."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.asking import Request
from accounts.errors import NotAllowed
from desk.forms.period import PeriodForm
from desk.queries import drawing
from desk.queries import figures as queries
from desk.rules.figures import ONLY_READERS, sees_desk_figures

USUAL = timedelta(days=90)
"""Days shown by themselves."""


@require_safe
def figures(request: Request) -> HttpResponse:
    """Show how well matters are solved on the days chosen: numbers and tables first, a chart after them."""
    form, found = _read(request)
    context = {
        "form": form,
        "figures": found,
        "again": drawing.bars(found.whole.again),
        "ages": drawing.bars(found.whole.ages),
        "definitions": queries.DEFINITIONS,
    }
    return render(request, "desk/figures.html", context)


@require_safe
def figures_csv(request: Request) -> HttpResponse:
    """Send the same figures as CSV."""
    _form, found = _read(request)
    headers = {
        "Content-Disposition": f'attachment; filename="desk-{found.first}-{found.last}.csv"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse("".join(_csv(found)), content_type="text/csv; charset=utf-8", headers=headers)


def _read(request: Request) -> tuple[PeriodForm, queries.Figures]:
    if not sees_desk_figures(request.actor):
        raise NotAllowed(ONLY_READERS)
    today: date = timezone.localdate(request.at)
    form = PeriodForm(request.GET or None, usual=(today - USUAL, today))
    first, last = form.period
    return form, queries.figures(request.actor, first=first, last=last, at=request.at)


class _Echo:
    """What csv writes to: gives each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def _csv(found: queries.Figures) -> Iterator[str]:
    writer = csv.writer(_Echo())
    # The sign at the start tells spreadsheets that it is UTF-8.
    yield "\ufeff" + writer.writerow(drawing.heads())
    for line in drawing.table(found):
        yield writer.writerow(line)
