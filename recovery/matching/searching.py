"""The first search: rare pairs of characters find a few hundred rows in the database, Python puts them in order.

Numbers on record (phone, bill, mail) find their rows by themselves. Six queries, none of which grows with what was
found. The weights are our own: what somebody knows by heart (a bill, a phone) says more than a name, a name more than
a place. No order depends on the database: weights are whole numbers, and equals go by registration number.
"""

import re
from dataclasses import dataclass
from math import log2, prod
from typing import Any

from django.db.models import Case, Count, QuerySet, Value, When
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext as _

from accounts.models import same_address
from desk.models import Statement
from handover.folding import find_phone, find_postal_code, fold
from handover.models import BillReference, ContactPoint, Registration, UnitAlias
from recovery.matching import names, places

POOL = 400
"""Rows that are looked at closely."""
MOST_GRAMS = 40
"""Parts of what was said that the database looks for; the rest adds nothing but time."""
MOST_SAME_NUMBER = 50
"""Rows that share one phone or bill; a switchboard has many."""

# How much each kind of agreement is worth when it is complete; together by "one minus the product of the doubts".
NAME, PLACE, POSTAL, UNIT = 0.90, 0.55, 0.25, 0.30
SAME = {"phone": 0.80, "bill": 0.90, "mail": 0.85}
LEAST = 0.30
"""Below this a row is noise."""

SEARCHED = (
    "organisation_name",
    "organisation_kana",
    "unit",
    "postal_code",
    "address",
    "phone",
    "bill_reference",
    "mail",
)
"""What of a statement is looked for."""

Row = dict[str, Any]
COLUMNS = (
    *("pk", "number", "registered_name", "registered_kana", "former_names", "unit", "postal_code", "address"),
    *("organisation__legal_name", "organisation__kana", "organisation__former_names"),
)


@dataclass(frozen=True)
class Candidate:
    """A registration that may be meant. `score` is 0 to 1; `place` ends before the number of the house."""

    number: str
    registered_name: str
    registered_kana: str
    unit: str
    place: str
    score: float

    @property
    def band(self) -> str:
        """Return `strong`, `likely` or `weak`: what a score is worth to a reader."""
        # The same name alone is 0.90: of a company with many branches that says little, so more has to agree.
        return "strong" if self.score >= 0.93 else "likely" if self.score >= 0.7 else "weak"

    @property
    def band_words(self) -> str:
        return {"strong": _("agrees well"), "likely": _("agrees in part"), "weak": _("agrees little")}[self.band]


@dataclass(frozen=True)
class _Wanted:
    """What was said, in the forms in which it is compared."""

    names: list[str]
    units: list[str]
    address: str
    postal_code: str
    phone: str
    bill: str
    mail: str


def candidates(statement: Statement, *, limit: int = 20) -> list[Candidate]:
    """Return the active registrations that `statement` may mean, the likeliest first, at most `limit`."""
    wanted = _wanted(statement)
    same = {"phone": _with_phone(wanted.phone), "bill": _with_bill(wanted.bill), "mail": _with_mail(wanted.mail)}
    pool = _pool(wanted)
    keys = {row["pk"] for row in pool}
    more = {pk for rows in same.values() for pk in rows} - keys
    if more:
        pool += _columns(Registration.objects.filter(pk__in=more, status=Registration.Status.ACTIVE))
        keys |= more
    aliases: dict[int, list[str]] = {}
    for pk, alias in UnitAlias.objects.filter(registration__in=keys, until=None).values_list("registration", "alias"):
        aliases.setdefault(pk, []).append(alias)
    found = [_candidate(row, wanted, same, aliases.get(row["pk"], [])) for row in pool]
    found = [one for one in found if one.score >= LEAST]
    return sorted(found, key=lambda one: (-one.score, one.number))[:limit]


def _wanted(said: Statement) -> _Wanted:
    asked = [*names.spellings(said.organisation_name), *names.spellings(said.organisation_kana)]
    # People write the branch behind the name: the first word alone is the name as well.
    words = said.organisation_name.split()
    if len(words) > 1:
        asked += [names.core(words[0]), names.core("".join(words[:2]))]
    return _Wanted(
        names=[name for name in dict.fromkeys(asked) if name],
        units=[unit for unit in (fold(said.unit), *(fold(word) for word in words[1:])) if unit],
        address=said.address,
        postal_code=find_postal_code(said.postal_code) or "",
        phone=find_phone(said.phone) or "",
        bill=said.bill_reference.strip(),
        mail=same_address(said.mail) if said.mail else "",
    )


