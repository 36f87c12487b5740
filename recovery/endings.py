"""How a claim ends and what its claimant is told. Plain functions: they run inside the transaction of the act."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone, translation

from accounts.models import User
from audit.models import Event
from recovery import claimant_post
from recovery.models import Claim, Dispatch, Ending
from recovery.queries import afterwards, tracking


def keep(claim: Claim, reason: str, *, missing: Iterable[str], at: datetime, by: User | None) -> Ending:
    """Write down how `claim` ends. Ask before its status changes: the rung that it reached decides what is told.

    `missing` are codes of categories of proofs; those that are not asked for by its procedure are left out.
    """
    rules = claim.procedure.procedure
    today, is_own = timezone.localdate(at), reason == Claim.EndReason.BY_CLAIMANT
    asked = afterwards.asked_for(rules)
    return Ending.objects.create(
        claim=claim,
        reason=reason,
        missing=[code for code in asked if code in set(missing)],
        rung=tracking.rung_of(claim, at),
        by=by,
        at=at,
        appeal_until=None if is_own else today + timedelta(days=rules.appeal["within_days"]),
        reopen_until=today + timedelta(days=rules.holding["reopen_days"]),
    )


def tell(claim: Claim, *, event: Event, at: datetime) -> None:
    """Tell the claimant by mail and by letter how it ended, why in fixed words, and what can be done until when.

    The same words, and the same post, whether it was refused or stopped, until organisation and person are proven.
    Where it looks like abuse nothing is written to the address that was stated: it may be somebody else's.
    """
    ending = Ending.objects.filter(claim=claim).order_by("-at", "-pk")[0]
    with translation.override(claim.inquiry.language):
        reasons = tuple(str(words) for words in afterwards.reasons_of(claim, ending))
    days = {"appeal_until": ending.appeal_until, "reopen_until": ending.reopen_until}
    if claim.mailbox and claim.mailbox_verified_at:
        claimant_post.to_mailbox("claim_closed", claim, event=event, at=at, reasons=reasons, **days)
    if ending.reason != Claim.EndReason.ABUSE:
        claimant_post.write(
            claim, Dispatch.Purpose.REFUSED, reasons=reasons, days=days, event=event, at=at, by=ending.by
        )
