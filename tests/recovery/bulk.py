"""A claim with a list, brought to any stage."""

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator

from accounts import transitions as joining
from accounts.models import User
from handover.models import Registration
from outbox import cipher
from recovery import clock, transitions
from recovery.lists import GivenLine
from recovery.models import Claim, ClaimLine
from tests import claims
from tests.cast import PASSWORD, TOTP_SECRET, Cast, actor
from tests.letterbox import link_in, mails
from tests.stock import NOW, registration

NEW = "ichi@aoba.example"
"""Where a new person of a list is written to."""


def others(cast: Cast, count: int, *, holder: User | None = None) -> list[Registration]:
    """Create further registrations of 青葉商事, all with one mail address of record; in the provider's keeping."""
    return [registration(cast.aoba, f"L-{place:03}", custodian=holder) for place in range(1, count + 1)]


def lines(rows: list[tuple[str, str]]) -> list[GivenLine]:
    """Return lines with a number and the mail of the new person."""
    return [GivenLine(row, number, "総務課", "新任 一", mail) for row, (number, mail) in enumerate(rows, 2)]


def listed(cast: Cast, claim: Claim, rows: list[tuple[str, str]], *, at: datetime = NOW) -> Claim:
    """The operator takes in a list."""
    return transitions.take_list(claim.pk, lines=lines(rows), sha256="0" * 64, actor=actor(cast.operator), at=at)


def proposed(cast: Cast, rows: list[tuple[str, str]]) -> Claim:
    """A claim with all proofs of tier 4 whose operator proposes it with its list."""
    held = claims.held(cast, alive=False)
    claim = claims.accepted(cast, held)
    listed(cast, claim, rows)
    transitions.take_head_office(
        claim.pk,
        postal_code="1000002",
        address="東京都千代田区皇居外苑1-1",
        source="registry",
        actor=actor(cast.operator),
        at=NOW,
    )
    for code in ("O5", "O4", "P1", "A2"):
        claims.prove(cast, claim, code)
    claims.by_letter(cast, claim, to="head_office")
    claims.tried(cast, claim)
    return transitions.propose(claim.pk, reason="一覧のとおり", actor=actor(cast.operator), at=claims.READY)


def approved(cast: Cast, rows: list[tuple[str, str]]) -> Claim:
    """Everything has arrived, nobody objected, and both have said yes."""
    claim = proposed(cast, rows)
    claims.all_delivered(cast, claim, at=claims.READY)
    clock.run(at=claims.READY)
    claim.refresh_from_db()
    for decider in (cast.approver, cast.senior):
        claim = transitions.approve(
            claim.pk,
            signed_hash=claim.proposal_hash,
            reason="よい",
            actor=actor(decider),
            at=claims.decided_at(claim),
        )
    return claim


def opens(mail: str, name: str, *, at: datetime) -> User:
    """A new person follows the link of the mail and sets up a second factor."""
    sent = [one for one in mails("claim_unit") if one["to"] == mail]
    given: dict[str, Any] = {"display_name": name, "kana": "", "department": "", "language": "ja"}
    token = link_in(sent[-1]["body"]).rstrip("/").rpartition("/")[2]
    user = joining.accept_invitation(token, **given, password=PASSWORD, actor=claims.PUBLIC, at=at)
    Authenticator.objects.create(user=user, type="totp", data={"secret": cipher.encrypt(TOTP_SECRET).decode()})
    return user


def ready(cast: Cast, claim: Claim) -> Claim:
    """The claimant says to be ready."""
    at = claims.decided_at(claim)
    return transitions.get_ready(claim.pk, actor=actor(claims.opens_account(claim, at=at)), at=at)


def executed(cast: Cast, claim: Claim) -> Claim:
    """The approver carries it out."""
    return transitions.execute(
        claim.pk, signed_hash=claim.proposal_hash, actor=actor(cast.approver), at=claims.decided_at(claim)
    )


def states(claim: Claim) -> dict[str, tuple[str, str]]:
    """Return status and reason of each line, by the number that was given."""
    rows = ClaimLine.objects.filter(claim=claim).order_by("row")
    return {line.typed["number"]: (line.status, line.reason) for line in rows}
