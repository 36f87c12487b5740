"""How a claim is proposed and approved, and what keeps somebody from either."""

from datetime import datetime, timedelta

from accounts.models import Membership, Role, User
from desk import transitions as desk
from recovery import transitions
from recovery.models import Claim
from tests import claims
from tests.cast import Cast, actor
from tests.claims import READY, later
from tests.stock import NOW


def proposes(claim: Claim, who: User, *, at: datetime = READY) -> Claim:
    return transitions.propose(claim.pk, reason="そろいました", actor=actor(who), at=at)


def approves(claim: Claim, who: User, *, at: datetime | None = None, signed: str = "") -> Claim:
    claim.refresh_from_db()
    return transitions.approve(
        claim.pk,
        signed_hash=signed or claim.proposal_hash,
        reason="よい",
        actor=actor(who),
        at=at or claims.decided_at(claim),
    )


def talks(cast: Cast, claim: Claim, who: User, party: str) -> None:
    """Somebody notes a contact of the case."""
    desk.note_contact(
        claim.inquiry_id,
        direction="in",
        channel="phone",
        party=party,
        minutes=3,
        text="",
        actor=actor(who),
        at=later(days=1),
    )


def also(user: User, cast: Cast, *roles: Role) -> User:
    """Give `user` more roles at the provider."""
    for role in roles:
        Membership.objects.create(user=user, organisation=cast.provider, role=role, since=NOW - timedelta(days=99))
    return user
