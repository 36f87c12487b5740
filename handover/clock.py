"""What is due by its date, done one act a transaction. Called once a minute by the worker."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import structlog
from django.utils import timezone

from accounts.appointments import keep
from audit.record import System
from handover import transitions
from handover.queries import absence, attestation, canaries, changes, handovers, labels, mandates, packages, season
from handover.rules.attestation import LETTER, TELL_OTHERS

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
            for package in list(packages.due_for_leaving(today))
        ),
        "leavings_held": sum(
            _one(transitions.hold_leaving_date, package_pk=package.pk, actor=CLOCK, at=at)
            for package in list(packages.due_for_holding(today))
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
        "bounced": _bounced(at),
        "attestation": _attestation(at),
        "absence": _absence(at),
        "season": _season(at),
        "canaries": _canaries(at),
    }


def _bounced(at: datetime) -> int:
    return sum(
        _one(transitions.record_bounce, notice_pk=notice.pk, status=notice.bounce_status, actor=CLOCK, at=at)
        for notice in absence.due_for_bounce()
    )


def _attestation(at: datetime) -> int:
    """A piece for each person and customer: what concerns thousands goes on in the next round."""
    done = sum(
        _one(transitions.ask_attestation, user_pk=user, actor=CLOCK, at=at) for user in attestation.due_for_asking(at)
    )
    done += sum(
        _one(transitions.remind_attestation, user_pk=user, stage=stage, actor=CLOCK, at=at)
        for user, stage in attestation.due_for_reminding(at)
    )
    # Others are told before a letter goes out.
    for stage, act in ((TELL_OTHERS, transitions.escalate_attestation), (LETTER, transitions.post_attestation)):
        done += sum(
            _one(act, organisation_pk=organisation, actor=CLOCK, at=at)
            for organisation in attestation.due_for_escalation(at, stage)
        )
    return done


def _absence(at: datetime) -> int:
    # Who is back first, so that nobody is told of an absence that is over.
    done = sum(_one(transitions.end_absence, user_pk=user, actor=CLOCK, at=at) for user in absence.due_for_return())
    return done + sum(
        _one(transitions.note_absence, user_pk=user, actor=CLOCK, at=at) for user in absence.due_for_absence(at)
    )


def _season(at: datetime) -> int:
    begun = sum(
        _one(transitions.begin_season, organisation_pk=organisation.pk, actor=CLOCK, at=at)
        for organisation in season.due_for_season(at)
    )
    return begun + sum(
        _one(transitions.tell_season, campaign_pk=campaign.pk, actor=CLOCK, at=at)
        for campaign in season.due_for_telling(at)
    )


def _canaries(at: datetime) -> int:
    return sum(_one(transitions.watch_canary, canary_pk=pk, actor=CLOCK, at=at) for pk in canaries.due_for_watching(at))


def _each(due: Iterable[Any], transition: Callable[..., object], at: datetime) -> int:
    return sum(_one(transition, handover_pk=handover.pk, actor=CLOCK, at=at) for handover in list(due))


def _one(transition: Callable[..., object], **arguments: Any) -> int:
    return keep(log, transition, **arguments)
