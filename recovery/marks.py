"""What a browser's session knows of a case: that receipt number and tracking code were right, and for how long."""

from datetime import datetime, timedelta
from typing import Any

KEY = "case"
CLAIM, INQUIRY = "claim", "inquiry"
"""What may be open in a browser: one claim, or one matter that is none."""
IDLE = timedelta(minutes=30)
"""How long a case stays open in a browser that nobody uses. It ends with the browser in any case."""


def put(session: Any, pk: int, *, at: datetime, key: str = CLAIM) -> None:
    """Remember that this browser's user has proven to be about the case; an earlier one is forgotten."""
    session[KEY] = {key: pk, "at": at.timestamp()}


def read(session: Any, *, at: datetime, key: str = CLAIM) -> int | None:
    """Return the case of this kind that is open here, None without one or when nobody came for too long."""
    kept = session.get(KEY)
    if not kept or key not in kept or not 0 <= at.timestamp() - kept["at"] < IDLE.total_seconds():
        return None
    return int(kept[key])


def remove(session: Any) -> None:
    """Close the case in this browser."""
    session.pop(KEY, None)
    session.pop(INQUIRY, None)
