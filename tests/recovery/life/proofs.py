"""What proofs of a claim are worth, worked out anew: points, categories, channels (invariants 13 to 15)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone

if TYPE_CHECKING:
    from tests.recovery.life.rows import Case, Proof
    from tests.recovery.life.world import World

_WORTH = (
    "O1 50 O2 20 O3 30 O4 10 O5 40 O6 20 O7 20 O8 20 O9 20 O10 40 L1 10 L2 10 L3 10 L4 20 P1 30 P2 15 P3 0 A1 30 A2 40"
    " A3 40 A4 40 C1 40 C1b 40 C2 20 C3 15 C4 20 C5 30"
)
POINTS = {code: int(points) for code, points in zip(_WORTH.split()[::2], _WORTH.split()[1::2], strict=True)}
"""As procedure.md A4 has them."""
LINKS = ("L1", "L2", "L3")
BOTH = ("O1", "O5", "O6", "O7", "O8", "O10")
"""Of the organisation, and at once the authority."""
CHANNELS = ("A2", "A3", "A4", "C1", "C1b", "C2", "C3", "C4")
KIT, BESIDE_KIT = "C5", {"C1", "C3"}
"""A kit with a code to a channel of record stands for all other proofs and tries (A2)."""


class Route(NamedTuple):
    """What a route asks for instead of what the tier asks for (A12)."""

    points: int
    channels: int
    mandatory: tuple[str, ...]
    own: str = ""
    """Proofs that count on this route alone."""
    tier: int = 0
    has_registry: bool = True


ROUTES = {
    "representative": Route(105, 1, ("O1|O6", "O1|O3", "P1|P2", "C1b"), "O6", 4),
    "sole_trader": Route(75, 1, ("O7|O8", "P1|P2", "C1"), "O7 O8", 4, has_registry=False),
    "association": Route(115, 2, ("O9", "P1|P2", "A4", "C1"), "O9 A4", has_registry=False),
    "superior_body": Route(135, 2, ("O10", "P1|P2", "A2", "C1|C1b"), "O10"),
    "closed_office": Route(135, 2, ("O1|O5", "P1|P2", "A2", "C1b"), "", 4),
}
STRICT = Route(140, 2, ("O1|O3|O5", "P1|P2", "A2", "C1b"))
USUAL = Route(90, 2, ())
OWN = {code: name for name, route in ROUTES.items() for code in route.own.split()}
DEAD = ("bounced", "returned", "gone")
TENURE = timedelta(days=30)


def is_good(proof: Proof, case: Case, today: date) -> bool:
    """Whether a proof counts on `today`: not out of date, through a contact point that is alive and long on record."""
    if proof.contact_point:
        assert proof.contact_point__since
        settled = proof.contact_point__since <= timezone.localdate(proof.checked_at) - TENURE
        if not settled or proof.contact_point__health in DEAD:
            return False
    if proof.code == "O3" and proof.second_checked_by is None:
        return False
    if OWN.get(proof.code, case.route) != case.route:
        return False
    if proof.code in ("O3", "A1") or (proof.code == "O2" and proof.source != "registry"):
        return bool(proof.issued_on and (today - proof.issued_on).days <= 92)
    if proof.code == "O8":
        return bool(proof.issued_on and (today - proof.issued_on).days <= 366)
    if proof.code in ("O2", "O6"):
        return bool(proof.issued_on and (today - proof.issued_on).days <= 100)
    return True


def endpoint_of(world: World, proof: Proof) -> str:
    """Where it was proven: the number that was called, the contact point, or the head office."""
    return world.called.get(proof.pk) or f"{proof.contact_point or proof.endpoint}"


def points_at_most(world: World, good: list[Proof]) -> int:
    """What proofs are worth at the very most: each kind once, each endpoint once, link proofs 20 together."""
    best: dict[str, int] = {}
    for proof in good:
        key = endpoint_of(world, proof) if proof.code in CHANNELS else proof.code
        best[key] = max(best.get(key, 0), POINTS[proof.code])
    links = sum(best.pop(code, 0) for code in LINKS)
    return sum(best.values()) + min(links, 20)


def lacks_proofs(world: World, good: list[Proof], needs: Route, *, is_normal: bool) -> Iterator[str]:
    """What is missing of proofs for `needs`, by the words of the procedure's own answer."""
    codes = {one.code for one in good}
    for letter in "OPAC":
        if not any(code[0] == letter or (letter == "A" and code in BOTH) for code in codes):
            yield f"category:{letter}"
    if points_at_most(world, good) < needs.points:
        yield "points"
    if len({endpoint_of(world, one) for one in good if one.code in CHANNELS}) < needs.channels:
        yield "channels"
    for group in needs.mandatory:
        if not codes & set(group.split("|")):
            yield f"mandatory:{group}"
    if is_normal and len([code for code in codes if code[0] == "A" or code in BOTH]) < 2:
        yield "more:A"
