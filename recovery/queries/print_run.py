"""Today's post: letters of every kind that wait for the printer. Never what is written in them."""

from dataclasses import dataclass
from datetime import datetime

from accounts.actors import Actor
from audit.models import Event
from audit.queries import about
from desk.queries.answers import answers_to_print
from desk.queries.promises import letters_waiting
from handover.queries.activations import to_print
from handover.queries.attestation import letters_to_print
from recovery.queries.printing import waiting as claim_letters
from recovery.rules.post import ANSWER, CLAIM, KINDS, OPENING, PRINT_RUNS, QUESTION, WORD

LATEST = 10
"""Print runs that the page shows again."""


@dataclass(frozen=True)
class Waiting:
    """A letter that waits. `is_own`: the reader does not print it, because a second person sees that it leaves."""

    kind: str
    pk: int
    number: str
    words: str
    queued_at: datetime
    is_own: bool = False

    @property
    def key(self) -> str:
        """What the form carries."""
        return f"{self.kind}:{self.pk}"


def waiting(actor: Actor) -> list[Waiting]:
    """Return what waits, kind by kind in the order of `KINDS`, the oldest of each first."""
    openings = [
        Waiting(OPENING, one.pk, one.number, one.get_kind_display(), one.queued_at, is_own)
        for one, is_own in ((each.letter, each.is_own) for each in to_print(actor))
    ]
    answers = [
        Waiting(ANSWER, one.pk, one.letter_number or "", str(KINDS[ANSWER]), one.released_at)
        for one in answers_to_print(actor)
        if one.released_at
    ]
    return [
        *(Waiting(CLAIM, one.pk, one.number, one.words, one.queued_at, one.is_own) for one in claim_letters(actor)),
        *openings,
        *(Waiting(QUESTION, one.pk, one.number, str(KINDS[QUESTION]), one.queued_at) for one in letters_to_print()),
        *(Waiting(WORD, one.pk, one.letter_number, one.get_kind_display(), one.queued_at) for one in letters_waiting()),
        *answers,
    ]


def latest() -> list[Event]:
    """Return the last print runs as the log has them: numbers of letters and how many of each kind, no addressees."""
    return list(about(PRINT_RUNS)[:LATEST])
