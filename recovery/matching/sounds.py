"""What a name sounds like, whether it is written in kana or in Latin letters: リトルファクトリー and Little Factory."""

import re
from functools import lru_cache

import jaconv

SHORTEST = 3
"""Consonants below which a sound says nothing."""
_SAME: tuple[tuple[str, str], ...] = (
    *(("ph", "f"), ("ck", "k"), ("tch", "t"), ("th", "s"), ("sch", "s"), ("sh", "s"), ("ch", "t"), ("ts", "t")),
    *(("dz", "z"), ("dj", "z"), ("qu", "k"), ("ng", "n"), ("x", "ks"), ("c", "k"), ("q", "k"), ("l", "r")),
    *(("v", "b"), ("j", "z")),
)
"""Spellings that kana do not tell apart. The order matters: longer ones first."""


def is_phonetic(text: str) -> bool:
    """Whether a folded text says how it sounds: kana and Latin letters only."""
    return bool(text) and all("ァ" <= sign <= "ヶ" or sign.isascii() for sign in text)


@lru_cache(maxsize=8192)
def skeleton(text: str) -> str:
    """Return the consonants of a folded text, with those alike that kana do not tell apart; a leading vowel as `a`."""
    if any("ァ" <= sign <= "ヶ" for sign in text):
        text = jaconv.kana2alphabet(jaconv.kata2hira(text))
    text = re.sub(r"[^a-z]", "", text)
    for spelled, same in _SAME:
        text = text.replace(spelled, same)
    # A mute h (oh), and m before lips, are written by some and left out by others.
    text = re.sub(r"m(?=[bp])", "n", re.sub(r"h(?![aeiou])", "", text)).replace("f", "h")
    bare = re.sub(r"(.)\1+", r"\1", re.sub(r"[aeiouyw]", "", text))
    return f"a{bare}" if text[:1] in "aeiou" and text else bare


def grams(sound: str) -> list[str]:
    """Return the fours of neighbouring consonants of a skeleton with its beginning."""
    edged = f"^{sound}"
    return [edged[start : start + 4] for start in range(max(1, len(edged) - 3))]
