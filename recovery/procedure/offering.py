"""A newer version that ships, and a procedure that the installation made its own: what the one brings to the other."""

from collections.abc import Mapping
from typing import Any

from recovery.procedure.differences import KEYS

Data = Mapping[str, Any]


def merged(base: Data, own: Data, new: Data) -> dict[str, Any]:
    """Return `own` with what changed from `base` to `new`; what the installation changed itself stays as it is.

    `base` is the shipped version that `own` came from, `new` the newer one. Entries of lists are the same where code,
    number or rung are; where both changed the same value, the installation's stays. Pure: nothing is decided by it.
    """
    made = {key: _one(base.get(key), value, new.get(key)) for key, value in own.items() if key != "version"}
    added = {key: value for key, value in new.items() if key not in own and key not in base}
    return {"version": own["version"], **made, **added}


def _one(base: Any, own: Any, new: Any) -> Any:
    if new is None or base == new:
        return own
    if own == base:
        return new
    if isinstance(own, Mapping) and isinstance(new, Mapping):
        return _mapping(base if isinstance(base, Mapping) else {}, own, new)
    entries = [_entries(one) for one in (base, own, new)]
    if all(one is not None for one in entries):
        before, mine, theirs = (one or {} for one in entries)
        return list(_mapping(before, mine, theirs).values())
    return own


def _mapping(base: Data, own: Data, new: Data) -> dict[str, Any]:
    made = {name: _one(base.get(name), value, new.get(name)) for name, value in own.items()}
    return made | {name: value for name, value in new.items() if name not in own and name not in base}


def _entries(value: Any) -> dict[str, Any] | None:
    """Return the entries of a list by what they are called, None for anything else."""
    if not isinstance(value, list) or not value:
        return None
    named = {str(one[key]): one for one in value if isinstance(one, Mapping) for key in KEYS if key in one}
    return named if len(named) == len(value) else None
