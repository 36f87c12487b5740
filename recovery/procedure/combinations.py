"""Every combination of the catalogue at once: which of them are enough at a tier.

A set of combinations is one large number: its bit s stands for the combination whose kinds are the bits of s. With
n kinds it has 2 to the n bits, so "both", "either" and "more than so many points" are a few operations on numbers of
256 KB instead of two million questions. Nothing is sampled and nothing is taken for granted, not even that more
evidence is never worse. `assess` decides single cases; this decides all of them by the same rules, each piece of
evidence being as good as it can be.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache, reduce
from operator import or_

from recovery.procedure.assessing import Item
from recovery.procedure.shapes import Kind, Procedure, Tier

PIECE = 21
"""Kinds that one number ranges over; of more kinds, each choice of the others makes a number of its own."""
MOST = 27
"""Kinds that can be searched in a few seconds."""

DEAD = "no_live_channel"
"""The circumstance in which `assess` lets evidence of a higher tier stand for what is dead."""

Slices = list[int]
"""A number for each combination, bit by bit: the first of them are the ones, the second the twos, and so on."""


@dataclass(frozen=True)
class Sets:
    """A set of combinations of `codes`: one number for each choice of the codes beyond the first `PIECE`."""

    codes: tuple[str, ...]
    pieces: tuple[int, ...]

    def __bool__(self) -> bool:
        return any(self.pieces)

    def __and__(self, other: "Sets") -> "Sets":
        return Sets(self.codes, tuple(a & b for a, b in zip(self.pieces, other.pieces, strict=True)))

    def __sub__(self, other: "Sets") -> "Sets":
        """Return the combinations that are not in `other`."""
        return Sets(self.codes, tuple(a & ~b for a, b in zip(self.pieces, other.pieces, strict=True)))

    def __contains__(self, codes: Collection[str]) -> bool:
        place = sum(1 << self.codes.index(code) for code in codes)
        return bool(self.pieces[place >> PIECE] >> (place & (1 << PIECE) - 1) & 1)

    def smallest(self, most: int) -> list[tuple[str, ...]]:
        """Return up to `most` combinations from which nothing can be left out without leaving the set, few kinds
        first."""
        return sorted(self.lean().each(), key=lambda one: (len(one), [self.codes.index(code) for code in one]))[:most]

    def lean(self) -> "Sets":
        """Return those from which no single kind can be left out without leaving the set."""
        return self - self._grown()

    def _grown(self) -> "Sets":
        """Return what comes of these by adding one kind."""
        low = min(len(self.codes), PIECE)
        variables = _variables(low)
        grown = []
        for number, piece in enumerate(self.pieces):
            more = reduce(or_, ((piece & ~bits) << (1 << place) for place, bits in enumerate(variables)), 0)
            for high in range(len(self.codes) - low):
                if number >> high & 1:
                    more |= self.pieces[number ^ 1 << high]
            grown.append(more)
        return Sets(self.codes, tuple(grown))

    def largest_outside(self) -> "Sets":
        """Return the combinations outside to which no single kind can be added without coming inside."""
        low = min(len(self.codes), PIECE)
        variables, everything = _variables(low), (1 << (1 << low)) - 1
        outside = [~piece & everything for piece in self.pieces]
        found = []
        for number, piece in enumerate(outside):
            less = reduce(or_, ((piece & bits) >> (1 << place) for place, bits in enumerate(variables)), 0)
            for high in range(len(self.codes) - low):
                if not number >> high & 1:
                    less |= outside[number | 1 << high]
            found.append(piece & ~less)
        return Sets(self.codes, tuple(found))

    def each(self) -> Iterator[tuple[str, ...]]:
        """Return every combination of the set; to be asked of small ones."""
        for place, piece in enumerate(self.pieces):
            for bits in _ones(piece):
                yield self._named(place << PIECE | bits)

    def worsened(self) -> "Sets":
        """Return the combinations outside that come of one inside by adding a kind: none if more is never worse."""
        return self._grown() - self

    def count(self) -> int:
        return sum(piece.bit_count() for piece in self.pieces)

    def _named(self, place: int) -> tuple[str, ...]:
        return tuple(code for number, code in enumerate(self.codes) if place >> number & 1)


def matters(procedure: Procedure, route: str = "") -> tuple[str, ...]:
    """Return the codes that can make a difference on the normal way or on `route`: what has no points and no category
    and is asked for nowhere, like an employee card, never does. ValueError if they are too many to be searched."""
    tiers = [procedure.tier(one.number, route) for one in procedure.tiers]
    asked = {code for tier in tiers for group in tier.mandatory for code in group}
    here = procedure.kinds_on(route)
    codes = tuple(kind.code for kind in here if kind.points or kind.categories or kind.code in asked)
    if len(codes) > MOST:
        raise ValueError(f"kinds: {len(codes)} of them cannot be searched, {MOST} can")
    return codes


def enough(procedure: Procedure, tier: Tier) -> Sets:
    """Return the combinations that are enough at `tier`, as `assess` would say with `no_live_channel`.

    `tier` is as `Procedure.tier` gives it, by a route or normally. Each piece of evidence is as good as it can be: in
    date, healthy, long on record, each by an endpoint of its own.
    """
    codes = matters(procedure, tier.route)
    return _each(codes, lambda chosen: _enough(procedure, tier, chosen))


def within(procedure: Procedure, allowed: Collection[str], route: str = "") -> Sets:
    """Return the combinations of nothing but `allowed`."""
    codes = matters(procedure, route)
    return _each(codes, lambda chosen: ~_any(bits for code, bits in chosen.items() if code not in allowed))


def channels_below(procedure: Procedure, tier: Tier, number: int) -> Sets:
    """Return the combinations with fewer than `number` different endpoints in authority and contact point."""
    codes = matters(procedure, tier.route)
    return _each(codes, lambda chosen: ~_at_least(_channels(_counted(procedure, tier, chosen)), number))


def is_usable(kind: Kind, tier: Tier) -> bool:
    """Tell whether evidence of `kind`, as good as it can be, counts at `tier` when the address of record is dead."""
    if kind.from_tier > tier.number and kind.unless != DEAD:
        return False
    if kind.routes and tier.route not in kind.routes:
        return False
    return not (tier.needs_independence and kind.has_endpoint and kind.sources == ("claimant",))


def best(kind: Kind, on: date) -> Item:
    """Return evidence of `kind` as good as it can be on the day `on`, by an endpoint that is nothing else's."""
    source = next((one for one in kind.sources if one != "claimant"), "record") if kind.has_endpoint else ""
    if kind.sources == ("claimant",):
        source = "claimant"
    return Item(
        kind.code,
        checked_on=on,
        endpoint=f"best:{kind.code}" if kind.has_endpoint else "",
        source=source,
        issued_on=on,
        on_record_since=on - timedelta(days=36_500),
        second_checked=True,
    )


