"""What was stated beside what is on record, field by field, for the provider's people while they look for it.

Never more of a record than tells two apart: a place up to its first number, and of phone, bill and mail only whether
they agree.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.errors import Words
from desk.forms.statement import LABELS
from desk.models import Statement
from recovery.matching import names
from recovery.matching.searching import Candidate

AGREES, IN_PART, DIFFERS, UNSAID = "agrees", "in_part", "differs", "unsaid"


@dataclass(frozen=True)
class Line:
    """One field. `known` is None where no more than agreement is shown; `mark` is one of the four above."""

    label: Words
    said: str
    known: str | None
    mark: str

    @property
    def words(self) -> str:
        return {
            AGREES: _("agrees"),
            IN_PART: _("agrees in part"),
            DIFFERS: _("differs"),
            UNSAID: _("not stated"),
        }[self.mark]


@dataclass(frozen=True)
class Compared:
    """A candidate with its lines, and what tells it from others of the same name ("" where there are none)."""

    one: Candidate
    lines: tuple[Line, ...]
    namesakes: str


def beside(said: Statement, rows: Sequence[Candidate]) -> list[Compared]:
    """Return `rows` in their order, each beside what was stated. It reads nothing."""
    alike: dict[str, list[Candidate]] = {}
    for one in rows:
        alike.setdefault(names.core(one.registered_name), []).append(one)
    return [Compared(one, _lines(said, one), _apart(alike[names.core(one.registered_name)])) for one in rows]


def _lines(said: Statement, one: Candidate) -> tuple[Line, ...]:
    agrees = one.evidence
    lines = [
        Line(LABELS["organisation_name"], said.organisation_name, one.registered_name, _name(said, one)),
        Line(LABELS["organisation_kana"], said.organisation_kana, one.registered_kana, _kana(said, one)),
        Line(_("Former names"), "", ", ".join(one.former_names), _former(one)),
        Line(
            LABELS["unit"],
            said.unit,
            one.unit,
            _mark(said.unit, yes=agrees["unit_said"], partly=agrees["unit_in_part"]),
        ),
        Line(
            LABELS["address"],
            said.address,
            one.place,
            _mark(said.address, yes=agrees["spot"], partly=agrees["spot_in_part"] or agrees["town"] >= 0.9),
        ),
    ]
    bare = (
        ("postal_code", said.postal_code, agrees["postal"], agrees["postal_near"]),
        ("phone", said.phone, agrees["phone"], agrees["phone_end"]),
        ("bill_reference", said.bill_reference, agrees["bill"], agrees["bill_in_part"]),
        # The claimant's own: that it is not on record says nothing.
        ("mail", said.mail if agrees["mail"] else "", agrees["mail"], 0.0),
    )
    lines += [
        Line(LABELS[name], text, None, _mark(text, yes=yes, partly=partly)) for name, text, yes, partly in bare if text
    ]
    return tuple(line for line in lines if line.said or line.known)


def _mark(said: str, *, yes: float, partly: float = 0.0) -> str:
    if not said:
        return UNSAID
    return AGREES if yes else IN_PART if partly else DIFFERS


def _name(said: Statement, one: Candidate) -> str:
    agrees = one.evidence
    if agrees.name in one.known.former:
        return _mark(said.organisation_name, yes=0.0)
    is_now = agrees.name in one.known.names
    partly = agrees["part_exact"] or agrees["same_sound"] or agrees["alike"] >= 0.6
    return _mark(said.organisation_name, yes=agrees["exact"] and is_now, partly=partly)


def _kana(said: Statement, one: Candidate) -> str:
    mine, theirs = names.core(said.organisation_kana), names.core(one.registered_kana)
    is_same = bool(theirs) and mine == theirs
    return _mark(said.organisation_kana, yes=is_same, partly=bool(set(names.grams(mine)) & set(names.grams(theirs))))


def _former(one: Candidate) -> str:
    agrees = one.evidence
    if agrees.name not in one.known.former:
        return UNSAID
    return AGREES if agrees["exact"] or agrees["part_exact"] else IN_PART if agrees["alike"] >= 0.8 else UNSAID


def _apart(alike: Sequence[Candidate]) -> str:
    if len(alike) < 2:
        return ""
    unit, place = (len({getattr(one, field) for one in alike}) > 1 for field in ("unit", "place"))
    if unit and place:
        return _("Same name more than once: unit and place tell them apart.")
    if unit:
        return _("Same name more than once: the unit tells them apart.")
    if place:
        return _("Same name more than once: the place tells them apart.")
    return _("Same name, unit and place more than once: ask for a bill, a phone number or the house number.")