# Rows ---------------------------------------------------------------------------------------------------------------


def _with_phone(phone: str) -> set[int]:
    points = ContactPoint.objects.filter(kind=ContactPoint.Kind.PHONE, value=phone)
    return _registrations(points) if phone else set()


def _with_mail(mail: str) -> set[int]:
    points = ContactPoint.objects.filter(kind=ContactPoint.Kind.MAIL, value__iexact=mail)
    return _registrations(points) if mail else set()


def _with_bill(bill: str) -> set[int]:
    return _registrations(BillReference.objects.filter(reference__iexact=bill)) if bill else set()


def _registrations(rows: QuerySet[ContactPoint] | QuerySet[BillReference]) -> set[int]:
    return set(rows.order_by("registration__number").values_list("registration", flat=True)[:MOST_SAME_NUMBER])


def _pool(wanted: _Wanted) -> list[Row]:
    """Return the rows that share the rarest parts with what was said. A part is worth more the fewer rows have it."""
    # Written forms first: if something has to be left out, it is the place.
    parts: dict[str, int] = {}
    for name in wanted.names:
        parts.update({gram: 10 for gram in names.grams(name) if gram not in parts})
    for unit in wanted.units:
        parts.update({gram: 4 for gram in names.grams(unit) if gram not in parts})
    if wanted.postal_code:
        parts.setdefault(wanted.postal_code, 10)
    town = places.place(wanted.address).words
    parts.update({gram: 4 for gram in names.grams(town) if gram not in parts})
    chosen = dict(list(parts.items())[:MOST_GRAMS])
    if not chosen:
        return []
    active = Registration.objects.filter(status=Registration.Status.ACTIVE)
    counts = {f"part_{number}": Count("pk", filter=_has(gram)) for number, gram in enumerate(chosen)}
    how_many = active.aggregate(everything=Count("pk"), **counts)
    weights = [
        Case(When(_has(gram), then=Value(weight * _rarity(how_many[part], how_many["everything"]))), default=Value(0))
        for (gram, weight), part in zip(chosen.items(), counts, strict=True)
        if how_many[part]
    ]
    if not weights:
        return []
    rows = active.annotate(weight=sum(weights[1:], weights[0])).filter(weight__gt=0).order_by("-weight", "number")
    return _columns(rows[:POOL])


def _has(gram: str) -> GreaterThan:
    # Not LIKE: that folds case once more and costs SQLite three times as long.
    return GreaterThan(StrIndex("search_text", Value(gram)), 0)


def _rarity(rows: int, everything: int) -> int:
    """Return how much a part tells that `rows` of `everything` have: tenths of bits, at least 1."""
    return max(1, round(10 * log2(everything / rows)))


def _columns(rows: QuerySet[Registration]) -> list[Row]:
    return list(rows.values(*COLUMNS))


# Order --------------------------------------------------------------------------------------------------------------


def _candidate(row: Row, wanted: _Wanted, same: dict[str, set[int]], aliases: list[str]) -> Candidate:
    known = [row["registered_name"], row["registered_kana"], row["organisation__legal_name"], row["organisation__kana"]]
    known += [*row["former_names"], *row["organisation__former_names"]]
    unit = [fold(name) for name in (row["unit"], *aliases) if name]
    agreement = [
        NAME * names.likeness(wanted.names, [names.core(name) for name in known if name]),
        PLACE * places.likeness(wanted.address, row["address"]) if wanted.address else 0.0,
        POSTAL if wanted.postal_code and row["postal_code"].replace("-", "") == wanted.postal_code else 0.0,
        UNIT * names.likeness(wanted.units, unit),
        *(worth for kind, worth in SAME.items() if row["pk"] in same[kind]),
    ]
    return Candidate(
        number=row["number"],
        registered_name=row["registered_name"],
        registered_kana=row["registered_kana"],
        unit=row["unit"],
        place=_town(row["address"]),
        score=round(1 - prod(1 - share for share in agreement), 4),
    )


def _town(address: str) -> str:
    """Return an address up to its first number: enough to tell two branches apart."""
    return re.split(r"[0-9０-９]", address, maxsplit=1)[0].strip()
