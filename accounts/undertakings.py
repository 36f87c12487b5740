"""The words of the confidentiality undertaking. A version is never edited: new words are a new version."""

import hashlib
from functools import cache
from pathlib import Path

CURRENT = 1
FOLDER = Path(__file__).parent / "undertaking"


@cache
def words(version: int, language: str) -> str:
    """Return the text of `version` in `language` (`ja` or `en`)."""
    return (FOLDER / f"{version}.{language}.txt").read_text(encoding="utf-8")


def text_hash(version: int, language: str) -> str:
    """Return the SHA-256 in hex of the text as signed."""
    return hashlib.sha256(words(version, language).encode()).hexdigest()
