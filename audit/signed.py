"""The hash of what people sign, in the one written form of each kind of record."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any


def hash_of(facts: Mapping[str, Any] | Sequence[Any], *, tight: bool = False) -> str:
    """Return the SHA-256 in hex over the JSON of `facts`: keys sorted, UTF-8, nothing escaped that need not be.

    `tight` leaves the white space behind commas and colons out. Both forms are on record, each for its own kind of
    record, and what was signed has to keep its hash: neither ever changes, and no kind changes over to the other.
    """
    separators = (",", ":") if tight else (", ", ": ")
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=separators)
    return hashlib.sha256(text.encode()).hexdigest()
