"""Where an installation keeps what it has: one folder, from wherever a command is called."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.config.places import KEYS, ROOT

TOLD = "from config import settings; print(settings.DATA_DIR)"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (None, ROOT / "var"),
        ("", ROOT / "var"),
        (" ", ROOT / "var"),
        ("elsewhere", ROOT / "elsewhere"),
        ("/srv/data", Path("/srv/data")),
    ],
)
def test_data_lies_in_one_place_from_wherever_it_is_asked_for(given: str | None, kept: Path, tmp_path: Path) -> None:
    passed = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "DEBUG": "on", **KEYS}
    environment = passed if given is None else passed | {"DATA_DIR": given}
    done = subprocess.run(
        [sys.executable, "-c", TOLD], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(kept)
    assert list(tmp_path.iterdir()) == []
