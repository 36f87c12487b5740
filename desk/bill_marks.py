"""What a browser's session knows of a bill that was typed in right, and of a thread that was opened by its codes."""

from datetime import datetime, timedelta
from typing import Any

BILL, THREAD = "bill", "bill_thread"
IDLE = timedelta(minutes=30)
"""How long either stays open in a browser that nobody uses. It ends with the browser in any case."""


def put(session: Any, kind: str, kept: Any, *, at: datetime) -> None:
    """Remember `kept`; what was open before is forgotten."""
    session[kind] = {"kept": kept, "at": at.timestamp()}


def read(session: Any, kind: str, *, at: datetime) -> Any:
    """Return what `put` kept, None without it or when nobody came for too long."""
    found = session.get(kind)
    if not found or not 0 <= at.timestamp() - found["at"] < IDLE.total_seconds():
        return None
    return found["kept"]
