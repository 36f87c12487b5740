"""
Encryption of one paper: AES-256-GCM in segments under a random key of its own, wrapped by a key-encryption key.

Layout of a file: a header of HEADER_SIZE bytes, then segments of SEGMENT_SIZE bytes of clear text (the last may be
shorter), each followed by its 16-byte tag.

How each kind of tampering shows:
- every segment's nonce and associated data hold its number and whether it is the last one, so segments that were
  cut off, repeated or put in another order do not open;
- the key that opens the segments belongs to one paper only, so a segment of another paper does not open;
- the key is wrapped with the labels of tenant and document, the length and the key's id as associated data, so
  a whole file put in another's place does not open, and a file that was cut is refused before its first byte is given.

The labels are bound by the wrapping and not repeated in each segment: an upload is encrypted while it arrives, before
anybody looked up which registration it is for. Until the header is written the file can be opened by nobody.
"""

import errno
import hashlib
import hmac
import os
import struct
from base64 import b64decode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

SEGMENT_SIZE = 1 << 20  # design/trust: 1 MiB; larger ones bring no speed, smaller ones cost calls
TAG_SIZE = 16
MAGIC = b"HKTGPPR1"
_FIELDS = struct.Struct(">8s32sQ12s48s")  # magic, key id, clear length, nonce of the wrapping, wrapped key with its tag
HEADER_SIZE = 128
_PADDING = HEADER_SIZE - _FIELDS.size


class Tampered(Exception):
    """The bytes are not what was stored for this tenant and document: changed, cut, swapped or under another key."""


class UnknownKey(Exception):
    """The header names a key-encryption key that settings.KEY_ENCRYPTION_KEYS does not hold."""


@dataclass(frozen=True)
class Keyring:
    """Key-encryption keys by id; `current` wraps, all of them unwrap."""

    current: str
    keys: dict[str, bytes]

    @classmethod
    def read(cls, entries: Sequence[str]) -> "Keyring":
        """Read "id:base64 of 32 bytes" entries, the current one first. Raises ImproperlyConfigured, without the key."""
        keys: dict[str, bytes] = {}
        for entry in entries:
            key_id, _, encoded = entry.partition(":")
            try:
                key = b64decode(encoded, altchars=b"-_" if "-" in encoded or "_" in encoded else None, validate=True)
            except ValueError:
                key = b""
            if not 1 <= len(key_id.encode()) <= 32 or len(key) != 32 or key_id in keys:
                raise ImproperlyConfigured("KEY_ENCRYPTION_KEYS: each entry is id:base64 of 32 bytes, ids differ")
            keys[key_id] = key
        if not keys:
            raise ImproperlyConfigured("KEY_ENCRYPTION_KEYS is empty: papers cannot be stored")
        return cls(current=next(iter(keys)), keys=keys)

    def key(self, key_id: str) -> bytes:
        """The key of this id. Raises UnknownKey."""
        try:
            return self.keys[key_id]
        except KeyError:
            raise UnknownKey(key_id) from None


def keyring() -> Keyring:
    """The keys of this installation, read afresh so that a test or a rotation may change the setting."""
    return Keyring.read(settings.KEY_ENCRYPTION_KEYS)


