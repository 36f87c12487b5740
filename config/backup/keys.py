"""Which keys a backup needs to be of use. The keys themselves are never in it."""

from collections.abc import Iterable

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from config.backup.errors import BackupError


def needed(paper_keys: Iterable[str]) -> dict[str, list[str]]:
    """Return what has to be there to use this installation's data, with `paper_keys` the ids that its papers name.

    Keys without ids are named by a print: eight hex digits of a hash that leads back to nothing.
    """
    return {
        "KEY_ENCRYPTION_KEYS": sorted(set(paper_keys)),
        "FIELD_KEYS": [_print(key) for key in settings.FIELD_KEYS],
        "SECRET_KEY": [_print(settings.SECRET_KEY)],
    }


def check(wanted: dict[str, list[str]]) -> None:
    """Raise `BackupError` when one of the keys `wanted` is not here."""
    here = needed(entry.partition(":")[0] for entry in settings.KEY_ENCRYPTION_KEYS)
    lacking = [f"{name}: {', '.join(gone)}" for name, all_ in wanted.items() if (gone := _without(all_, here[name]))]
    if lacking:
        raise BackupError(f"keys are missing here, they were kept apart from the backup: {'; '.join(lacking)}")


def _without(wanted: list[str], here: list[str]) -> list[str]:
    return [one for one in wanted if one not in here]


def _print(key: str) -> str:
    return HKDF(SHA256(), 4, salt=None, info=b"hikitsugi print of a key").derive(key.encode()).hex()
