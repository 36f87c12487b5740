"""Letters to inquirers leave once."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.rulebook import check
from desk import leaving
from desk.rules import TABLE


def print_words(word_pks: Collection[int], *, actor: Actor, at: datetime) -> bytes:
    """Hand the chosen letters out for printing, once, as one PDF; nobody can open them again.

    The PDF is made before the transaction ends: if that fails, every letter is still there. Of more than `RUN` the
    rest waits. Raises `NotAllowed`, `WrongState` (nothing left to print, or one that cannot be printed).
    """
    with transaction.atomic(durable=True):
        rule = check(TABLE, "print_words", None, actor)
        return leaving.words(word_pks, rule=rule, actor=actor, at=at).or_refuse().pdf
