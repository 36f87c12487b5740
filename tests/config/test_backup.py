"""Backup while people work and restore elsewhere: nothing differs (X13)."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from audit import sealed
from config.backup import restoring
from config.backup.errors import BackupError
from tests.config.places import Builder, Place

pytestmark = pytest.mark.django_db  # so that these run on both databases
LEFT_OUT = {"django_session", "usersessions_usersession"}
CHANGES_MEANWHILE = {"config_cache", "recovery_matchtoken"}  # limits, and how often each token of the index is
SOAK_TIMES = 5


def lines(process: "subprocess.Popen[str]", count: int) -> list[str]:
    assert process.stdout is not None
    return [process.stdout.readline().strip() for _ in range(count)]


def ended(processes: list["subprocess.Popen[str]"]) -> list[str]:
    """Tell the processes to end, wait for them, and return what they had printed since."""
    for process in processes:
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
    told = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes), told
    return [line for out, _ in told for line in out.split()]


def whole(done: "subprocess.CompletedProcess[str]") -> str:
    assert done.returncode == 0, done.stderr
    return done.stdout


def under_load(places: Builder, folder: Path) -> None:
    """Back a place up while two write and one rotates keys, restore it elsewhere, compare; and again at rest."""
    place, outside = places.migrated(), folder / "checkpoint.json"
    place.done("prepare")
    writers = [place.started("write", name) for name in "AB"]
    turning = place.started("turn")
    before = [line for writer in writers for line in lines(writer, 2)] + lines(turning, 1)
    whole(place.manage("checkpoint", outside))
    whole(place.manage("backup", folder / "busy"))
    after = [line for writer in writers for line in lines(writer, 1)]
    after += ended([*writers, turning])
    assert all(before) and all(after)
    there = places.empty()
    whole(there.manage("restore", folder / "busy", "--checkpoint", outside))
    compared_to_the_snapshot(place, there, before[:-1])

    whole(place.manage("backup", folder / "quiet"))
    copy = places.empty()
    whole(copy.manage("restore", folder / "quiet"))
    assert without(copy.told("rows"), LEFT_OUT) == without(place.told("rows"), LEFT_OUT)
    assert copy.told("papers") == place.told("papers")
    assert all(copy.told("rows")[name] == [] for name in LEFT_OUT)


def without(tables: dict[str, list[str]], names: set[str]) -> dict[str, list[str]]:
    return {table: hashes for table, hashes in tables.items() if table not in names}


def compared_to_the_snapshot(live: Place, there: Place, acknowledged: list[str]) -> None:
    """Every row of the copy is one of the place that went on, and none from before the snapshot's end is lacking."""
    live_rows, rows = live.told("rows"), there.told("rows")
    strange = {table for table in rows if set(rows[table]) - set(live_rows[table])} - CHANGES_MEANWHILE
    assert strange == set(), "rows that the place does not have"
    was, now = there.told("papers"), live.told("papers")
    assert set(acknowledged) <= set(was["right"]), "what was acknowledged before is not there"
    assert all(was["right"].values())
    assert len(now["right"]) > len(was["right"]), "nothing was written after the snapshot: nothing was tried"
    assert was["events"] == now["events"][: len(was["events"])]
    assert was["added"] == [[sequence, who] for sequence, who in now["added"] if sequence <= len(was["events"])]
    papers = len(was["added"])
    for table in ("handover_document", "handover_documentversion", "handover_blob"):
        assert len(rows[table]) == papers, table


