"""Tampering with every part of an encrypted paper."""

import hashlib
import io
import os
from base64 import b64encode
from collections.abc import Callable

import pytest
from django.core.exceptions import ImproperlyConfigured

from handover.vault import cipher
from handover.vault.cipher import HEADER_SIZE, SEGMENT_SIZE, TAG_SIZE, Header, Keyring, Tampered, UnknownKey

KEYS = Keyring.read(["k2:" + b64encode(b"2" * 32).decode(), "k1:" + b64encode(b"1" * 32).decode()])
OLD_KEYS = Keyring.read(["k1:" + b64encode(b"1" * 32).decode()])
TENANT, DOCUMENT = b"organisation:3", b"document:7"
WHOLE = SEGMENT_SIZE + TAG_SIZE
CLEAR = os.urandom(2 * SEGMENT_SIZE + 100)


def sealed(clear: bytes, tenant: bytes = TENANT, document: bytes = DOCUMENT, keys: Keyring = KEYS) -> bytes:
    out = io.BytesIO()
    encryptor = cipher.Encryptor(out)
    for start in range(0, len(clear), 99_991):
        encryptor.write(clear[start : start + 99_991])
    assert encryptor.finish() == hashlib.sha256(clear).digest()
    header = cipher.wrap(encryptor.data_key, encryptor.size, tenant=tenant, document=document, keys=keys)
    return header.packed() + out.getvalue()


def opened(body: bytes, tenant: bytes = TENANT, document: bytes = DOCUMENT, keys: Keyring = KEYS) -> bytes:
    file = io.BytesIO(body)
    header = Header.unpacked(file.read(HEADER_SIZE))
    data_key = header.open(tenant=tenant, document=document, keys=keys)
    return b"".join(cipher.clear_blocks(file, data_key, header.size))


SEALED = sealed(CLEAR)


@pytest.mark.parametrize("size", [0, 1, SEGMENT_SIZE - 1, SEGMENT_SIZE, SEGMENT_SIZE + 1, 2 * SEGMENT_SIZE])
def test_paper_of_any_size_comes_back_and_has_the_size_foretold(size: int) -> None:
    body = sealed(CLEAR[:size])
    assert opened(body) == CLEAR[:size]
    assert len(body) == cipher.stored_size(size)


def test_same_paper_twice_shares_no_bytes() -> None:
    again = sealed(CLEAR)
    assert SEALED[HEADER_SIZE : HEADER_SIZE + 64] != again[HEADER_SIZE : HEADER_SIZE + 64]


@pytest.mark.parametrize("place", range(HEADER_SIZE))
def test_thief_changes_any_byte_of_header_is_noticed(place: int) -> None:
    with pytest.raises((Tampered, UnknownKey)):
        opened(SEALED[:place] + bytes([SEALED[place] ^ 1]) + SEALED[place + 1 :])


SEGMENTS = [SEALED[HEADER_SIZE:][start : start + WHOLE] for start in range(0, 3 * WHOLE, WHOLE)]
OTHER = sealed(CLEAR, document=b"document:8")


def with_segments(*segments: bytes) -> bytes:
    return SEALED[:HEADER_SIZE] + b"".join(segments)


def longer_header() -> bytes:
    header = Header.unpacked(SEALED[:HEADER_SIZE])
    return Header(header.key_id, header.size + 1, header.nonce, header.wrapped).packed() + SEALED[HEADER_SIZE:]


@pytest.mark.parametrize(
    "changed",
    [
        lambda: SEALED[:-1],
        lambda: with_segments(*SEGMENTS[:2]),
        lambda: with_segments(SEGMENTS[0]),
        lambda: SEALED[:HEADER_SIZE],
        lambda: SEALED[: HEADER_SIZE - 1],
        lambda: b"",
        lambda: bytes(len(SEALED)),
        lambda: SEALED + b"\0",
        lambda: with_segments(*SEGMENTS, SEGMENTS[2]),
        lambda: with_segments(SEGMENTS[1], SEGMENTS[0], SEGMENTS[2]),
        lambda: with_segments(SEGMENTS[0], SEGMENTS[0], SEGMENTS[2]),
        lambda: with_segments(SEGMENTS[0], SEGMENTS[2]),
        lambda: with_segments(SEGMENTS[0], OTHER[HEADER_SIZE + WHOLE : HEADER_SIZE + 2 * WHOLE], SEGMENTS[2]),
        lambda: with_segments(bytes([SEGMENTS[0][0] ^ 1]) + SEGMENTS[0][1:], *SEGMENTS[1:]),
        lambda: with_segments(*SEGMENTS[:2], SEGMENTS[2][:-1] + bytes([SEGMENTS[2][-1] ^ 1])),
        lambda: OTHER[:HEADER_SIZE] + SEALED[HEADER_SIZE:],
        lambda: OTHER,
        longer_header,
    ],
)
def test_thief_cuts_swaps_or_changes_segments_is_noticed(changed: Callable[[], bytes]) -> None:
    with pytest.raises(Tampered):
        opened(changed())


