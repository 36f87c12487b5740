"""Playing something and taking it back: sequences, and what somebody could have done instead."""

import contextlib
from collections.abc import Iterator
from typing import Any

from django.db import transaction


@contextlib.contextmanager
def rolled_back() -> Iterator[None]:
    # A savepoint, inside which transitions may still be durable.
    block: Any = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)
