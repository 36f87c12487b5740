"""Names with their reading, in pieces that can be set above each other: WeasyPrint has no ruby."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a name and the kana above it (may be empty)."""

    text: str
    kana: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A name as pieces. Family and given name carry their own kana when both are divided alike, else the whole does."""

    pieces: tuple[Piece, ...]


def reading(name: str, kana: str) -> Reading:
    """Pair 渡邉 翔 with わたなべ しょう piece by piece; a reading is never divided by guessing."""
    names, readings = name.split(), kana.split()
    if len(names) == len(readings) and len(names) > 1:
        return Reading(tuple(Piece(text, above) for text, above in zip(names, readings, strict=True)))
    return Reading((Piece(name, kana),))


@dataclass(frozen=True, slots=True)
class Word:
    """A run of text that is kept on one line where it fits, and the space after it as it was recorded."""

    text: str
    space: str


def words(value: str) -> tuple[Word, ...]:
    """The text divided at its spaces, so that a line breaks before a building or a firm's next word, not inside it."""
    return tuple(Word(text, space) for text, space in re.findall(r"(\S+)(\s*)", value))


# Where a long name of a firm divides well: behind its middle dots and behind the form of the company.
SEAMS = re.compile("(?<=[・･])|(?<=株式会社|有限会社|合同会社|合資会社|合名会社)(?=.)")
LONG_FIRM = 20
"""Characters of a name that is kept in one piece."""


def firm(value: str) -> tuple[Word, ...]:
    """The name of a firm divided at its spaces, and in a long one behind middle dots and company forms as well.

    A line then ends where a reader would pause, and no single character is left for the next one.
    """
    found: list[Word] = []
    for word in words(value):
        parts = [part for part in SEAMS.split(word.text) if part] if len(word.text) > LONG_FIRM else [word.text]
        found += [*(Word(part, "") for part in parts[:-1]), Word(parts[-1], word.space)]
    return tuple(found)


def postal_code(value: str) -> str:
    """530-0001 from 5300001 or 530-0001; anything else stays as it was recorded."""
    digits = value.replace("-", "")
    return f"{digits[:3]}-{digits[3:]}" if len(digits) == 7 and digits.isdigit() else value
