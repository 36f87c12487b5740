"""How likely it is that a registration is the one that is meant: weights of evidence, learned, in one number.

Each kind of agreement or difference adds its weight (log-odds, `weights.json`, learned by `bench.learning`). The
candidates of one claim share the probability with "none of them", so that two namesakes divide it, and what is not on
record leaves most of it to nobody: a score of 0.9 means nine times in ten.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from math import exp, log
from operator import mul
from pathlib import Path

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from recovery.matching import names
from recovery.matching.facts import Facts, Spot
from recovery.matching.tokens import number_of

WEIGHTS = Path(__file__).with_name("weights.json")
"""About 1 kB: one number a feature."""
FEATURES = (
    *("exact", "exact_rare", "part_exact", "near", "alike", "very_alike", "by_reading", "shared", "length"),
    *("covered", "covers", "initials", "sound", "same_sound", "phone", "phone_end", "phone_differs"),
    *("phone_area", "phone_exchange", "phone_unknown", "mail", "bill", "bill_in_part"),
    *(
        "spot",
        "spot_whole",
        "room",
        "house_differs",
        "spot_in_part",
        "town",
        "town_differs",
        "prefecture_differs",
        "postal",
        "postal_near",
        "postal_differs",
    ),
    *("legal_differs", "unit_said", "unit_in_part", "unit_differs", "unit_unsaid", "size", "none"),
)
"""Names of the weights, in the order of `Evidence.values`. `none` is what every candidate begins with, `size`
how much less of it is left in a larger register, where more agree by chance."""
DEVELOPED = 20_000
"""Registrations beside which the weights were developed."""
ENOUGH_BILL = 5
"""Letters and digits from which a part of a bill's number says something: people read out its first group."""
BIG_AREAS, NOWHERE = ("03", "06"), ("0120", "0800", "0570", "050", "070", "080", "090")
"""Area codes of two digits, and beginnings of numbers that belong to no area."""
SAME_EXCHANGE = 5
"""Digits from which the beginnings of two numbers say that they are of one exchange, or of two that are neighbours."""
ENOUGH_END = 8
"""Digits from which the end of a phone number says as much as all of it: only the area code is missing."""


@dataclass(frozen=True)
class Rarity:
    """How rare tokens are among all registrations: `rows` of each token that was asked for, and of all."""

    rows: Mapping[int, int]
    everything: int
    known: dict[str, float] = field(default_factory=dict, compare=False)

    def bits(self, token: str) -> float:
        """Return how much it says that a registration has `token`: the natural logarithm of one in how many."""
        if (found := self.known.get(token)) is None:
            found = self.known[token] = log((self.everything + 1) / (self.rows.get(number_of(token)) or 1))
        return found

    def all_bits(self, name: str) -> float:
        """Return how much all pairs of characters of a folded name say together."""
        if (found := self.known.get(f"all:{name}")) is None:
            found = self.known[f"all:{name}"] = sum(self.bits(f"n:{gram}") for gram in _grams(name)) or 1.0
        return found

    @property
    def size(self) -> float:
        """Return how much larger the register is than that of the development data: 1 is e to the fourth times."""
        return log(max(self.everything, 1) / DEVELOPED) / 4


@dataclass(frozen=True)
class Evidence:
    """What agrees and what differs: `values` in the order of `FEATURES`, `name` the form on record that is alike.

    `is_copy`: all that was said is on record just so. Such a one is never behind another.
    """

    values: tuple[float, ...]
    name: str
    is_copy: bool = False

    def __getitem__(self, feature: str) -> float:
        return self.values[_PLACES[feature]]


_NOTHING = (0.0,) * len(FEATURES)
_PLACES = {feature: place for place, feature in enumerate(FEATURES)}


def compare(said: Facts, known: Facts, rarity: Rarity) -> Evidence:
    """Return what agrees and differs between a statement and a registration."""
    found: dict[str, float] = {"none": 1.0, "size": rarity.size}
    name = _names(found, said, known, rarity)
    _phones(found, said, known)
    found["mail"] = float(bool(set(said.mails) & set(known.mails)))
    _bills(found, said, known)
    _spots(found, said, known)
    found["legal_differs"] = float(bool(said.legal and known.legal and said.legal != known.legal))
    _units(found, said, known)
    return Evidence(tuple(map(found.get, FEATURES, _NOTHING)), name, _is_copy(said, known))


def _is_copy(said: Facts, known: Facts) -> bool:
    kana = set(said.kana)
    return (
        bool(said.names or kana or said.phones or said.bills or said.spots)
        and {*said.names[:1]} <= {*known.names}
        and (not kana or bool(kana & {*known.kana, *known.names}))
        and {*said.units} <= {*known.units}
        and {*said.phones} <= {*known.phones}
        and {*said.bills} <= {*known.bills}
        and {*said.spots} <= {*known.spots}
        and said.legal in ("", known.legal)
    )


