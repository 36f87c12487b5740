"""What is due by its date, done one act a transaction. Called once a minute by the worker."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import structlog
from django.utils import timezone

from accounts.errors import DomainError
from audit.record import System
from handover import transitions
from handover.queries import changes, handovers, labels

log = structlog.get_logger(__name__)
CLOCK = System("clock")


def run(*, at: datetime) -> dict[str, int]:
    """Do everything of this app that is due at `at`; returns how many of each. Safe to run twice or side by side."""
    return {
        "switched": _each(handovers.due_for_switch(timezone.localdate(at)), transitions.switch, at),
        "expired": _each(handovers.due_for_expiry(at), transitions.expire, at),
        "reminded": sum(
            _one(transitions.remind, handover_pk=handover.pk, reached=reached, actor=CLOCK, at=at)
            for handover, reached in handovers.due_for_reminder(at)
        ),
        "closed": _each(handovers.due_for_closing(at), transitions.close_overlap, at),
        "changes": sum(
            _one(transitions.continue_change, change_pk=change.pk, actor=CLOCK, at=at)
            for change in changes.due_for_continuation(at)
        ),
        "labels": sum(
            _one(transitions.remind_labels, user_pk=person.pk, actor=CLOCK, at=at)
            for person in labels.due_for_reminder(at)
        ),
    }


def _each(due: Iterable[Any], transition: Callable[..., object], at: datetime) -> int:
    return sum(_one(transition, handover_pk=handover.pk, actor=CLOCK, at=at) for handover in list(due))


def _one(transition: Callable[..., object], **arguments: Any) -> int:
    try:
        transition(**arguments)
    except DomainError as said_no:
        # Somebody was quicker, or a side left: the next round looks again, people see the state on the page.
        log.warning("not done by the clock", act=transition.__name__, why=type(said_no).__name__)
        return 0
    except Exception as error:  # one broken case must not keep the others from their appointments
        log.exception("failed", act=transition.__name__, error=type(error).__name__)
        return 0
    return 1
