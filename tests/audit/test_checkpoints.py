"""Checkpoints that are kept outside: who signed them, and what they say about the log that is here."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.management import CommandError, call_command
from django.db import transaction

from audit import checkpoints, sealed
from audit.chain import GENESIS
from audit.models import Event, EventAbout
from audit.record import System, event
from tests.conftest import triggers_off
from tests.stock import NOW

OLD, NEW = (f"{name}:{b64encode(letter * 32).decode()}" for name, letter in (("k1", b"k"), ("k2", b"K")))


@pytest.fixture(autouse=True)
def keys(settings: Any) -> None:
    settings.KEY_ENCRYPTION_KEYS = [OLD]


def signed() -> dict[str, Any]:
    return checkpoints.sign(7, "a" * 64, at=NOW)


def test_checkpoint_says_what_was_signed() -> None:
    assert checkpoints.opened(signed()) == checkpoints.Checkpoint(7, "a" * 64, NOW.isoformat())


def test_whoever_has_the_public_key_checks_it_without_us() -> None:
    document = signed()
    signature = bytes.fromhex(document.pop("signature"))
    body = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(document["public_key"])).verify(signature, body)


def test_key_that_was_rotated_out_still_checks_and_one_that_is_gone_does_not(settings: Any) -> None:
    document = signed()
    settings.KEY_ENCRYPTION_KEYS = [NEW, OLD]
    assert checkpoints.opened(document).sequence == 7
    assert signed()["key"] == "k2"
    settings.KEY_ENCRYPTION_KEYS = [NEW]
    with pytest.raises(sealed.NotOurs, match="the key k1"):
        checkpoints.opened(document)
    settings.KEY_ENCRYPTION_KEYS = [NEW.replace("k2", "k1")]
    with pytest.raises(sealed.NotOurs, match="another key than the k1"):
        checkpoints.opened(document)


@pytest.mark.parametrize(
    ("part", "value"),
    [("sequence", 6), ("head", "b" * 64), ("at", "2026-01-01T00:00:00+00:00"), ("signature", "00"), ("more", 1)],
)
def test_any_change_is_told(part: str, value: Any) -> None:
    with pytest.raises(sealed.NotOurs, match="changed after"):
        checkpoints.opened({**signed(), part: value})


@pytest.mark.parametrize("document", [None, [], {}, {"format": "hikitsugi-backup-1"}])
def test_anything_else_is_no_checkpoint(document: Any) -> None:
    with pytest.raises(sealed.NotOurs, match="this is no"):
        checkpoints.opened(document)


# Beside a log --------------------------------------------------------------------------------------------------------


def written(*subjects: str) -> Event:
    with transaction.atomic():
        return [event("tests.written", actor=System("tests"), at=NOW, subject=each) for each in subjects][-1]


@pytest.mark.django_db
def test_log_holds_is_older_or_different(tmp_path: Path) -> None:
    last = written("x:1", "x:2")
    outside = checkpoints.Checkpoint(last.sequence, last.hash, NOW.isoformat())
    assert checkpoints.compare(outside) == checkpoints.HOLDS
    written("x:3")
    assert checkpoints.compare(outside) == checkpoints.HOLDS
    assert checkpoints.compare(checkpoints.Checkpoint(0, GENESIS, "")) == checkpoints.HOLDS
    with triggers_off():
        EventAbout.objects.filter(event_id__gte=last.sequence).delete()
        Event.objects.filter(sequence__gte=last.sequence).delete()
    assert checkpoints.compare(outside) == checkpoints.OLDER
    written("x:other")
    assert checkpoints.compare(outside) == checkpoints.DIFFERENT


@pytest.mark.django_db
def test_command_signs_a_whole_log_into_a_new_file_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    last = written("x:1", "x:2")
    call_command("checkpoint", tmp_path / "a")
    assert checkpoints.read(tmp_path / "a").head == last.hash
    with pytest.raises(CommandError, match="exists"):
        call_command("checkpoint", tmp_path / "a")
    call_command("checkpoint")
    assert checkpoints.opened(json.loads(capsys.readouterr().out.partition("\n")[2])).sequence == last.sequence
    with triggers_off():
        Event.objects.filter(sequence=last.sequence).update(verb="tests.other")
    with pytest.raises(CommandError, match="not whole"):
        call_command("checkpoint", tmp_path / "b")
    assert not (tmp_path / "b").exists()


@pytest.mark.django_db
def test_file_that_is_no_checkpoint_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("{")
    with pytest.raises(CommandError, match="this is no"):
        call_command("verify_audit", "--checkpoint", tmp_path / "a")
    with pytest.raises(CommandError, match="No such file"):
        call_command("verify_audit", "--checkpoint", tmp_path / "b")
