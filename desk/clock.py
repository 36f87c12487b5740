"""What customers asked for in the portal, taken over by the desk: one act a transaction, once a minute."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog

from accounts.appointments import keep
from audit.record import System
from desk import counting, queries, transitions
from handover import explaining

log = structlog.get_logger(__name__)
CLOCK = System("clock")


def run(*, at: datetime) -> dict[str, int]:
    """Take over new wishes to be called, and drop those that were called off. Safe to run twice or side by side."""
    return {
        "explanations": sum(_one(transitions.pull_explanation, row.pk, at) for row in explaining.due_for_pulling()),
        "explanations_dropped": sum(
            _one(transitions.drop_explanation, row.pk, at) for row in queries.called_off_explanations()
        ),
        "notes_expired": sum(
            _one(transitions.expire_person_note, pk, at) for pk in queries.due_for_expiry_of_notes(at)
        ),
        "figures": counting.catch_up(at=at),
        "late_letters": climb_letters(at=at),
    }


def climb_letters(*, at: datetime) -> int:
    """Tell of letters on which something was due and is not on record; returns how many. Safe to run side by side."""
    return sum(_one(transitions.tell_late_letter, row.pk, at) for row in queries.late_letters(at))


def _one(transition: Callable[..., Any], pk: int, at: datetime) -> int:
    return keep(log, transition, pk, actor=CLOCK, at=at)
