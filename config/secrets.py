"""Secrets of an installation: from the environment, or from one file made on the first run."""

import base64
import json
import os
import secrets
from pathlib import Path


def load(path: Path) -> dict[str, str]:
    """Return the secrets kept in `path`, making the file with mode 0600 when there is none.

    Keys: `SECRET_KEY`; `FIELD_KEYS` (Fernet keys for short fields, comma separated, the first encrypts);
    `KEY_ENCRYPTION_KEYS` (`id:base64` of 32 bytes for papers, comma separated, the first encrypts).
    """
    try:
        return dict(json.loads(path.read_text()))
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    made = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "KEY_ENCRYPTION_KEYS": "k1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
    }
    # Web and worker may start together: the one that links the file first wins, the other reads it.
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")  # a killed one never stands in the way of the next
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(made, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return dict(json.loads(path.read_text()))
    finally:
        draft.unlink()
    return made
