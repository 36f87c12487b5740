"""What a backup holds, signed and written last: a folder without it is none."""

import json
import os
import re
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from audit import checkpoints, sealed
from config.backup import copying
from config.backup.errors import BackupError

FORMAT = "hikitsugi-backup-1"
NAME = "manifest.json"
OUR_PATHS = re.compile(r"database\.(sqlite3|pgdump)|papers/[0-9a-f]{64}")


@dataclass(frozen=True)
class File:
    """One file of the backup: its path inside it, bytes, SHA-256 in hex."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """
    What is on the list. `database` is "sqlite" or "postgresql"; `at` is ISO 8601; `counts` are rows by table;
    `left_out` are tables whose rows are not in it; `damaged` are papers that were not whole when it was taken;
    `keys` names what must be there to use it; `checkpoint` is signed by itself.
    """

    product: str
    database: str
    at: str
    migrations: list[str]
    files: list[File]
    counts: dict[str, int]
    left_out: list[str]
    damaged: list[str]
    keys: dict[str, list[str]]
    checkpoint: dict[str, Any]

    @property
    def log(self) -> checkpoints.Checkpoint:
        """How far the log in this backup reaches."""
        return checkpoints.opened(self.checkpoint)


def write(folder: Path, manifest: Manifest) -> None:
    """Sign `manifest` and put it into `folder`, where everything else is for good already."""
    text = json.dumps(sealed.sign({"format": FORMAT, **asdict(manifest)}), ensure_ascii=False, indent=0)
    part = folder / f".{secrets.token_hex(8)}.part"
    with copying.create(part) as file:
        data = (text + "\n").encode()
        written = 0
        while written < len(data):
            written += file.write(data[written:])
        os.fsync(file.fileno())
    os.rename(part, folder / NAME)
    copying.flush(folder)


def read(folder: Path) -> Manifest:
    """Return the manifest of the backup in `folder`. Raises `BackupError`: none, changed, or of another place."""
    try:
        body = sealed.opened(json.loads((folder / NAME).read_bytes()), kind=FORMAT)
        body.pop("format")
        found = Manifest(**{**body, "files": [File(**each) for each in body["files"]]})
        checkpoints.opened(found.checkpoint)
    except FileNotFoundError:
        raise BackupError(f"{folder} is no whole backup: there is no {NAME}, which is written last") from None
    except sealed.NotOurs as error:
        raise BackupError(f"{folder / NAME}: {error}") from error
    except (ValueError, TypeError, KeyError) as error:
        raise BackupError(f"{folder / NAME} cannot be read: it was changed or cut off") from error
    if strange := [each.path for each in found.files if not OUR_PATHS.fullmatch(each.path)]:
        raise BackupError(f"{folder / NAME} names a file that no backup has: {strange[0]}")
    return found


def check_files(folder: Path, manifest: Manifest) -> None:
    """Read every file of the backup and compare it. Raises `BackupError` that names each which differs."""
    wrong = []
    for each in manifest.files:
        try:
            if copying.digest(folder / each.path) != (each.size, each.sha256):
                wrong.append(f"{each.path} was changed")
        except FileNotFoundError:
            wrong.append(f"{each.path} is missing")
    if wrong:
        raise BackupError("; ".join(wrong[:20]) + (f"; {len(wrong)} in all" if len(wrong) > 20 else ""))