def _names(found: dict[str, float], said: Facts, known: Facts, rarity: Rarity) -> str:
    best, pair = 0.0, ("", "")
    for mine in (*said.names, *said.kana):
        for theirs in (*known.names, *known.former, *known.kana):
            alike = likeness(mine, theirs, best)
            if alike > best:
                best, pair = alike, (mine, theirs)
    mine, theirs = pair
    if best == 1.0:
        is_whole = mine == (said.names or said.kana)[0]
        found["exact" if is_whole else "part_exact"] = 1.0
        # One of 1,200,000 is as rare as it gets; a part says less than a whole.
        found["exact_rare"] = min(rarity.bits(f"e:{mine}"), 14.0) / 14 * (1.0 if is_whole else 0.7)
    elif best:
        slips, length = OSA.distance(mine, theirs), min(len(mine), len(theirs))
        found["near"] = float((slips <= 1 and length >= 4) or (slips <= 2 and length >= 8))
        found["by_reading"] = float(theirs in known.kana)
    if best:
        found["alike"], found["very_alike"] = best, max(0.0, (best - 0.7) / 0.3)
        found["length"] = abs(len(mine) - len(theirs)) / max(len(mine), len(theirs))
        _shared(found, said.names[0] if mine in said.names else mine, theirs, mine, rarity)
        found["initials"] = float(names.may_be_initials(mine) and mine[:2] in names.initials(theirs))
    _by_sound(found, said, known, best, rarity)
    return theirs


def _by_sound(found: dict[str, float], said: Facts, known: Facts, best: float, rarity: Rarity) -> None:
    if said.sounds and known.sounds and best < 0.95:
        heard = max(_sounds(one, other) for one in said.sounds for other in known.sounds)
        found["sound"] = max(0.0, (heard - 0.6) / 0.4)
        both = set(said.sounds) & set(known.sounds)
        # Three consonants sound like many names.
        found["same_sound"] = max((min(rarity.bits(f"k:{sound}"), 14.0) / 14 for sound in both), default=0.0)


def _shared(found: dict[str, float], whole: str, theirs: str, mine: str, rarity: Rarity) -> None:
    """Weigh the pairs of characters that two names share: how rare, and how much of all that was said and is known."""
    known = set(names.grams(theirs))
    both = known & set(_grams(mine))
    found["shared"] = min(sum(rarity.bits(f"n:{gram}") for gram in sorted(both)), 60.0) / 60
    said = rarity.all_bits(whole)
    found["covered"] = sum(rarity.bits(f"n:{gram}") for gram in sorted(known & set(_grams(whole)))) / said
    found["covers"] = len(both) / len(known)


# What was said is compared with each candidate.
_grams = lru_cache(maxsize=64)(names.grams)


def likeness(one: str, other: str, least: float = 0.0) -> float:
    """Return how alike two folded names are: equal 1; one inside the other (branches, short forms) by how much.

    What is not more than `least` may be told as anything below it: it is not looked for closely.
    """
    if one == other:
        return 1.0
    # A little less than asked for: what is equal but for rounding stays what it was.
    cut = max(0.0, 100 * least - 0.01)
    ratio = fuzz.ratio(one, other, score_cutoff=cut) / 100
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    if len(short) > 1 and short in long:
        share = min(1.0, len(short) / len(long) + len(short) / 20)
        ratio = max(ratio, min(0.97, 0.62 + 0.3 * share + (0.04 if long.startswith(short) else 0.0)))
    elif len(short) >= 4:
        most = 0.86 * min(1.0, len(short) / 6)
        # Below what they are alike already the best part is not looked for.
        enough = max(cut, 100 * ratio) / most
        if enough <= 100:
            ratio = max(ratio, most * fuzz.partial_ratio(short, long, score_cutoff=enough) / 100)
    if 2 <= len(short) <= 5 and short[0] == long[0] and _is_subsequence(short, long):
        ratio = max(ratio, 0.7)  # 日経 for 日本経済
    if len(one) == len(other) <= 6 and sorted(one) == sorted(other):
        ratio = max(ratio, 0.85)  # 商渡 for 渡商
    if 3 <= len(short) <= 6 and short.isascii() and names.is_acronym(short, long):
        ratio = max(ratio, 0.8)  # kcca for kccアソシエイツ
    # Ratios are fractions of lengths: rounded, equal ones compare equal whatever the order of the work.
    return round(ratio, 6)


def _is_subsequence(short: str, long: str) -> bool:
    rest = iter(long)
    return all(sign in rest for sign in short)


def _sounds(one: str, other: str) -> float:
    alike = fuzz.ratio(one, other) / 100
    return max(alike, 0.85) if len(one) >= 4 and other.startswith(one) else alike


def _phones(found: dict[str, float], said: Facts, known: Facts) -> None:
    if not said.phones:
        return
    if not known.phones:
        # Else whoever has none on record would come before whoever has another one.
        found["phone_unknown"] = 1.0
        return
    phone = said.phones[0]
    ends = max((_same_end(phone, other) for other in known.phones), default=0)
    if phone in known.phones or ends >= ENOUGH_END:
        found["phone"] = 1.0
    elif ends:
        found["phone_end"] = 1.0
    else:
        found["phone_differs"] = 1.0
        begins = max(_same_begin(phone, other) for other in known.phones)
        found["phone_area"], found["phone_exchange"] = float(begins >= 1), float(begins >= 2)


