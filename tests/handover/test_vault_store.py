"""Papers on the disk: whole or not at all, also when the process that stores them is killed."""

import hashlib
import os
import random
import signal
import stat
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from handover.vault import cipher, store

TENANT, DOCUMENT = b"organisation:3", b"document:7"
LABELS = {"tenant": TENANT, "document": DOCUMENT}
NOW = datetime.now() + timedelta(days=1)  # whatever a test makes is older, however long the run takes
KEYS = ["k1:" + b64encode(b"1" * 32).decode()]
NEW_KEYS = ["k2:" + b64encode(b"2" * 32).decode(), *KEYS]


@pytest.fixture(autouse=True)
def papers(tmp_path: Path, settings: Settings) -> Path:
    settings.DATA_DIR = tmp_path
    settings.KEY_ENCRYPTION_KEYS = KEYS
    return tmp_path / "papers"


def draft(clear: bytes) -> store.Draft:
    made = store.Draft()
    made.write(clear)
    made.finish()
    return made


def read(name: str, **labels: bytes) -> bytes:
    reader = store.Reader(name, **(LABELS | labels))
    try:
        return b"".join(reader)
    finally:
        reader.close()


def test_paper_kept_is_the_only_file_and_reads_back(papers: Path) -> None:
    clear = os.urandom(3_000_000)
    stored = draft(clear).keep(**LABELS)
    assert [path.name for path in papers.iterdir()] == [stored.name]
    assert (stored.size, stored.sha256, stored.key_id) == (len(clear), hashlib.sha256(clear).hexdigest(), "k1")
    assert read(stored.name) == clear and read(stored.name) == clear
    assert (papers / stored.name).stat().st_mode & 0o777 == 0o600 and papers.stat().st_mode & 0o777 == 0o700


def test_paper_on_disk_shows_neither_content_nor_its_hash(papers: Path) -> None:
    clear = "設定パスワード".encode() * 100
    stored = draft(clear).keep(**LABELS)
    body = (papers / stored.name).read_bytes()
    assert clear[:21] not in body and hashlib.sha256(clear).digest() not in body
    assert stored.sha256 not in stored.name


def test_draft_is_encrypted_and_closed_to_others_while_it_arrives(papers: Path) -> None:
    arriving = store.Draft()
    arriving.write(b"secret word " * 200_000)
    [part] = papers.iterdir()
    assert part.suffix == ".part" and part.stat().st_size > 1_000_000
    assert b"secret word" not in part.read_bytes() and part.stat().st_mode & 0o777 == 0o600
    arriving.discard()
    assert list(papers.iterdir()) == []


def test_draft_forgotten_by_everybody_takes_its_file_along(papers: Path) -> None:
    arriving = store.Draft()
    arriving.write(b"a")
    assert len(list(papers.iterdir())) == 1
    del arriving
    assert list(papers.iterdir()) == []


def test_draft_kept_outlives_its_object_and_a_late_discard(papers: Path) -> None:
    made = draft(b"a")
    stored = made.keep(**LABELS)
    made.discard()
    del made
    assert read(stored.name) == b"a"


def test_draft_kept_twice_or_unfinished_is_refused() -> None:
    made = draft(b"a")
    made.keep(**LABELS)
    for again in (made, store.Draft()):
        with pytest.raises(ValueError, match="not finished"):
            again.keep(**LABELS)


def test_inspection_reads_clear_text_from_memory_without_a_path() -> None:
    made = draft(b"clear text")
    with made.in_memory() as descriptor:
        assert os.readlink(f"/proc/self/fd/{descriptor}").startswith("/memfd:")
        assert os.read(descriptor, 100) == b"clear text"
    with pytest.raises(OSError):
        os.read(descriptor, 1)


def test_paper_put_in_anothers_place_does_not_open(papers: Path) -> None:
    one = draft(b"one").keep(**LABELS)
    two = draft(b"two").keep(tenant=b"organisation:4", document=b"document:8")
    os.replace(papers / two.name, papers / one.name)
    with pytest.raises(cipher.Tampered):
        read(one.name)


def test_paper_cut_on_disk_is_refused_before_its_first_byte(papers: Path) -> None:
    stored = draft(os.urandom(3_000_000)).keep(**LABELS)
    os.truncate(papers / stored.name, 1_200_000)
    with pytest.raises(cipher.Tampered, match="length"):
        store.Reader(stored.name, **LABELS)


def test_paper_gone_from_disk_is_said_to_be_missing() -> None:
    with pytest.raises(FileNotFoundError):
        store.Reader("0" * 64, **LABELS)