def blob_name(sha256: bytes, *, tenant: bytes, document: bytes, keys: Keyring) -> str:
    """
    Name of the stored file: a keyed hash of tenant, document and content, 64 hex digits.

    Without the key nobody can tell from a name whether a known file is stored, or that two tenants hold the same one.
    """
    name_key = HKDF(SHA256(), 32, salt=None, info=b"hikitsugi paper name").derive(keys.key(keys.current))
    return hmac.new(name_key, _joined(tenant, document, sha256), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Header:
    """What stands before the segments: which key wrapped the paper's key, and how long the clear text is."""

    key_id: str
    size: int
    nonce: bytes
    wrapped: bytes

    def packed(self) -> bytes:
        """The HEADER_SIZE bytes of the file's beginning."""
        fields = _FIELDS.pack(MAGIC, self.key_id.encode(), self.size, self.nonce, self.wrapped)
        return fields + bytes(_PADDING)

    @classmethod
    def unpacked(cls, raw: bytes) -> "Header":
        """Read a header; raises Tampered when it is not one (a file whose writer died has zeros here)."""
        if len(raw) != HEADER_SIZE or raw[_FIELDS.size :] != bytes(_PADDING):
            raise Tampered("header")
        magic, key_id, size, nonce, wrapped = _FIELDS.unpack_from(raw)
        if magic != MAGIC:
            raise Tampered("header")
        try:
            return cls(key_id.rstrip(b"\0").decode(), size, nonce, wrapped)
        except UnicodeDecodeError:
            raise Tampered("header") from None

    def open(self, *, tenant: bytes, document: bytes, keys: Keyring) -> bytes:
        """The paper's key. Raises Tampered when header or labels differ, UnknownKey when the key is not here."""
        bound = _bound(self.key_id, self.size, tenant, document)
        try:
            return AESGCM(keys.key(self.key_id)).decrypt(self.nonce, self.wrapped, bound)
        except InvalidTag:
            raise Tampered("header or labels") from None


def wrap(data_key: bytes, size: int, *, tenant: bytes, document: bytes, keys: Keyring) -> Header:
    """Wrap a paper's key with the current key-encryption key, bound to labels and length (bytes of clear text)."""
    nonce = os.urandom(12)
    bound = _bound(keys.current, size, tenant, document)
    wrapped = AESGCM(keys.key(keys.current)).encrypt(nonce, data_key, bound)
    return Header(keys.current, size, nonce, wrapped)


def rewrap(header: Header, *, tenant: bytes, document: bytes, keys: Keyring) -> Header:
    """The same paper's key under the current key-encryption key; the segments stay as they are."""
    data_key = header.open(tenant=tenant, document=document, keys=keys)
    return wrap(data_key, header.size, tenant=tenant, document=document, keys=keys)


def _joined(*parts: bytes) -> bytes:
    # With lengths, so that ("ab", "c") and ("a", "bc") differ.
    return b"".join(struct.pack(">I", len(part)) + part for part in parts)


def _bound(key_id: str, size: int, tenant: bytes, document: bytes) -> bytes:
    return MAGIC + _joined(key_id.encode(), struct.pack(">Q", size), tenant, document)


def _nonce(number: int, last: bool) -> bytes:
    # The key serves one paper only, so the segment's number is enough to make the nonce unique.
    return struct.pack(">QI", number, int(last))


class Encryptor:
    """Writes clear bytes as segments into `out` while it counts and hashes them: one pass over an arriving upload."""

    def __init__(self, out: BinaryIO) -> None:
        self.data_key = AESGCM.generate_key(256)
        self.size = 0
        self._out = out
        self._cipher = AESGCM(self.data_key)
        self._hash = hashlib.sha256()
        # Two blocks of memory for all segments: fresh memory for each would cost more than sealing it.
        self._clear = memoryview(bytearray(SEGMENT_SIZE))
        self._sealed = memoryview(bytearray(SEGMENT_SIZE + TAG_SIZE))
        self._held = 0
        self._number = 0

    def write(self, data: bytes) -> None:
        """Take the next clear bytes, of any length."""
        self.size += len(data)
        self._hash.update(data)
        rest = memoryview(data)
        while rest:
            # A full segment is written only when more follows: which one is the last is part of what is sealed.
            if self._held == SEGMENT_SIZE:
                self._segment(last=False)
            taken = min(len(rest), SEGMENT_SIZE - self._held)
            self._clear[self._held : self._held + taken] = rest[:taken]
            self._held += taken
            rest = rest[taken:]

    def finish(self) -> bytes:
        """Write the last segment; returns the SHA-256 of the clear bytes. The memory is given back."""
        self._segment(last=True)
        self._clear = self._sealed = memoryview(b"")
        return self._hash.digest()

    def _segment(self, *, last: bool) -> None:
        nonce = _nonce(self._number, last)
        sealed = self._sealed[: self._held + TAG_SIZE]
        self._cipher.encrypt_into(nonce, self._clear[: self._held], nonce, sealed)
        # A full disk shows as a short write before it shows as an error.
        if self._out.write(sealed) != len(sealed):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._held = 0
        self._number += 1


def stored_size(size: int) -> int:
    """Bytes on disk for `size` bytes of clear text."""
    segments = max(1, -(-size // SEGMENT_SIZE))
    return HEADER_SIZE + size + segments * TAG_SIZE


class Source(Protocol):
    """An open file without a buffer of its own."""

    def read(self, size: int, /) -> bytes: ...

    def readinto(self, buffer: memoryview, /) -> int: ...


def clear_blocks(source: Source, data_key: bytes, size: int) -> Iterator[bytes]:
    """
    Clear text of at most SEGMENT_SIZE bytes a block, from a file positioned behind the header.

    Raises Tampered at the first segment that does not open: no wrong byte is ever given.
    """
    cipher = AESGCM(data_key)
    segments = max(1, -(-size // SEGMENT_SIZE))
    sealed = memoryview(bytearray(min(size, SEGMENT_SIZE) + TAG_SIZE))  # one for all: fresh memory is dear
    for number in range(segments):
        last = number == segments - 1
        nonce = _nonce(number, last)
        length = size - number * SEGMENT_SIZE if last else SEGMENT_SIZE
        try:
            got = source.readinto(sealed[: length + TAG_SIZE])
            yield cipher.decrypt(nonce, sealed[:got], nonce)
        except (InvalidTag, ValueError):
            raise Tampered(f"segment {number}") from None
    if source.read(1):
        raise Tampered("bytes after the last segment")
