"""A case that lacks one need, and the exception from it: asked, approved, granted."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from handover.models import Registration
from recovery import clock, transitions
from recovery.models import CaseException, Claim
from recovery.procedure import load, read
from recovery.queries import weighing
from tests import claims
from tests.cast import Cast, actor
from tests.stock import NOW

WORDS = {
    "text": "水害で書類も事務所も失われました",
    "control": "本店の総務に二度折り返しました",
    "risk": "本店の総務が誤っている場合",
    "compared": "前例なし。同じ水害の申し込みと比べます",
}
PROCEDURE = read(load(1))


def lacking(cast: Cast, lost: Registration, *, at: datetime = NOW, claim: Claim | None = None) -> Claim:
    """Everything but a proof of the organisation is there, and with it the points."""
    claim = claims.accepted(cast, lost, at=at, claim=claim)
    for code in ("P1", "A2"):
        claims.prove(cast, claim, code, at=at)
    claims.by_letter(cast, claim, at=at)
    claims.tried(cast, claim, at=at)
    claim.refresh_from_db()
    return claim


def asks(
    cast: Cast, claim: Claim, *, by: User | None = None, at: datetime = claims.READY, **changes: Any
) -> CaseException:
    wanted: dict[str, Any] = {
        "rule": "category:O",
        "reason_code": "disaster",
        "missing_proof": "O2",
        "words": WORDS,
        "expires_on": timezone.localdate(at) + timedelta(days=30),
    }
    return transitions.ask_exception(claim.pk, **{**wanted, **changes}, actor=actor(by or cast.colleague), at=at)


def approves(made: CaseException, who: User, *, at: datetime = claims.READY, signed: str = "") -> CaseException:
    return transitions.approve_exception(
        made.pk, signed_hash=signed or made.facts_hash, reason="よい", actor=actor(who), at=at
    )


def granted(cast: Cast, claim: Claim, *, at: datetime = claims.READY, **changes: Any) -> CaseException:
    made = asks(cast, claim, at=at, **changes)
    approves(made, cast.approver, at=at)
    return approves(made, cast.senior, at=at)


def standing(claim: Claim, at: datetime = claims.READY) -> weighing.Standing:
    return weighing.standing_of(Claim.objects.select_related("registration", "procedure").get(pk=claim.pk), at)


def proposes(cast: Cast, claim: Claim, *, at: datetime = claims.READY) -> Claim:
    return transitions.propose(claim.pk, reason="特例あり", actor=actor(cast.operator), at=at)


def notified(cast: Cast, claim: Claim, *, at: datetime = claims.READY) -> Claim:
    proposes(cast, claim, at=at)
    claims.all_delivered(cast, claim, at=at)
    clock.run(at=at)
    claim.refresh_from_db()
    return claim
