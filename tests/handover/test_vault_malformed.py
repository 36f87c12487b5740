"""X6: files changed at random. Each is judged in time, none that acts is accepted, and the check stays as it was."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from handover.vault import limits
from handover.vault.inspect import Verdict, inspect
from handover.vault.kinds import REFUSALS, kind_of_name
from tests.handover.malformed import Sources, changed, forbidden
from tests.handover.test_vault_inspect import BAD, GOOD, Builder

SEED = int(os.environ.get("SEED", "20261127"))
FEW, MANY = 60, 1_000
SECONDS = 15
# Those that unpack to much or have thousands of parts: each change would be built and unpacked anew.
LARGE = 200_000


def built() -> Sources:
    rows: list[tuple[str, Builder]] = [*GOOD, *((name, build) for name, build, _code in BAD)]
    made = [(name, build()) for name, build in rows if kind_of_name(name)]
    return [(name, body) for name, body in made if 0 < len(body) < LARGE]


def checked(path: Path, name: str, body: bytes) -> Verdict:
    path.write_bytes(body)
    return inspect(path, name)


Judge = Callable[[Path, str, bytes], Verdict]


def survives(folder: Path, how_many: int, seed: int, check: Judge = checked) -> None:
    wrong, slowest, accepted, unchecked = [], 0.0, 0, 0
    for name, told, body in changed(built(), how_many, seed):
        began = time.monotonic()
        verdict = check(folder / "upload", name, body)
        slowest = max(slowest, time.monotonic() - began)
        accepted += verdict.accepted
        unchecked += "unchecked" in verdict.codes
        if verdict.accepted and (why := forbidden(name, body)):
            wrong.append((told, why))
    print(f"{how_many} changed: {accepted} accepted, {unchecked} not judged, the slowest in {slowest:.1f} s")
    assert wrong == [], "accepted, and it acts"
    assert slowest < SECONDS, "too slow"
    refused = [name for name, build in GOOD if not check(folder / "upload", name, build()).accepted]
    assert refused == [], "a good file is refused"
    assert 0 < accepted < how_many


def accepts_all(path: Path, name: str, body: bytes) -> Verdict:
    return Verdict(name, kind_of_name(name), "", ())


def refuses_all(path: Path, name: str, body: bytes) -> Verdict:
    return Verdict(name, None, "", (REFUSALS["unchecked"],))


@pytest.mark.parametrize(
    ("fault", "words"), [(accepts_all, "accepted, and it acts"), (refuses_all, "a good file is refused")]
)
def test_planted_check_that_says_the_same_of_all_is_found(fault: Judge, words: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=words):
        survives(tmp_path, FEW, SEED, fault)


def test_files_changed_at_random_are_judged_in_time_and_none_that_acts_is_accepted(tmp_path: Path) -> None:
    survives(tmp_path, FEW, SEED)


@pytest.mark.soak
def test_thousand_files_changed_at_random(tmp_path: Path) -> None:
    survives(tmp_path, MANY, SEED + 1)


def test_there_are_at_least_forty_chosen_files_of_which_a_child_is_asked() -> None:
    assert len([name for name, build, _code in BAD if kind_of_name(name) and build()]) >= 40


@pytest.mark.soak
@pytest.mark.parametrize(("name", "build", "code"), BAD, ids=[name for name, *_ in BAD])
def test_each_chosen_bad_file_is_refused_by_the_process_with_its_limits(
    name: str, build: Builder, code: str, tmp_path: Path
) -> None:
    began = time.monotonic()
    assert code in checked(tmp_path / "upload", name, build()).codes
    assert time.monotonic() - began < SECONDS


def test_check_that_accepts_everything_is_found_out() -> None:
    """The planted fault: what the second opinion says of the chosen files, were they accepted; and of the good ones."""
    rows = [(name, build()) for name, build, _code in BAD if kind_of_name(name)]
    missed = {name for name, body in rows if body and len(body) < limits.MAX_FILE_SIZE and not forbidden(name, body)}
    print(sorted(missed))
    assert len(missed) < len(rows) / 4
    assert [(name, why) for name, build in GOOD if (why := forbidden(name, build()))] == []
