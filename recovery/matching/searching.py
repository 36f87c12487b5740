"""From what somebody remembers to the registrations that it may mean: rows of the index, then weights of evidence.

Rare tokens come first, and only as many rows are read as a budget allows: the time does not grow with the register as
it does where every name is compared. The best are compared closely. Nothing here decides: a person links.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from rapidfuzz import fuzz

from desk.models import Statement
from handover.models import Registration
from handover.queries.nested import plain
from recovery.matching import facts, names, scoring, tokens
from recovery.matching.facts import Facts
from recovery.matching.index import ALL
from recovery.matching.reasons import reasons_of
from recovery.matching.scoring import Evidence, Rarity
from recovery.models import MatchPosting, MatchToken

BUDGET = 20_000
"""Rows of the index that are added up for one claim: about 15 ms."""
POOL = 150
"""Documents that are compared closely."""
POOL_HEARD = 60
"""Documents that are compared closely beside these because of how they sound: of a name that was written in Latin
letters, the pairs of letters would leave out those that are written in kana."""
MOST_SURE = 100
"""Documents that an exact phone, bill or address brings in on its own; a switchboard has many."""
MOST_TOKENS = 200
"""Tokens of one statement that are looked for, the rarest first."""
SURE, LIKELY = 0.9, 0.25
"""Scores from which a candidate is surely the one, and from which it is worth asking about: see docs/decisions."""
LEAST = 0.002
"""Below this a candidate is noise, unless its name is the one that was said: namesakes are always shown."""

SEARCHED = (
    *("organisation_name", "organisation_kana", "unit", "postal_code", "address", "phone", "bill_reference", "mail"),
)
"""What of a statement is looked for."""
_COLUMNS = ("facts", "number", "registered_name", "registered_kana", "former_names", "unit", "address")
# By hand as in `index`: the ORM reads what is compared at half the speed.
_HELD = """
    SELECT kept.facts, held.number, held.registered_name, held.registered_kana, held.former_names, held.unit,
        held.address
    FROM recovery_matchdocument kept JOIN handover_registration held ON held.id = kept.registration_id
    WHERE kept.id IN (%s) AND held.status = %%s
    ORDER BY kept.id"""
_WANTED = "WITH wanted (token, worth) AS (VALUES (CAST(%s AS bigint), CAST(%s AS bigint))"
_SUMMED = """)
    SELECT posting.document, SUM(wanted.worth) AS says
    FROM wanted CROSS JOIN recovery_matchposting posting
    WHERE posting.token = wanted.token
    GROUP BY posting.document ORDER BY says DESC, posting.document LIMIT %s"""
_WANTED_BOTH = (
    "WITH wanted (token, worth, heard) AS (VALUES (CAST(%s AS bigint), CAST(%s AS bigint), CAST(%s AS bigint))"
)
_SUMMED_BOTH = """),
    summed AS MATERIALIZED (
        SELECT posting.document, SUM(wanted.worth) AS says, SUM(wanted.heard) AS heard
        FROM wanted CROSS JOIN recovery_matchposting posting
        WHERE posting.token = wanted.token
        GROUP BY posting.document)
    SELECT document FROM (SELECT document FROM summed ORDER BY says DESC, document LIMIT %s) best
    UNION
    SELECT document FROM (SELECT document FROM summed WHERE heard > 0 ORDER BY heard DESC, document LIMIT %s) alike"""


@dataclass(frozen=True)
class Candidate:
    """A registration that may be meant. `score` is 0 to 1; `place` ends before the number of the house."""

    number: str
    registered_name: str
    registered_kana: str
    unit: str
    place: str
    former_names: tuple[str, ...]
    score: float
    evidence: Evidence
    known: Facts

    @property
    def band(self) -> str:
        """Return `strong` (surely this one), `likely` (ask more) or `weak`."""
        return "strong" if self.score >= SURE else "likely" if self.score >= LIKELY else "weak"

    @property
    def band_words(self) -> str:
        return {"strong": _("agrees well"), "likely": _("agrees in part"), "weak": _("agrees little")}[self.band]

    @cached_property
    def reasons(self) -> list[str]:
        """What agrees and what differs, in words, for the provider's people only."""
        return reasons_of(self.evidence, self.known)


def candidates(statement: Statement, *, limit: int = 20) -> list[Candidate]:
    """Return the active registrations that `statement` may mean, the likeliest first, at most `limit`. Four queries."""
    said, rarity, rows = _read(statement)
    known = [facts.unpacked(row["facts"]) for row in rows]
    evidence = [scoring.compare(said, each, rarity) for each in known]
    scores = scoring.probabilities(evidence)
    found = [
        _candidate(row, score, each, theirs)
        for row, score, each, theirs in zip(rows, scores, evidence, known, strict=True)
        if score >= LEAST or each["exact"]
    ]
    return _ordered(statement, found)[:limit]


