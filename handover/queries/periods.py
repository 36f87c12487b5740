"""A time in which somebody held or stood in, as pages show it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handover.queries.nested import moment

PERSON = {
    "user": "user_id",
    "name": "user__display_name",
    "kana": "user__kana",
    "department": "user__department",
}


@dataclass(frozen=True)
class Period:
    """One period of custody, or of standing in. `user` is None while the provider keeps the registration."""

    user: int | None
    name: str
    kana: str
    department: str
    kind: str
    basis: str
    from_at: datetime
    to_at: datetime | None


def period_of(row: dict[str, Any]) -> Period:
    """Return the period of one nested row with the columns of `PERSON`, `kind`, `basis`, `from_at` and `to_at`."""
    # The provider has no name here; the page puts its own.
    texts = {name: row[name] or "" for name in ("name", "kana", "department")}
    return Period(**{**row, **texts, "from_at": moment(row["from_at"]), "to_at": moment(row["to_at"])})
