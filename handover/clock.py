"""What is due by its date, done one act a transaction. Called once a minute by the worker."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import structlog
from django.utils import timezone

from accounts.errors import DomainError
from audit.record import System
from handover import transitions
from handover.queries import handovers, labels, mandates, packages

log = structlog.get_logger(__name__)
CLOCK = System("clock")


def run(*, at: datetime) -> dict[str, int]:
    """Do everything of this app that is due at `at`; returns how many of each. Safe to run twice or side by side."""
    today = timezone.localdate(at)
    return {
        "switched": _each(handovers.due_for_switch(today), transitions.switch, at),
        "expired": _each(handovers.due_for_expiry(at), transitions.expire, at),
        "reminded": sum(
            _one(transitions.remind, handover_pk=handover.pk, reached=reached, actor=CLOCK, at=at)
            for handover, reached in handovers.due_for_reminder(at)
        ),
        "packages_reminded": sum(
            _one(transitions.remind_package, package_pk=package.pk, reached=reached, actor=CLOCK, at=at)
            for package, reached in packages.due_for_reminder(today)
        ),
        "left": sum(
            _one(transitions.keep_leaving_date, package_pk=package.pk, actor=CLOCK, at=at)
            for package in packages.due_for_leaving(today)
        ),
        "closed": _each(handovers.due_for_closing(at), transitions.close_overlap, at),
        "labels": sum(
            _one(transitions.remind_labels, user_pk=person.pk, actor=CLOCK, at=at)
            for person in labels.due_for_reminder(at)
        ),
        "mandates_delivered": sum(
            _one(transitions.deliver_mandate, mandate_pk=mandate.pk, actor=CLOCK, at=at)
            for mandate in list(mandates.due_for_delivery())
        ),
        "mandates_reminded": sum(
            _one(transitions.remind_mandate, mandate_pk=mandate.pk, reached=reached, actor=CLOCK, at=at)
            for mandate, reached in mandates.due_for_reminder(at)
        ),
        "mandates_expired": sum(
            _one(transitions.expire_mandate, mandate_pk=mandate.pk, actor=CLOCK, at=at)
            for mandate in list(mandates.due_for_expiry(at))
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
