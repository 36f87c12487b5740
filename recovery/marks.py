"""What a browser's session knows of a case: that receipt number and tracking code were right, and for how long."""

from datetime import datetime, timedelta
from typing import Any

KEY = "case"
IDLE = timedelta(minutes=30)
"""How long a case stays open in a browser that nobody uses. It ends with the browser in any case."""


def put(session: Any, claim_pk: int, *, at: datetime) -> None:
    """Remember that this browser's user has proven to be about the claim; an earlier case is forgotten."""
    session[KEY] = {"claim": claim_pk, "at": at.timestamp()}


def read(session: Any, *, at: datetime) -> int | None:
    """Return the claim whose case is open here, None without one or when nobody came for too long."""
    kept = session.get(KEY)
    if not kept or not 0 <= at.timestamp() - kept["at"] < IDLE.total_seconds():
        return None
    return int(kept["claim"])


def remove(session: Any) -> None:
    """Close the case in this browser."""
    session.pop(KEY, None)
