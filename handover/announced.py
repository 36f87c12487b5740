"""Letters and calls of this app are announced before they leave, so that whoever gets one can ask whether it is ours.

Announcements (架電予定) are the desk's, to the right of this app. It comes forward when it is ready, so that nothing
here looks there: docs/decisions/0038-every-letter-is-announced.md.
"""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from accounts.actors import Actor
from accounts.models import User


class Matter(StrEnum):
    """What a letter or call of this app is for: whoever gets it reads it at the public page."""

    ACCESS = "access"
    """A letter with the code that opens an organisation's access."""
    TOLD = "told"
    """A letter of who became its first administrator."""
    CONFIRM = "confirm"
    """A call to ask whether the organisation knows of whoever answered the letter."""
    IN_CHARGE = "in_charge"
    """A letter that asks who is in charge."""


class Announcer(Protocol):
    """Whoever keeps the announcements."""

    def letter(self, matter: Matter, *, about: str, by: User | None, at: datetime) -> str:
        """Announce a letter about the thing labelled `about`; return its call code of eight digits."""

    def call(self, matter: Matter, *, about: str, actor: Actor, at: datetime) -> str:
        """Announce a call that `actor` makes within the next hours; return its call code."""

    def use(self, *, about: str, actor: Actor, at: datetime) -> int:
        """Use up a call of `actor` about `about`; return its key. Raises `Refused` where none was announced."""

    def codes(self, *, about: str, actor: Actor, at: datetime) -> list[str]:
        """Return the call codes that `actor` announced about `about` and has not used."""


_ANNOUNCERS: list[Announcer] = []


def announce_by(announcer: Announcer) -> None:
    """Let `announcer` keep the announcements of this app; one is enough."""
    _ANNOUNCERS[:] = [announcer]


def announcer() -> Announcer:
    """Return whoever keeps the announcements. Raises IndexError without one: nothing leaves unannounced."""
    return _ANNOUNCERS[0]
