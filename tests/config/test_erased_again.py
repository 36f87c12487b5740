"""What two persons erased is erased again after a restore of an older backup, and in no newer one."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.config.eraser import WORDS
from tests.config.places import Builder, Place
from tests.config.test_backup import OTHER, refused, whole

pytestmark = pytest.mark.django_db  # so that these run on both databases
ERASER = "tests.config.eraser"
GONE = ("1.1", "1.2", "2.1")


class Kept:
    """A place whose papers were erased after its first backup, with what was kept outside of it."""

    def __init__(self, places: Builder, folder: Path) -> None:
        self.place, self.folder = places.migrated(), folder
        self.older, self.newer = folder / "older", folder / "newer"
        self.erasures, self.checkpoint = folder / "erasures.json", folder / "checkpoint.json"
        self.place.done("prepare")
        self.place.done("keep", ERASER)
        self.before = told(self.place)
        whole(self.place.manage("backup", self.older))
        self.place.done("erase", ERASER)
        whole(self.place.manage("erasures", self.erasures))
        whole(self.place.manage("checkpoint", self.checkpoint))
        whole(self.place.manage("backup", self.newer))

    @property
    def gone(self) -> set[str]:
        return {self.before["versions"][key][2] for key in GONE}


@pytest.fixture(scope="module")
def kept(places: Builder, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return Kept(places, tmp_path_factory.mktemp("erased"))


def told(place: Place) -> Any:
    """Return what the place tells of itself, its papers numbered in their order: keys go on where others left them."""
    found = place.told("tell", ERASER)
    keys = sorted({int(key.partition(".")[0]) for key in found["versions"]})
    place_of = {str(key): number for number, key in enumerate(keys, start=1)}
    found["versions"] = {
        f"{place_of[key.partition('.')[0]]}.{key.partition('.')[2]}": value for key, value in found["versions"].items()
    }
    return found


def files(folder: Path) -> set[str]:
    return {path.name for path in (folder / "papers").iterdir()}


def test_backup_after_the_erasure_holds_stubs_and_no_bytes(kept: Kept, places: Builder) -> None:
    assert kept.gone <= files(kept.older) and not kept.gone & files(kept.newer)
    there = places.empty()
    assert "2 of 2" not in whole(there.manage("restore", kept.newer, "--checkpoint", kept.checkpoint))
    assert told(there) == told(kept.place)
    assert "0 of 2 erasures" in whole(there.manage("erasures", "--apply", kept.erasures))


def test_older_backup_is_restored_and_what_was_erased_is_erased_again(kept: Kept, places: Builder) -> None:
    there = places.empty()
    out = whole(there.manage("restore", kept.older, "--erasures", kept.erasures))
    assert "2 of 2 erasures were applied again" in out
    found, live = told(there), told(kept.place)
    assert found["versions"] == live["versions"]
    assert {key for key, value in found["versions"].items() if value[0] == "erased"} == set(GONE)
    assert not kept.gone & files(there.folder)
    assert found["verbs"] == ["erasure.applied_again", "erasure.applied_again"]
    # The second of the two persons is one whom the older state does not know.
    assert found["people"] == [["taro@aoba.example", "hanako@aoba.example"], ["hanako@aoba.example", None]]
    assert "intact" in whole(there.manage("verify_audit"))
    if there.url.startswith("sqlite"):
        assert not [path for path in there.folder.iterdir() if path.is_file() and WORDS.encode() in path.read_bytes()]
    again = whole(there.manage("erasures", "--apply", kept.erasures))
    assert "0 of 2 erasures" in again
    whole(there.manage("backup", there.folder.parent / f"{there.folder.name}-again"))
    whole(places.empty().manage("restore", there.folder.parent / f"{there.folder.name}-again"))


def test_without_the_list_the_restore_says_what_is_here_again(kept: Kept, places: Builder) -> None:
    there = places.empty()
    assert "what was erased after the backup is here again" in whole(there.manage("restore", kept.older))
    assert kept.gone <= files(there.folder)
    assert "2 of 2 erasures" in whole(there.manage("erasures", "--apply", kept.erasures))
    assert not kept.gone & files(there.folder)
    assert "intact" in whole(there.manage("verify_audit"))


def test_older_log_stays_reported_and_is_erased_all_the_same(kept: Kept, places: Builder) -> None:
    outside = ("--checkpoint", kept.checkpoint, "--erasures", kept.erasures)
    assert "look for a newer backup" in refused(places.empty(), kept.older, *outside, status=4)
    there = places.empty()
    assert "restored, but" in refused(there, kept.older, *outside, "--even-older", status=4)
    assert not kept.gone & files(there.folder)


def test_list_that_was_changed_or_is_of_another_place_is_refused(kept: Kept, places: Builder, tmp_path: Path) -> None:
    changed = shutil.copy(kept.erasures, tmp_path / "changed.json")
    body = json.loads(changed.read_text())
    body["erasures"] = body["erasures"][:1]
    changed.write_text(json.dumps(body))
    assert "changed after it was signed" in refused(places.empty(), kept.older, "--erasures", changed)
    assert "this is no hikitsugi-erasures-1" in refused(places.empty(), kept.older, "--erasures", kept.checkpoint)
    other = places.empty(KEY_ENCRYPTION_KEYS=f"k1:{OTHER}")
    assert "another key" in refused(other, kept.older, "--erasures", kept.erasures)
    assert "File exists" in kept.place.manage("erasures", kept.erasures).stderr


def test_list_holds_numbers_and_hashes_and_no_word(kept: Kept) -> None:
    text = kept.erasures.read_text()
    for word in (WORDS, "二版", "残る", "太郎", "@", "R-1"):
        assert word not in text, word
    assert len(json.loads(text)["erasures"]) == 2
