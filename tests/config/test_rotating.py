"""Rotation of keys: after one command nothing needs the old ones, wherever it was stopped, whoever worked meanwhile."""

from base64 import b64encode, urlsafe_b64encode
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, models
from django.test import Client

from audit import checkpoints, sealed, verify
from audit.models import Event
from config import rotating
from handover import documents, erasing
from handover.models import Blob, LegalHold, Registration
from handover.vault import cipher, store
from outbox.models import Notice
from tests.cast import Cast, enrol, totp_code
from tests.handover.erased import agreed, held_fast, proposed
from tests.handover.paper_files import TEXT, kept, stored
from tests.recovery.public_posts import ANSWERS
from tests.stock import NOW, registration
from tests.walk.world import build_world

pytestmark = pytest.mark.django_db
NEW_FIELD = urlsafe_b64encode(b"n" * 32).decode()
NEW_PAPER = f"k9:{b64encode(b'9' * 32).decode()}"


@pytest.fixture
def vault(data_folder: Path) -> Path:
    folder = data_folder / "papers"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def held(cast: Cast, vault: Path) -> Registration:
    """A registration with two papers, a hold in words and a mail that waits."""
    made = registration(cast.aoba, "R-1", custodian=cast.taro)
    for number in range(2):
        kept(made, cast.taro, body=TEXT + str(number).encode())
    held_fast(made, cast.hanako, reason="other", words="労働審判")
    return made


def turn(settings: Any) -> None:
    """Put new keys in front of both lists."""
    settings.FIELD_KEYS = [NEW_FIELD, *settings.FIELD_KEYS]
    settings.KEY_ENCRYPTION_KEYS = [NEW_PAPER, *settings.KEY_ENCRYPTION_KEYS]


def only_new(settings: Any) -> None:
    settings.FIELD_KEYS, settings.KEY_ENCRYPTION_KEYS = [NEW_FIELD], [NEW_PAPER]


def rotated() -> str:
    out = StringIO()
    call_command("rotate_keys", stdout=out, stderr=StringIO())
    return out.getvalue()


def test_after_one_command_the_old_keys_open_nothing_that_is_needed(
    cast: Cast, held: Registration, settings: Any
) -> None:
    old = [entry.partition(":")[0] for entry in settings.KEY_ENCRYPTION_KEYS]
    notices = Notice.objects.exclude(payload=None).count()
    enrol(cast.taro)
    turn(settings)
    out = rotated()
    assert f"needed no more for papers: {', '.join(old)}" in out
    assert "2 papers rewrapped with k9" in out
    assert notices > 0
    only_new(settings)
    for blob in Blob.objects.all():
        assert blob.key_id == store.key_of(blob.name) == "k9"
        assert documents.read_bytes(blob).startswith(TEXT)
    assert LegalHold.objects.get().words == "労働審判"
    from allauth.mfa.adapter import get_adapter
    from django.contrib.auth import get_user_model

    for factor in get_user_model().objects.get(pk=cast.taro.pk).authenticator_set.all():
        assert totp_code(get_adapter().decrypt(factor.data["secret"]))
    written = Event.objects.get(verb="keys.rotated")
    assert (written.actor, written.subject, written.facts["papers"]) == ("system:rotate_keys", "key:k9", 2)
    assert verify.run().first_bad is None


def test_again_it_does_nothing(held: Registration, settings: Any, vault: Path) -> None:
    turn(settings)
    rotated()
    before = {path.name: path.stat().st_ino for path in vault.iterdir()}
    assert "0 papers rewrapped with k9, 0 fields" in rotated()
    assert {path.name: path.stat().st_ino for path in vault.iterdir()} == before
    assert Event.objects.filter(verb="keys.rotated").count() == 1


