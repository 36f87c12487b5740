"""
Everything that is encrypted put under the first key of its list, while people work.

Papers keep their bytes: only the key of each is wrapped anew, in a whole copy that takes the old one's place. Short
fields are encrypted anew, each by an update that does nothing if somebody wrote the row meanwhile. Whatever is done
already is left alone, so the command may be stopped anywhere and given again.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django_tasks_db.models import DBTaskResult

from audit.record import System, event
from handover.models import Blob
from handover.vault import cipher, store
from outbox import cipher as fields

PIECE = 200
"""Rows of one transaction, and between two words of progress at least."""
PASSES = 4
"""Until one finds nothing to do: what was kept meanwhile by a process that still has the old list comes in the next."""
OURS = ("audit", "outbox", "accounts", "handover", "desk", "recovery", "config")
Progress = Callable[[str], None]


@dataclass
class Rotated:
    """What was done, and what is not under the current keys. `left` are keys that papers still need."""

    papers: int = 0
    fields: int = 0
    damaged: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    left: set[str] = field(default_factory=set)

    @property
    def is_whole(self) -> bool:
        """Whether everything is under the current keys."""
        return not self.damaged and not self.unreadable and self.left <= {cipher.keyring().current}


def rotate(*, at: datetime, progress: Progress) -> Rotated:
    """Put every paper and every short field under the current keys. Raises `OSError` (disk full): to be repeated."""
    done = Rotated()
    for _pass in range(PASSES):
        done.damaged, done.unreadable, done.left = [], [], set()
        changed = _papers(done, progress) + _fields(done, at, progress)
        if not changed:
            break
    if done.papers or done.fields:
        current = cipher.keyring().current
        facts = {"papers": done.papers, "fields": done.fields, "left": len(done.damaged) + len(done.unreadable)}
        with transaction.atomic():
            event("keys.rotated", actor=System("rotate_keys"), at=at, subject=f"key:{current}", facts=facts)
    return done


def _papers(done: Rotated, progress: Progress) -> int:
    changed = 0
    for number, blob in enumerate(_pieces(Blob.objects.filter(erased_at=None)), 1):
        changed += _paper(blob, done)
        if number % PIECE == 0:
            progress(f"{number} papers looked at, {done.papers} rewrapped")
    return changed


def _paper(blob: Blob, done: Rotated) -> int:
    current = cipher.keyring().current
    try:
        changed = store.key_of(blob.name) != current
        if changed:
            store.rewrap(blob.name, tenant=blob.tenant.encode(), document=blob.document.encode())
    except (FileNotFoundError, cipher.Tampered):
        if not _erased(blob):
            done.damaged.append(blob.name)
        return 0
    except cipher.UnknownKey as unknown:
        done.damaged.append(blob.name)
        done.left.add(str(unknown))
        return 0
    if changed and _erased(blob):
        # Two persons erased it while it was copied: the copy goes as well.
        store.destroy(blob.name)
        return 0
    if blob.key_id != current:
        Blob.objects.filter(pk=blob.pk).update(key_id=current)
    done.papers += changed
    done.left.add(current)
    return int(changed)


def _erased(blob: Blob) -> bool:
    return Blob.objects.filter(pk=blob.pk, erased_at__isnull=False).exists()


def encrypted() -> list[tuple[type[models.Model], str]]:
    """Return every encrypted column of ours: a binary column is one (`tests/config/test_rotating.py` holds that)."""
    ours = [model for model in apps.get_models() if model._meta.app_label in OURS and not model._meta.proxy]
    return [
        (model, column.attname)
        for model in ours
        for column in model._meta.local_concrete_fields
        if isinstance(column, models.BinaryField)
    ]


def _fields(done: Rotated, at: datetime, progress: Progress) -> int:
    changed = 0
    for model, name in encrypted():
        found = _column(model, name, done)
        changed += found
        if found:
            progress(f"{model._meta.db_table}.{name}: {found}")
    waiting = DBTaskResult.objects.filter(status="READY")
    changed += _documents(Authenticator.objects.all(), "data", done) + _documents(waiting, "args_kwargs", done)
    changed += _sessions(at)
    done.fields += changed
    return changed


def _column(model: type[models.Model], name: str, done: Rotated) -> int:
    changed, rows = 0, model._default_manager.exclude(**{name: None})
    for piece in _batches(rows.only("pk", name)):
        with transaction.atomic():
            for row in piece:
                old = bytes(getattr(row, name))
                new = _turned(old, f"{model._meta.db_table}.{name} {row.pk}", done) if old else None
                if new is not None:
                    same = model._default_manager.filter(pk=row.pk, **{name: old})
                    changed += same.update(**{name: new})
    return changed


def _turned(old: bytes | str, where: str, done: Rotated) -> bytes | None:
    try:
        return fields.turned(old)
    except InvalidToken:
        done.unreadable.append(where)
        return None


def _documents(rows: models.QuerySet[Any], name: str, done: Rotated) -> int:
    """Turn the encrypted texts inside JSON columns: secrets of second factors, addresses in tasks that wait."""
    changed = 0
    for pk in list(rows.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = rows.select_for_update().filter(pk=pk).first()
            if row is None:
                continue
            old = getattr(row, name)
            new = _within(old, f"{rows.model._meta.db_table}.{name} {pk}", done)
            if new != old:
                setattr(row, name, new)
                row.save(update_fields=[name])
                changed += 1
    return changed


def _sessions(at: datetime) -> int:
    """Turn what visitors have half filled in, which waits in their sessions; a page asked for meanwhile wins."""
    changed, form = 0, SessionStore()
    for piece in _batches(Session.objects.filter(expire_date__gt=at)):
        for row in piece:
            old = form.decode(row.session_data)
            # What no key opens there is nobody's loss but its visitor's, who begins anew: it keeps no old key alive.
            new = _within(old, "", Rotated())
            if new != old:
                same = Session.objects.filter(pk=row.pk, session_data=row.session_data)
                changed += same.update(session_data=form.encode(new))
    return changed


def _within(value: Any, where: str, done: Rotated) -> Any:
    if isinstance(value, dict):
        return {key: _within(one, where, done) for key, one in value.items()}
    if isinstance(value, list):
        return [_within(one, where, done) for one in value]
    if not isinstance(value, str) or not value.startswith("gAAAA"):  # how every token of Fernet begins
        return value
    new = _turned(value, where, done)
    return value if new is None else new.decode()


def _pieces(rows: models.QuerySet[Blob]) -> Iterator[Blob]:
    for piece in _batches(rows):
        yield from piece


def _batches(rows: models.QuerySet[Any]) -> Iterator[Iterable[Any]]:
    """Give rows in pieces by their key, so that no cursor stays open while others write."""
    last: Any = None
    while True:
        after = rows.order_by("pk") if last is None else rows.order_by("pk").filter(pk__gt=last)
        piece = list(after[:PIECE])
        if not piece:
            return
        yield piece
        last = piece[-1].pk
