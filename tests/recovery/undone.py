"""A recovery that is put back: asked by one, confirmed by another."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from handover import mandating
from handover.models import ContactPoint, Custody, Deputy, Registration
from recovery import transitions
from recovery.models import Claim, Rollback
from tests import claims
from tests.cast import Cast, actor


def soon(claim: Claim, **delta: float) -> datetime:
    """Return a moment after the execution, within the protected time unless told otherwise."""
    assert claim.executed_at
    return claim.executed_at + timedelta(**(delta or {"days": 2}))


def asks(cast: Cast, claim: Claim, *, by: User | None = None, at: datetime | None = None) -> Rollback:
    return transitions.ask_rollback(
        claim.pk, reason="本人ではなかった", actor=actor(by or cast.operator), at=at or soon(claim)
    )


def confirms(cast: Cast, made: Rollback, *, by: User | None = None, at: datetime | None = None) -> Rollback:
    return transitions.confirm_rollback(
        made.pk, actor=actor(by or cast.senior), at=at or soon(made.claim, days=2, hours=1)
    )


def put_back(cast: Cast, claim: Claim) -> Claim:
    confirms(cast, asks(cast, claim))
    claim.refresh_from_db()
    return claim


def state_of(registration: Registration) -> dict[str, Any]:
    """Return what a snapshot keeps, as it is now; of the custody who holds it, for its row is a new one."""
    held = Custody.objects.current().get(registration=registration)
    points = ContactPoint.objects.current().filter(registration=registration).order_by("pk")
    deputies = Deputy.objects.current().filter(registration=registration).order_by("user")
    return {
        "custody": (held.user_id, held.kind),
        "deputies": list(deputies.values_list("user_id", flat=True)),
        "points": [
            (one.pk, one.kind, one.value, one.postal_code, one.since, one.health, one.purposes) for one in points
        ],
        "mandates": mandating.state_of(registration),
    }


def upheld(cast: Cast, claim: Claim, *, at: datetime) -> None:
    sent = claim.dispatches.get(purpose="executed", to=cast.taro.label)
    transitions.object_to(typed=claims.objection_sent(sent), words="", actor=claims.PUBLIC, at=at)
    objection = claim.objections.get()
    transitions.review_objection(objection.pk, recommendation="upheld", actor=actor(cast.colleague), at=at)
    transitions.decide_objection(objection.pk, outcome="upheld", reason="", actor=actor(cast.senior), at=at)
