"""Letters that only have to be on their way: printed for real once a process, and those sheets again each time after.

Printing takes longer than everything else on the way to a claim at its end. What letters look like, and what their
printing leaves behind, is tried where it is asked for by name: there nothing is shared.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

from handover import leaving as of_customers
from recovery import leaving as of_claims

PRINTERS: list[tuple[Any, str]] = [(of_claims, "letters_pdf"), (of_customers, "activations_pdf")]
REAL: dict[str, Callable[..., bytes]] = {name: getattr(module, name) for module, name in PRINTERS}
_known: dict[str, bytes] = {}


@contextlib.contextmanager
def known_sheets() -> Iterator[None]:
    """Print runs of the block give sheets of an earlier one. Not beside the main thread, and not where a test put
    something else in the printer's place."""
    with contextlib.ExitStack() as known:
        for module, name in PRINTERS:
            if threading.current_thread() is threading.main_thread() and getattr(module, name) is REAL[name]:
                known.enter_context(mock.patch.object(module, name, _once(name)))
        yield


def _once(name: str) -> Callable[..., bytes]:
    def printed(letters: Any) -> bytes:
        if name not in _known:
            _known[name] = REAL[name](letters)
        return _known[name]

    return printed
