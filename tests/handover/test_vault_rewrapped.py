"""A copy that a killed rotation leaves opens with no key, so nothing of a paper outlives its erasure beside it."""

import os
import resource
import signal
from base64 import b64encode
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from handover.vault import cipher, store

LABELS = {"tenant": b"organisation:3", "document": b"document:7"}
NOTE = "番号は総務の金庫\r\n".encode() * 90_000  # 2.3 MB: three segments


@pytest.fixture
def papers(tmp_path: Path, settings: Settings) -> Path:
    settings.DATA_DIR = tmp_path
    settings.KEY_ENCRYPTION_KEYS = ["k1:" + b64encode(b"1" * 32).decode()]
    return tmp_path / "papers"


def kept() -> store.Stored:
    draft = store.Draft()
    draft.write(NOTE)
    draft.finish()
    return draft.keep(**LABELS)


def killed_at(size: int, name: str) -> int:
    """Rewrap in a process that the system kills when the copy reaches `size` bytes; returns the signal."""
    child = os.fork()
    if not child:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        store.rewrap(name, **LABELS)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("size", [cipher.HEADER_SIZE + segments * cipher.SEGMENT_SIZE for segments in range(3)])
def test_copy_of_a_killed_rotation_opens_with_no_key(papers: Path, settings: Settings, size: int) -> None:
    paper = kept()
    settings.KEY_ENCRYPTION_KEYS = ["k2:" + b64encode(b"2" * 32).decode(), *settings.KEY_ENCRYPTION_KEYS]
    assert killed_at(size, paper.name) == -signal.SIGXFSZ
    [part] = papers.glob("*.part")
    with pytest.raises(cipher.Tampered):
        cipher.Header.unpacked(part.read_bytes()[: cipher.HEADER_SIZE])
    assert store.rewrap(paper.name, **LABELS) == "k2"
    assert b"".join(store.Reader(paper.name, **LABELS)) == NOTE
    assert store.sweep_leftovers(older_than=datetime.now().astimezone() + timedelta(days=1)) == 1
    assert [path.name for path in papers.iterdir()] == [paper.name]


def test_sweep_destroys_the_key_of_a_whole_copy(papers: Path, tmp_path: Path) -> None:
    """A process that dies between header and rename leaves one that opens: its key goes before its bytes are free."""
    paper = kept()
    os.link(papers / paper.name, papers / f"{'a' * 32}.part")
    os.link(papers / paper.name, tmp_path / "seen")
    store.sweep_leftovers(older_than=datetime.now().astimezone() + timedelta(days=1))
    assert (tmp_path / "seen").read_bytes()[: cipher.HEADER_SIZE] == bytes(cipher.HEADER_SIZE)