def _ordered(statement: Statement, found: list[Candidate]) -> list[Candidate]:
    """Return the likeliest first; of equals the one written as it was said: 株式会社Leon not LEON株式会社."""
    alike = Counter(one.score for one in found)
    said = names.written(statement.organisation_name)

    def key(one: Candidate) -> tuple[float, bool, float, str]:
        is_tied = alike[one.score] > 1 and bool(said)
        differs = 1 - fuzz.ratio(said, names.written(one.registered_name)) / 100 if is_tied else 0.0
        return -one.score, not one.evidence.is_copy, round(differs, 6), one.number

    return sorted(found, key=key)


def compared(statement: Statement) -> list[tuple[str, Evidence]]:
    """Return number and evidence of every registration that is compared with `statement`: to learn weights from."""
    said, rarity, rows = _read(statement)
    return [(row["number"], scoring.compare(said, facts.unpacked(row["facts"]), rarity)) for row in rows]


def _read(statement: Statement) -> tuple[Facts, Rarity, list[dict[str, Any]]]:
    """Return what was said, how rare it is, and the rows to compare it with."""
    said = facts.of_statement(statement)
    wanted = {tokens.number_of(token): (token, worth) for token, worth in tokens.of_statement(said).items()}
    counts = dict(MatchToken.objects.filter(token__in=[*wanted, ALL]).values_list("token", "rows"))
    rarity = Rarity(counts, counts.get(ALL, 0))
    return said, rarity, _rows(_documents(wanted, tokens.heard(said), rarity))


def _documents(wanted: dict[int, tuple[str, float]], heard: frozenset[str], rarity: Rarity) -> set[int]:
    """Return the documents to compare: those that share the rarest tokens, and those with the same exact keys."""
    there = sorted((rarity.rows[token], token) for token in wanted if rarity.rows.get(token))[:MOST_TOKENS]
    chosen: list[tuple[int, int, int]] = []
    read = 0
    for rows, token in there:
        if chosen and read + rows > BUDGET:
            break
        read += rows
        name, worth = wanted[token]
        says = round(100 * worth * rarity.bits(name))
        chosen.append((token, says, says if name in heard else 0))
    if not chosen:
        return set()
    sure = [token for rows, token in there if wanted[token][0][0] in tokens.SURE and rows <= MOST_SURE]
    return {*_best(chosen), *_with(sure)}


def _best(chosen: list[tuple[int, int, int]]) -> list[int]:
    """Return the documents whose tokens say most together. Ties go by a hash of the number: alike in every order."""
    values: list[int] = []
    if any(heard for _token, _says, heard in chosen):
        texts, limits = (_WANTED_BOTH, ", (%s, %s, %s)", _SUMMED_BOTH), [POOL, POOL_HEARD]
        for each in chosen:
            values += each
    else:
        texts, limits = (_WANTED, ", (%s, %s)", _SUMMED), [POOL]
        for token, says, _heard in chosen:
            values += (token, says)
    with connection.cursor() as cursor:
        cursor.execute(
            "".join([texts[0], texts[1] * (len(chosen) - 1), texts[2]]),
            [*values, *limits],
        )
        return [row[0] for row in cursor.fetchall()]


def _with(sure: list[int]) -> Iterable[int]:
    if not sure:
        return ()
    rows = MatchPosting.objects.filter(token__in=sure).order_by("token", "document")
    return rows.values_list("document", flat=True)[: 3 * MOST_SURE]


def _rows(documents: set[int]) -> list[dict[str, Any]]:
    if not documents:
        return []
    keys = sorted(documents)
    with connection.cursor() as cursor:
        cursor.execute(_HELD % ", ".join(["%s"] * len(keys)), [*keys, Registration.Status.ACTIVE])
        return [dict(zip(_COLUMNS, row, strict=True)) for row in cursor.fetchall()]


def _candidate(row: dict[str, Any], score: float, evidence: Evidence, known: Facts) -> Candidate:
    return Candidate(
        number=row["number"],
        registered_name=row["registered_name"],
        registered_kana=row["registered_kana"],
        unit=row["unit"],
        place=_town(row["address"]),
        former_names=tuple(plain(row["former_names"])),
        score=round(score, 4),
        evidence=evidence,
        known=known,
    )


def _town(address: str) -> str:
    """Return an address up to its first number: enough to tell two branches apart."""
    return re.split(r"[0-9０-９]", address, maxsplit=1)[0].strip()
