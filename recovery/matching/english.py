"""English names of Japanese companies as they may stand in Japanese: Hokkaido Electric Power is 北海道電力.

The words (`english.txt`, 24 kB, written by hand) are those of business and of places that such names are made of, each
with what stands for it and how that is read. A word that is missing is read aloud as it is spelled.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import jaconv

from handover.folding import fold

WORDS = Path(__file__).with_name("english.txt")
LONGEST = 5
"""Words of one phrase."""
MOST = 10
"""Words of one name that are looked at."""
_SILENT = frozenset(
    (
        *("co", "ltd", "inc", "corp", "corporation", "company", "limited", "llc", "llp", "lp", "kk", "plc", "gmbh"),
        *("incorporated", "the", "of", "for", "and", "in"),
    )
)


@cache
def _meanings() -> dict[tuple[str, ...], tuple[str, str]]:
    found = {}
    for line in WORDS.read_text(encoding="utf-8").splitlines():
        *phrase, written, read = line.split()
        found[tuple(phrase)] = fold(written), fold(read)
    return found


def forms(name: str) -> list[str]:
    """Return an English name in Japanese, folded: as written, then as read; nothing where most words are names.

    One word alone is rather a name than a word.
    """
    words = re.findall(r"[a-z0-9]+", name.casefold())[:MOST] if re.search(r"[A-Za-z]{3}", name) else []
    if len([word for word in words if word not in _SILENT]) < 2:
        return []
    parts = list(_parts(words))
    if 2 * sum(is_known for _written, _read, is_known in parts) < len(parts):
        return []
    return ["".join(written for written, _read, _known in parts), "".join(read for _written, read, _known in parts)]


def _parts(words: list[str]) -> Iterator[tuple[str, str, bool]]:
    """Yield how each word or phrase is written and read, and whether it is known."""
    at = 0
    while at < len(words):
        lengths = range(min(LONGEST, len(words) - at), 0, -1)
        length = next((length for length in lengths if tuple(words[at : at + length]) in _meanings()), 1)
        meant = _meanings().get(tuple(words[at : at + length]))
        if meant is not None:
            yield *meant, True
        elif words[at] not in _SILENT:
            aloud = fold(jaconv.alphabet2kana(words[at]))
            yield aloud, aloud, False
        at += length
