"""Papers that two persons erase."""

import uuid
from datetime import datetime

from accounts.models import Role, User
from handover import transitions
from handover.models import Document, Erasure, LegalHold, Registration
from tests.cast import Cast, actor, somebody
from tests.stock import NOW


def second_administrator(cast: Cast) -> User:
    """Give 青葉商事 a second administrator."""
    return somebody(cast.aoba, "相沢 礼", "アイザワ レイ", "rei@aoba.example", Role.ADMINISTRATOR)


def proposed(
    document: Document,
    by: User,
    *,
    number: int | None = None,
    reason: str = "too_much",
    token: uuid.UUID | None = None,
    at: datetime = NOW,
) -> Erasure:
    return transitions.propose_erasure(
        document_pk=document.pk, number=number, reason=reason, token=token or uuid.uuid4(), actor=actor(by), at=at
    )


def agreed(erasure: Erasure, by: User, *, checked: str = "", at: datetime = NOW) -> Erasure:
    return transitions.agree_erasure(erasure_pk=erasure.pk, checked=checked, actor=actor(by), at=at)


def held_fast(
    registration: Registration, by: User, *, reason: str = "dispute", words: str = "", at: datetime = NOW
) -> LegalHold:
    return transitions.place_hold(registration_pk=registration.pk, reason=reason, words=words, actor=actor(by), at=at)
