"""Mandates that tests begin with."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import User
from audit.record import System
from handover import clock, transitions
from handover.models import (
    Mandate,
    MandateRegistration,
    Registration,
)
from tests.cast import Cast, actor
from tests.stock import NOW, TODAY

YEAR = date(2027, 11, 19)
"""The last day of the longest mandate that begins on TODAY."""


def asked(cast: Cast, *numbers: str, at: datetime = NOW, deliver: bool = True, **changes: Any) -> Mandate:
    """Let the contractor ask 青葉商事 for a mandate on `numbers`, and the clock bring it."""
    usual: dict[str, Any] = {
        "customer": "青葉商事株式会社",
        "scope": 2,
        "settings": ["forwarding", "hours"],
        "ends_on": TODAY + timedelta(days=200),
        "reason": "保守契約",
        "token": uuid.uuid4(),
    }
    made = transitions.ask_mandate(registrations=list(numbers), **{**usual, **changes}, actor=actor(cast.worker), at=at)
    if deliver:
        clock.run(at=at)
        made.refresh_from_db()
    return made


def approved(mandate: Mandate, by: User, *, at: datetime = NOW, **changes: Any) -> Mandate:
    """Let `by` grant what was asked for, all of it unless told otherwise."""
    rows = MandateRegistration.objects.undecided().filter(mandate=mandate)
    usual: dict[str, Any] = {
        "registrations": list(rows.values_list("registration_id", flat=True)),
        "scope": mandate.scope,
        "settings": mandate.settings,
        "ends_on": mandate.ends_on,
    }
    return transitions.approve_mandate(mandate_pk=mandate.pk, **{**usual, **changes}, actor=actor(by), at=at)


def granted(cast: Cast, *numbers: str, by: User | None = None, at: datetime = NOW, **changes: Any) -> Mandate:
    """Let somebody of 青葉商事 (花子 unless told otherwise) give the contractor a mandate on `numbers`."""
    usual: dict[str, Any] = {
        "contractor": "みどり通信工事株式会社",
        "scope": 2,
        "settings": ["forwarding"],
        "ends_on": YEAR,
        "reason": "保守契約",
        "token": uuid.uuid4(),
    }
    given = {**usual, **changes}
    return transitions.grant_mandate(registrations=list(numbers), **given, actor=actor(by or cast.hanako), at=at)


def row(mandate: Mandate, held: Registration) -> MandateRegistration:
    """Return the row of one registration in a mandate."""
    return MandateRegistration.objects.get(mandate=mandate, registration=held)


CLOCK = System("clock")


S = Mandate.Status
