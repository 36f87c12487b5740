"""By which parts a registration is found: pairs of characters, sounds, and keys that have to agree exactly.

A token is kept as 64 bits of a hash: two that fall together only bring in a row too many, which the score puts last.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence

from recovery.matching import names, sounds, spoken
from recovery.matching.facts import LEAST_DIGITS, Facts, Spot

# How much each kind of token says beside its rarity.
NAME, WHOLE, UNIT, SOUND, NUMBER, TAIL, PLACE = 1.0, 1.0, 0.5, 0.7, 1.5, 1.0, 0.8
SURE = frozenset("pqbmashkei")
"""Kinds that bring rows in on their own: phone, its end, bill, mail, place with number, postal code with number, name
with municipality, a whole sound, a whole name, initials."""
MOST_TOWNS = 3
SLIPPED = 2
"""Forms of a name whose slips are looked for."""
_TOWN = re.compile(r".{1,7}?[市区郡町村]")


def number_of(token: str) -> int:
    """Return the 64 bits that stand for `token`."""
    return int.from_bytes(hashlib.blake2b(token.encode(errors="replace"), digest_size=8).digest(), "big", signed=True)


def of_registration(facts: Facts) -> set[str]:
    """Return the tokens under which a registration is found."""
    found: set[str] = set()
    for name in (*facts.names, *facts.former, *facts.kana):
        found.add(f"e:{name}")
        found.update(f"n:{gram}" for gram in names.grams(name))
    for name in (*facts.names, *facts.former):
        found.update(f"i:{pair}" for pair in names.initials(name))
    for unit in facts.units:
        found.update(f"n:{gram}" for gram in names.grams(unit))
    for sound in facts.sounds:
        found.add(f"k:{sound}")
        found.update(f"g:{gram}" for gram in sounds.grams(sound))
    for phone in facts.phones:
        found |= {f"p:{phone}", f"q:{phone[-LEAST_DIGITS:]}"}
    found.update(f"m:{mail}" for mail in facts.mails)
    found.update(f"b:{bill}" for bill in facts.bills)
    for spot in facts.spots:
        found.update(_of_place(spot))
    found.update(_at_home((*facts.names, *facts.former), facts.spots))
    return found


def of_statement(facts: Facts) -> dict[str, float]:
    """Return the tokens to look for with what each says beside its rarity."""
    found: dict[str, float] = {}
    for name in (*facts.names, *facts.kana):
        found[f"e:{name}"] = WHOLE
        found.update({f"n:{gram}": NAME for gram in names.grams(name)})
    for name in facts.names:
        if names.may_be_initials(name):
            found[f"i:{name[:2]}"] = WHOLE
    for name in facts.names[:SLIPPED]:
        for slip in spoken.slips(name):
            found.setdefault(f"e:{slip}", WHOLE)
    for unit in facts.units:
        for gram in names.grams(unit):
            found.setdefault(f"n:{gram}", UNIT)
    for sound in facts.sounds:
        found[f"k:{sound}"] = WHOLE
        found.update({f"g:{gram}": SOUND for gram in sounds.grams(sound)})
    for phone in facts.phones:
        found |= {f"p:{phone}": NUMBER, f"q:{phone[-LEAST_DIGITS:]}": TAIL}
    found.update({f"m:{mail}": NUMBER for mail in facts.mails})
    found.update({f"b:{bill}": NUMBER for bill in facts.bills})
    for spot in facts.spots:
        found.update(dict.fromkeys(_of_place(spot), PLACE))
    found.update(dict.fromkeys(_at_home(facts.names, facts.spots), PLACE))
    return found


def heard(facts: Facts) -> frozenset[str]:
    """Return those tokens of a statement that say how a name sounds, where it was written in Latin letters."""
    if not any(name.isascii() for name in facts.names):
        return frozenset()
    found = {f"n:{gram}" for name in facts.kana for gram in names.grams(name)}
    for sound in facts.sounds:
        found |= {f"k:{sound}", *(f"g:{gram}" for gram in sounds.grams(sound))}
    return frozenset(found)


def _at_home(called: Sequence[str], spots: Sequence[Spot]) -> Iterator[str]:
    """Yield keys of a name in its municipality: of a chain with hundreds of branches the one in the town that was said.

    A place without numbers has no key of its own, and of more namesakes than are compared any would be left out.
    """
    for words, _numbers, _prefecture, _postal in spots:
        for town in _TOWN.findall(words)[:MOST_TOWNS]:
            for name in called:
                yield f"h:{name}|{town}"


def _of_place(spot: Spot) -> Iterator[str]:
    """Yield keys of a place: its last two characters with its numbers survive when towns merge or are left out."""
    words, numbers, _prefecture, postal = spot
    if words and numbers:
        yield f"a:{words[-2:]}|{'-'.join(numbers[:2])}"
        if len(numbers) > 2:
            yield f"a:{words[-2:]}|{'-'.join(numbers[:3])}"
    if postal:
        yield f"z:{postal}"
        if numbers:
            yield f"s:{postal}|{'-'.join(numbers[:2])}"
