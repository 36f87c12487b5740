"""Statements that this installation signed and that are kept outside of it: checkpoints of the log, lists of a backup.

The signing keys are derived from `settings.KEY_ENCRYPTION_KEYS`: nothing further has to be kept, and a key that was
rotated out still checks what it signed for as long as it stands in the list. Ed25519, so that whoever keeps the public
key checks a statement without any secret of ours.
"""

import json
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"hikitsugi signed statements"
SIGNATURE = ("key", "public_key", "signature")


class NotOurs(Exception):
    """The statement is none, was changed, or was signed with a key that is not here. The message says which."""


def sign(statement: Mapping[str, Any]) -> dict[str, Any]:
    """Return `statement` (JSON values, its `format` among them) signed with the current key."""
    name, key = next(iter(_keys().items()))
    signed = {**statement, "key": name, "public_key": _public(key)}
    return {**signed, "signature": key.sign(_bytes(signed)).hex()}


def opened(document: Any, *, kind: str) -> dict[str, Any]:
    """Return what was signed in `document`, without the signature. `kind` is the `format` it must have.

    Raises `NotOurs`.
    """
    if not isinstance(document, dict) or document.get("format") != kind:
        raise NotOurs(f"this is no {kind}")
    name, keys = document.get("key"), _keys()
    if not isinstance(name, str) or name not in keys:
        raise NotOurs(f"it was signed with the key {name}, which KEY_ENCRYPTION_KEYS does not hold")
    if document.get("public_key") != _public(keys[name]):
        raise NotOurs(f"it was signed with another key than the {name} of this installation")
    signed = {part: value for part, value in document.items() if part != "signature"}
    try:
        keys[name].public_key().verify(bytes.fromhex(str(document.get("signature"))), _bytes(signed))
    except (InvalidSignature, ValueError):
        raise NotOurs("it was changed after it was signed") from None
    return {part: value for part, value in document.items() if part not in SIGNATURE}


def _keys() -> dict[str, Ed25519PrivateKey]:
    found = {}
    for entry in settings.KEY_ENCRYPTION_KEYS:
        name, _, encoded = entry.partition(":")
        raw = b64decode(encoded.replace("-", "+").replace("_", "/"))
        seed = HKDF(SHA256(), 32, salt=None, info=PURPOSE).derive(raw)
        found[name] = Ed25519PrivateKey.from_private_bytes(seed)
    return found


def _public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


def _bytes(signed: Mapping[str, Any]) -> bytes:
    return json.dumps(dict(signed), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
