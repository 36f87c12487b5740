"""What customers asked for in the portal, taken over by the desk: one act a transaction, once a minute."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog

from accounts.appointments import keep
from audit.record import System
from desk import queries, transitions
from desk.queries import bills, consents
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
        "bills_taken_over": sum(
            _one(transitions.take_over_bill, row.pk, at) for row in bills.relays_over(at, answered=False)
        ),
        "bills_ended": sum(
            _one(transitions.end_bill_relay, row.pk, at) for row in bills.relays_over(at, answered=True)
        ),
        "consents_expired": sum(_one(transitions.expire_consent, row.pk, at) for row in consents.over(at)),
    }


def _one(transition: Callable[..., Any], pk: int, at: datetime) -> int:
    return keep(log, transition, pk, actor=CLOCK, at=at)
