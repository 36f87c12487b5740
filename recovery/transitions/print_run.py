"""Today's post: letters of every kind leave together, once, under one manifest."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from io import BytesIO

import pikepdf
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from accounts.actors import Actor
from accounts.rulebook import Rule, check
from audit.record import event
from desk import leaving as desks
from desk.rules import TABLE as DESK
from handover import leaving as held
from handover.leaving import RUN, Printed
from handover.printing.manifest import Manifest, ManifestLine, manifest_pdf
from handover.printing.merging import merged
from handover.receipts import issuer
from handover.rules import TABLE as HANDOVER
from recovery.leaving import claim_letters
from recovery.rules import TABLE
from recovery.rules.post import ANSWER, CLAIM, KINDS, OPENING, PRINT_RUNS, QUESTION, WORD

HAND_OUT: Mapping[str, tuple[Mapping[str, Rule], str, Callable[..., Printed]]] = {
    CLAIM: (TABLE, "print_letters", claim_letters),
    OPENING: (HANDOVER, "print_activations", held.activations),
    QUESTION: (HANDOVER, "print_notices", held.askings),
    WORD: (DESK, "print_words", desks.words),
    ANSWER: (DESK, "print_answers", desks.answers),
}
"""For each kind: by which rule it leaves, and what hands it out."""


def print_day(*, chosen: Mapping[str, Sequence[int]], actor: Actor, at: datetime) -> tuple[bytes, list[str]]:
    """Hand the chosen letters of all kinds out as one PDF behind their manifest; returns it and their numbers.

    Each kind leaves by its own rule and with its own event: whoever ordered a letter does not print it. All leave or
    none: if one cannot be drawn, every letter is still there. Of more than `RUN` the rest waits for the next run.
    Raises `NotAllowed`, `WrongState` (nothing left to print, or one that cannot be printed), `Damaged`.
    """
    with transaction.atomic(durable=True):
        rule = check(TABLE, "print_day", None, actor)
        number, left, parts = f"print_run:{at:%Y%m%d%H%M%S}", RUN, dict[str, Printed]()
        for kind, (table, action, hand_out) in HAND_OUT.items():
            if chosen.get(kind) and left:
                own = check(table, action, None, actor)
                parts[kind] = hand_out(chosen[kind], rule=own, actor=actor, at=at, most=left)
                left -= len(parts[kind].letters)
        letters = [letter for part in parts.values() for letter in part.letters]
        Printed(letters=tuple(letters)).or_refuse()
        printed, pages = _together(number, {kind: part for kind, part in parts.items() if part.letters}, actor, at)
        counts = {kind: len(part.letters) for kind, part in parts.items() if part.letters}
        facts = {"letters": letters, "counts": counts, "pages": pages}
        event(rule.event, actor=actor, at=at, subject=number, about=[PRINT_RUNS], facts=facts)
        return printed, letters


def _together(number: str, parts: Mapping[str, Printed], actor: Actor, at: datetime) -> tuple[bytes, int]:
    """The letters behind their manifest, and how many pages they have without it."""
    lines: list[ManifestLine] = []
    language = actor.user.language
    with override(language):
        for kind, part in parts.items():
            with pikepdf.open(BytesIO(part.pdf)) as document:
                each = len(document.pages) // len(part.letters)
            words, posted = str(KINDS[kind]), part.registered
            lines += [
                ManifestLine(number=letter, kind=words, pages=each, is_registered=letter in posted)
                for letter in part.letters
            ]
    manifest = Manifest(
        number=number.removeprefix("print_run:"),
        lines=tuple(lines),
        printed_by=actor.user.display_name,
        printed_at=timezone.localtime(at),
        issuer=issuer(language),
        language=language,
    )
    whole = merged(
        [manifest_pdf(manifest), *(part.pdf for part in parts.values())],
        title=manifest.number,
        made_at=timezone.localtime(at),
    )
    return b"".join(whole), manifest.pages
