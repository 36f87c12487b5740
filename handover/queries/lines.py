"""The list of registrations as its page reads it: how many match, and the lines of one page."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.actors import Actor, of_kind
from accounts.prepared import Prepared
from handover.folding import search_words
from handover.models import HandoverItem, Registration
from handover.queries.listing import NOBODY, Wanted, matching

PAGE = 50
"""Lines of a page."""
SHAPES = 200
"""Different kinds of searches whose SQL a process keeps, a few kB each."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list."""

    number: str
    name: str
    unit: str
    custodian: str | None
    custody: str
    status: str
    is_handed_over: bool


class Lines(Sequence[Line]):
    """The lines that `actor` may see at `at` and that match, for a paginator: counted and read by a page only.

    The SQL is written once for each kind of reader and of search; who reads, and for what, is filled in each time.
    """

    def __init__(self, actor: Actor, at: datetime, wanted: Wanted) -> None:
        words = search_words(wanted.q)
        # Every value is a mark here, so that nothing of one reader or search is in what is kept for the next.
        shape = replace(wanted, q="", **{name: "?" for name in ("unit", "product") if getattr(wanted, name)})
        if wanted.holder not in ("", NOBODY):
            shape = replace(shape, holder="?")
        self._count, self._read = _prepared(actor.kind, actor.is_administrator, shape, len(words))
        self._values = {
            "user": actor.user.pk,
            "organisation": actor.organisation.pk,
            "at": at,
            "today": timezone.localdate(at),
            "holder": int(wanted.holder) if shape.holder == "?" else 0,
            "unit": wanted.unit,
            "product": wanted.product,
            **{f"word{place}": word for place, word in enumerate(words)},
        }
        self._length: int | None = None

    def __len__(self) -> int:
        if self._length is None:
            self._length = self._count.count(**self._values)
        return self._length

    def __getitem__(self, wanted: Any) -> Any:
        """Return the lines of one page: `wanted` is a slice of at most `PAGE`."""
        rows = self._read.rows(skip=wanted.start or 0, **self._values)
        return [Line(*row) for row in rows[: wanted.stop - (wanted.start or 0)]]


def pages(actor: Actor, at: datetime, wanted: Wanted) -> Paginator[Line]:
    """Return the pages of the list of what `actor` may see at `at` and wants."""
    return Paginator(Lines(actor, at, wanted), PAGE)


@lru_cache(maxsize=SHAPES)
def _prepared(kind: str, administers: bool, shape: Wanted, words: int) -> tuple[Prepared, Prepared]:
    """Return how many and which, for readers of this kind and searches of this shape."""
    terms: dict[str, type] = {f"word{place}": str for place in range(words)}
    given: dict[str, type] = {
        **dict.fromkeys(("user", "organisation", "holder"), int),
        **dict.fromkeys(("unit", "product"), str),
        **terms,
        "at": datetime,
        "today": date,
    }

    def rows(**marks: Any) -> QuerySet[Registration]:
        actor = of_kind(kind, administers, user=marks["user"], organisation=marks["organisation"])
        asked = {name: str(marks[name]) for name in ("holder", "unit", "product") if getattr(shape, name) == "?"}
        searched = [marks[name] for name in terms]
        return matching(actor, marks["at"], replace(shape, **asked), words=searched, today=marks["today"])

    return (
        Prepared(lambda **marks: rows(**marks).order_by().values_list("pk"), **given),
        Prepared(lambda **marks: _lines(rows(**marks)), **given),
    )


def _lines(rows: QuerySet[Registration]) -> QuerySet[Registration, tuple[Any, ...]]:
    running = HandoverItem.objects.filter(registration=OuterRef("pk"), is_open=True, handover__given_to__isnull=False)
    wide = rows.annotate(
        held=FilteredRelation("custodies", condition=Q(custodies__to_at=None)), running=Exists(running)
    )
    return wide.values_list(
        "number", "registered_name", "unit", "held__user__display_name", "held__kind", "status", "running"
    )[:PAGE]
