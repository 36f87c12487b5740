"""Is a version of the procedure safe? Decided over every combination of its catalogue, not by hope.

What an editor may never bend: no combination of papers alone gives custody, nobody gets it without proof of person,
authority by the organisation and a contact point, windows have a floor, two people decide, more evidence is never
worse. A version that fails is not published. Pure functions: no database, no clock.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from recovery.procedure.assessing import assess
from recovery.procedure.combinations import (
    Sets,
    best,
    channels_below,
    enough,
    is_usable,
    matters,
    within,
)
from recovery.procedure.shapes import Kind, Procedure, Route, Tier, Window

FIRST_CUSTODY = 3
"""The lowest tier that makes somebody the custodian (procedure.md A3)."""
NEVER = frozenset({"P", "A", "notice", "dual_control", "cooling_off"})
"""What no exception may bend (procedure.md A12)."""
FLOOR_CALENDAR, FLOOR_BUSINESS = 7, 5
"""Days in which anybody can object at least (procedure.md A5, tier 3)."""
FLOOR_SHORTENED = 3
"""Business days of the shortest window there is (procedure.md A2 and A5)."""
CHANNELS = 2
"""Different endpoints by which somebody of the organisation is reached at least (procedure.md A5)."""
LINKS, LINK_POINTS = frozenset({"L1", "L2", "L3"}), 20
"""Papers, bills and password never add up to more (invariant 13)."""
LARGEST = 10_000
"""No number of days, points or tries is larger: sums of dates would fail."""
SHOWN = 3
"""Failing combinations that a finding names; it says how many there are."""
_DAY = date(2000, 1, 1)
"""Any day: evidence as good as it can be is in date on it."""
OWN_AUTHORITY = frozenset({"representative", "sole_trader"})
"""Routes on which the claimant is the authority, so that nobody else could confirm it: one endpoint will do there, at
the price of the strictest tier. No draft can add to these."""


@dataclass(frozen=True)
class Finding:
    """One thing that keeps a version from being published. `rule` names it; words are made where it is shown."""

    rule: str
    tier: int | None = None
    combinations: tuple[tuple[str, ...], ...] = ()
    """The smallest combinations that fail, by their codes."""
    count: int = 0
    """How many smallest ones there are."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    route: str = ""
    """The route on which it was found; empty: the normal way."""

    def plain(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        named = [list(one) for one in self.combinations]
        return {
            "rule": self.rule,
            "tier": self.tier,
            "combinations": named,
            "count": self.count,
            "facts": dict(self.facts),
            "route": self.route,
        }


def check_version(procedure: Procedure, needed: Procedure) -> list[Finding]:
    """Return everything that keeps `procedure` from being published, [] when it is consistent.

    `needed` is the version that ships with the product: what it names, the code asks for by name.
    """
    if large := sorted(set(_too_large(asdict(procedure)))):
        return [Finding("too_large", facts={"names": large})]
    found = [*_check_names(procedure, needed), *_check_figures(procedure)]
    try:
        for route in ("", *(one.code for one in procedure.open_routes)):
            matters(procedure, route)
    except ValueError as too_many:
        return [*found, Finding("too_many", facts={"why": str(too_many)})]
    return [*found, *_check_combinations(procedure)]


def _too_large(value: Any, name: str = "") -> Iterator[str]:
    """Yield the names of numbers that no day, letter or limit can bear."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _too_large(inner, str(key))
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from _too_large(inner, name)
    elif isinstance(value, int) and value > LARGEST:
        yield name


def gives_custody(procedure: Procedure) -> list[Tier]:
    """Return the tiers that change who is in charge, lowest first: from 3 on, and wherever claims are placed."""
    placed = {procedure.default_tier, *(one.tier for one in procedure.circumstances)}
    found = (one for one in procedure.tiers if not one.is_outside)
    return sorted(
        (one for one in found if one.number >= FIRST_CUSTODY or one.number in placed), key=lambda one: one.number
    )


def tiers_by(procedure: Procedure, route: Route) -> list[Tier]:
    """Return the tiers at which a claim can go by `route`, lowest first, each with the needs of the route."""
    lowest = max(route.tier or 0, procedure.default_tier)
    return [procedure.tier(one.number, route.code) for one in gives_custody(procedure) if one.number >= lowest]


def papers(procedure: Procedure, tier: Tier) -> set[str]:
    """Return the codes of all that a claimant can hold, bring or say alone, nobody of the organisation being reached:
    what needs no number or address, or takes one that the claimant gives."""
    own = (one for one in procedure.kinds if not one.sources or "claimant" in one.sources)
    from_claimant = set() if tier.needs_independence else {one.code for one in own}
    return {one.code for one in procedure.kinds if not one.has_endpoint} | from_claimant


# Every combination ---------------------------------------------------------------------------------------------------


def _check_combinations(procedure: Procedure) -> Iterator[Finding]:
    yield from _mixed(procedure.kinds)
    usual = [one for one in procedure.tiers if not one.is_outside]
    # Searched once each: it is what takes the time.
    good = {tier.number: enough(procedure, tier) for tier in usual}
    for tier in usual:
        yield from _check_search(procedure, tier, good[tier.number])
    for route in procedure.open_routes:
        yield from _check_route(procedure, route)
    custody = gives_custody(procedure)
    for tier in custody:
        yield from _holes(procedure, tier, good[tier.number])
    for tier in custody:
        below = max((one for one in usual if one.number < tier.number), key=lambda one: one.number, default=None)
        if below is not None and (below in custody or below.number == FIRST_CUSTODY - 1):
            easier = good[tier.number] - good[below.number]
            yield from _failing("easier", tier, easier, below=below.number)


def _check_search(procedure: Procedure, tier: Tier, good: Sets) -> Iterator[Finding]:
    if not _can_be_reached(procedure, tier):
        yield Finding("unreachable", tier.number, route=tier.route)
    yield from _failing("worse", tier, good.worsened())
    yield from _disagreeing(procedure, tier, good)


def _check_route(procedure: Procedure, route: Route) -> Iterator[Finding]:
    """What holds on the normal way holds on a route; where one endpoint will do, it is decided at the strictest."""
    tiers = tiers_by(procedure, route)
    if not tiers:
        yield Finding("unreachable", route.tier, route=route.code)
    good = {tier.number: enough(procedure, tier) for tier in tiers}
    for tier in tiers:
        yield from _check_search(procedure, tier, good[tier.number])
        yield from _holes(procedure, tier, good[tier.number])
        if route.code in OWN_AUTHORITY and not _is_strict(procedure, tier):
            yield Finding("own_authority", tier.number, route=route.code)
    for lower, upper in pairwise(tiers):
        easier = good[upper.number] - good[lower.number]
        yield from _failing("easier", upper, easier, below=lower.number)


def _is_strict(procedure: Procedure, tier: Tier) -> bool:
    """Whether it is the highest tier that gives custody, a senior decides, and nothing shortens the time to object."""
    is_unshortened = tier.window is not None and tier.window.shortened is None
    return tier.number == gives_custody(procedure)[-1].number and "senior" in tier.approvals and is_unshortened


def _holes(procedure: Procedure, tier: Tier, good: Sets) -> Iterator[Finding]:
    alone = within(procedure, papers(procedure, tier), tier.route)
    yield from _failing("papers", tier, good & alone)
    for category in "PAC":
        others = {one.code for one in procedure.kinds if category not in one.categories}
        yield from _failing(f"without_{category}", tier, (good & within(procedure, others, tier.route)) - alone)
    if tier.route not in OWN_AUTHORITY:
        yield from _failing("one_channel", tier, (good & channels_below(procedure, tier, CHANNELS)) - alone)
    if tier.route:
        return
    linked = sum(one.points for one in procedure.kinds if one.code in LINKS)
    worth = min([linked, *(_most_by(procedure, cap.codes, cap.points) for cap in procedure.caps)])
    if worth > LINK_POINTS and tier.number == FIRST_CUSTODY:
        yield Finding("links", tier.number, facts={"points": worth, "most": LINK_POINTS})


def _most_by(procedure: Procedure, codes: Collection[str], points: int) -> int:
    """Return how much papers, bills and password can be worth under a cap of `points` on `codes`."""
    free = sum(one.points for one in procedure.kinds if one.code in LINKS and one.code not in codes)
    return points + free


def _mixed(kinds: Iterable[Kind]) -> Iterator[Finding]:
    """One proof may stand for organisation and authority; for any other two it would be a check that nobody made."""
    for one in kinds:
        if len(one.categories) > 1 and set(one.categories) != {"O", "A"}:
            yield Finding("mixed", None, ((one.code,),), 1)


def _can_be_reached(procedure: Procedure, tier: Tier) -> bool:
    """Whether everything together is enough, also while the address of record is alive."""
    everything = [best(one, _DAY) for one in procedure.kinds]
    return assess(procedure, tier.number, everything, on=_DAY, route=tier.route).is_enough


def _failing(rule: str, tier: Tier, failing: Sets, **facts: Any) -> Iterator[Finding]:
    if failing:
        named = tuple(failing.smallest(SHOWN))
        yield Finding(rule, tier.number, named, failing.lean().count(), facts, tier.route)


def _disagreeing(procedure: Procedure, tier: Tier, good: Sets) -> Iterator[Finding]:
    """Ask `assess` about every combination on the border: a search by other rules would prove nothing."""
    items = {one.code: best(one, _DAY) for one in procedure.kinds}
    for is_enough, border in ((True, good.lean()), (False, good.largest_outside())):
        for codes in border.each():
            held = [items[code] for code in codes]
            weighed = assess(procedure, tier.number, held, on=_DAY, no_live_channel=True, route=tier.route)
            if weighed.is_enough != is_enough:
                yield Finding("disagreeing", tier.number, (codes,), 1, route=tier.route)
                return


# Names and figures ---------------------------------------------------------------------------------------------------


def _check_names(procedure: Procedure, needed: Procedure) -> Iterator[Finding]:
    """What the product asks for by name may be changed, never left out."""
    for place in ("categories", "kinds", "circumstances", "exits", "blocked", "routes", "sentences"):
        missing = {one.code for one in getattr(needed, place)} - {one.code for one in getattr(procedure, place)}
        if missing:
            yield Finding("left_out", facts={"place": place, "names": sorted(missing)})
    for place in ("holding", "appeal", "limits", "sampling"):
        if missing := set(getattr(needed, place)) - set(getattr(procedure, place)):
            yield Finding("left_out", facts={"place": place, "names": sorted(missing)})
    rungs = {one.rung for one in needed.ladder} - {one.rung for one in procedure.ladder}
    tiers = {one.number for one in needed.tiers} - {one.number for one in procedure.tiers}
    moments = set(needed.notice_moments) - set(procedure.notice_moments)
    for place, names in (("ladder", rungs), ("tiers", set(map(str, tiers))), ("notice_moments", moments)):
        if names:
            yield Finding("left_out", facts={"place": place, "names": sorted(names)})
    if bent := NEVER - set(procedure.never_excepted):
        yield Finding("never", facts={"names": sorted(bent)})


def _check_figures(procedure: Procedure) -> Iterator[Finding]:
    for circumstance in procedure.circumstances:
        if circumstance.tier < procedure.default_tier:
            yield Finding("placed_lower", circumstance.tier, facts={"circumstance": circumstance.code})
    if procedure.default_tier < FIRST_CUSTODY or procedure.tier(procedure.default_tier).is_outside:
        yield Finding("default", procedure.default_tier)
    if procedure.kit_window.business_days < FLOOR_SHORTENED:
        yield Finding("kit_window", facts={"least": FLOOR_SHORTENED})
    for place, name, number in _zeros(procedure):
        if number == 0:
            yield Finding("zero", facts={"place": place, "name": name})
    for kind in procedure.kinds:
        yield from _check_kind(kind)
    custody = gives_custody(procedure)
    for tier in custody:
        yield from _check_window(procedure, tier)
        yield from _check_decision(tier)
    for lower, upper in pairwise(custody):
        yield from (Finding("softer", upper.number, facts={"what": what}) for what in _softer(lower, upper))


def _check_kind(kind: Kind) -> Iterator[Finding]:
    """An address that was slipped in yesterday proves nothing (invariant 15); no contractor confirms (invariant 25)."""
    takes_record = "record" in kind.sources or not kind.sources
    if kind.has_endpoint and "C" in kind.categories and takes_record and not kind.needs_tenure:
        yield Finding("tenure", None, ((kind.code,),), 1)
    if kind.has_endpoint and "A" in kind.categories and kind.allows_contractor:
        yield Finding("contractor", None, ((kind.code,),), 1)


def _zeros(procedure: Procedure) -> Iterator[tuple[str, str, int]]:
    """Numbers of which 0 would switch a rule off."""
    yield "tenure_days", "", procedure.tenure_days
    for name in ("valid_days", "tries", "length"):
        yield "letters", name, getattr(procedure.letters, name)
    for name in ("reviewers", "review_business_days", "identify_days"):
        yield "objection", name, getattr(procedure.objection, name)
    for place in ("limits", "holding", "appeal"):
        yield from ((place, name, number) for name, number in getattr(procedure, place).items())


def _check_window(procedure: Procedure, tier: Tier) -> Iterator[Finding]:
    window = tier.window
    if window is None or window.calendar_days < FLOOR_CALENDAR or window.business_days < FLOOR_BUSINESS:
        least = {"calendar": FLOOR_CALENDAR, "business": FLOOR_BUSINESS}
        yield Finding("window", tier.number, facts=least)
    if window is not None and window.shortened is not None:
        if window.shortened.business_days < FLOOR_SHORTENED:
            yield Finding("shortened", tier.number, facts={"least": FLOOR_SHORTENED})
        if not _is_well_shortened(procedure, tier, window):
            yield Finding("shortened_by", tier.number, (tuple(sorted(window.shortened_by)),), 1)


def _is_well_shortened(procedure: Procedure, tier: Tier, window: Window) -> bool:
    """Only who reached authority and contact point, each through an endpoint that counts, waits less."""
    by = [procedure.kind(code) for code in window.shortened_by]
    reached = [one for one in by if one.has_endpoint and is_usable(one, tier) and "claimant" not in one.sources]
    return all(any(category in one.categories for one in reached) for category in "AC")


def _check_decision(tier: Tier) -> Iterator[Finding]:
    """Two people at least, one of whom is an approver: the approver presses execute."""
    if not {"operator", "approver"} <= set(tier.approvals) or "agent" in tier.approvals:
        yield Finding("approvals", tier.number)
    if "every_channel" not in tier.notices:
        yield Finding("notices", tier.number)
    if tier.attempts is None or not (tier.attempts.count and tier.attempts.media and tier.attempts.business_days):
        yield Finding("attempts", tier.number)
    if tier.inactivity is None or not tier.inactivity.days:
        yield Finding("inactivity", tier.number)
    # Whoever could still object must find that it can be put back.
    if tier.cooling_off_days < max(FLOOR_CALENDAR, tier.window.calendar_days if tier.window else 0):
        yield Finding("cooling_off", tier.number)


def _softer(lower: Tier, upper: Tier) -> Iterator[str]:
    """Yield in what the higher tier asks for less than the one below."""
    if not set(lower.approvals) <= set(upper.approvals):
        yield "approvals"
    if not set(lower.notices) <= set(upper.notices):
        yield "notices"
    if upper.cooling_off_days < lower.cooling_off_days:
        yield "cooling_off_days"
    if upper.channels < lower.channels:
        yield "channels"
    if lower.needs_independence and not upper.needs_independence:
        yield "independent"
    if lower.window and upper.window and _shortest(upper.window) < _shortest(lower.window):
        yield "window"
    if lower.inactivity and upper.inactivity and upper.inactivity.days < lower.inactivity.days:
        yield "inactivity"
    if lower.attempts and upper.attempts:
        one, other = lower.attempts, upper.attempts
        if other.count < one.count or other.media < one.media or other.business_days < one.business_days:
            yield "attempts"


def _shortest(window: Window) -> tuple[int, int]:
    used = window.shortened or window
    return used.business_days, used.calendar_days
