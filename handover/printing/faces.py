"""Which typeface a document is set in, chosen by what its text needs.

BIZ UD is quicker to embed and six times smaller in the file, but lacks some characters of names; Noto CJK has them.
What Noto CJK lacks (Ł, ễ) its Latin companion has, and IPAmj has the kanji and kana of the family registers. A name
set in two faces looks forged, so the choice is made once per document, never per character: with a companion all
Latin, Greek and Cyrillic letters and figures of the document are its.
"""

import subprocess
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

from handover.printing.errors import FacesNotInstalled, MissingCharacter


@dataclass(frozen=True, slots=True)
class Face:
    """A serif and a sans that belong together, by their family names, and the packages that bring them.

    `latin` is the serif and the sans that letters of other alphabets and figures are taken from, where there is one.
    """

    serif: str
    sans: str
    packages: str
    latin: tuple[str, str] | None = None

    @property
    def serifs(self) -> tuple[str, ...]:
        """The families of running serif text, the one that is asked first in front."""
        return (self.latin[0], self.serif) if self.latin else (self.serif,)

    @property
    def sanses(self) -> tuple[str, ...]:
        """The families of running sans text, the one that is asked first in front."""
        return (self.latin[1], self.sans) if self.latin else (self.sans,)


LATIN = ("Noto Serif", "Noto Sans")
BIZ_UD = Face("BIZ UDPMincho", "BIZ UDPGothic", "fonts-morisawa-bizud-mincho fonts-morisawa-bizud-gothic")
NOTO = Face("Noto Serif CJK JP", "Noto Sans CJK JP", "fonts-noto-cjk")
NOTO_LATIN = Face("Noto Serif CJK JP", "Noto Sans CJK JP", "fonts-noto-cjk fonts-noto-core", LATIN)
# There is no sans with the characters of the family registers: such a document is set in mincho throughout.
REGISTERS = Face("IPAmjMincho", "IPAmjMincho", "fonts-ipamj-mincho fonts-noto-core", LATIN)
PREFERRED = (BIZ_UD, NOTO, NOTO_LATIN, REGISTERS)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a font file can print: single characters, and pairs of a character and a variation selector."""

    characters: frozenset[int]
    sequences: frozenset[tuple[int, int]]


def font_file(pattern: str) -> tuple[Path, int] | None:
    """File and index in it of the installed font that answers to a fontconfig pattern, None when there is none."""
    answer = subprocess.run(
        ["fc-match", "--format", "%{family}\n%{file}\n%{index}", pattern], capture_output=True, text=True, check=False
    ).stdout.split("\n")
    # Fontconfig always answers something; only the family that was asked for will do.
    if len(answer) != 3 or pattern.partition(":")[0] not in answer[0].split(","):
        return None
    return Path(answer[1]), int(answer[2]) & 0xFFFF


@cache
def coverage(family: str) -> Coverage | None:
    """What the installed font of that family can print, None when it is not installed. Read once per process."""
    found = font_file(family)
    if found is None:
        return None
    path, index = found
    with TTFont(path, fontNumber=index, lazy=True) as font:
        characters = frozenset(font.getBestCmap())
        tables = [table for table in font["cmap"].tables if table.format == 14]
        sequences = frozenset(
            (base, selector) for table in tables for selector, pairs in table.uvsDict.items() for base, _ in pairs
        )
    return Coverage(characters, sequences)


def is_selector(character: str) -> bool:
    """Is this a variation selector, which picks a form of the character before it?"""
    return 0xFE00 <= ord(character) <= 0xFE0F or 0xE0100 <= ord(character) <= 0xE01EF


def clusters(text: str) -> Iterator[str]:
    """The text in pieces that are printed as one: a character with the selector or combining mark after it."""
    piece = ""
    for character in text:
        if piece and (is_selector(character) or unicodedata.combining(character)):
            piece += character
            continue
        if piece:
            yield piece
        piece = character
    if piece:
        yield piece


def _prints(cluster: str, family: Coverage) -> bool:
    if cluster.isspace() and cluster in " \t\r\n":
        return True
    if len(cluster) == 2 and is_selector(cluster[1]):
        return (ord(cluster[0]), ord(cluster[1])) in family.sequences
    # The shaper joins a kana and its sound mark when the font has them as one character. Single characters are left as
    # they are: normalising would turn the 神 of a name (U+FA19) into the other one.
    composed = unicodedata.normalize("NFC", cluster) if len(cluster) > 1 else cluster
    return all(ord(character) in family.characters for character in composed)


def missing(text: str, face: Face) -> tuple[str, ...]:
    """The pieces of the text that this face cannot print, each once, in order.

    Raises FacesNotInstalled when one of its families is not on this machine.
    """
    serifs, sanses = ([coverage(family) for family in families] for families in (face.serifs, face.sanses))
    if None in serifs or None in sanses:
        raise FacesNotInstalled(f"install the font packages {face.packages} and fontconfig")
    return tuple(
        cluster
        for cluster in dict.fromkeys(clusters(text))
        if not all(any(found and _prints(cluster, found) for found in founds) for founds in (serifs, sanses))
    )


def choose(text: str) -> Face:
    """The first face that prints every character of the text, variation sequences included.

    Raises MissingCharacter with what even the last face lacks, FacesNotInstalled when no face is installed at all.
    """
    lacking: tuple[str, ...] | None = None
    for face in PREFERRED:
        try:
            lacking = missing(text, face)
        except FacesNotInstalled:
            continue
        if not lacking:
            return face
    if lacking is None:
        raise FacesNotInstalled(f"install the font packages {BIZ_UD.packages} {NOTO.packages} and fontconfig")
    raise MissingCharacter(lacking)
