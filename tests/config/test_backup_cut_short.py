"""A backup that is cut short: killed, out of room, or overtaken by an erasure. Nothing half looks whole."""

import resource
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from config.backup import taking
from config.backup.errors import BackupError
from handover.models import Blob, Document, DocumentVersion
from handover.vault import store
from tests.cast import Cast
from tests.config.places import Builder, Place
from tests.handover.paper_files import kept
from tests.stock import NOW, registration

MIB = 1 << 20


@pytest.fixture(scope="module")
def place(places: Builder) -> Place:
    """A place with a paper of 12 MB, far larger than its database."""
    made = places.migrated()
    made.done("prepare")
    made.done("large")
    return made


def room_for(size: int) -> Callable[[], None]:
    """Return what lets a process write no file beyond `size` bytes."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.django_db
def test_no_room_for_a_paper_is_told_and_leaves_nothing(place: Place, tmp_path: Path) -> None:
    done = place.manage("backup", tmp_path / "backup", limit=room_for(10 * MIB))
    assert (done.returncode, "the disk is full" in done.stderr) == (1, True), done.stderr
    assert not (tmp_path / "backup").exists()
    (tmp_path / "given").mkdir()
    assert place.manage("backup", tmp_path / "given", limit=room_for(10 * MIB)).returncode == 1
    assert list((tmp_path / "given").iterdir()) == []


@pytest.mark.django_db
def test_no_room_for_the_database_is_told_and_leaves_nothing(place: Place, tmp_path: Path) -> None:
    done = place.manage("backup", tmp_path / "backup", limit=room_for(20_000))
    assert done.returncode == 1 and "CommandError" in done.stderr
    assert not (tmp_path / "backup").exists()


@pytest.mark.django_db
def test_no_room_for_the_restore_leaves_an_empty_place(places: Builder, place: Place, tmp_path: Path) -> None:
    assert place.manage("backup", tmp_path / "backup").returncode == 0
    there = places.empty()
    done = there.manage("restore", tmp_path / "backup", limit=room_for(10 * MIB))
    assert (done.returncode, "the disk is full" in done.stderr) == (1, True), done.stderr
    assert there.manage("restore", tmp_path / "backup").returncode == 0


@pytest.mark.django_db
@pytest.mark.parametrize("point", ["copied", "listed"])
def test_backup_that_was_killed_is_none(places: Builder, place: Place, tmp_path: Path, point: str) -> None:
    process = place.started("killed", point, str(tmp_path / "backup"))
    process.communicate(timeout=300)
    assert process.returncode == -signal.SIGKILL
    assert list((tmp_path / "backup").glob("database.*"))
    done = places.empty().manage("restore", tmp_path / "backup")
    assert (done.returncode, "no whole backup" in done.stderr) == (1, True)


# Overtaken ------------------------------------------------------------------------------------------------------------


def taken_while(folder: Path, act: Callable[[], None]) -> list[str]:
    """Take a backup and do `act` once the first state of the database was taken; return what it said."""
    said: list[str] = []

    def progress(words: str) -> None:
        said.append(words)
        if words.endswith("papers") and sum(each.endswith("papers") for each in said) == 1:
            act()

    taking.take(folder, at=timezone.now(), progress=progress)
    return said


@pytest.fixture
def two(cast: Cast) -> list[Document]:
    held = registration(cast.aoba, "R-1", custodian=cast.taro)
    return [kept(held, cast.taro, title=title) for title in ("一", "二")]


def erased(document: Document) -> None:
    """As an erasure ends: no row names the bytes, then these are gone."""
    version = document.versions.select_related("blob").get()
    DocumentVersion.objects.filter(pk=version.pk).delete()
    Blob.objects.filter(pk=version.blob_id).delete()
    store.remove(version.blob.name)


@pytest.mark.django_db(transaction=True)
def test_paper_erased_meanwhile_is_in_no_backup(two: list[Document], tmp_path: Path) -> None:
    names = [each.versions.get().blob.name for each in two]
    said = taken_while(tmp_path / "backup", lambda: erased(two[0]))
    assert "a paper was erased meanwhile: the database once more" in said
    assert [path.name for path in (tmp_path / "backup" / "papers").iterdir()] == names[1:]


@pytest.mark.django_db(transaction=True)
def test_paper_that_is_gone_though_a_row_names_it_is_told_and_the_others_are_kept(
    two: list[Document], tmp_path: Path
) -> None:
    names = [each.versions.get().blob.name for each in two]
    store.remove(names[0])
    (store.folder() / names[1]).write_bytes((store.folder() / names[1]).read_bytes()[:-1])
    taken = taking.take(tmp_path / "backup", at=NOW, progress=lambda words: None)
    assert taken.damaged == sorted(names)
    assert [each.path for each in taken.files[1:]] == [f"papers/{names[1]}"]


@pytest.mark.django_db(transaction=True)
def test_folder_of_papers_is_no_place_for_a_backup(two: list[Document], tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="among the papers"):
        taking.take(store.folder() / "backup", at=NOW, progress=lambda words: None)
