"""Deputies on both sides, and cases of reassignment at each stage, so that their paths have something to lead to."""

from datetime import timedelta
from typing import Any

from accounts.models import Organisation, User
from handover import transitions
from tests.cast import Cast, actor
from tests.handover.reassigning import BY_SEAL, notified, objected, proposed
from tests.stock import NOW, registration

Arguments = dict[str, list[Any]]
Posts = dict[str, dict[str, Any]]
LONG_AGO = NOW - timedelta(days=30)


def deputy_addresses(
    home: Organisation, letter: str, custodian: User, deputy: User, silent: User, spare: User
) -> Arguments:
    """Make `deputy` one of R-6, whose custodian is busy, and of R-7, whose holder `silent` never answered."""
    busy = registration(home, f"{letter}-6", custodian=custodian)
    quiet = registration(home, f"{letter}-7", custodian=silent)
    by = actor(custodian)
    first = transitions.name_deputy(registration_pk=busy.pk, deputy=deputy, actor=by, at=NOW)
    second = transitions.name_deputy(registration_pk=busy.pk, deputy=spare, actor=by, at=NOW)
    transitions.name_deputy(registration_pk=quiet.pk, deputy=deputy, actor=actor(silent), at=LONG_AGO)
    later = LONG_AGO + timedelta(minutes=1)
    transitions.report_absence(registration_pk=quiet.pk, reason="連絡がつかない", actor=actor(deputy), at=later)
    administrator = next(one for one in (deputy, spare) if actor(one).is_administrator)
    transitions.activate_deputy(deputy_pk=second.pk, reason="出張", actor=actor(administrator), at=NOW)
    own: Arguments = {
        "name_deputy": [quiet.number],
        "end_deputy": [busy.number, first.pk],
        "activate_deputy": [busy.number, first.pk],
        "deactivate_deputy": [busy.number, second.pk],
        "report_absence": [busy.number],
        "stand_in": [quiet.number],
        "note_unverified_period": [busy.number],
    }
    return {f"handover:{name}": arguments for name, arguments in own.items()}


def authority_cases(cast: Cast) -> tuple[Arguments, Posts]:
    """花子 refuses: a case to be decided, one under notice with something said against it, and one that is due."""
    held = [registration(cast.aoba, f"A-{number}", custodian=cast.hanako) for number in range(1, 6)]
    asked = proposed(cast, held[0])
    sealed = proposed(cast, held[1], proofs=BY_SEAL)
    heard = notified(cast, held[2])
    objected(heard, cast.hanako)
    due = notified(cast, held[3], at=NOW - timedelta(days=10))
    # Notice of the day of the second yes: of long ago, so that it is over.
    silent = notified(cast, held[4])
    own: Arguments = {
        **{name: [asked.number] for name in ("authority_case", "approve_reassignment", "refuse_reassignment")},
        "withdraw_reassignment": [asked.number],
        "second_authority_proof": [sealed.number, sealed.proofs.get(code="O3").pk],
        "answer_objection": [heard.number],
        "execute_reassignment": [due.number],
        "authority_object": [silent.number],
    }
    posts: Posts = {
        "approve_reassignment": {"signed_hash": asked.proposal_hash},
        "execute_reassignment": {"signed_hash": due.proposal_hash},
        **{name: {"reason": "取りやめ"} for name in ("refuse_reassignment", "withdraw_reassignment")},
        **{name: {"words": "ご説明します"} for name in ("answer_objection", "authority_object")},
        "propose_reassignment": {
            "numbers": registration(cast.aoba, "A-9", custodian=cast.hanako).number,
            "successor_email": cast.jiro.email,
            "ground": "only_administrator",
            "reference_O1": "REQ-9",
            "dated_O1": NOW.date().isoformat(),
            "reference_A2": "CALL-9",
            "dated_A2": NOW.date().isoformat(),
            "token": "7e0f3c0e-7d3c-4c88-9a53-9f0f8f7b2a10",
        },
        "name_deputy": {"deputy": cast.jiro.pk},
        **{name: {"reason": "入院"} for name in ("activate_deputy", "report_absence")},
        "note_unverified_period": {"name": "山田", "first_on": "2024-04-01", "last_on": "2025-03-31"},
    }

    def full(given: dict[str, Any]) -> dict[str, Any]:
        return {f"handover:{name}": value for name, value in given.items()}

    return full(own), full(posts)
