"""The words of the confidentiality undertaking. A version is never edited: new words are a new version."""

import hashlib
from datetime import datetime
from functools import cache
from pathlib import Path

from django.db.models import Max, Value
from django.db.models.functions import Coalesce

from accounts.models import Undertaking, UndertakingDraft, UndertakingVersion, User

FIRST = 1
FOLDER = Path(__file__).parent / "undertaking"
LANGUAGES = ("ja", "en")


def current() -> int:
    """Return the version that is signed now."""
    return UndertakingVersion.objects.aggregate(newest=Coalesce(Max("number"), Value(FIRST)))["newest"]


def words(version: int, language: str) -> str:
    """Return the text of `version` in `language` (`ja` or `en`). Raises `UndertakingVersion.DoesNotExist`."""
    if version == FIRST:
        return _first(language)
    return str(UndertakingVersion.objects.values_list(f"words_{_spoken(language)}", flat=True).get(number=version))


def text_hash(version: int, language: str) -> str:
    """Return the SHA-256 in hex of the text as signed."""
    return hash_of(words(version, language))


def hash_of(text: str) -> str:
    """Return the SHA-256 in hex of `text`."""
    return hashlib.sha256(text.encode()).hexdigest()


def language_of(signed: Undertaking) -> str:
    """Return in which language `signed` was read, "" when no words of its version have its hash any more."""
    found = (one for one in LANGUAGES if text_hash(signed.version, one) == signed.text_hash)
    return next(found, "")


def reason_of(version: int) -> str:
    """Return why `version` took the place of the one before, "" for the first."""
    return UndertakingVersion.objects.filter(number=version).values_list("reason", flat=True).first() or ""


def waiting() -> UndertakingDraft | None:
    """Return the words that wait for a second person, None where none do."""
    return UndertakingDraft.objects.filter(is_waiting=True).select_related("written_by").first()


def hashes_of(draft: UndertakingDraft) -> dict[str, str]:
    """Return the SHA-256 of the words of `draft` by language."""
    return {"ja": hash_of(draft.words_ja), "en": hash_of(draft.words_en)}


def fingerprint(draft: UndertakingDraft) -> str:
    """Return the SHA-256 in hex of all that is published with `draft`: words in both languages, and why."""
    return hash_of("\0".join([draft.words_ja, draft.words_en, draft.reason]))


def publish(draft: UndertakingDraft, *, by: User, at: datetime) -> UndertakingVersion:
    """Make the next version of `draft`, inside the caller's transaction: from now on it is the one to be signed."""
    return UndertakingVersion.objects.create(
        number=current() + 1,
        words_ja=draft.words_ja,
        words_en=draft.words_en,
        reason=draft.reason,
        written_by=draft.written_by,
        published_by=by,
        published_at=at,
    )


def _spoken(language: str) -> str:
    return "en" if language.startswith("en") else "ja"


@cache
def _first(language: str) -> str:
    return (FOLDER / f"{FIRST}.{_spoken(language)}.txt").read_text(encoding="utf-8")