# Arithmetic of bits --------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _variables(number: int) -> list[int]:
    """Return for each of `number` kinds the set of all combinations that have it."""
    size, found = 1 << number, []
    for place in range(number):
        bits, width = ((1 << (1 << place)) - 1) << (1 << place), 2 << place
        while width < size:
            bits |= bits << width
            width *= 2
        found.append(bits)
    return found


def _each(codes: tuple[str, ...], decide: Callable[[Mapping[str, int]], int]) -> Sets:
    low = min(len(codes), PIECE)
    everything = (1 << (1 << low)) - 1
    variables = dict(zip(codes, _variables(low), strict=False))
    pieces = []
    for number in range(1 << len(codes) - low):
        others = {code: everything if number >> place & 1 else 0 for place, code in enumerate(codes[low:])}
        pieces.append(decide({**variables, **others}) & everything)
    return Sets(codes, tuple(pieces))


def _enough(procedure: Procedure, tier: Tier, chosen: Mapping[str, int]) -> int:
    if tier.is_outside:
        return 0
    counted = _counted(procedure, tier, chosen)
    good = _has_points(procedure, tier, counted)
    for group in tier.categories:
        good &= _any(bits for kind, bits in counted if set(group) & set(kind.categories))
    for group in tier.mandatory:
        good &= _any(bits for kind, bits in counted if kind.code in group)
    for category, number in tier.at_least.items():
        good &= _at_least(_count(bits for kind, bits in counted if category in kind.categories), number)
    return good & _at_least(_channels(counted), tier.channels)


