"""What a browser's session knows of a case: that receipt number and tracking code were right, and for how long."""

from datetime import datetime, timedelta
from typing import Any

KEY, INQUIRY = "case", "inquiry"
IDLE = timedelta(minutes=30)
"""How long a case stays open in a browser that nobody uses. It ends with the browser in any case."""


def put(session: Any, claim_pk: int, *, at: datetime) -> None:
    """Remember that this browser's user has proven to be about the claim; an earlier case is forgotten."""
    remove(session)
    session[KEY] = {"claim": claim_pk, "at": at.timestamp()}


def put_inquiry(session: Any, inquiry_pk: int, *, at: datetime) -> None:
    """Remember the same of an inquiry that is no claim; an earlier case is forgotten."""
    remove(session)
    session[INQUIRY] = {"inquiry": inquiry_pk, "at": at.timestamp()}


def read(session: Any, *, at: datetime) -> int | None:
    """Return the claim whose case is open here, None without one or when nobody came for too long."""
    kept = session.get(KEY)
    return int(kept["claim"]) if _is_open(kept, at) else None


def read_inquiry(session: Any, *, at: datetime) -> int | None:
    """Return the inquiry that is open here, None without one or when nobody came for too long."""
    kept = session.get(INQUIRY)
    return int(kept["inquiry"]) if _is_open(kept, at) else None


def _is_open(kept: Any, at: datetime) -> bool:
    return bool(kept) and 0 <= at.timestamp() - kept["at"] < IDLE.total_seconds()


def remove(session: Any) -> None:
    """Close the case in this browser."""
    session.pop(KEY, None)
    session.pop(INQUIRY, None)