def test_backup_under_load_is_restored_elsewhere_without_a_difference(places: Builder, tmp_path: Path) -> None:
    under_load(places, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("time", range(SOAK_TIMES))
def test_backup_under_load_five_times(places: Builder, tmp_path: Path, time: int) -> None:
    under_load(places, tmp_path)


def test_planted_difference_is_found_by_the_comparison(places: Builder, tmp_path: Path) -> None:
    live, there = places.migrated(), places.empty()
    live.done("prepare")
    writer = live.started("write", "A")
    before = lines(writer, 2)
    whole(live.manage("backup", tmp_path / "backup"))
    ended([writer])
    whole(there.manage("restore", tmp_path / "backup"))
    compared_to_the_snapshot(live, there, before)
    with pytest.raises(AssertionError, match="acknowledged before"):
        compared_to_the_snapshot(live, there, [*before, "R-lost"])
    there.execute(
        "UPDATE handover_document SET title = title || '!' WHERE id = (SELECT MIN(id) FROM handover_document)"
    )
    with pytest.raises(AssertionError, match="rows that the place does not have"):
        compared_to_the_snapshot(live, there, before)


# Planted faults -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def place(places: Builder) -> Place:
    """A place with two papers, at rest."""
    made = places.migrated()
    made.done("prepare")
    writer = made.started("write", "A")
    lines(writer, 2)
    ended([writer])
    return made


@pytest.fixture(scope="module")
def taken(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("taken") / "backup"
    whole(place.manage("backup", folder))
    return folder


@pytest.fixture
def backup(taken: Path, tmp_path: Path) -> Path:
    """A copy of one backup of `place`, to be spoiled."""
    return shutil.copytree(taken, tmp_path / "backup")


def refused(there: Place, *words: object, status: int = 1) -> str:
    """Restore, see it fail with `status`; when it refuses, see that nothing was written."""
    done = there.manage("restore", *words)
    assert done.returncode == status, done.stdout + done.stderr
    if status == 1:
        papers = there.folder / "papers"
        assert not papers.exists() or not list(papers.iterdir())
        if there.url.startswith("sqlite"):
            assert not (there.folder / "hikitsugi.sqlite3").exists()
    return done.stderr.strip().splitlines()[-1]


def a_paper(backup: Path) -> Path:
    return sorted((backup / "papers").iterdir())[0]


def changed(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def database(backup: Path) -> Path:
    [found] = backup.glob("database.*")
    return found


def edited(backup: Path, *, signed: bool = False, **parts: Any) -> None:
    path = backup / "manifest.json"
    body = json.loads(path.read_text()) | parts
    if signed:
        body = sealed.sign({name: value for name, value in body.items() if name not in sealed.SIGNATURE})
    path.write_text(json.dumps(body))


FAULTS = {
    "a paper is missing": (lambda backup: a_paper(backup).unlink(), "is missing"),
    "a byte of a paper": (lambda backup: changed(a_paper(backup), -1), "was changed"),
    "a byte of a paper's key": (lambda backup: changed(a_paper(backup), 60), "was changed"),
    "a byte of the database": (lambda backup: changed(database(backup), -100), "was changed"),
    "the database is missing": (lambda backup: database(backup).unlink(), "is missing"),
    "a count in the manifest": (
        lambda backup: edited(backup, counts={"audit_event": 1}),
        "changed after it was signed",
    ),
    "a time in the manifest": (lambda backup: edited(backup, at="2026-01-01T00:00:00+00:00"), "changed after"),
    "a paper taken off the manifest": (lambda backup: edited(backup, files=[]), "changed after it was signed"),
    "a manifest cut off": (lambda backup: changed(backup / "manifest.json", 0), "changed or cut off"),
    "no manifest": (lambda backup: (backup / "manifest.json").unlink(), "no whole backup"),
    "a path out of the backup": (
        lambda backup: edited(backup, signed=True, files=[{"path": "papers/../../x", "size": 1, "sha256": "0"}]),
        "names a file that no backup has",
    ),
    "another kind of database": (lambda backup: edited(backup, signed=True, database="oracle"), "is of oracle"),
    "a newer release": (lambda backup: edited(backup, signed=True, migrations=["audit.0099"]), "newer release"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_planted_fault_is_found_before_the_place_is_looked_at(backup: Path, fault: str) -> None:
    plant, words = FAULTS[fault]
    plant(backup)
    with pytest.raises(BackupError, match=words) as found:
        restoring.restore(backup, outside=None, even_older=False, progress=lambda words: None)
    assert found.value.status == 1


def test_planted_fault_leaves_the_place_empty(places: Builder, backup: Path) -> None:
    changed(a_paper(backup), -1)
    assert "was changed" in refused(places.empty(), backup)


def test_database_exchanged_after_it_was_compared_is_refused(places: Builder, backup: Path) -> None:
    there = places.empty()
    assert "was changed while it was restored" in there.told(str(backup), module="tests.config.swapper")
    papers = there.folder / "papers"
    assert not papers.exists() or not list(papers.iterdir())
    if there.url.startswith("sqlite"):
        assert [path.name for path in there.folder.iterdir() if "sqlite3" in path.name] == []


def test_link_in_the_backup_leads_nowhere_else(places: Builder, backup: Path, tmp_path: Path) -> None:
    """A paper of the backup that is a link to another file: only the bytes on the signed list are taken."""
    paper = a_paper(backup)
    (tmp_path / "secret").write_bytes(b"s" * paper.stat().st_size)
    paper.unlink()
    paper.symlink_to(tmp_path / "secret")
    assert "was changed" in refused(places.empty(), backup)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "DELETE FROM audit_eventabout WHERE event_id = 3; DELETE FROM audit_event WHERE sequence = 3",
            "not whole from event 3",
        ),
        ("UPDATE audit_event SET facts = '{}' WHERE sequence = 3", "not whole from event 3"),
        ("UPDATE handover_blob SET tenant = 'organisation:0'", "papers do not open"),
    ],
)
def test_row_changed_behind_the_products_back_is_found_after_the_restore(
    places: Builder, place: Place, backup: Path, tmp_path: Path, statement: str, words: str
) -> None:
    tampered = places.empty()
    whole(tampered.manage("restore", backup))
    tampered.execute(*statement.split("; "))
    whole(tampered.manage("backup", tmp_path / "second"))
    assert words in refused(places.empty(), tmp_path / "second", status=3)


def test_log_older_than_the_checkpoint_from_outside_is_reported(places: Builder, place: Place, tmp_path: Path) -> None:
    outside, cut = tmp_path / "checkpoint.json", places.empty()
    whole(place.manage("backup", tmp_path / "before"))
    whole(place.manage("checkpoint", outside))
    whole(cut.manage("restore", tmp_path / "before", "--checkpoint", outside))
    assert "intact" in whole(cut.manage("verify_audit", "--checkpoint", outside))

    last = json.loads(outside.read_text())["sequence"]
    cut.execute(
        f"DELETE FROM audit_eventabout WHERE event_id = {last}", f"DELETE FROM audit_event WHERE sequence = {last}"
    )
    assert "intact" in whole(cut.manage("verify_audit"))  # the chain alone does not tell
    told = cut.manage("verify_audit", "--checkpoint", outside)
    assert (told.returncode, "older" in told.stdout) == (4, True)
    whole(cut.manage("backup", tmp_path / "older"))
    whole(places.empty().manage("restore", tmp_path / "older"))
    assert "look for a newer backup" in refused(places.empty(), tmp_path / "older", "--checkpoint", outside, status=4)
    there = places.empty()
    assert "restored, but" in refused(there, tmp_path / "older", "--checkpoint", outside, "--even-older", status=4)
    assert whole(there.manage("verify_audit"))

    cut.done("another")
    told = cut.manage("verify_audit", "--checkpoint", outside)
    assert (told.returncode, "different" in told.stdout) == (4, True)
    whole(cut.manage("backup", tmp_path / "other"))
    assert "another one" in refused(places.empty(), tmp_path / "other", "--checkpoint", outside, status=4)


# Refusals -----------------------------------------------------------------------------------------------------------


def test_place_that_is_not_empty_is_refused(places: Builder, place: Place, backup: Path) -> None:
    done = place.manage("restore", backup)
    assert (done.returncode, "empty place only" in done.stderr) == (1, True)
    there = places.empty()
    (there.folder / "papers").mkdir(parents=True)
    (there.folder / "papers" / "x").write_text("x")
    done = there.manage("restore", backup)
    assert (done.returncode, "there are papers in" in done.stderr) == (1, True)
    assert (there.folder / "papers" / "x").read_text() == "x"


OTHER = "ZzZzZzZzZzZzZzZzZzZzZzZzZzZzZzZzZzZzZzZzZzY="
KEYS_GONE = {
    "FIELD_KEYS": ([OTHER], "kept apart from the backup: FIELD_KEYS"),
    "SECRET_KEY": (OTHER, "kept apart from the backup: SECRET_KEY"),
    "KEY_ENCRYPTION_KEYS": ([f"k2:{OTHER}"], "signed with the key k1"),
}


@pytest.mark.parametrize("name", KEYS_GONE)
def test_key_that_is_missing_is_named(backup: Path, settings: Any, name: str) -> None:
    given, words = KEYS_GONE[name]
    setattr(settings, name, given)
    with pytest.raises(BackupError, match=words):
        restoring.restore(backup, outside=None, even_older=False, progress=lambda words: None)


def test_other_key_under_the_same_name_is_told(backup: Path, settings: Any) -> None:
    settings.KEY_ENCRYPTION_KEYS = [f"k1:{OTHER}"]
    with pytest.raises(BackupError, match="another key than the k1"):
        restoring.restore(backup, outside=None, even_older=False, progress=lambda words: None)


def test_key_that_only_an_old_paper_names_is_missed(backup: Path, settings: Any) -> None:
    edited(backup, signed=True, keys={"KEY_ENCRYPTION_KEYS": ["k0", "k1"], "FIELD_KEYS": [], "SECRET_KEY": []})
    with pytest.raises(BackupError, match="KEY_ENCRYPTION_KEYS: k0"):
        restoring.restore(backup, outside=None, even_older=False, progress=lambda words: None)


def test_no_key_and_no_open_session_is_in_the_backup(place: Place, backup: Path) -> None:
    everything = b"".join(path.read_bytes() for path in backup.rglob("*") if path.is_file())
    for name, value in place.keys.items():
        for one in value.split(",") if name != "SECRET_KEY" else []:
            assert one.rpartition(":")[2].encode() not in everything, name
    for path in [backup, *backup.rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path


def test_folder_in_use_is_refused(place: Place, backup: Path, tmp_path: Path) -> None:
    again = place.manage("backup", backup)
    assert (again.returncode, "is not empty" in again.stderr) == (1, True)
    assert (backup / "manifest.json").exists()
