"""Which needs an exception may waive, and how near two exceptions are. Pure: no database, no clock."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words
from recovery.procedure.shapes import Procedure, Tier

WINDOW = "window"
"""The time to object is as short as the tier's shortened one; without such a one it cannot be bent."""
OTHER_REASON, OTHER_RULE, OTHER_TIER, OTHER_ROUTE, OTHER_CIRCUMSTANCE = 8, 6, 3, 2, 1
"""How far each difference takes two exceptions apart: why it was asked weighs most, then what was waived. Our own
numbers; a tier counts for each step, a circumstance for each that only one of the two has."""


@dataclass(frozen=True)
class Likeness:
    """What two exceptions are compared by."""

    reason: str
    rule: str
    tier: int
    route: str
    circumstances: frozenset[str]


def bendable(procedure: Procedure, tier_number: int, route: str = "") -> tuple[str, ...]:
    """Return the keys of the needs of a tier, or of a route at it, that an exception may waive, in the order in which
    they are asked.

    What `never_excepted` of the procedure names is not among them: a category by its letter, also where a mandatory
    code or a second proof stands for it; everything else by its key. KeyError for an unknown tier or route.
    """
    tier = procedure.tier(tier_number, route)
    if tier.is_outside:
        return ()
    return tuple(key for key in _needs(tier) if not _is_never(procedure, tier, key))


def _needs(tier: Tier) -> Iterator[str]:
    yield from (f"category:{'|'.join(group)}" for group in tier.categories)
    yield from (f"mandatory:{'|'.join(group)}" for group in tier.mandatory)
    yield from (f"more:{category}" for category in tier.at_least)
    if tier.channels:
        yield "channels"
    if tier.points:
        yield "points"
    if tier.attempts:
        yield "attempts"
    if tier.inactivity:
        yield "inactivity"
    if "registry_head_office" in tier.notices:
        yield "head_office"
    if tier.window and tier.window.shortened:
        yield WINDOW


def _is_never(procedure: Procedure, tier: Tier, key: str) -> bool:
    never = set(procedure.never_excepted)
    rule, _colon, group = key.partition(":")
    if group:
        # The first letter of a code is its category: `read` sees to it.
        return bool({name[0] for name in group.split("|")} & never)
    if rule == "head_office":
        # Without it a notice of the tier could not go where it has to.
        return "notice" in never or rule in never
    return rule in never


def distance(one: Likeness, other: Likeness) -> int:
    """Return how far two exceptions lie apart: 0 where all that is compared is the same."""
    return (
        OTHER_REASON * (one.reason != other.reason)
        + OTHER_RULE * (one.rule != other.rule)
        + OTHER_TIER * abs(one.tier - other.tier)
        + OTHER_ROUTE * (one.route != other.route)
        + OTHER_CIRCUMSTANCE * len(one.circumstances ^ other.circumstances)
    )


def why_near(one: Likeness, other: Likeness) -> list[str]:
    """Return in words what two exceptions have in common, in the order of its weight."""
    found = [
        (one.reason == other.reason, _("the same reason")),
        (one.rule == other.rule, _("the same need")),
        (one.tier == other.tier, _("the same risk tier")),
        (one.route == other.route, _("the same route")),
        (one.circumstances == other.circumstances, _("the same circumstances")),
    ]
    return [str(words) for is_same, words in found if is_same]


_OWN: dict[str, Words] = {
    WINDOW: _("the longer time to object"),
    "attempts": _("attempts to reach the predecessor"),
    "inactivity": _("the predecessor has not been here for long"),
    "head_office": _("the head office, from the registry"),
    "points": _("the points of the tier"),
    "channels": _("two different numbers or addresses"),
}
_RULES: dict[str, Words] = {
    "category": _("A proof of the category %(what)s"),
    "mandatory": _("One of the mandatory proofs %(what)s"),
    "more": _("A further proof of the category %(what)s"),
}


def words_of(procedure: Procedure, key: str) -> str:
    """Return the words for a need, for the provider's people. A key of an older version is named as it is."""
    rule, _colon, group = key.partition(":")
    if not group or rule not in _RULES:
        return str(_OWN.get(key, key))
    names = {one.code: one.name for one in procedure.categories}
    parts: Collection[str] = [names.get(part, part) for part in group.split("|")]
    return str(_RULES[rule]) % {"what": " / ".join(parts)}