Counted = list[tuple[Kind, int]]


def _counted(procedure: Procedure, tier: Tier, chosen: Mapping[str, int]) -> Counted:
    """Return for each usable kind the combinations in which it counts."""
    kinds = [(kind, chosen[kind.code]) for kind in procedure.kinds if kind.code in chosen and is_usable(kind, tier)]
    standing = [(kind, bits) for kind, bits in kinds if kind.stands_alone]
    return [
        (kind, bits if kind.stands_alone else bits & _any(b for k, b in standing if _share(k, kind)))
        for kind, bits in kinds
    ]


def _share(one: Kind, other: Kind) -> bool:
    return bool(set(one.categories) & set(other.categories))


def _channels(counted: Counted) -> Slices:
    return _count(bits for kind, bits in counted if kind.has_endpoint and {"A", "C"} & set(kind.categories))


def _has_points(procedure: Procedure, tier: Tier, counted: Counted) -> int:
    """What the caps take away is added on the other side, so that no number is negative."""
    points = _sum((kind.points, bits) for kind, bits in counted)
    needed: Slices = _constant(tier.points)
    for cap in procedure.caps:
        capped = _sum((kind.points, bits) for kind, bits in counted if kind.code in cap.codes)
        needed = _plus(needed, _above(capped, cap.points))
    return _is_least(points, needed)


def _any(sets: Iterable[int]) -> int:
    return reduce(or_, sets, 0)


def _count(sets: Iterable[int]) -> Slices:
    return _sum((1, bits) for bits in sets)


def _sum(terms: Iterable[tuple[int, int]]) -> Slices:
    total: Slices = []
    for worth, bits in terms:
        total = _plus(total, [bits if worth >> place & 1 else 0 for place in range(worth.bit_length())])
    return total


def _constant(number: int) -> Slices:
    return [-(number >> place & 1) for place in range(number.bit_length())]


def _pairs(one: Slices, other: Slices) -> Iterator[tuple[int, int]]:
    for place in range(max(len(one), len(other))):
        yield one[place] if place < len(one) else 0, other[place] if place < len(other) else 0


def _plus(one: Slices, other: Slices) -> Slices:
    total, carry = [], 0
    for a, b in _pairs(one, other):
        different = a ^ b
        total.append(different ^ carry)
        carry = a & b | carry & different
    return [*total, carry] if carry else total


def _is_least(one: Slices, other: Slices) -> int:
    """Return where `one` is at least `other`."""
    more, same = 0, -1
    for a, b in reversed(list(_pairs(one, other))):
        more |= same & a & ~b
        same &= ~(a ^ b)
    return more | same


def _at_least(one: Slices, number: int) -> int:
    return _is_least(one, _constant(number))


def _above(one: Slices, number: int) -> Slices:
    """Return by how much `one` exceeds `number`, 0 where it does not."""
    where = _at_least(one, number)
    # Taking away is adding the complement and one; the carry beyond the highest place falls away.
    width = max(len(one), number.bit_length())
    complement = [~bits for bits in [*_constant(number), *[0] * width][:width]]
    rest = _plus(_plus([*one, *[0] * width][:width], complement), _constant(1))[:width]
    return [bits & where for bits in rest]


def _ones(bits: int) -> Iterator[int]:
    """Return the places of the ones."""
    for place, byte in enumerate(bits.to_bytes((bits.bit_length() + 7) // 8, "little")):
        while byte:
            lowest = byte & -byte
            yield place * 8 + lowest.bit_length() - 1
            byte ^= lowest
