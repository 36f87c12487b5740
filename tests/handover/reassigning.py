"""A case of reassignment on proven authority at each stage: 花子 is the only administrator, holds R-1 and refuses."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import User
from handover import transitions
from handover.models import AuthorityApproval, AuthorityCase, AuthorityProof, Registration
from tests.cast import Cast, actor
from tests.stock import NOW, TODAY

# Monday 23 November is a holiday: the third business day after Friday 20 is Thursday 26.
LAST_OF_NOTICE = date(2026, 11, 26)
DUE = datetime.fromisoformat("2026-11-27T09:00:00+09:00")
BY_SEAL: Mapping[str, tuple[str, date]] = {
    "O3": ("SEAL-2026-1", TODAY - timedelta(days=10)),
    "A1": ("LETTER-1", TODAY - timedelta(days=9)),
    "A2": ("CALL-17", TODAY),
}
BY_REGISTRY: Mapping[str, tuple[str, date]] = {
    "O1": ("REQ-1", TODAY - timedelta(days=20)),
    "A2": ("CALL-17", TODAY - timedelta(days=19)),
}


def proposed(cast: Cast, *held: Registration, by: User | None = None, **changes: Any) -> AuthorityCase:
    usual: dict[str, Any] = {
        "successor_email": cast.jiro.email,
        "ground": AuthorityCase.Ground.ONLY_ADMINISTRATOR.value,
        "proofs": BY_REGISTRY,
        "token": uuid.uuid4(),
        "at": NOW,
    }
    given = {**usual, **changes}
    return transitions.propose_reassignment(
        numbers=[one.number for one in held], **given, actor=actor(by or cast.operator)
    )


def approved(case: AuthorityCase, by: User, at: datetime = NOW) -> AuthorityCase:
    return transitions.approve_reassignment(case_pk=case.pk, signed_hash=case.proposal_hash, actor=actor(by), at=at)


def notified(cast: Cast, *held: Registration, **changes: Any) -> AuthorityCase:
    at = changes.get("at", NOW)
    case = proposed(cast, *held, **changes)
    approved(case, cast.approver, at)
    return approved(case, cast.senior, at)


def objected(case: AuthorityCase, by: User, at: datetime = NOW) -> Any:
    return transitions.object_to_reassignment(case_pk=case.pk, words="私が続けます", actor=actor(by), at=at)


def answered(case: AuthorityCase, by: User, at: datetime = NOW) -> Any:
    return transitions.answer_objection(case_pk=case.pk, words="会社の決定が優先します", actor=actor(by), at=at)


def executed(case: AuthorityCase, by: User, at: datetime = DUE) -> AuthorityCase:
    return transitions.execute_reassignment(case_pk=case.pk, signed_hash=case.proposal_hash, actor=actor(by), at=at)


def seconded(case: AuthorityCase, by: User) -> AuthorityProof:
    proof = case.proofs.get(code="O3")
    return transitions.second_authority_proof(proof_pk=proof.pk, actor=actor(by), at=NOW)


def yeses(case: AuthorityCase) -> int:
    return AuthorityApproval.objects.filter(case=case).count()
