"""What tests about one-time codes begin with."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from accounts import codes
from accounts.models import OneTimeCode

AT = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


MINUTE = timedelta(minutes=1)


SECOND = timedelta(seconds=1)


LIFE = timedelta(days=21)


Purpose = OneTimeCode.Purpose


WRONG = "22222-22222"


def issue(subject: str = "claim:C-1", **given: Any) -> tuple[OneTimeCode, str]:
    with transaction.atomic():
        return codes.issue(**{"purpose": Purpose.LETTER, "subject": subject, "life": LIFE, "at": AT, **given})


def guess(typed: str, subject: str = "claim:C-1", *, purpose: str = Purpose.LETTER, at: datetime = AT) -> bool:
    """Do what a view does: charge, compare, redeem. True when the code was right and is used up now."""
    found = codes.find_match(codes.charge(purpose=purpose, subject=subject, at=at), typed)
    if found is None:
        return False
    with transaction.atomic():
        codes.redeem(found, at=at)
    return True
