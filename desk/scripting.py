"""Sentences come into force with the version of the procedure that has them. Plain functions, for `recovery`."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from desk.models import Script, ScriptSet


@dataclass(frozen=True, kw_only=True)
class Line:
    """One sentence as a version of the procedure has it; the fields are those of `Script`."""

    code: str
    moment: str
    when_ja: str
    when_en: str
    text_ja: str
    text_en: str
    rule: str
    question_ja: str = ""
    question_en: str = ""
    help_order: int | None = None


def put_in_force(
    lines: Iterable[Line], *, version: int, at: datetime, sets: Any = ScriptSet, scripts: Any = Script
) -> None:
    """Write the sentences of `version` inside the caller's transaction.

    Those before stay on record, and are said about the claims that began with them.
    `sets` and `scripts` are the models as of now, for migrations.
    """
    sets.objects.filter(is_live=True).update(is_live=False)
    made = sets.objects.create(version=version, live_since=at, is_live=True)
    scripts.objects.bulk_create(
        scripts(set=made, place=place, **{field.name: getattr(line, field.name) for field in fields(line)})
        for place, line in enumerate(lines, start=1)
    )
