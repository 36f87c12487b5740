"""The driver of the life of customers, with the acts and invariants of claims."""

import contextlib
import gc
from collections.abc import Iterator, Sequence
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from accounts import codes, links
from accounts.models import Invitation
from outbox import post
from recovery import clock, leaving
from tests.handover.life.driver import Found
from tests.handover.life.driver import Stage as Driver
from tests.recovery.life import (
    bending,
    beside,
    checks,
    coming,
    days,
    deciding,
    desk,
    finding,
    objecting,
    proving,
    undoing,
    waiting,
)
from tests.recovery.life.world import Code, World

__all__ = ["Found", "Stage"]
AREAS = [coming, finding, proving, beside, deciding, objecting, bending, undoing, waiting, desk, days]


class Stage(Driver):
    """A world with the database at its beginning; give it one test's transaction."""

    areas = AREAS
    themes: Sequence[Sequence[ModuleType]] = [
        [deciding],
        [objecting],
        [bending],
        [undoing],
        [waiting],
        [proving, desk],
        [beside],
    ]
    # A beginning brings a claim far, with many acts: few steps follow it, in many directions.
    steps, together, branches, ways_each = 6, 2, 20, 2
    aim = 0.02
    time = frozenset({"passes"})

    def __init__(self, often: Sequence[str] = ()) -> None:
        super().__init__(often)
        if often:
            # A planted mistake needs many beginnings, and more acts after each.
            self.steps, self.branches = 6, 5
        # Who wants some of them more often wants no other ones.
        self.beginnings = [name for name in self.beginnings if name in often] or self.beginnings

    def make_world(self) -> Any:
        world = World()
        world.checks = checks.ask_all
        return world

    def undisturbed(self) -> contextlib.AbstractContextManager[None]:
        return _undisturbed(self.world)

    def ask_at_the_end(self) -> None:
        checks.ask_at_the_end(self.world)

    def looks_after_all(self, theme: Sequence[ModuleType], seed: int) -> bool:
        return True


@contextlib.contextmanager
def _undisturbed(world: World) -> Iterator[None]:
    """The clock is heard, codes are seen as they are made, nothing is printed and nothing is sent."""
    issue, issue_link = codes.issue, links.issue

    def seen(**more: Any) -> tuple[Any, str]:
        code, plain = issue(**more)
        world.codes[code.pk] = Code(code.pk, code.purpose, code.subject, code.step, plain)
        return code, plain

    def seen_link(invitation: Invitation, at: Any) -> str:
        token = issue_link(invitation, at)
        world.links[invitation.organisation.legal_name] = token
        return token

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "log", days.Loud(world))
        patch.setattr(clock, "_one", days.counted(clock._one, world))
        patch.setattr(codes, "issue", seen)
        patch.setattr(links, "issue", seen_link)
        # What a letter looks like, and how a mail leaves, has tests of its own.
        patch.setattr(leaving, "letters_pdf", lambda letters: b"%PDF-")
        patch.setattr(post, "deliver", SimpleNamespace(enqueue=lambda notice_id: None))
        for module, name, might in days.SELDOM:
            patch.setattr(module, name, days.only_where(getattr(module, name), might, world))
        gc.disable()
        try:
            yield
        finally:
            gc.enable()
