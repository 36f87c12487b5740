"""The procedure as the code sees it. Nothing here holds a number: all of them come from the data of one version."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from recovery.procedure.entries import Text


@dataclass(frozen=True)
class Named:
    """Something with a code and a name in both languages."""

    code: str
    names: Text

    @property
    def name(self) -> str:
        return str(self.names)


AnyNamed = TypeVar("AnyNamed", bound=Named)


@dataclass(frozen=True)
class Validity:
    """How old a paper may be at the decision. `source` empty: wherever it came from. Either days or calendar months."""

    source: str
    days: int | None
    months: int | None


@dataclass(frozen=True)
class Kind(Named):
    """A kind of evidence (procedure.md A4). Its points count once, and it satisfies every category it names."""

    hows: Text
    categories: tuple[str, ...]
    points: int
    validity: tuple[Validity, ...]
    has_endpoint: bool
    """Whether it reaches somebody through a number or address, which then counts for nothing else."""
    sources: tuple[str, ...]
    """Where that number or address may come from; empty: anywhere."""
    needs_tenure: bool
    needs_second_check: bool
    allows_contractor: bool
    stands_alone: bool
    """False: counts only beside other evidence of its category."""
    from_tier: int
    unless: str
    """The circumstance in which `from_tier` does not hold; empty: none."""
    routes: tuple[str, ...] = ()
    """The routes on which it counts; empty: on every way. A paper that proves a trader proves no company."""

    @property
    def how(self) -> str:
        """How it is checked, in the reader's language."""
        return str(self.hows)


@dataclass(frozen=True)
class Cap:
    """`codes` together are worth at most `points`."""

    codes: frozenset[str]
    points: int


@dataclass(frozen=True)
class Window:
    """Time to object: at least `calendar_days` and at least `business_days`, both after the day it began."""

    calendar_days: int
    business_days: int
    shortened: "Window | None" = None
    shortened_by: frozenset[str] = frozenset()
    """Codes of evidence that shorten it, all together."""

    def is_shortened_by(self, codes: Collection[str]) -> bool:
        """Tell whether evidence of `codes`, as counted by `assess`, shortens the window."""
        return self.shortened is not None and self.shortened_by <= set(codes)


@dataclass(frozen=True)
class Attempts:
    """Tries to reach the predecessor: how many, by how many media, over how many business days at least."""

    count: int
    media: int
    business_days: int


@dataclass(frozen=True)
class Inactivity:
    """Days without sign-in of the predecessor. Evidence `or_by` that states the departure does as well."""

    days: int
    or_by: str


@dataclass(frozen=True)
class Tier:
    """What one tier needs (procedure.md A5)."""

    number: int
    names: Text
    whats: Text
    is_outside: bool
    """Never decided inside a recovery."""
    points: int
    categories: tuple[tuple[str, ...], ...]
    """Of each group, one category at least."""
    mandatory: tuple[tuple[str, ...], ...]
    """Of each group, one code at least."""
    at_least: Mapping[str, int]
    """How many kinds of evidence of a category."""
    channels: int
    """How many different endpoints in authority and contact point together."""
    needs_independence: bool
    """An endpoint that the claimant supplied counts for nothing."""
    wanted: tuple[str, ...]
    """Codes to ask for besides, if obtainable."""
    attempts: Attempts | None
    inactivity: Inactivity | None
    notices: tuple[str, ...]
    window: Window | None
    approvals: tuple[str, ...]
    """The provider's roles, in order, each another person."""
    cooling_off_days: int
    target: tuple[int, int] | None
    """Business days in all, from and to; none: on the same call."""
    route: str = ""
    """The route whose needs stand here instead of the tier's own; empty: the normal way."""
    has_registry: bool = True
    """False: the holder is in no registry from which a head office could be taken."""

    @property
    def name(self) -> str:
        return str(self.names)

    @property
    def what(self) -> str:
        return str(self.whats)


@dataclass(frozen=True)
class Circumstance(Named):
    """What places a claim at a tier. `registrations`: more than so many; `days`, `months`: within so long."""

    tier: int
    registrations: int | None
    days: int | None
    months: int | None


@dataclass(frozen=True)
class Letters:
    """Code letters: days valid from posting, wrong entries until dead, new letters a case, characters of the code."""

    valid_days: int
    tries: int
    reissues: int
    length: int


@dataclass(frozen=True)
class Codes:
    """How long a code by mail and by voice works."""

    mail_hours: int
    voice_minutes: int


@dataclass(frozen=True)
class ObjectionRule:
    """`reviewers` look at it within `review_business_days`; the objector says who it is within `identify_days`."""

    reviewers: int
    review_business_days: int
    identify_days: int


@dataclass(frozen=True)
class Rung:
    """One step of what a claimant may learn (procedure.md A8)."""

    rung: str
    reacheds: Text
    mays: Text
    nots: Text

    @property
    def reached(self) -> str:
        return str(self.reacheds)

    @property
    def may(self) -> str:
        return str(self.mays)

    @property
    def may_not(self) -> str:
        return str(self.nots)


