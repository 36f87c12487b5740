"""An import killed with SIGKILL and started again ends with the rows of one that was not; two at once are refused."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.handover.imported import AOBA, HEADER
from tests.handover.test_papers_killed import ended
from tests.handover.test_papers_killed import started as uploader
from tests.migrated import Kept

COUNT = 1_040  # three pieces


def started(folder: Path, *words: str) -> "subprocess.Popen[str]":
    """Start the importer on the data in `folder`, as an installation has it."""
    return uploader(folder, *words, module="tests.handover.importer")


def text(rows: range, *, unit: str) -> str:
    lines = [
        f"R-{number:05},青葉商事株式会社,,{AOBA},髙橋商店{number},,,{unit},1000001,東京都{number},0312345678,"
        f"{'soumu@aoba.example' if number % 7 else 'keiri@aoba.example'},,B-{number},taro@aoba.example"
        for number in rows
    ]
    return "\r\n".join([HEADER, *lines, ""])


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, kept_tables: Kept | None) -> Path:
    """A data folder with the cast and two files: a first one, and one that changes, lacks and adds rows."""
    folder = tmp_path_factory.mktemp("prepared")
    if kept_tables:
        kept_tables.lay(folder / "hikitsugi.sqlite3")  # else `prepare` has every migration to run
    ended(started(folder, "prepare"))
    (folder / "first.csv").write_text(text(range(COUNT), unit="総務部"), encoding="utf-8")
    (folder / "then.csv").write_text(
        text(range(40, COUNT + 20), unit="経理部").replace("soumu@", "info@"), encoding="utf-8"
    )
    return folder


WISHES = {"first.csv": [], "then.csv": ["--apply", "--close-missing"]}


def take(folder: Path, file: str, point: str = "-") -> int:
    """Import; return the exit code."""
    options = ["--on-record-since", "2026-01-15", *WISHES[file]]
    process = started(folder, "import", str(folder / file), point, *options)
    process.communicate(timeout=240)
    return process.returncode


def there(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ended(started(folder, "check")).splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def whole(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What is there after undisturbed runs."""
    folder = shutil.copytree(prepared, tmp_path_factory.mktemp("whole") / "data")
    found = {}
    for file in WISHES:
        assert take(folder, file) == 0
        found[file] = there(folder)
    assert found["first.csv"]["runs"] == [[COUNT, COUNT, 0, 0, 0, 0, 0, False]]
    assert found["then.csv"]["runs"][1] == [1020, 20, 0, 1000, 1000, 40, 40, False]
    return found


# Each commit is a piece: of rows, of closures, of mails; the last one is the end of the run.
@pytest.mark.parametrize(
    ("file", "points"),
    [
        ("first.csv", ["commit<2", "commit>2", "commit<2"]),
        ("then.csv", ["commit>2", "commit<2", "commit>1", "commit>1", "commit<2"]),
    ],
)
def test_killed_import_goes_on_and_ends_as_one_that_was_not(
    prepared: Path, whole: dict[str, dict[str, Any]], tmp_path: Path, file: str, points: list[str]
) -> None:
    folder = shutil.copytree(prepared, tmp_path / "data")
    if file == "then.csv":
        assert take(folder, "first.csv") == 0
    for point in points:
        assert take(folder, file, point) == -9, point
    assert take(folder, file) == 0
    assert there(folder) == whole[file]


def test_second_import_at_once_is_refused_and_a_killed_one_frees_the_lock(prepared: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(prepared, tmp_path / "data")
    path = str(folder / "first.csv")
    holding = uploader(folder, "import", path, "hold", module="tests.handover.importer", stdin=subprocess.PIPE)
    assert holding.stdout and holding.stdout.readline() == "holding\n"
    second = started(folder, "import", path, "-")
    _out, err = second.communicate(timeout=120)
    assert second.returncode != 0
    assert "Busy" in err or "Another import is running" in err or "別の" in err
    holding.kill()
    holding.wait(60)
    assert take(folder, "first.csv") == 0
    assert len(there(folder)["registrations"]) == COUNT
