"""Two customers come in by an import, and nobody works for them yet: letters with a code go out."""

import csv
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from config.demo import story
from config.demo.story import Story
from handover import importing, transitions
from handover.importing.checking import Problem
from handover.models import Activation, Registration

BOOKS, TEA = "R-2017-000701", "R-2017-000702"
ROWS = (
    (BOOKS, "筑波書房株式会社", "ツクバショボウカブシキガイシャ", "茨城県つくば市吾妻1-1", "3050031", "0298511234"),
    (TEA, "宇治茶問屋組合", "ウジチャトンヤクミアイ", "京都府宇治市宇治1-1", "6110021", "0774221234"),
)
COLUMNS = ("number", "organisation_name", "organisation_kana", "address", "postal_code", "phone", "registered_name")


class _Silent:
    def problem(self, problem: Problem) -> None:
        """Nobody needs to look at invented rows."""

    def warning(self, problem: Problem) -> None:
        """Nobody needs to look at invented rows."""

    def difference(self, difference: importing.Difference) -> None:
        """There is none: the numbers are new."""

    def progress(self, done: int, total: int) -> None:
        """It takes no time."""


def organisations_are_written_to(told: Story) -> None:
    """One letter is on its way, the other waits for the printer."""
    told.goes_to(14)
    told.once(_import)
    told.once(partial(_order, BOOKS))
    told.once(_print)
    told.goes_to(13)
    told.once(partial(_order, TEA))


def _import(at: datetime) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "new-customers.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            table = csv.writer(out)
            table.writerow(COLUMNS)
            table.writerows([*row, row[1]] for row in ROWS)
        since = at.date() - timedelta(days=400)
        importing.run(file, dry_run=False, on_record_since=since, clock=lambda: at, reporter=_Silent())


def _order(number: str, at: datetime) -> None:
    home = Registration.objects.get(number=number).organisation
    transitions.order_activation(organisation_pk=home.pk, actor=story.actor("operator"), at=at)


def _print(at: datetime) -> None:
    letter = Activation.objects.get(organisation__registrations__number=BOOKS).letters.get()
    transitions.print_activations(letter_pks=[letter.pk], actor=story.actor("colleague"), at=at)
