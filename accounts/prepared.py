"""Reads whose SQL is written once: the ORM builds it with marks for what is asked, and each call fills these in.

Building a query costs the ORM five to thirty times what the database needs to answer it. Nothing is kept of an answer:
what a reader may see is asked of the database each time, by the query that the ORM wrote.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from weakref import WeakSet

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)
Builder = Callable[..., QuerySet[Any, Any]]
Slot = Callable[[Mapping[str, Any]], Any]

_NUMBER, _DAY, _MOMENT = 8_999_000_000_000_000_000, date(2888, 1, 1), datetime(2999, 1, 1, tzinfo=UTC)
_FAR = timedelta(days=365 * 50)


@dataclass(frozen=True)
class _Written:
    sql: str
    slots: list[Slot]
    converters: dict[int, tuple[list[Any], Any]]


def forget() -> None:
    """Have every query written anew when it is next asked: for whoever changes what they are built of, as tests do."""
    for one in list(_ALL):
        one.unwritten()


class Prepared:
    """A query by `build`, which takes a mark for each of `given` by name and returns a queryset of `values_list`.

    `given` tells the type of each: int, str, datetime or date, the last two only once each. `build` may compare with
    the marks, hand them on and add or take away days; it decides nothing by them. Whoever uses different queries for
    different readers has one of these for each kind of reader.
    """

    def __init__(self, build: Builder, **given: type) -> None:
        self._build, self._given = build, given
        self._written: dict[str, _Written | None] = {}
        _ALL.add(self)

    def rows(self, *, skip: int = 0, **values: Any) -> list[tuple[Any, ...]]:
        """Return the rows for `values`; `skip` leaves the first ones out of a query that ends with its limit."""
        written = self._ready()
        if written is None:
            return []
        found = self._run(f"{written.sql} OFFSET {int(skip)}" if skip else written.sql, written, values)
        return [_converted(row, written.converters) for row in found] if written.converters else found

    def count(self, **values: Any) -> int:
        """Return how many rows there are for `values`."""
        written = self._ready()
        if written is None:
            return 0
        [(number,)] = self._run(" ".join(("SELECT COUNT(*) FROM (", written.sql, ") counted")), written, values)
        return int(number)

    def first(self, **values: Any) -> tuple[Any, ...] | None:
        """Return the first row, or None."""
        return next(iter(self.rows(**values)), None)

    def unwritten(self) -> None:
        """Have it written anew, for each kind of database."""
        self._written.clear()

    def _ready(self) -> _Written | None:
        if connection.vendor not in self._written:
            self._written[connection.vendor] = self._write()
        return self._written[connection.vendor]

    def _run(self, sql: str, written: _Written, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        checked = {name: _checked(values[name], kind) for name, kind in self._given.items()}
        with connection.cursor() as cursor:
            cursor.execute(sql, [slot(checked) for slot in written.slots])
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def _write(self) -> _Written | None:
        """Have the ORM write the query, once for a kind of database; None when it says that there can be no rows."""
        marks = {name: _mark(kind, place) for place, (name, kind) in enumerate(self._given.items())}
        compiler: Any = self._build(**marks).query.get_compiler(connection=connection)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return None
        slots = [_slot(param, marks) for param in params]
        return _Written(sql, slots, compiler.get_converters([column for column, *_rest in compiler.select]))


_ALL: WeakSet[Prepared] = WeakSet()


def instance(model: type[M], values: tuple[Any, ...]) -> M:
    """Return the row of `model` whose columns, in the order of the model, are `values`."""
    return model.from_db(connection.alias, columns(model), values)


def columns(model: type[Model], path: str = "") -> list[str]:
    """Return the names of the columns of `model` as a query from `path` calls them."""
    return [path + field.attname for field in model._meta.concrete_fields]


def _mark(kind: type, place: int) -> Any:
    if kind is int:
        return _NUMBER + place
    return {str: f"\ufdd0{place}\ufdd1", datetime: _MOMENT, date: _DAY}[kind]


def _checked(value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value


def _slot(param: Any, marks: Mapping[str, Any]) -> Slot:
    """Return what puts the value in the place of `param`: of a mark as it is, inside a pattern, or some days away."""
    for name, mark in marks.items():
        if param == mark and not isinstance(mark, date):
            return lambda values: values[name]
        if isinstance(mark, str) and isinstance(param, str) and mark in param:
            return lambda values: param.replace(mark, connection.ops.prep_for_like_query(values[name]))
        if isinstance(mark, date) and (away := _away(param, mark)) is not None:
            return _moment_slot(name, away) if isinstance(mark, datetime) else _day_slot(name, away)
    return lambda _values: param


def _moment_slot(name: str, away: timedelta) -> Slot:
    return lambda values: connection.ops.adapt_datetimefield_value(values[name] + away)


def _day_slot(name: str, away: timedelta) -> Slot:
    return lambda values: connection.ops.adapt_datefield_value(values[name] + away)


def _away(param: Any, mark: date) -> timedelta | None:
    """Return how far from `mark` the time `param` is, None for anything else; SQLite has times as text."""
    if isinstance(param, str) and param[:4].isdigit():
        try:
            param = datetime.fromisoformat(param) if len(param) > len("2999-01-01") else date.fromisoformat(param)
        except ValueError:
            return None
    if isinstance(mark, datetime):
        if not isinstance(param, datetime):
            return None
        away = (param if param.tzinfo else param.replace(tzinfo=UTC)) - mark
    elif isinstance(param, date) and not isinstance(param, datetime):
        away = param - mark
    else:
        return None
    return away if abs(away) < _FAR else None


def _converted(row: tuple[Any, ...], converters: Mapping[int, tuple[list[Any], Any]]) -> tuple[Any, ...]:
    values = list(row)
    for place, (convert, expression) in converters.items():
        for each in convert:
            values[place] = each(values[place], expression, connection)
    return tuple(values)
