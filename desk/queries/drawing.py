"""The figures of the desk as bars and as lines of a table. Every drawing has its words beside it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.errors import Words
from desk import charts
from desk.queries.figures import AGAIN, AGE_WORDS, Figures, Line
from handover.spreadsheets import harmless


@dataclass(frozen=True)
class Bar:
    """One bar: `width` is ready for an attribute."""

    words: Words
    number: int
    width: str


def bars(parts: Iterable[tuple[str, Words, int]]) -> list[Bar]:
    """Return one bar for each part; the longest fills the line."""
    rows = list(parts)
    most = charts.longest([number for _key, _words, number in rows])
    return [Bar(words, number, charts.place(number / most if most else 0)) for _key, words, number in rows]


def heads() -> list[str]:
    """Return the heads of the table's columns."""
    return [
        *(_("Table of the report"), _("Group"), _("Received"), _("Median of the first answer in business days")),
        *(_("Answered within two business days"), _("Promises"), _("Promises kept"), _("Repeat contacts")),
        *(str(words) for words in AGAIN.values()),
        *(_("Open now"), *(str(words) for words in AGE_WORDS.values())),
        *(_("Given back"), _("Median of business days to recovery"), _("Escalations"), _("Calls per closed case")),
    ]


def table(found: Figures) -> Iterator[list[str | int]]:
    """Yield each group as a line under `heads`: shares as numbers from 0 to 1, "" where there is none."""
    yield _line("", found.whole)
    for part in found.parts:
        for line in part.lines:
            yield _line(str(part.title), line)


def _line(title: str, line: Line) -> list[str | int]:
    return [
        *(title, harmless(line.name), line.number, _plain(line.answer_median), _plain(line.answered_in_time)),
        *(line.promises, _plain(line.promises_kept), line.repeats),
        *(number for _key, _words, number in line.again),
        *(line.open, *(number for _key, _words, number in line.ages)),
        *(line.recovered, _plain(line.recovery_median), line.escalations, _plain(line.calls_per_case)),
    ]


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}".rstrip("0").rstrip(".")
