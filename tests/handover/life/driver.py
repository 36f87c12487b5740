"""Plays sequences from seeds; what goes wrong is shortened to the acts that it takes, and shown with its seed."""

import contextlib
import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from random import Random
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from handover import bulk, clock, leaving
from handover.rules import changes as change_rules
from handover.transitions import certificates
from outbox import post
from tests.handover.life import (
    asking,
    authority,
    bundles,
    changing,
    checks,
    checks_holders,
    days,
    deputies,
    explaining,
    keeping,
    mandates,
    many,
    naming,
    opening,
    sides,
    singles,
    staff,
    through,
)
from tests.handover.life.broken import Broken
from tests.handover.life.rows import Now
from tests.handover.life.savepoints import rolled_back
from tests.handover.life.world import Step, World

AREAS = [
    singles,
    bundles,
    sides,
    through,
    staff,
    keeping,
    days,
    changing,
    naming,
    opening,
    many,
    explaining,
    deputies,
    mandates,
    authority,
    asking,
]
THEMES: list[list[ModuleType]] = [
    [mandates],
    [authority, deputies],
    [asking],
    [changing],
    [singles, sides, through],
    [opening, many, naming, explaining],
    [bundles, keeping],
]
"""What sequences that begin alike are about: so they get deep into something, and need to be no longer."""
THEMED = 6
"""How many times as often the rules of its theme are drawn in a sequence."""
STEPS = 18
TOGETHER = 8
"""Of these, how many are the same for `BRANCHES` sequences, and are played once for them."""
BRANCHES = 5
AIM = 0.15
"""Visits of an act for each sequence, below which its rules are favoured: more than the 200 of 2,000 that are asked."""
MOST_FAVOURED = 12
LEAST_FAVOURED = 0.5
"""The least that is left of a rule whose acts are ahead: others build on what it does."""
TIME = frozenset({"passes", "months_pass", "mandates_time_runs"})
"""Rules that let time pass. They are favoured little: what everybody waits for would be over before it came."""
TIME_FAVOURED = 3
EVERYTHING = 50
"""Of so many sequences, `BRANCHES` let the clock look after everything."""
SELDOM_DUE = ("_bounced", "_attestation", "_absence", "_season")
"""Parts of the clock that only sequences about them need: looking for what is due takes them half of the time."""
COLLECTED = 5
"""Of so many beginnings, one is preceded by looking for garbage."""
WAYS = 4
"""So many ways to each act are kept, the shortest."""
WAYS_EACH = 3
"""Of so many beginnings, one is drawn; the others go back to where something seldom is possible."""
FOR_NEGLECTED = 0.4
"""The share of steps after a beginning for which what is furthest behind is taken, if it is possible just now."""
OFTEN = 40
"""How many times as often a rule is drawn that somebody wants more often."""
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
        return self.error.which if isinstance(self.error, Broken) else type(self.error).__name__


@dataclass
class Way:
    """Acts that led to a state in which `last` did something that is seldom done."""

    steps: list[Step]
    last: Step
    looks_after_all: bool


