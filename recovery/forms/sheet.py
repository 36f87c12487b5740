"""The sheet of a claim: everything that was done about its proofs at one sitting, recorded by one press."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from handover.models import ContactPoint
from recovery.forms.provider import AttemptForm, EvidenceForm, LetterForm, MailCodeForm
from recovery.models import Claim, ContactAttempt
from recovery.procedure import Kind
from recovery.transitions.proving import BY_CODE, NOT_YET

Words = Any
"""Text that is translated when it is shown."""


class TryForm(AttemptForm):
    """One try to reach the predecessor by a medium that is chosen already."""

    def __init__(self, *args: Any, medium: str, points: Iterable[ContactPoint], **kwargs: Any) -> None:
        super().__init__(*args, points=[point for point in points if point.kind == medium], **kwargs)
        self.by = medium
        del self.fields["medium"]
        if medium == ContactAttempt.Medium.PHONE:
            self.fields["contact_point"].help_text = self.fields["result"].help_text = ""
            self.fields["result"].required = True
            self.fields["result"].error_messages["required"] = _("Choose what became of the call.")
        else:
            del self.fields["result"]


@dataclass(frozen=True)
class Part:
    """One thing that may have been done. `key` is its tick on the page; `form` is checked when it is ticked."""

    key: str
    name: Words
    how: Words
    is_ticked: bool
    form: Any
    points: int | None = None
    times: int = 0
    """How often it is on record already."""


@dataclass(frozen=True)
class Sheet:
    """All parts in the order in which they are done, in groups with a heading each."""

    groups: tuple[tuple[Words, tuple[Part, ...]], ...]

    @property
    def ticked(self) -> list[Part]:
        """What was done, in the order in which it is recorded."""
        return [part for _name, parts in self.groups for part in parts if part.is_ticked]

    @property
    def faulty(self) -> list[Part]:
        """What is ticked and not filled in rightly; all are looked at, so that all faults show at once."""
        return [part for part in self.ticked if not part.form.is_valid()]


def sheet_of(claim: Claim, points: list[ContactPoint], data: QueryDict | None, done: Iterable[str]) -> Sheet:
    """Return the sheet of `claim`: the kinds of evidence that people record, codes by letter and mail, attempts.

    `points` are the contact points of record; `data` is what was sent, None to show it; `done` are the keys of what
    is on record, one for each time.
    """
    ticked, on_record = set(data.getlist("do")) if data else set(), list(done)

    def part(key: str, name: Words, how: Words, make: Callable[..., forms.Form], worth: int | None = None) -> Part:
        is_ticked = key in ticked
        form = make(data if is_ticked else None, prefix=key)
        return Part(key, name, how, is_ticked, form, worth, on_record.count(key))

    def proof(kind: Kind) -> Part:
        def make(*args: Any, **kwargs: Any) -> forms.Form:
            return EvidenceForm(*args, kind=kind, **kwargs)

        return part(kind.code, kind.name, kind.how, make, kind.points)

    rules = claim.procedure.procedure
    kinds = [kind for kind in rules.kinds if kind.categories and kind.code not in BY_CODE | NOT_YET]
    proofs = [
        (one.name, tuple(proof(kind) for kind in kinds if kind.categories[0] == one.code)) for one in rules.categories
    ]
    sent = (
        part("letter", _("Order a letter with a code"), _("Another operator prints it."), _letter(claim, points)),
        part("mail_code", _("Send a code to a mail address of record"), "", _mail_code(points)),
    )
    # By phone at last: whoever is reached by it ends the claim.
    media = (ContactAttempt.Medium.MAIL, ContactAttempt.Medium.POST, ContactAttempt.Medium.PHONE)
    tries = tuple(part(f"try-{one.value}", TRIED[one], "", _attempt(one, points)) for one in media)
    groups = [*proofs, (_("Codes to the organisation"), sent), (_("Attempts to reach the predecessor"), tries)]
    return Sheet(tuple((name, parts) for name, parts in groups if parts))


TRIED: dict[ContactAttempt.Medium, Words] = {
    ContactAttempt.Medium.MAIL: _("Write a mail"),
    ContactAttempt.Medium.POST: _("Send a letter"),
    ContactAttempt.Medium.PHONE: _("I have called"),
}


def _letter(claim: Claim, points: list[ContactPoint]) -> Callable[..., forms.Form]:
    return lambda *args, **kwargs: LetterForm(*args, points=points, claim=claim, **kwargs)


def _mail_code(points: list[ContactPoint]) -> Callable[..., forms.Form]:
    return lambda *args, **kwargs: MailCodeForm(*args, points=points, **kwargs)


def _attempt(medium: str, points: list[ContactPoint]) -> Callable[..., forms.Form]:
    return lambda *args, **kwargs: TryForm(*args, medium=medium, points=points, **kwargs)
