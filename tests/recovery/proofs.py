"""Evidence as it should be: every kind of the catalogue, good on the day of decision and each by its own endpoint."""

from datetime import date, timedelta
from typing import Any

from recovery.procedure import Item, Procedure, load, read

DAY = date(2026, 11, 27)
VERSION_1: Procedure = read(load(1))
VERSION_2: Procedure = read(load(2))
CODES = tuple(kind.code for kind in VERSION_1.kinds)

_FRESH = DAY - timedelta(days=10)
_RECORD = {"source": "record", "on_record_since": date(2020, 4, 1)}
_GOOD: dict[str, dict[str, Any]] = {
    "O2": {"source": "registry", "issued_on": _FRESH},
    "O3": {"issued_on": _FRESH, "second_checked": True},
    "O6": {"source": "registry", "issued_on": _FRESH},
    "O8": {"issued_on": _FRESH},
    "A1": {"issued_on": _FRESH},
    "A2": {"endpoint": "phone:main", "source": "published"},
    "A3": {"endpoint": "user:7", "source": "record"},
    "A4": {"endpoint": "phone:officer", "source": "published"},
    "C1": {"endpoint": "post:record", **_RECORD},
    "C1b": {"endpoint": "post:head", "source": "registry"},
    "C2": {"endpoint": "phone:record", **_RECORD},
    "C3": {"endpoint": "mail:record", **_RECORD},
    "C4": {"endpoint": "domain:record", **_RECORD},
}


def proof(code: str, **changes: Any) -> Item:
    """Return good evidence of that kind, or with `changes`."""
    return Item(code, **{"checked_on": DAY, **_GOOD.get(code, {}), **changes})


def proofs(codes: str) -> list[Item]:
    """Return good evidence of the kinds named in `codes`."""
    return [proof(code) for code in codes.split()]
