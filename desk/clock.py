"""What customers asked for in the portal, taken over by the desk: one act a transaction, once a minute."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog

from accounts.appointments import keep
from audit.record import System
from desk import counting, queries, transitions
from desk.models import Climb
from desk.queries import bills, consents, promises
from handover import explaining

log = structlog.get_logger(__name__)
CLOCK = System("clock")


def run(*, at: datetime) -> dict[str, int]:
    """Take over new wishes to be called, drop those that were called off, and mind what was promised.

    Safe to run twice or side by side.
    """
    return {
        "explanations": sum(_one(transitions.pull_explanation, row.pk, at) for row in explaining.due_for_pulling()),
        "explanations_dropped": sum(
            _one(transitions.drop_explanation, row.pk, at) for row in queries.called_off_explanations()
        ),
        "notes_expired": sum(
            _one(transitions.expire_person_note, pk, at) for pk in queries.due_for_expiry_of_notes(at)
        ),
        "late_letters": climb_letters(at=at),
        "holds_climbed": sum(_told(transitions.climb_hold, pk, at, to=to) for pk, to in promises.for_climbing(at)),
        "referrals_climbed": sum(
            _told(transitions.climb_referral, pk, at, to=to) for pk, to in promises.for_taking_in(at)
        ),
        "inquirers_updated": sum(_one(transitions.update_inquirer, pk, at) for pk in promises.for_speaking(at)),
        "delays_explained": sum(_one(transitions.explain_delay, pk, at) for pk in promises.for_explaining_delay(at)),
        "silences_climbed": sum(
            _told(transitions.climb_inquiry, pk, at, why=Climb.Why.SILENT, to=to) for pk, to in promises.for_silence(at)
        ),
        "inquiries_aged": sum(
            _told(transitions.climb_inquiry, pk, at, why=Climb.Why.OLD, to=Climb.To.SENIOR)
            for pk in promises.for_ageing(at)
        ),
        "bills_taken_over": sum(
            _one(transitions.take_over_bill, row.pk, at) for row in bills.relays_over(at, answered=False)
        ),
        "bills_ended": sum(
            _one(transitions.end_bill_relay, row.pk, at) for row in bills.relays_over(at, answered=True)
        ),
        "consents_expired": sum(_one(transitions.expire_consent, row.pk, at) for row in consents.over(at)),
        # Last: what this round did is counted with it.
        "figures": counting.catch_up(at=at),
    }


def climb_letters(*, at: datetime) -> int:
    """Tell of letters on which something was due and is not on record; returns how many. Safe to run side by side."""
    return sum(_one(transitions.tell_late_letter, row.pk, at) for row in queries.late_letters(at))


def _one(transition: Callable[..., Any], pk: int, at: datetime) -> int:
    return keep(log, transition, pk, actor=CLOCK, at=at)


def _told(transition: Callable[..., Any], pk: int, at: datetime, **to: str) -> int:
    return keep(log, transition, pk, **to, actor=CLOCK, at=at)