def test_stopped_by_a_full_disk_it_goes_on_where_it_was(
    held: Registration, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn(settings)
    rewrap, done = store.rewrap, []

    def fills_up(name: str, **labels: bytes) -> str:
        if done:
            raise OSError(28, "No space left on device")
        done.append(name)
        return rewrap(name, **labels)

    monkeypatch.setattr(store, "rewrap", fills_up)
    with pytest.raises(CommandError, match="No space left"):
        rotated()
    for blob in Blob.objects.all():
        assert documents.read_bytes(blob).startswith(TEXT)
    monkeypatch.setattr(store, "rewrap", rewrap)
    assert "1 papers rewrapped" in rotated()


def test_died_between_file_and_row_is_put_right(held: Registration, settings: Any) -> None:
    turn(settings)
    blob = Blob.objects.order_by("pk").first()
    assert blob
    store.rewrap(blob.name, tenant=blob.tenant.encode(), document=blob.document.encode())
    rotated()
    assert set(Blob.objects.values_list("key_id", flat=True)) == {"k9"}


def test_paper_kept_meanwhile_by_a_process_with_the_old_list_is_found(
    cast: Cast, held: Registration, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = list(settings.KEY_ENCRYPTION_KEYS)
    turn(settings)
    new, fields, once = list(settings.KEY_ENCRYPTION_KEYS), rotating._fields, []

    def meanwhile(*args: Any) -> int:
        if not once:
            once.append(1)
            settings.KEY_ENCRYPTION_KEYS = old
            kept(held, cast.taro, body=b"late")
            settings.KEY_ENCRYPTION_KEYS = new
        return fields(*args)

    monkeypatch.setattr(rotating, "_fields", meanwhile)
    assert "3 papers rewrapped" in rotated()


def test_erased_while_it_is_rewrapped_it_stays_erased(
    cast: Cast, held: Registration, settings: Any, vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    LegalHold.objects.all().delete()
    turn(settings)
    document = held.documents.order_by("pk").first()
    assert document
    erasure, rewrap, once = proposed(document, cast.taro), store.rewrap, []

    def crossing(name: str, **labels: bytes) -> str:
        copied = rewrap(name, **labels)
        if not once:
            once.append(name)
            whole = (vault / name).read_bytes()
            agreed(erasure, cast.hanako)
            (vault / name).write_bytes(whole)  # the rename came after the unlink
        return copied

    monkeypatch.setattr(store, "rewrap", crossing)
    rotated()
    assert once[0] not in stored(vault)
    assert len(stored(vault)) == 1
    erasing.remove_files(once)


def test_what_cannot_be_opened_is_named_and_the_old_keys_stay(held: Registration, settings: Any, vault: Path) -> None:
    turn(settings)
    hold = LegalHold.objects.get()
    LegalHold.objects.filter(pk=hold.pk).update(sealed_words=b"gAAAAAbroken")
    blob = Blob.objects.order_by("pk").first()
    assert blob
    (vault / blob.name).unlink()
    with pytest.raises(CommandError, match="2 could not be opened") as refused:
        rotated()
    assert refused.value.returncode == 3
    assert f"handover_legalhold.sealed_words {hold.pk}" in str(refused.value)


def test_checkpoint_signed_before_holds_as_long_as_its_key_is_there(held: Registration, settings: Any) -> None:
    result = verify.run()
    before = checkpoints.sign(result.count, result.head, at=NOW)
    turn(settings)
    rotated()
    assert checkpoints.compare(checkpoints.opened(before)) == checkpoints.HOLDS
    assert checkpoints.sign(1, "x", at=NOW)["key"] == "k9"
    only_new(settings)
    with pytest.raises(sealed.NotOurs, match="does not hold"):
        checkpoints.opened(before)


def test_nothing_in_any_table_needs_the_old_key(settings: Any, vault: Path) -> None:
    """The whole world of the walk: every token in every column of every table opens with the new key alone."""
    build_world()
    turn(settings)
    rotated()
    only_new(settings)
    assert tokens(Fernet(NEW_FIELD)) > 100
    for blob in Blob.objects.all():
        assert store.key_of(blob.name) == "k9"
    assert cipher.keyring().current == "k9"


def tokens(key: Fernet) -> int:
    """Open every token there is; returns how many. Those in sessions lie under a packing of their own."""
    count = 0
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)} - {"django_session"}
    for session in Session.objects.all():
        for token in _tokens_in(session.get_decoded()):
            key.decrypt(token)
            count += 1
    with connection.cursor() as cursor:
        for table in sorted(tables):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                for value in row:
                    for token in _tokens_in(value):
                        key.decrypt(token)
                        count += 1
    return count


def _tokens_in(value: Any) -> list[bytes]:
    import re

    raw = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
    return re.findall(rb"gAAAA[A-Za-z0-9_=-]{80,}", raw)


def test_half_filled_form_of_a_visitor_outlives_the_old_key(settings: Any, vault: Path, client: Client) -> None:
    client.post("/recover/questions/1/", ANSWERS[1])
    client.post("/recover/questions/2/", {"organisation_name": "", "unit": "大阪支社"})
    idle = Session.objects.create(
        session_key="idle", session_data=SessionStore().encode({"x": 1}), expire_date=NOW + timedelta(days=400)
    )
    turn(settings)
    out = rotated()
    assert "1 fields encrypted anew" in out
    only_new(settings)
    assert tokens(Fernet(NEW_FIELD)) == 1
    assert "大阪支社" in client.get("/recover/questions/2/").content.decode()
    assert Session.objects.get(pk="idle").session_data == idle.session_data


def test_secret_of_a_second_factor_that_no_key_opens_is_named(cast: Cast, settings: Any, vault: Path) -> None:
    enrol(cast.taro)
    only_new(settings)
    with pytest.raises(CommandError, match=r"mfa_authenticator\.data") as told:
        rotated()
    assert told.value.returncode == 3


def test_every_binary_column_is_an_encrypted_one() -> None:
    names = {f"{model._meta.db_table}.{name}" for model, name in rotating.encrypted()}
    assert len(names) > 30
    binary = [
        f"{model._meta.db_table}.{column.name}"
        for model in apps.get_models()
        for column in model._meta.local_concrete_fields
        if isinstance(column, models.BinaryField)
    ]
    assert sorted(binary) == sorted(names)
    assert all(name.partition(".")[2].startswith(("sealed", "payload")) for name in names)
