"""How a clock does one act that is due: in a transaction of its own, so that none holds up the others."""

from collections.abc import Callable
from typing import Any

from accounts.errors import DomainError


def keep(log: Any, transition: Callable[..., object], *first: Any, **more: Any) -> int:
    """Call `transition` with the other arguments; return 1 when it was done, else 0 and a line in `log`.

    `log` is the structlog logger of the clock that calls.
    """
    try:
        transition(*first, **more)
    except DomainError as said_no:
        # Somebody was quicker, or a side left: the next round looks again, people see the state on the page.
        log.warning("not done by the clock", act=transition.__name__, why=type(said_no).__name__)
        return 0
    except Exception as error:  # one broken case must not keep the others from their appointments
        log.exception("failed", act=transition.__name__, error=type(error).__name__)
        return 0
    return 1
