"""Plays sequences from seeds; what goes wrong is shortened to the acts that it takes, and shown with its seed."""

import contextlib
import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from random import Random

import pytest

from handover import bulk, clock
from handover.rules import changes as change_rules
from handover.transitions import activations, certificates
from tests.handover.life import (
    bundles,
    changing,
    checks,
    checks_holders,
    days,
    explaining,
    keeping,
    many,
    naming,
    opening,
    sides,
    singles,
    staff,
)
from tests.handover.life.savepoints import rolled_back
from tests.handover.life.world import Now, Rule, Step, World

AREAS = [
    singles,
    bundles,
    sides,
    staff,
    keeping,
    days,
    changing,
    naming,
    opening,
    many,
    explaining,
]
RULES: dict[str, Rule] = {rule.name: rule for area in AREAS for rule in area.RULES}
BEGINNINGS: list[str] = ["", *(name for area in AREAS for name in getattr(area, "BEGINNINGS", ()))]
"""Rules with which one beginning after the other starts, so that what takes many acts is far enough in the rest."""
STEPS = 18
TOGETHER = 8
"""Of these, how many are the same for `BRANCHES` sequences, and are played once for them."""
BRANCHES = 5
AIM = 0.2
"""Visits of an act for each sequence, below which its rules are favoured: more than the 200 of 2,000 that are asked."""
MOST_FAVOURED = 12
EVERYTHING = 50
"""Of so many sequences, `BRANCHES` let the clock look after everything."""
ELSEWHERE = ("_bounced", "_attestation", "_absence", "_season")
"""Parts of the clock for which there are no rules here: looking for what is due takes them half of the time."""
OFTEN = 15
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
        self.world.checks = ask_all
        # Found is found: for a planted fault the shortest way to it is of no interest.
        self.shortens = True
        self.often = often
        self.names = list(RULES)
        self.basic = {name: rule.weight * (OFTEN if name in often else 1) for name, rule in RULES.items()}
        self.weights = list(self.basic.values())
        # Which acts came of which rule so far, and in how many sequences.
        self.gives: dict[str, set[str]] = {name: set() for name in RULES}
        self.played = 0

    def run(self, seeds: Iterable[int]) -> Counter[str]:
        """Play one sequence for each of `seeds`; returns the visits. Raises `Found` for the first trouble.

        Neighbours begin alike, so that the beginning is played once for `BRANCHES` of them.
        """
        for _tree, together in groupby(seeds, key=lambda seed: seed // BRANCHES):
            self._favour_what_is_behind()
            gc.collect()  # looking for cycles after every few thousand objects took a tenth of the time
            if trouble := self._play_together(list(together)):
                raise Found(self.shorten(trouble) if self.shortens else trouble)
        return self.world.visits

    def _favour_what_is_behind(self) -> None:
        """Draw a rule the more often, the further one of its acts is behind; not where some are wanted more often."""
        if self.often:
            return
        due = max(1.0, self.played * AIM)
        for place, (name, acts) in enumerate(self.gives.items()):
            least = min((self.world.visits[act] for act in acts), default=due)
            self.weights[place] = self.basic[name] * min(MOST_FAVOURED, max(1.0, due / (least + 1)) ** 1.5)

    def _play_together(self, seeds: list[int]) -> Trouble | None:
        world = self.world
        world.begin()
        with _undisturbed(world, everything=seeds[0] % EVERYTHING < BRANCHES), rolled_back():
            tree = seeds[0] // BRANCHES
            first = BEGINNINGS[tree % len(BEGINNINGS)]
            beginning = self._drawn(Random(f"beginning {tree}"), TOGETHER, first)
            steps, error = self._go_on(beginning)
            kept = world.keep()
            for seed in seeds if error is None else []:
                with rolled_back():
                    more, error = self._go_on(self._drawn(Random(seed), STEPS - TOGETHER), ends=True)
                self.played += 1
                if error:
                    return Trouble(seed, [*steps, *more], error, list(world.trail))
                world.put(kept)
            return Trouble(seeds[0], steps, error, list(world.trail)) if error else None

    def _drawn(self, random: Random, number: int, first: str = "") -> Iterator[Step]:
        if first:
            yield Step(first, random.getrandbits(32))
            number -= 1
        for _step in range(number):
            for _try in range(TRIES):
                name = random.choices(self.names, self.weights)[0]
                if RULES[name].find(self.world):
                    yield Step(name, random.getrandbits(32))
                    break

    def play(self, steps: Iterable[Step], seed: int = 0) -> Trouble | None:
        """Play `steps` from the beginning, and leave everything as it was."""
        self.world.begin()
        with _undisturbed(self.world, everything=True), rolled_back():
            played, error = self._go_on(steps, ends=True)
            return Trouble(seed, played, error, list(self.world.trail)) if error else None

    def _go_on(self, steps: Iterable[Step], *, ends: bool = False) -> tuple[list[Step], Exception | None]:
        played: list[Step] = []
        try:
            for step in steps:
                played.append(step)
                self._do(step)
            if ends:
                checks.ask_at_the_end(self.world)
        except Exception as error:
            return played, error
        return played, None

    def _do(self, step: Step) -> None:
        rule, random = RULES[step.rule], Random(step.seed)
        if things := rule.find(self.world):
            before = self.world.visits.copy()
            rule.act(self.world, random, random.choice(things))
            self.gives[step.rule] |= (self.world.visits - before).keys()

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


def ask_all(world: World, before: Now, now: Now) -> None:
    """What is asked after every act."""
    checks_holders.ask_all(world, before, now)
    checks.ask_all(world, before, now)


@contextlib.contextmanager
def _undisturbed(world: World, *, everything: bool) -> Iterator[None]:
    """The clock is heard; nothing is printed; unless `everything`, it looks after what has rules here only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "log", days.Loud(world))
        # What a certificate looks like has tests of its own; two hundred of them would take a minute.
        patch.setattr(certificates, "_print", lambda facts, issue: b"%PDF-")
        patch.setattr(activations, "activations_pdf", lambda letters: b"%PDF-")
        patch.setattr(bulk, "log", days.Loud(world))
        # What is carried out in pieces goes one registration after the other.
        patch.setattr(change_rules, "PIECE", 1)
        for name in [] if everything else ELSEWHERE:
            patch.setattr(clock, name, lambda at: 0)
        gc.disable()
        try:
            yield
        finally:
            gc.enable()
