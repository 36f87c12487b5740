"""Plays sequences from seeds; what goes wrong is shortened to the acts that it takes, and shown with its seed."""

import contextlib
import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from django.db import transaction

from handover import clock
from handover.transitions import certificates
from tests.handover.life import bundles, checks, days, keeping, sides, singles, staff
from tests.handover.life.world import Rule, Step, World

AREAS = [
    singles,
    bundles,
    sides,
    staff,
    keeping,
    days,
]
RULES: dict[str, Rule] = {rule.name: rule for area in AREAS for rule in area.RULES}
STEPS = 16
OFTEN = 8
TRIES = 40
"""How often a rule is drawn for one step before it is taken that nothing can happen."""


class Found(AssertionError):
    """A sequence in which something went wrong. `which` names the invariant, or the class of the error."""

    def __init__(self, trouble: "Trouble") -> None:
        lines = "\n".join(f"    {said}" for said in trouble.trail)
        super().__init__(f"{trouble.error!r}\nseed {trouble.seed}; play it again with play({trouble.steps!r})\n{lines}")
        self.which, self.trouble = trouble.which, trouble


@dataclass
class Trouble:
    seed: int
    steps: list[Step]
    error: Exception
    trail: list[str]

    @property
    def which(self) -> str:
        return self.error.which if isinstance(self.error, checks.Broken) else type(self.error).__name__


class Stage:
    """A world with the database at its beginning; give it one test's transaction."""

    def __init__(self, often: Sequence[str] = ()) -> None:
        self.world = World()
        self.world.checks = checks.ask_all
        # Found is found: for a planted fault the shortest way to it is of no interest.
        self.shortens = True
        self.names = list(RULES)
        self.weights = [rule.weight * (OFTEN if rule.name in often else 1) for rule in RULES.values()]

    def run(self, seeds: Iterable[int]) -> Counter[str]:
        """Play one sequence for each of `seeds`; returns the visits. Raises `Found` for the first trouble."""
        for played, seed in enumerate(seeds):
            # Looking for cycles after every few thousand objects took a tenth of the time.
            if played % 20 == 0:
                gc.collect()
            if trouble := self.play(self._drawn(Random(seed)), seed):
                raise Found(self.shorten(trouble) if self.shortens else trouble)
        return self.world.visits

    def _drawn(self, random: Random) -> Iterator[Step]:
        for _step in range(STEPS):
            for _try in range(TRIES):
                name = random.choices(self.names, self.weights)[0]
                if RULES[name].find(self.world):
                    yield Step(name, random.getrandbits(32))
                    break

    def play(self, steps: Iterable[Step], seed: int = 0) -> Trouble | None:
        """Play `steps` from the beginning, and leave everything as it was."""
        world, played = self.world, []
        world.begin()
        with _rolled_back(), _undisturbed(world):
            try:
                for step in steps:
                    played.append(step)
                    self._do(step)
                checks.ask_at_the_end(world)
            except Exception as error:
                return Trouble(seed, played, error, list(world.trail))
        return None

    def _do(self, step: Step) -> None:
        rule, random = RULES[step.rule], Random(step.seed)
        if things := rule.find(self.world):
            rule.act(self.world, random, random.choice(things))

    def shorten(self, trouble: Trouble) -> Trouble:
        """Leave out one step after the other, as long as the same goes wrong."""
        place = 0
        while place < len(trouble.steps):
            fewer = self.play(_without(trouble.steps, place), trouble.seed)
            if fewer and fewer.which == trouble.which:
                trouble = fewer
            else:
                place += 1
        return trouble


def _without(steps: Sequence[Step], place: int) -> list[Step]:
    return [*steps[:place], *steps[place + 1 :]]


@contextlib.contextmanager
def _rolled_back() -> Iterator[None]:
    # A savepoint, inside which transitions may still be durable.
    block: Any = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)


@contextlib.contextmanager
def _undisturbed(world: World) -> Iterator[None]:
    quiet, clock.log = clock.log, days.Loud(world)
    # What a certificate looks like has tests of its own; two hundred of them would take a minute.
    printed, certificates._print = certificates._print, lambda facts, issue: b"%PDF-"
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        clock.log, certificates._print = quiet, printed