def _bills(found: dict[str, float], said: Facts, known: Facts) -> None:
    if set(said.bills) & set(known.bills):
        found["bill"] = 1.0
    elif any(len(mine) >= ENOUGH_BILL and mine in theirs for mine in said.bills for theirs in known.bills):
        found["bill_in_part"] = 1.0


def _units(found: dict[str, float], said: Facts, known: Facts) -> None:
    """Weigh the unit, which may have been said within the name, or in part: 物流 for 物流センター."""
    if not known.units:
        return
    if said.whole and any(unit in said.whole or fuzz.partial_ratio(unit, said.whole) > 85 for unit in known.units):
        found["unit_said"] = 1.0
    elif any(_is_part_of(mine, theirs) for mine in said.units for theirs in known.units):
        found["unit_in_part"] = 1.0
    else:
        found["unit_differs" if said.units else "unit_unsaid"] = 1.0


def _is_part_of(said: str, known: str) -> bool:
    return len(said) > 1 and (said in known or (len(said) <= len(known) and fuzz.partial_ratio(said, known) > 85))


def _same_end(said: str, known: str) -> int:
    """Return the length of what was said where it is all of the end of a number on record, else 0."""
    return len(said) if known.endswith(said) else 0


def _same_begin(said: str, known: str) -> int:
    """Return 1 where two numbers are of one area, 2 of one exchange, else 0: 03-1234 is that of a quarter of Tokyo.

    Numbers that are dialled from everywhere (0120, 050, 070 to 090) have no area.
    """
    if not said.startswith("0") or said[:4] in NOWHERE or said[:3] in NOWHERE or said[:2] != known[:2]:
        return 0
    area = 2 if said[:2] in BIG_AREAS else 3
    equal = next((at for at, (one, other) in enumerate(zip(said, known, strict=False)) if one != other), len(known))
    return 2 if equal >= SAME_EXCHANGE else int(equal >= area)


def _spots(found: dict[str, float], said: Facts, known: Facts) -> None:
    if not said.spots or not known.spots:
        return
    # Of several addresses on record the one that agrees best is the one that was meant.
    agrees = [_spot(said.spots[0], other) for other in known.spots]
    best = agrees[0] if len(agrees) == 1 else max(agrees, key=_weight_of_spot)
    found.update(best)


def _weight_of_spot(agrees: dict[str, float]) -> tuple[float, ...]:
    names_of = ("spot_whole", "spot", "postal", "spot_in_part", "town", "postal_near")
    return tuple(agrees.get(name, 0.0) for name in names_of)


def _spot(said: Spot, known: Spot) -> dict[str, float]:
    found: dict[str, float] = {}
    words, numbers, prefecture, postal = said
    their_words, their_numbers, their_prefecture, their_postal = known
    if words or numbers:
        town = fuzz.partial_ratio(words, their_words) / 100 if len(words) > 1 and len(their_words) > 1 else 0.0
        same_end = len(words) > 1 and words[-2:] == their_words[-2:]
        if numbers and their_numbers and (same_end or town > 0.8):
            equal = _leading(numbers, their_numbers)
            if equal >= 2 or (equal and equal == min(len(numbers), len(their_numbers))):
                found["spot"] = 1.0
                found["spot_whole"] = float(equal >= 3 or equal == len(numbers) == len(their_numbers))
                found["room"] = float(equal >= 4)
                found["house_differs"] = float(equal < min(len(numbers), len(their_numbers), 3))
            elif equal:
                found["spot_in_part"] = 1.0
        if words:
            found["town"], found["town_differs"] = max(0.0, (town - 0.6) / 0.4), float(town < 0.55)
    found["prefecture_differs"] = float(bool(prefecture and their_prefecture and prefecture != their_prefecture))
    if postal and their_postal:
        same = "postal" if postal == their_postal else "postal_near" if postal[:3] == their_postal[:3] else ""
        found[same or "postal_differs"] = 1.0
    return found


def _leading(numbers: Sequence[str], others: Sequence[str]) -> int:
    equal = 0
    for mine, theirs in zip(numbers, others, strict=False):
        if mine != theirs:
            break
        equal += 1
    return equal


@cache
def weights() -> tuple[float, ...]:
    """Return the learned weights in the order of `FEATURES`."""
    learned = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return tuple(float(learned[feature]) for feature in FEATURES)


def probabilities(evidence: Sequence[Evidence], given: Sequence[float] | None = None) -> list[float]:
    """Return for each candidate how likely it is the one; together with "none of them" they are 1."""
    used = weights() if given is None else given
    odds = [sum(map(mul, used, one.values)) for one in evidence]
    most = max(odds, default=0.0)
    odds = [most if one.is_copy else each for one, each in zip(evidence, odds, strict=True)]
    top = max(0.0, most)
    shares = [exp(each - top) for each in odds]
    # Summed in order of size, so that the order of the candidates changes nothing.
    whole = sum(sorted([*shares, exp(-top)]))
    return [share / whole for share in shares]
