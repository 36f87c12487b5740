"""Runs of the import, for the provider."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from handover.models import ImportRun

SILENT_AFTER = timedelta(minutes=2)
"""A run of which nobody has heard for so long was stopped: a piece takes seconds."""


@dataclass(frozen=True)
class Shown:
    """A run as the page shows it. `state` is finished, running or stopped; `percent` how much was read."""

    run: ImportRun
    state: str
    percent: int
    differences: str


def runs() -> QuerySet[ImportRun]:
    """Return every run, the newest first."""
    return ImportRun.objects.order_by("-started_at", "-pk")


def shown(run: ImportRun, at: datetime) -> Shown:
    """Return `run` with where it stands at `at`."""
    heard = run.heard_at or run.started_at
    state = "finished" if run.finished_at else "running" if at - heard < SILENT_AFTER else "stopped"
    # The header is row 1.
    read = max(run.last_row - 1, 0)
    percent = 100 if run.finished_at else min(99, read * 100 // run.total) if run.total else 0
    found = ", ".join(f"{column} {count}" for column, count in sorted(run.differences.items()))
    return Shown(run, state, percent, found)