@dataclass(frozen=True)
class Needs:
    """What a route asks for instead of what the tier asks for. Everything else is the tier's: attempts, notices,
    window, approvals, protected time."""

    points: int
    categories: tuple[tuple[str, ...], ...]
    mandatory: tuple[tuple[str, ...], ...]
    at_least: Mapping[str, int]
    channels: int
    has_registry: bool


@dataclass(frozen=True)
class Route:
    """A way for those whom the normal one does not fit. `tier`: the lowest tier it is decided at, if it names one."""

    code: str
    tier: int | None
    whos: Text
    insteads: Text
    needs: Needs | None = None
    """None: words only. Nobody can choose it for a claim."""
    has_number: bool = True
    """False: whoever has a corporate number is somebody else."""

    @property
    def who(self) -> str:
        return str(self.whos)

    @property
    def instead(self) -> str:
        return str(self.insteads)


@dataclass(frozen=True)
class Help:
    """A sentence that also answers a question on the public help pages, which are in `order`."""

    order: int
    questions: Text


@dataclass(frozen=True)
class Sentence:
    """A fixed sentence of the desk: at which moment of a call it is said, and by which rule.

    Its blanks are `{receipt_number}`, `{tracking_code}` and `{promised_until}`; what is public has none.
    """

    code: str
    texts: Text
    moment: str
    whens: Text
    """In which case at that moment; empty: whenever it comes."""
    rule: str
    """Number of the rule that it follows from, such as A8."""
    help: Help | None = None

    @property
    def text(self) -> str:
        return str(self.texts)


@dataclass(frozen=True)
class Procedure:
    """One version, whole and consistent. Made by `read` only."""

    version: int
    categories: tuple[Named, ...]
    kinds: tuple[Kind, ...]
    caps: tuple[Cap, ...]
    tenure_days: int
    tiers: tuple[Tier, ...]
    default_tier: int
    circumstances: tuple[Circumstance, ...]
    exits: tuple[Named, ...]
    kit_window: Window
    letters: Letters
    codes: Codes
    notice_moments: tuple[str, ...]
    objection: ObjectionRule
    holding: Mapping[str, int]
    appeal: Mapping[str, int]
    limits: Mapping[str, int]
    sampling: Mapping[str, int]
    exceptions: Mapping[str, int]
    never_excepted: tuple[str, ...]
    blocked: tuple[Named, ...]
    """What nobody may do during cooling-off."""
    allowed: tuple[Named, ...]
    ladder: tuple[Rung, ...]
    routes: tuple[Route, ...]
    sentences: tuple[Sentence, ...]

    def kind(self, code: str) -> Kind:
        """Return the kind of evidence; KeyError for a code that this version does not know."""
        return _one(self.kinds, code)

    def tier(self, number: int, route: str = "") -> Tier:
        """Return the tier, with the needs of `route` instead of its own where one is named.

        KeyError for a number that this version does not know, or a route that cannot be chosen.
        """
        for tier in self.tiers:
            if tier.number == number:
                return _by_route(tier, self.route(route)) if route else tier
        raise KeyError(number)

    def route(self, code: str) -> Route:
        """Return a route that can be chosen; KeyError for any other."""
        for route in self.open_routes:
            if route.code == code:
                return route
        raise KeyError(code)

    @property
    def open_routes(self) -> tuple[Route, ...]:
        """The routes that can be chosen for a claim: those of which the version says what they need."""
        return tuple(route for route in self.routes if route.needs is not None)

    def has_route(self, code: str) -> bool:
        """Tell whether `code` names a route that can be chosen."""
        return any(route.code == code for route in self.open_routes)

    def kinds_on(self, route: str) -> tuple[Kind, ...]:
        """Return the kinds of evidence that can count on `route`, or on the normal way for ""."""
        return tuple(kind for kind in self.kinds if not kind.routes or route in kind.routes)

    def circumstance(self, code: str) -> Circumstance:
        """Return the circumstance; KeyError for a code that this version does not know."""
        return _one(self.circumstances, code)

    def category(self, code: str) -> Named:
        """Return the category; KeyError for a code that this version does not know."""
        return _one(self.categories, code)

    def sentence(self, code: str) -> Sentence:
        """Return the fixed sentence; KeyError for a code that this version does not know."""
        for sentence in self.sentences:
            if sentence.code == code:
                return sentence
        raise KeyError(code)


def _by_route(tier: Tier, route: Route) -> Tier:
    if route.needs is None:
        raise KeyError(route.code)
    needs = route.needs
    notices = tuple(one for one in tier.notices if needs.has_registry or one != "registry_head_office")
    return replace(
        tier,
        route=route.code,
        has_registry=needs.has_registry,
        points=needs.points,
        categories=needs.categories,
        mandatory=needs.mandatory,
        at_least=needs.at_least,
        channels=needs.channels,
        wanted=(),
        notices=notices,
    )


def _one(among: tuple[AnyNamed, ...], code: str) -> AnyNamed:
    for one in among:
        if one.code == code:
            return one
    raise KeyError(code)
