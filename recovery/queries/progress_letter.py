"""What the progress letter of a case says: what would be said as well if there were no registration at all."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone, translation

from handover.printing.progress_letter import ProgressLetter
from handover.receipts import issuer
from recovery.models import Claim
from recovery.queries import tracking

SHOWN_TO_ANYBODY = 1
"""The letter passes from hand to hand: whatever rung the claimant has reached, it tells no more than this one."""


def letter_of(claim: Claim, language: str, at: datetime) -> ProgressLetter:
    """Return the letter about `claim` at `at` in `language`."""
    told = tracking.facts_for(claim, min(tracking.rung_of(claim, at), SHOWN_TO_ANYBODY), at)
    with translation.override(language):
        stage, turn = str(told.stage.label), str(told.turn.label)
    return ProgressLetter(
        receipt_number=claim.number,
        received_on=timezone.localdate(claim.received_at),
        stage=stage,
        turn=turn,
        next_on=told.next_on,
        issued_at=timezone.localtime(at),
        public_origin=settings.PUBLIC_ORIGIN,
        phone=settings.SUPPORT_PHONE,
        hours=settings.SUPPORT_HOURS,
        issuer=issuer(language),
        language=language,
    )
