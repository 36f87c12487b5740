"""Addresses taken apart, whatever the notation: 一丁目二番三号, １－２－３ and 1丁目2番地の3 are one place."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

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


LONGEST = 300
"""Characters of an address that are read."""
MOST_DIGITS = 9
"""Kanji digits of one number that are read: no place is numbered higher."""


@dataclass(frozen=True)
class Place:
    """An address taken apart: folded words without the prefecture, and its numbers in order."""

    words: str
    numbers: tuple[str, ...]


@lru_cache(maxsize=8192)
def place(address: str) -> Place:
    """Return an address taken apart; numbers in any notation."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", address[:LONGEST]))
    # 大字 and 字 are left out by half of those who write them at all.
    plain = re.sub("大字|字", "", _PREFECTURE.sub("", plain))
    plain = _DASH.sub("-", plain)
    plain = _KANJI.sub(lambda found: str(_number(found.group())), plain)
    plain = _BETWEEN.sub("-", plain)
    first = re.search(r"\d", plain)
    if first is None:
        return Place(fold(plain), ())
    block = re.match(r"\d+(-\d+)*", plain[first.start() :])
    numbers = block.group().split("-") if block else []
    numbers = [number[:MOST_DIGITS].lstrip("0") or "0" for number in numbers[:MOST_DIGITS]]
    return Place(fold(plain[: first.start()]), tuple(numbers))


def _number(kanji: str) -> int:
    """Return 二十三 or 二三 as 23."""
    if not any(character in _TENS for character in kanji):
        return int("".join(str(_DIGITS[character]) for character in kanji[:MOST_DIGITS]))
    total = current = 0
    for character in kanji:
        if character in _TENS:
            total += max(current, 1) * _TENS[character]
            current = 0
        else:
            current = current * 10 + _DIGITS[character]
    return total + current


def prefecture(address: str) -> str:
    """Return the prefecture that an address begins with, "" where it leaves it out."""
    found = _PREFECTURE.match(unicodedata.normalize("NFKC", address[:LONGEST]).strip())
    return found.group() if found else ""
