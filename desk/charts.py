"""Bars and dots of the report as places on a line of 100 %: the page draws them, words beside them say the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """One part of a bar. `left` and `width` are ready for an attribute, e.g. `12.5%`."""

    key: str
    left: str
    width: str


def place(share: float) -> str:
    """Return a place on the line: the same in every language."""
    return f"{min(max(share, 0), 1) * 100:.2f}%"


def pieces(parts: Iterable[tuple[str, int]], most: int) -> list[Piece]:
    """Return the parts of one bar one behind the other; `most` is what the whole line stands for."""
    found, before = [], 0
    for key, number in parts:
        if number and most:
            found.append(Piece(key, place(before / most), place(number / most)))
        before += number
    return found


def longest(numbers: Sequence[int]) -> int:
    """Return what a whole line stands for: the greatest of `numbers`."""
    return max(numbers, default=0)
