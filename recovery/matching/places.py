"""How alike two addresses are, whatever the notation: 一丁目二番三号, １－２－３ and 1丁目2番地の3 are one place."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from handover.folding import fold

_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_TENS = {"十": 10, "百": 100, "千": 1000}
# Only before what numbers a place: 三鷹 and 千代田 stay names.
_KANJI = re.compile(
    r"[〇零一二三四五六七八九十百千]+(?=丁目|番|号|の|ノ|-|$|[〇零一二三四五六七八九十百千]*(丁目|番|号))"
)
_DASH = re.compile(r"(?<=[\d〇一二三四五六七八九十百千])[‐‑–—―−ー-](?=[\d〇一二三四五六七八九十百千])")
_BETWEEN = re.compile(r"(?<=\d)(丁目|番地の?|番の?|号室?|の|ノ|之|-|、|,|\s)+(?=\d)")
_PREFECTURE = re.compile(r"^(北海道|東京都|京都府|大阪府|.{2,3}県)")


@dataclass(frozen=True)
class Place:
    """An address taken apart: folded words without the prefecture, and its numbers in order."""

    words: str
    numbers: tuple[str, ...]


@lru_cache(maxsize=8192)
def place(address: str) -> Place:
    """Return an address taken apart; numbers in any notation."""
    plain = unicodedata.normalize("NFKC", address).replace(" ", "").replace("　", "")
    plain = _PREFECTURE.sub("", plain)
    plain = _DASH.sub("-", plain)
    plain = _KANJI.sub(lambda found: str(_number(found.group())), plain)
    plain = _BETWEEN.sub("-", plain)
    first = re.search(r"\d", plain)
    if first is None:
        return Place(fold(plain), ())
    block = re.match(r"\d+(-\d+)*", plain[first.start() :])
    numbers = block.group().split("-") if block else []
    return Place(fold(plain[: first.start()]), tuple(number.lstrip("0") or "0" for number in numbers))


def _number(kanji: str) -> int:
    """Return 二十三 or 二三 as 23."""
    if not any(character in _TENS for character in kanji):
        return int("".join(str(_DIGITS[character]) for character in kanji))
    total = current = 0
    for character in kanji:
        if character in _TENS:
            total += max(current, 1) * _TENS[character]
            current = 0
        else:
            current = current * 10 + _DIGITS[character]
    return total + current


def likeness(asked: str, known: str) -> float:
    """Return how alike two addresses are, 0 to 1: the town says much, its numbers decide."""
    one, other = place(asked), place(known)
    if not one.words and not one.numbers:
        return 0.0
    town = fuzz.partial_ratio(one.words, other.words) / 100 if one.words and other.words else 0.0
    if len(one.words) < 2:
        town = 0.0
    if not one.numbers or not other.numbers:
        return 0.6 * town
    common = 0
    for mine, theirs in zip(one.numbers, other.numbers, strict=False):
        if mine != theirs:
            break
        common += 1
    share = common / max(len(one.numbers), len(other.numbers))
    return town * (0.5 + 0.5 * share)
