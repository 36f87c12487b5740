"""The report on fairness as bars, dots and lines of a table. Every drawing has its words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from desk import charts
from desk.charts import Piece
from recovery.fairness.quarters import Quarter
from recovery.queries.fairness import OUTCOMES, Figures, Persistence, Report, words_of


@dataclass(frozen=True)
class Bar:
    """One quarter: as long as there are claims, in parts by outcome. `words` is what a reader hears instead."""

    row: Figures
    pieces: list[Piece]
    words: str


@dataclass(frozen=True)
class Dot:
    """One band of contacts: the share approved with its 95 % interval, None where nothing was decided."""

    row: Figures
    at: str | None
    left: str
    width: str
    words: str


@dataclass(frozen=True)
class Choice:
    """One quarter to choose."""

    words: str
    first: date
    last: date


def bars(found: Report) -> list[Bar]:
    """Return one bar for each quarter of the report."""
    most = charts.longest([row.number for row in found.quarters])
    return [
        Bar(row, charts.pieces([(key, number) for key, _words, number in row.outcomes], most), _bar_words(row))
        for row in found.quarters
    ]


def _bar_words(row: Figures) -> str:
    told = [f"{words} {number}" for _key, words, number in row.outcomes if number]
    return _("%(group)s: %(outcomes)s") % {"group": row.name, "outcomes": str(_(", ")).join(told)}


def dots(found: Persistence) -> list[Dot]:
    """Return one dot for each band of contacts."""
    return [
        Dot(
            row,
            None if row.rate is None else charts.place(row.rate),
            charts.place(row.low),
            charts.place(row.high - row.low),
            _dot_words(row),
        )
        for row in found.rows
    ]


def _dot_words(row: Figures) -> str:
    if row.rate is None:
        return _("nothing decided")
    return _("%(rate)s approved, somewhere between %(low)s and %(high)s") % {
        name: f"{value:.0%}" for name, value in (("rate", row.rate), ("low", row.low), ("high", row.high))
    }


def quarters(today: date) -> list[Choice]:
    """Return this quarter and the four before it, the latest first."""
    these = [Quarter.of(today).back(number) for number in range(5)]
    return [Choice(words_of(one), one.first, min(one.last, today)) for one in these]


# Table --------------------------------------------------------------------------------------------------------------


def heads() -> list[str]:
    """Return the heads of the table's columns."""
    return [
        *(_("Table of the report"), _("Group"), _("Claims received"), *(str(words) for words in OUTCOMES.values())),
        *(_("Decided"), _("Approved of the decided"), _("Median of business days")),
        *(_("Nine of ten within"), _("Put back afterwards"), _("Too few to read")),
    ]


def table(found: Report) -> Iterator[list[str | int]]:
    """Yield each group as a line under `heads`: shares as numbers from 0 to 1, "" where there is none."""
    yield _line(_("All together"), found.whole)
    for row in found.quarters:
        yield _line(_("By quarter"), row)
    for part in found.parts:
        for row in part.rows:
            yield _line(str(part.title), row)
    for row in found.persistence.rows:
        yield _line(_("By number of contacts"), row)


def _line(title: str, row: Figures) -> list[str | int]:
    outcomes = [number for _key, _words, number in row.outcomes]
    rate = "" if row.rate is None else f"{row.rate:.4f}"
    middle = "" if row.median is None else f"{row.median:g}"
    most = "" if row.nine_of_ten is None else row.nine_of_ten
    few = _("yes") if row.is_few else ""
    return [title, str(row.name), row.number, *outcomes, row.decided, rate, middle, most, row.put_back, few]
