"""What somebody has answered so far, kept in the session and encrypted: the table of sessions is no place for names."""

import json
import uuid
from typing import Any

from cryptography.fernet import InvalidToken

from outbox import cipher
from recovery.forms.public import QUESTIONS, Question, WishesField

KEY = "recover"
SENT = "recover_sent"
LONGEST = 2000
"""Signs kept of one answer, right or wrong: more than any field takes."""


class Draft:
    """Answers by field, as typed; a page is done when its form takes them. `token` names one sending."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.token = ""
        self.answers: dict[str, str] = {}
        self.seen: list[int] = []
        try:
            kept = json.loads(cipher.decrypt(session[KEY]))
        except (KeyError, InvalidToken):
            return
        self.token, self.answers, self.seen = kept["token"], kept["answers"], kept["seen"]

    def keep(self, step: int, typed: Any) -> None:
        """Keep what was typed on page `step`, whether or not it can be taken."""
        for name, field in QUESTIONS[step - 1].base_fields.items():
            given = ",".join(typed.getlist(name)) if isinstance(field, WishesField) else typed.get(name, "")
            self.answers[name] = str(given)[:LONGEST]
        self.seen = sorted({*self.seen, step})
        self.token = self.token or str(uuid.uuid4())
        self._save()

    def renew(self) -> None:
        """Take a new token, because the sending that the old one names did not come about."""
        self.token = str(uuid.uuid4())
        self._save()

    def _save(self) -> None:
        kept = {"token": self.token, "answers": self.answers, "seen": self.seen}
        self.session[KEY] = cipher.encrypt(json.dumps(kept)).decode()

    def discard(self) -> None:
        """Forget the answers, because whoever typed them says so."""
        self.session.pop(KEY, None)

    def end(self, number: str) -> None:
        """Forget the answers: they were sent under receipt number `number`."""
        self.session.pop(KEY, None)
        self.session[SENT] = {"token": self.token, "number": number}

    def form(self, step: int) -> Question:
        """Return the form of a page with what was typed there, checked if anything was."""
        kind = QUESTIONS[step - 1]
        return kind(self.answers) if step in self.seen else kind()

    def initial(self, step: int) -> dict[str, str]:
        """Return what was typed on a page, to show it again unchecked."""
        return {name: self.answers[name] for name in QUESTIONS[step - 1].base_fields if name in self.answers}

    def first_open(self) -> int | None:
        """Return the first page that is not answered yet, None when all are."""
        for step in range(1, len(QUESTIONS) + 1):
            if step not in self.seen or not self.form(step).is_valid():
                return step
        return None

    def cleaned(self) -> dict[str, Any]:
        """Return the answers of all pages as their forms take them."""
        found: dict[str, Any] = {}
        for step in range(1, len(QUESTIONS) + 1):
            form = self.form(step)
            form.full_clean()
            found |= form.cleaned_data
        return found
