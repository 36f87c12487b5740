"""Rows of another table inside one row of a query, so that a page about one thing costs one query, not one a table."""

import json
from datetime import UTC, date, datetime
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet, Subquery
from django.db.models.functions import JSONObject


class Rows(Subquery):
    """The rows of `queryset` as one list of dictionaries, in their order: each name with the expression it stands for.

    Times and dates arrive as text, because they pass through JSON: read them with `moment` and `day`; JSON columns
    with `plain`. The queryset refers to the outer row by `OuterRef`.
    """

    output_field = models.TextField()

    def __init__(self, queryset: QuerySet[Any, Any], **names: str) -> None:
        super().__init__(queryset.values(nested_row=JSONObject(**names)))

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        """One JSON text by SQLite's own functions."""
        template = "(SELECT json_group_array(json(nested.nested_row)) FROM (%(subquery)s) nested)"
        return self.as_sql(compiler, connection, template=template)

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        """The same on PostgreSQL, which gives no list for no rows."""
        template = "(SELECT COALESCE(json_agg(nested.nested_row), '[]')::text FROM (%(subquery)s) nested)"
        return self.as_sql(compiler, connection, template=template)


def listed(text: str) -> list[dict[str, Any]]:
    """Return the rows of a column made by `Rows`."""
    found: list[dict[str, Any]] = json.loads(text)
    return found


def moment(text: str | None) -> datetime | None:
    """Return a time that passed through JSON; SQLite writes UTC without saying so."""
    if text is None:
        return None
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def day(text: str | None) -> date | None:
    """Return a date that passed through JSON."""
    return date.fromisoformat(text) if text else None


def plain(value: Any) -> Any:
    """Return a JSON column that passed through JSON: SQLite gives its text, PostgreSQL its value."""
    return json.loads(value) if isinstance(value, str) else value
