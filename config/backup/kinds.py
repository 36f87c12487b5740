"""Which database this installation has."""

from pathlib import Path
from typing import Protocol

from django.db import connection

from config.backup import postgres, sqlite
from config.backup.facts import Facts


class Kind(Protocol):
    """How one kind of database is copied and given back."""

    FILE: str

    def take(self, folder: Path) -> Facts: ...

    def refuse_unless_empty(self) -> None: ...

    def give_back(self, folder: Path, listed: tuple[int, str]) -> None: ...


def here() -> Kind:
    """Return the kind that DATABASE_URL names."""
    return postgres if connection.vendor == "postgresql" else sqlite
