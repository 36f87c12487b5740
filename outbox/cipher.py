"""Short fields encrypted at rest: notices, secrets of second factors."""

import json
from collections.abc import Mapping
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


@cache
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(text: str) -> bytes:
    """Encrypt `text` with the first of `settings.FIELD_KEYS`."""
    return _fernet(tuple(settings.FIELD_KEYS)).encrypt(text.encode())


def decrypt(token: bytes | memoryview | str) -> str:
    """Return the text of `token`; raises `cryptography.fernet.InvalidToken` when no key fits or a bit is changed."""
    return _fernet(tuple(settings.FIELD_KEYS)).decrypt(bytes(token) if not isinstance(token, str) else token).decode()


def encrypt_words(words: Mapping[str, str]) -> bytes:
    """Encrypt several texts as one, each under its name."""
    return encrypt(json.dumps(dict(words), ensure_ascii=False, sort_keys=True))


def decrypt_words(token: bytes | memoryview | str) -> dict[str, str]:
    """Return what `encrypt_words` encrypted; raises as `decrypt` does."""
    found: dict[str, str] = json.loads(decrypt(token))
    return found


def turned(token: bytes | memoryview | str) -> bytes | None:
    """Return `token` under the first of `settings.FIELD_KEYS`, None when it is so already; raises as `decrypt` does.

    The time that stands in it stays.
    """
    given = token.encode() if isinstance(token, str) else bytes(token)
    try:
        _fernet(tuple(settings.FIELD_KEYS[:1])).decrypt(given)
    except InvalidToken:
        return _fernet(tuple(settings.FIELD_KEYS)).rotate(given)
    return None