def test_thief_cuts_at_segment_that_was_full_is_noticed() -> None:
    body = sealed(CLEAR[: 2 * SEGMENT_SIZE])
    with pytest.raises(Tampered):
        opened(body[: HEADER_SIZE + WHOLE])


def test_thief_who_could_forge_the_length_still_cannot_pass_off_a_middle_segment_as_the_last() -> None:
    data_key = Header.unpacked(SEALED[:HEADER_SIZE]).open(tenant=TENANT, document=DOCUMENT, keys=KEYS)
    with pytest.raises(Tampered, match="segment 0"):
        list(cipher.clear_blocks(io.BytesIO(SEGMENTS[0]), data_key, SEGMENT_SIZE))


@pytest.mark.parametrize(
    ("tenant", "document"),
    [(b"organisation:4", DOCUMENT), (TENANT, b"document:8"), (b"organisation:3d", b"ocument:7"), (DOCUMENT, TENANT)],
)
def test_reader_with_other_labels_gets_nothing(tenant: bytes, document: bytes) -> None:
    with pytest.raises(Tampered):
        opened(SEALED, tenant, document)


def test_reader_without_the_key_is_told_which_is_missing() -> None:
    with pytest.raises(UnknownKey, match="k2"):
        opened(SEALED, keys=OLD_KEYS)


def test_operator_rotates_key_and_only_the_header_changes() -> None:
    old = sealed(CLEAR, keys=OLD_KEYS)
    labels = {"tenant": TENANT, "document": DOCUMENT}
    header = cipher.rewrap(Header.unpacked(old[:HEADER_SIZE]), keys=KEYS, **labels)
    assert (Header.unpacked(old[:HEADER_SIZE]).key_id, header.key_id) == ("k1", "k2")
    only_new = Keyring("k2", {"k2": KEYS.keys["k2"]})
    assert opened(header.packed() + old[HEADER_SIZE:], keys=only_new) == CLEAR
    with pytest.raises(Tampered):
        cipher.rewrap(Header.unpacked(old[:HEADER_SIZE]), keys=KEYS, tenant=TENANT, document=b"document:8")


def test_name_differs_by_tenant_document_content_and_key() -> None:
    def name(tenant: bytes = b"t", document: bytes = b"d", content: bytes = b"c", keys: Keyring = KEYS) -> str:
        return cipher.blob_name(content, tenant=tenant, document=document, keys=keys)

    assert name() == name()
    others = [name(tenant=b"u"), name(document=b"e"), name(content=b"f"), name(keys=OLD_KEYS), name(b"td", b"")]
    assert len({name(), *others}) == 6


@pytest.mark.parametrize("entries", [[], [""], ["k1"], ["k1:AAAA"], ["k1:%"], [":" + b64encode(bytes(32)).decode()]])
def test_operator_sets_unusable_keys_is_told_without_the_key(entries: list[str]) -> None:
    with pytest.raises(ImproperlyConfigured) as told:
        Keyring.read(entries)
    assert not any(entry and entry in str(told.value) for entry in entries if entry != "k1")


def test_full_disk_shows_as_an_error_and_not_as_a_short_paper() -> None:
    class Full(io.BytesIO):
        def write(self, data: bytes) -> int:  # type: ignore[override]
            return super().write(data[: len(data) // 2])

    encryptor = cipher.Encryptor(Full())
    with pytest.raises(OSError, match="space"):
        encryptor.write(CLEAR)
