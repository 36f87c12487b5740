"""What is due by its date, one act a transaction, once a minute by the worker. It approves and executes nothing."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog

from accounts.appointments import keep
from accounts.errors import DomainError
from audit.record import Public, System
from recovery import transitions
from recovery.models import CaseRequest
from recovery.queries import auditing, drift, due, exits, inbox, limiting, urgent, waiting

log = structlog.get_logger(__name__)
CLOCK = System("clock")


def run(*, at: datetime) -> dict[str, int]:
    """Do everything of this app that is due at `at`; returns how many of each. Safe to run twice or side by side."""
    return {
        "claims_stopped": sum(_one(transitions.stop, pk, at) for pk in due.for_stop()),
        "windows_begun": sum(_one(transitions.begin_window, pk, at) for pk in due.for_window()),
        "objections_lapsed": sum(_one(transitions.lapse_objection, pk, at) for pk in due.for_lapse(at)),
        "appeals_climbed": sum(_one(transitions.climb_appeal, pk, at) for pk in waiting.for_climbing(at)),
        "exits_offered": sum(_one(transitions.offer_reassignment, pk, at) for pk in exits.for_offering()),
        "holding_answered": sum(_one(transitions.answer_holding, pk, at) for pk in waiting.for_holding(at)),
        "passed_on": sum(_one(transitions.pass_on, pk, at) for pk in waiting.for_passing_on(at)),
        "silences_noticed": sum(_one(transitions.notice_silence, pk, at) for pk in waiting.for_noticing_silence(at)),
        "reminders_proposed": sum(_one(transitions.propose_reminder, pk, at) for pk in waiting.for_reminding(at)),
        "pointed_out": sum(_one(transitions.point_out_last, pk, at) for pk in waiting.for_pointing_out()),
        "requests_answered": sum(answer(pk, at) for pk in inbox.for_answering()),
        "codes_noted": sum(_one(transitions.note_failed_code, pk, at) for pk in limiting.for_noting()),
        "kits_ended": sum(_one(transitions.end_guessed_kit, pk, at) for pk in limiting.for_ending_kits(at)),
        "phones_paused": sum(_one(transitions.pause_phone, pk, at) for pk in limiting.for_pausing(at)),
        "posing_told": sum(_one(transitions.tell_of_posing, pk, at) for pk in waiting.for_posing(at)),
        "lists_shortened": sum(_one(transitions.drop_active, pk, at) for pk in due.for_dropping()),
        "settings_reminded": sum(_one(transitions.remind_of_setting, pk, at) for pk in urgent.for_reminding(at)),
        "considered_for_audit": sum(
            _one(transitions.consider_for_audit, pk, at) for pk in auditing.for_considering(at)
        ),
        "quarters_compared": sum(_one(transitions.compare_quarter, code, at) for code in drift.for_comparing(at)),
        "cooled_off": sum(_one(transitions.end_cooling_off, pk, at) for pk in due.for_cooling_off(at)),
    }


ASKED: dict[str, Callable[..., Any]] = {
    CaseRequest.Act.WITHDRAW: transitions.withdraw,
    CaseRequest.Act.APPEAL: transitions.appeal,
    CaseRequest.Act.REOPEN: transitions.reopen,
}
INQUIRER = Public()


def answer(request_pk: int, at: datetime) -> int:
    """Do what an inquirer asked for on the page of the case, as the inquirer's act; returns 1 if it was done.

    What the rules no longer allow is turned down, and the page says so.
    """
    asked = CaseRequest.objects.get(pk=request_pk)
    if asked.done_at:
        # A task that comes late: by now the case may have been taken up again, and nobody asked for it once more.
        return 0
    more = {"words": asked.words} if asked.act == CaseRequest.Act.APPEAL else {}
    try:
        ASKED[asked.act](asked.claim_id, **more, actor=INQUIRER, at=at)
    except DomainError:
        _one(transitions.turn_down, request_pk, at)
        return 0
    except Exception as error:  # it stays in the inbox and is tried again in a minute
        log.exception("failed", act=asked.act, error=type(error).__name__)
        return 0
    return 1


def _one(transition: Callable[..., Any], pk: int, at: datetime) -> int:
    return keep(log, transition, pk, actor=CLOCK, at=at)
