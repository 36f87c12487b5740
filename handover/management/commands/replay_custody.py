"""`replay_custody`: does the log alone tell who held what?"""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.core.serializers.json import DjangoJSONEncoder

from handover.queries.replay import Difference, Result, Told, replay


class Command(BaseCommand):
    help = "Rebuild every period of custody from the log and compare with the table. Exit 0: exact; 1: differences."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        result = replay()
        self.stdout.write(_json(result) if options["json"] else "\n".join(_lines(result)))
        if result.differences:
            sys.exit(1)


def _lines(result: Result) -> list[str]:
    state = f"{len(result.differences)} differences" if result.differences else "exact"
    summary = f"{result.registrations} registrations, {result.periods} periods, {state}"
    return [*map(_line, result.differences), summary]


def _line(found: Difference) -> str:
    sides = f"the log tells {_words(found.log)}; the table holds {_words(found.table)}"
    return f"{found.number} period {found.place}: {sides}"


def _words(period: Told | None) -> str:
    if period is None:
        return "nothing"
    until = period.to_at.isoformat() if period.to_at else "now"
    basis = f"{period.basis} {period.basis_label}".strip()
    return f"{period.holder} as {period.kind} ({basis}) from {period.from_at.isoformat()} to {until}"


def _json(result: Result) -> str:
    differences = [
        {
            "registration": found.number,
            "period": found.place,
            "log": found.log and found.log._asdict(),
            "table": found.table and found.table._asdict(),
        }
        for found in result.differences
    ]
    facts = {
        "registrations": result.registrations,
        "periods": result.periods,
        "exact": not differences,
        "differences": differences,
    }
    return json.dumps(facts, cls=DjangoJSONEncoder, ensure_ascii=False)
