"""The process that runs the parsers: its limits, and what becomes of its answer when it goes wrong."""

import io
import os
import subprocess
import sys
import time
from pathlib import Path

import pikepdf
import pytest

from handover.vault import inspect as inspecting
from handover.vault.inspect import inspect


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    made = pikepdf.new()
    made.add_blank_page()
    out = io.BytesIO()
    made.save(out)
    (tmp_path / "a").write_bytes(out.getvalue())
    return tmp_path / "a"


@pytest.mark.parametrize(
    "deed",
    [
        "bytes(2 << 30)",
        "os.write(os.open('out', os.O_CREAT | os.O_RDWR), b'clear')",
        "time.sleep(9)",
        "[os.dup(0) for _ in range(20)]",
    ],
)
def test_checker_over_a_limit_is_stopped(deed: str, tmp_path: Path) -> None:
    program = "import os, time; from handover.vault import child; {}; " + deed
    for confine, ends_well in (("child.confine(0.3)", False), ("time.sleep = print", True)):
        done = subprocess.run(
            [sys.executable, "-c", program.format(confine)],
            env={"PYTHONPATH": str(inspecting._ROOT)},
            cwd=tmp_path,
            capture_output=True,
            check=False,
        )
        assert (done.returncode == 0) is ends_well


def test_checker_out_of_time_ends_as_refusal(paper: Path) -> None:
    began = time.monotonic()
    assert inspect(paper, "a.pdf", wall_seconds=0.02).codes == ("unchecked",)
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    "program",
    [
        "import os; os.abort()",
        "print('not json')",
        "print('[\"no_such_code\"]')",
        "print('[]'); raise SystemExit(1)",
        "while True: print('x' * 9999)",
        "import os, time; os.close(1); time.sleep(60)",
    ],
)
def test_checker_gone_wrong_ends_as_refusal(
    program: str, paper: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "wrong.py").write_text(program)
    monkeypatch.setattr(inspecting, "_ROOT", tmp_path)
    monkeypatch.setattr(inspecting, "_CHILD", "wrong")
    assert inspect(paper, "a.pdf", wall_seconds=0.3).codes == ("unchecked",)


def test_checker_sees_none_of_our_secrets(paper: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "look.py").write_text(f"import os; open({str(tmp_path / 'env')!r}, 'w').write(repr(dict(os.environ)))")
    monkeypatch.setattr(inspecting, "_ROOT", tmp_path)
    monkeypatch.setattr(inspecting, "_CHILD", "look")
    monkeypatch.setenv("SECRET_KEY", "planted")
    inspect(paper, "a.pdf")
    assert "PYTHONPATH" in (tmp_path / "env").read_text() and "planted" not in (tmp_path / "env").read_text()


def test_checker_leaves_descriptors_as_they_were(paper: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    inspect(paper, "a.pdf")
    inspect(paper, "a.png")
    assert len(os.listdir("/proc/self/fd")) == before
