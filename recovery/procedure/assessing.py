"""What recorded evidence amounts to on the day of a decision, and which tier a claim is placed at."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import date, timedelta
from itertools import combinations

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words
from recovery.procedure.shapes import Kind, Procedure, Tier, Validity


@dataclass(frozen=True)
class Item:
    """One piece of evidence as recorded."""

    code: str
    _: KW_ONLY
    checked_on: date
    """Day of the check; of a code, the day it was typed in."""
    endpoint: str = ""
    """Fingerprint of the normalised number or address that was used, `user:7` for a vouch; equal means the same."""
    source: str = ""
    """Where the endpoint came from: `record`, `registry`, `published`, `claimant`. O2 with `registry`: pulled by the
    operator, otherwise an original."""
    issued_on: date | None = None
    on_record_since: date | None = None
    is_healthy: bool = True
    second_checked: bool = False
    by_contractor: bool = False


@dataclass(frozen=True)
class Assessment:
    """What the evidence amounts to at one tier. `missing` is empty exactly when it is enough.

    The keys in `missing` are `points`, `category:O|L`, `mandatory:O1|O3|O5`, `more:A`, `channels` and, for what no
    recovery decides, `outside`; `words_for` words them for the claimant.
    """

    points: int
    counted: tuple[Item, ...]
    """At most one item of a code, in the order of the catalogue."""
    categories: frozenset[str]
    channels: int
    missing: tuple[str, ...]

    @property
    def is_enough(self) -> bool:
        return not self.missing

    @property
    def codes(self) -> frozenset[str]:
        """The codes that counted."""
        return frozenset(item.code for item in self.counted)


def assess(
    procedure: Procedure,
    tier_number: int,
    items: Iterable[Item],
    *,
    on: date,
    no_live_channel: bool = False,
    waived: Collection[str] = (),
    route: str = "",
) -> Assessment:
    """Return what `items` amount to at the tier if it were decided on the day `on`, by `route` or, without, normally.

    Each code counts once and each endpoint once; among the ways to choose, the one that is best for the claimant is
    taken, whatever the order of `items`. `no_live_channel`: the address of record is dead, so that a letter to the
    head office may stand for it below tier 4. `waived`: keys of `missing` that an exception lets go, and nothing else.
    KeyError for a tier, code or route that this version does not know.
    """
    tier = procedure.tier(tier_number, route)
    known = frozenset({"no_live_channel"}) if no_live_channel else frozenset()
    usable = [item for item in items if _is_usable(item, procedure, tier, on, known)]
    without, by_endpoint = _by_code(usable, procedure)
    ways = (_weigh(procedure, tier, {**without, **way}, waived) for way in _ways(by_endpoint))
    # The first of equals wins, and `_ways` goes by the order of the catalogue.
    return max(ways, key=lambda one: (-len(one.missing), one.points, one.channels))


def tier_for(procedure: Procedure, circumstances: Collection[str], route: str = "") -> int:
    """Return the highest tier that any of the circumstances or the route triggers; KeyError for what is unknown."""
    floor = procedure.route(route).tier or 0 if route else 0
    return max([procedure.default_tier, floor, *(procedure.circumstance(code).tier for code in circumstances)])


# One item alone -----------------------------------------------------------------------------------------------------


def _is_usable(item: Item, procedure: Procedure, tier: Tier, on: date, known: frozenset[str]) -> bool:
    kind = procedure.kind(item.code)
    return (
        item.checked_on <= on
        and item.is_healthy
        and (kind.from_tier <= tier.number or kind.unless in known)
        and (not kind.routes or tier.route in kind.routes)
        and (item.second_checked or not kind.needs_second_check)
        and (kind.allows_contractor or not item.by_contractor)
        and (not kind.has_endpoint or _is_reached_well(item, kind, tier))
        and (not kind.needs_tenure or _has_tenure(item, procedure.tenure_days))
        and _is_in_date(item, kind, on)
    )


def _is_reached_well(item: Item, kind: Kind, tier: Tier) -> bool:
    """Whether it is on record how somebody was reached, and by a number or address from where it may come."""
    if not item.endpoint or (kind.sources and item.source not in kind.sources):
        return False
    return not (tier.needs_independence and item.source == "claimant")


def _has_tenure(item: Item, days: int) -> bool:
    # On the day of use, not of the decision: an address that was slipped in does not ripen while the claim waits.
    since = item.on_record_since
    return since is not None and item.checked_on - since >= timedelta(days=days)


def last_valid_day(item: Item, kind: Kind) -> date | None:
    """Return the last day on which `item` counts; None where it does not run out, or has no day of issue."""
    if not kind.validity:
        return None
    rule = next((one for one in kind.validity if one.source == item.source), kind.validity[-1])
    # What the operator pulls from the registry is of the day it was pulled.
    issued = item.issued_on or (item.checked_on if rule.source == "registry" else None)
    return _valid_until(issued, rule) if issued is not None and issued <= item.checked_on else None


def _is_in_date(item: Item, kind: Kind, on: date) -> bool:
    last = last_valid_day(item, kind)
    return not kind.validity or (last is not None and on <= last)


def _valid_until(issued: date, rule: Validity) -> date:
    """Return the last valid day: the day of issue does not count, months end as in articles 140 and 143 of the Civil
    Code (the day before the one that corresponds to the first day, or the end of a month that has no such day)."""
    if rule.days is not None:
        return issued + timedelta(days=rule.days)
    first = issued + timedelta(days=1)
    months = first.year * 12 + first.month - 1 + (rule.months or 0)
    month = date(months // 12, months % 12 + 1, 1)
    after = date((months + 1) // 12, (months + 1) % 12 + 1, 1)
    return min(month + timedelta(days=first.day - 1), after) - timedelta(days=1)


# All together -------------------------------------------------------------------------------------------------------


def _by_code(usable: Sequence[Item], procedure: Procedure) -> tuple[dict[str, Item], dict[str, dict[str, Item]]]:
    """Return one item a code where nothing else hangs on it, and where an endpoint does, one a code and endpoint."""
    without: dict[str, Item] = {}
    by_endpoint: dict[str, dict[str, Item]] = {}
    ordered = sorted(usable, key=_order)
    for kind in procedure.kinds:
        for item in ordered:
            if item.code != kind.code:
                continue
            if kind.has_endpoint:
                by_endpoint.setdefault(kind.code, {}).setdefault(item.endpoint, item)
            else:
                without.setdefault(kind.code, item)
    return without, by_endpoint


def _order(item: Item) -> tuple[str, ...]:
    # Every field, so that the order in which evidence came in never decides.
    return (item.endpoint, str(item.checked_on), repr(item))


def _ways(by_endpoint: Mapping[str, Mapping[str, Item]]) -> Iterator[dict[str, Item]]:
    """Return the largest choices of one item a code with no endpoint twice: one choice for each set of codes.

    Choices of the same codes are worth the same, more codes are never worth less, and a choice that cannot be
    extended is as large as any other (the sets that can be matched are a matroid). So the largest ones are all.
    """
    for size in range(len(by_endpoint), -1, -1):
        found = False
        for codes in combinations(by_endpoint, size):
            chosen = _match(codes, by_endpoint)
            if chosen is not None:
                found = True
                yield chosen
        if found:
            return


def _match(codes: Sequence[str], by_endpoint: Mapping[str, Mapping[str, Item]]) -> dict[str, Item] | None:
    """Return an item for each code with all endpoints different, or None if there is no such choice."""
    holder: dict[str, str] = {}

    def place(code: str, tried: set[str]) -> bool:
        for endpoint in by_endpoint[code]:
            if endpoint in tried:
                continue
            tried.add(endpoint)
            # Whoever holds it may have another one.
            if endpoint not in holder or place(holder[endpoint], tried):
                holder[endpoint] = code
                return True
        return False

    if not all(place(code, set()) for code in codes):
        return None
    return {code: by_endpoint[code][endpoint] for endpoint, code in holder.items()}


def _weigh(procedure: Procedure, tier: Tier, chosen: Mapping[str, Item], waived: Collection[str]) -> Assessment:
    kinds = [kind for kind in procedure.kinds if kind.code in chosen]
    kinds = [kind for kind in kinds if kind.stands_alone or _has_company(kind, kinds)]
    points = sum(kind.points for kind in kinds)
    for cap in procedure.caps:
        points -= max(0, sum(kind.points for kind in kinds if kind.code in cap.codes) - cap.points)
    categories = [category for kind in kinds for category in kind.categories]
    channels = sum(kind.has_endpoint and not {"A", "C"}.isdisjoint(kind.categories) for kind in kinds)
    return Assessment(
        points=points,
        counted=tuple(chosen[kind.code] for kind in kinds),
        categories=frozenset(categories),
        channels=channels,
        missing=tuple(
            key
            for key in _missing(tier, points, categories, {kind.code for kind in kinds}, channels)
            if key not in waived
        ),
    )


def _has_company(kind: Kind, kinds: Iterable[Kind]) -> bool:
    """Whether something else of its category counts, which could also stand alone."""
    return any(other.stands_alone and set(other.categories) & set(kind.categories) for other in kinds)


def _missing(tier: Tier, points: int, categories: Sequence[str], codes: set[str], channels: int) -> Iterator[str]:
    if tier.is_outside:
        yield "outside"
    for group in tier.categories:
        if not set(group) & set(categories):
            yield f"category:{'|'.join(group)}"
    for group in tier.mandatory:
        if not set(group) & codes:
            yield f"mandatory:{'|'.join(group)}"
    for category, number in tier.at_least.items():
        if categories.count(category) < number:
            yield f"more:{category}"
    if channels < tier.channels:
        yield "channels"
    if points < tier.points:
        yield "points"


# Words --------------------------------------------------------------------------------------------------------------

_CATEGORIES: dict[str, Words] = {
    "O": _("a proof of the organisation"),
    "L": _("a proof of the link to the registration"),
    "P": _("a proof of who you are"),
    "A": _("a confirmation by your organisation that you may act"),
    "C": _("a check through a contact point of your organisation"),
}
_MANDATORY: dict[str, Words] = {
    "O": _("a proof of the organisation by electronic certificate, registered seal or official letter"),
    "L": _("details of your bills"),
    "P": _("your identity document"),
    "A": _("a confirmation through the published main number of your organisation"),
    "C": _("a code from a letter to the head office or office of your organisation"),
}
_BY_CODE: dict[str, Words] = {
    "O6": _("the registry entry that names you as the representative, read by us"),
    "O7": _("an official paper of the business"),
    "O8": _("an official paper of the business"),
    "O9": _("minutes or rules that name your office"),
    "O10": _("an official letter of the superior body"),
    "A4": _("a confirmation by another officer of your organisation"),
    "C1": _("a code from a letter to the address of record"),
}
"""Kinds of evidence that are asked for by name on a route."""
_MORE: dict[str, Words] = {**_CATEGORIES, "A": _("one more confirmation by your organisation that you may act")}
_BY_RULE = {"category": _CATEGORIES, "mandatory": _MANDATORY, "more": _MORE}
_OTHERS: dict[str, Words] = {
    "points": _("further proofs"),
    "channels": _("a check through a second, different number or address of your organisation"),
    "outside": _("this is not decided by a recovery; it has a procedure of its own"),
}


def words_for(key: str) -> str:
    """Return the words for a key of `Assessment.missing`: the type of evidence, never what we hold or compared.

    KeyError for a key that `assess` never gives.
    """
    rule, _colon, group = key.partition(":")
    if not group:
        return str(_OTHERS[rule])
    own = _BY_CODE if rule == "mandatory" else {}
    # The first letter of a code is its category: `read` sees to it.
    words = [str(own.get(name) or _BY_RULE[rule].get(name[0], _OTHERS["points"])) for name in group.split("|")]
    return str(_(" or ")).join(dict.fromkeys(words))