class Stage:
    """A world with the database at its beginning; give it one test's transaction.

    What is asked of claims is played by the same driver: it says what it has of its own in the first few lines.
    """

    areas: Sequence[ModuleType] = AREAS
    themes: Sequence[Sequence[ModuleType]] = THEMES
    steps, together, branches, ways_each = STEPS, TOGETHER, BRANCHES, WAYS_EACH
    aim = AIM
    time = TIME
    often_by = OFTEN

    def make_world(self) -> Any:
        world = World()
        world.checks = ask_all
        return world

    def undisturbed(self) -> contextlib.AbstractContextManager[None]:
        return _undisturbed(self.world)

    def ask_at_the_end(self) -> None:
        checks.ask_at_the_end(self.world)

    def looks_after_all(self, theme: Sequence[ModuleType], seed: int) -> bool:
        asks = asking in theme or any(rule.name in self.often for rule in asking.RULES)
        return asks or seed % EVERYTHING < BRANCHES

    def __init__(self, often: Sequence[str] = ()) -> None:
        self.world = self.make_world()
        self.rules: dict[str, Any] = {rule.name: rule for area in self.areas for rule in area.RULES}
        # With these one beginning after the other starts, so that what takes many acts is far enough in the rest.
        self.beginnings = ["", *(name for area in self.areas for name in getattr(area, "BEGINNINGS", ()))]
        # Found is found: for a planted fault the shortest way to it is of no interest.
        self.shortens = True
        self.often = often
        # The acts that whoever plays will ask for.
        self.wanted: frozenset[str] = frozenset()
        self.names = list(self.rules)
        self.basic = {name: rule.weight * (self.often_by if name in often else 1) for name, rule in self.rules.items()}
        self.weights = list(self.basic.values())
        self.neglected: list[str] = []
        # Which acts came of which rule so far and how often, and in how many sequences.
        self.gives: dict[str, Counter[str]] = {name: Counter() for name in self.rules}
        self.done: Counter[str] = Counter()
        # By which ways each act was reached, the shortest first.
        self.ways: dict[str, list[Way]] = {}
        self.played = 0

    def run(self, seeds: Iterable[int]) -> Counter[str]:
        """Play one sequence for each of `seeds`; returns the visits. Raises `Found` for the first trouble.

        Neighbours begin alike, so that the beginning is played once for `branches` of them.
        """
        for tree, together in groupby(seeds, key=lambda seed: seed // self.branches):
            if tree % COLLECTED == 0:
                gc.collect()  # looking for cycles after every few thousand objects took a tenth of the time
            if trouble := self._play_together(list(together)):
                raise Found(self.shorten(trouble) if self.shortens else trouble)
        return self.world.visits

    def _weigh(self, theme: Sequence[ModuleType]) -> list[float]:
        """Draw a rule the more often, the further an act is behind that comes mostly of it; and those of the theme.

        One of which nothing came yet is drawn until something does, or it is seen that nothing will.
        Where some are wanted more often, this is all there is to it.
        """
        if self.often:
            return list(self.basic.values())
        due = max(1.0, self.played * self.aim)
        mine = {rule.name for area in theme for rule in area.RULES}
        behind = self._behind()
        weights = []
        for name, weight in self.basic.items():
            most = TIME_FAVOURED if name in self.time else MOST_FAVOURED
            least = behind.get(name, self.done[name] if not self.gives[name] else due - 1)
            favour = min(most, max(LEAST_FAVOURED, (due / (least + 1)) ** 1.5))
            weights.append(weight * favour * (THEMED if name in mine else 1))
        return weights

    def _neglected(self) -> list[str]:
        """Return the rules that are behind, the furthest first; none where some are wanted more often."""
        due = self.played * self.aim
        behind = {name: visits for name, visits in self._behind().items() if visits < due and name not in self.time}
        return [] if self.often else sorted(behind, key=lambda name: (behind[name], name))

    def _theme(self, tree: int) -> Sequence[ModuleType]:
        """One theme after the other; and every other time the one of which most is behind."""
        if self.often or tree % 2 or self.played < len(self.themes) * self.branches:
            return self.themes[tree % len(self.themes)]
        due, behind = self.played * self.aim, self._behind()
        left = [
            sum(max(0.0, 1 - behind.get(rule.name, due) / due) for area in theme for rule in area.RULES)
            for theme in self.themes
        ]
        return self.themes[left.index(max(left))]

    def _behind(self) -> dict[str, int]:
        """The fewest visits so far of an act that comes of a rule more often than of any other, for each such rule.

        What the clock did meanwhile, or an act by the way, is not the rule's to make up for.
        """
        sources: dict[str, tuple[int, str]] = {}
        for name, acts in self.gives.items():
            for act, given in acts.items():
                sources[act] = max(sources.get(act, (0, "")), (given, name))
        behind: dict[str, int] = {}
        for act, (_given, name) in sources.items():
            behind[name] = min(behind.get(name, self.world.visits[act]), self.world.visits[act])
        return behind

    def _way(self, tree: int) -> Way | None:
        """Return a way to what was done the fewest times, in turn one of those known; None where nothing is behind.

        A state that is hard to reach is returned to, and left in other directions, instead of hoping for it again.
        To what nobody has done yet no way is known: as long as such an act is wanted, one beginning after the other.
        """
        due = self.played * self.aim
        behind = [(self.world.visits[act], act) for act in self.ways if self.world.visits[act] < due]
        if self.often or tree % self.ways_each == 0 or not behind or self.wanted - self.ways.keys():
            return None
        ways = self.ways[min(behind)[1]]
        return ways[tree % len(ways)]

    def _play_together(self, seeds: list[int]) -> Trouble | None:
        world = self.world
        tree = seeds[0] // self.branches
        theme, way = self._theme(tree), self._way(tree)
        world.looks_after_all = way.looks_after_all if way else self.looks_after_all(theme, seeds[0])
        self.weights, self.neglected = self._weigh(theme), self._neglected()
        world.begin()
        first = self.beginnings[tree % len(self.beginnings)]
        with self.undisturbed(), rolled_back():
            beginning = way.steps if way else self._drawn(Random(f"beginning {tree}"), self.together, first)
            steps, error = self._go_on(beginning)
            kept = world.keep()
            for seed in seeds if error is None else []:
                with rolled_back():
                    more, error = self._go_on(self._branch(seed, way), before=steps, ends=True)
                self.played += 1
                if error:
                    return Trouble(seed, [*steps, *more], error, list(world.trail))
                world.put(kept)
            return Trouble(seeds[0], steps, error, list(world.trail)) if error else None

    def _branch(self, seed: int, way: Way | None) -> Iterator[Step]:
        """What follows a beginning; after a way its last act, every other time with another outcome."""
        random = Random(seed)
        if way:
            yield Step(way.last.rule, random.getrandbits(32)) if seed % 2 else way.last
        yield from self._drawn(random, self.steps - self.together - bool(way), for_neglected=FOR_NEGLECTED)

    def _drawn(self, random: Random, number: int, first: str = "", for_neglected: float = 0) -> Iterator[Step]:
        if first:
            yield Step(first, random.getrandbits(32))
            number -= 1
        for _step in range(number):
            if name := self._next(random, for_neglected):
                yield Step(name, random.getrandbits(32))

    def _next(self, random: Random, share: float) -> str:
        """Return a rule by which something can happen now, "" for none: of a `share` of steps one that is behind."""
        if share and random.random() < share:
            for name in self.neglected:
                if self.rules[name].find(self.world):
                    return name
        for _try in range(TRIES):
            name = random.choices(self.names, self.weights)[0]
            if self.rules[name].find(self.world):
                return name
        return ""

    def play(self, steps: Iterable[Step], seed: int = 0) -> Trouble | None:
        """Play `steps` from the beginning, and leave everything as it was."""
        self.world.begin()
        self.world.looks_after_all = True
        with self.undisturbed(), rolled_back():
            played, error = self._go_on(steps, ends=True)
            return Trouble(seed, played, error, list(self.world.trail)) if error else None

    def _go_on(
        self, steps: Iterable[Step], *, before: Sequence[Step] = (), ends: bool = False
    ) -> tuple[list[Step], Exception | None]:
        played: list[Step] = []
        try:
            for step in steps:
                played.append(step)
                for act in self._do(step):
                    self._keep_way(act, [*before, *played])
            if ends:
                self.ask_at_the_end()
        except Exception as error:
            return played, error
        return played, None

    def _keep_way(self, act: str, steps: list[Step]) -> None:
        ways = self.ways.setdefault(act, [])
        ways.append(Way(steps[:-1], steps[-1], self.world.looks_after_all))
        ways.sort(key=lambda way: len(way.steps))
        del ways[WAYS:]

    def _do(self, step: Step) -> Iterable[str]:
        """Do one step; returns which acts came of it."""
        rule, random = self.rules[step.rule], Random(step.seed)
        if things := rule.find(self.world):
            before = self.world.visits.copy()
            rule.act(self.world, random, random.choice(things))
            acts = self.world.visits - before
            self.gives[step.rule] += acts
            self.done[step.rule] += 1
            return acts
        return ()

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
def _undisturbed(world: World) -> Iterator[None]:
    """The clock is heard; nothing is printed; unless all is looked after, what is seldom due waits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "log", days.Loud(world))
        patch.setattr(clock, "_one", days.counted(clock._one, world))
        # What a certificate looks like has tests of its own; two hundred of them would take a minute.
        patch.setattr(certificates, "_print", lambda facts, issue: (b"%PDF-", ""))
        # Nor is anything sent: the mails lie in the outbox, whose own tests deliver them.
        patch.setattr(post, "deliver", SimpleNamespace(enqueue=lambda notice_id: None))
        patch.setattr(leaving, "activations_pdf", lambda letters: b"%PDF-")
        patch.setattr(bulk, "log", days.Loud(world))
        # What is carried out in pieces goes one registration after the other.
        patch.setattr(change_rules, "PIECE", 1)
        patch.setattr(leaving, "asking_pdf", lambda letters: b"%PDF-")
        for name in [] if world.looks_after_all else SELDOM_DUE:
            patch.setattr(clock, name, lambda at: 0)
        gc.disable()
        try:
            yield
        finally:
            gc.enable()