@pytest.mark.parametrize("name", ["../secrets.json", "", "0" * 63, "0" * 64 + ".part", "G" * 64, "/etc/passwd"])
def test_name_that_is_not_ours_is_never_made_a_path(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        store.Reader(name, **LABELS)
    with pytest.raises(ValueError, match="name"):
        store.remove(name)


def test_operator_rotates_key_and_paper_opens_with_the_new_one_alone(papers: Path, settings: Settings) -> None:
    stored = draft(b"a" * 2_000_000).keep(**LABELS)
    settings.KEY_ENCRYPTION_KEYS = NEW_KEYS
    assert store.rewrap(stored.name, **LABELS) == "k2"
    settings.KEY_ENCRYPTION_KEYS = NEW_KEYS[:1]
    assert read(stored.name) == b"a" * 2_000_000
    assert len(list(papers.iterdir())) == 1


def test_operator_rotates_with_wrong_labels_and_paper_stays_as_it_was(papers: Path) -> None:
    stored = draft(b"a").keep(**LABELS)
    with pytest.raises(cipher.Tampered):
        store.rewrap(stored.name, tenant=TENANT, document=b"document:8")
    assert read(stored.name) == b"a" and len(list(papers.iterdir())) == 1


def test_sweeper_takes_old_parts_only(papers: Path) -> None:
    stored = draft(b"a").keep(**LABELS)
    arriving = store.Draft()
    (papers / ("0" * 32 + ".part")).write_bytes(b"left")
    os.utime(papers / ("0" * 32 + ".part"), (1, 1))
    assert store.sweep_leftovers(older_than=datetime.now() - timedelta(days=1)) == 1
    assert len(list(papers.iterdir())) == 2
    arriving.discard()
    assert read(stored.name) == b"a"


def test_sweeper_finds_blob_whose_transaction_rolled_back() -> None:
    lost, held = draft(b"lost").keep(**LABELS), draft(b"held").keep(**LABELS)
    assert store.unreferenced([held.name], older_than=NOW) == [lost.name]
    assert store.unreferenced([held.name], older_than=NOW - timedelta(days=2)) == []
    store.remove(lost.name)
    store.remove(lost.name)
    assert store.unreferenced([held.name], older_than=NOW) == []
    assert read(held.name) == b"held"


# What reaches the disk in which order; a kill cannot show it, only a power cut could.
ORDER = ["header", "flush of the file", "its name", "flush of the folder"]


def kept_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a paper and assert that each step was done for good before the next."""
    done: list[str] = []

    def noted(name: str, words: Callable[..., str]) -> None:
        call = getattr(os, name)

        def noting(*args: Any) -> Any:
            result = call(*args)
            done.append(words(*args))
            return result

        monkeypatch.setattr(os, name, noting)

    made = draft(b"a" * 3_000_000)
    noted("pwrite", lambda *_: "header")
    noted("rename", lambda *_: "its name")
    noted("fsync", lambda number: f"flush of the {'folder' if stat.S_ISDIR(os.fstat(number).st_mode) else 'file'}")
    made.keep(**LABELS)
    assert done == ORDER, "a power cut could take it"


def test_paper_is_on_the_disk_for_good_before_it_has_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    kept_in_order(monkeypatch)


def test_planted_fault_name_that_is_not_flushed_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_flush_folder", lambda _path: None)
    with pytest.raises(AssertionError, match="power cut"):
        kept_in_order(monkeypatch)


STORING = """
import sys, os
from django.conf import settings
settings.configure(DATA_DIR=sys.argv[1], KEY_ENCRYPTION_KEYS=[sys.argv[2]])
from handover.vault import store
number = 0
while True:
    draft = store.Draft()
    for _ in range(30):
        draft.write(number.to_bytes(4, "big") * 16_384)
    draft.finish()
    with draft.in_memory():
        pass
    stored = draft.keep(tenant=b"organisation:3", document=b"document:%d" % number)
    os.write(1, b"%s %d\\n" % (stored.name.encode(), number))
    number += 1
"""


def test_process_killed_while_storing_leaves_every_acknowledged_paper_and_nothing_half(papers: Path) -> None:
    chance = random.Random(7)
    acknowledged: dict[str, int] = {}
    left = 0
    for _ in range(5):
        process = subprocess.Popen(
            [sys.executable, "-c", STORING, str(papers.parent), KEYS[0]],
            stdout=subprocess.PIPE,
            cwd=Path(store.__file__).parents[2],
        )
        assert process.stdout is not None
        lines = [process.stdout.readline()]
        time.sleep(chance.uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.read().splitlines()
        process.wait()
        acknowledged |= {name.decode(): int(number) for name, number in (line.split() for line in lines)}
        left += len(list(papers.glob("*.part")))
    assert acknowledged and left
    for name, number in acknowledged.items():
        reader = store.Reader(name, tenant=TENANT, document=b"document:%d" % number)
        assert b"".join(reader) == number.to_bytes(4, "big") * 16_384 * 30
        reader.close()
    for part in papers.glob("*.part"):
        # Either no header yet, or one that was written but never renamed; no clear text in any case.
        assert bytes(3) + b"\1" + bytes(3) + b"\1" not in part.read_bytes()[cipher.HEADER_SIZE :]
    assert store.sweep_leftovers(older_than=NOW) > 0
    assert not list(papers.glob("*.part"))
    # A paper stored whole whose acknowledgement the kill cut off is for the other sweeper.
    assert len(store.unreferenced(acknowledged, older_than=NOW)) <= 5
