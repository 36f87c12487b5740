"""Released letters leave once: their very pages as one file for the printer."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.rulebook import check
from desk import leaving
from desk.rules import TABLE


def print_answers(answer_pks: Iterable[int], *, actor: Actor, at: datetime) -> bytes:
    """Hand the chosen released letters out for printing, once, as one PDF of the very pages that were released.

    Each stands in the register of letters from then on. Of more than `RUN` the rest waits for the next run. Raises
    `NotAllowed`, `WrongState` (nothing left to print), `Damaged` when stored bytes are not those of their row.
    """
    with transaction.atomic(durable=True):
        rule = check(TABLE, "print_answers", None, actor)
        return leaving.answers(answer_pks, rule=rule, actor=actor, at=at).or_refuse().pdf
