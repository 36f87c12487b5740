"""Registers of any size, made out of a real one: names, readings, places and phones of its rows in new combinations.

    python -m bench.registers REGISTRATIONS.csv OUT.csv NUMBER      the real rows first, then made ones up to NUMBER

No made row is a copy: its number, house and phone are new, and a name that is taken whole stands at another place. The
same seed gives the same file. What makes a large register hard is kept: frequent words, namesakes, chains with many
branches, towns with thousands of companies, notations mixed as they came.
"""

import csv
import re
import sys
from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from random import Random

SEED = 7
LEGAL = (
    *("株式会社", "有限会社", "合同会社", "合資会社", "医療法人", "学校法人", "宗教法人", "社会福祉法人"),
    *("一般社団法人", "一般財団法人", "公益財団法人", "特定非営利活動法人", "（株）", "（有）", "(株)", "㈱"),
)
READ = re.compile(r"(カブシキガイシヤ|ユウゲンガイシヤ|ゴウドウガイシヤ)")
WORD = re.compile("[一-龥]{2,4}|[ァ-ヴー]{4}")
FREQUENT = 12
"""Names that end alike from which an ending counts as a word."""
KINDS = (
    *(("joined", 0.586), ("mixed", 0.15), ("halves", 0.15), ("of_place", 0.05), ("shared", 0.05), ("whole", 0.01)),
    ("branch", 0.004),
)
"""How a name is made, and how often: see `_Maker`."""
Row = dict[str, str]


@dataclass(frozen=True)
class Name:
    """A name taken apart: legal form in front and behind, its beginning and its ending word, and their readings."""

    front: str
    head: str
    tail: str
    back: str
    head_kana: str
    tail_kana: str

    @property
    def whole(self) -> str:
        return f"{self.front}{self.head}{self.tail}{self.back}"

    @property
    def kana(self) -> str:
        """The reading where all of it is known, else nothing, as in most registers."""
        return self.head_kana + self.tail_kana if self.head_kana and (self.tail_kana or not self.tail) else ""


def register(real: Sequence[Row], number: int, *, seed: int = SEED) -> Iterator[Row]:
    """Yield `real` and as many made rows as bring them to `number`."""
    yield from real[:number]
    made = _Maker(real, Random(seed))
    for place in range(len(real) + 1, number + 1):
        yield made.row(place)


class _Maker:
    def __init__(self, real: Sequence[Row], luck: Random) -> None:
        self.real, self.luck = real, luck
        self.columns = list(real[0])
        self.names = _names(real)
        self.tailed = [name for name in self.names if name.tail]
        self.twos = [name for name in self.names if re.fullmatch("[一-龥]{2,3}", name.head)]
        self.long = [name for name in self.names if re.fullmatch("[ァ-ヴー・]{4,}|[A-Za-zＡ-Ｚａ-ｚ ]{4,}", name.head)]
        often = Counter(name.head + name.tail for name in self.names)
        self.shared = [name for name in self.names if often[name.head + name.tail] > 1]
        self.branches = [row for row in real if row["unit"]]
        self.kinds, weights = zip(*KINDS, strict=True)
        self.shares = list(accumulate(weights))

    def row(self, place: int) -> Row:
        """Return the row of number `place`: one company at one place."""
        luck = self.luck
        at, called = luck.choice(self.real), luck.choice(self.real)
        kind = self.kinds[min(bisect(self.shares, luck.random()), len(self.kinds) - 1)]
        unit = ""
        if kind == "branch":
            chain = luck.choice(self.branches)
            name, kana = chain["registered_name"], chain["registered_kana"]
            unit = luck.choice((_town(at["address"]) + "支店", luck.choice(self.branches)["unit"]))
        else:
            made: Name = getattr(self, f"_{kind}")(at)
            name, kana = made.whole[:120], made.kana[:160]
        found = dict.fromkeys(self.columns, "")
        return found | {
            "number": f"M{place:07}",
            "organisation_name": name,
            "organisation_kana": kana,
            "registered_name": name,
            "registered_kana": kana,
            "unit": unit,
            "postal_code": at["postal_code"],
            "address": re.sub(r"[0-9０-９]+", self._house, at["address"]),
            "phone": self._phone(called["phone"]),
        }

    def _joined(self, at: Row) -> Name:
        """Beginning of one and ending word of another: 増田 + 建設."""
        one, other = self.luck.choice(self.names), self.luck.choice(self.tailed)
        return Name(other.front, one.head, other.tail, other.back, one.head_kana, other.tail_kana)

    def _mixed(self, at: Row) -> Name:
        """A beginning of the first sign of one and the last of another, as names of people and towns are made."""
        one, other = self.luck.choice(self.twos), self.luck.choice(self.twos)
        end = self.luck.choice(self.tailed)
        return Name(end.front, one.head[0] + other.head[-1], end.tail, end.back, "", end.tail_kana)

    def _halves(self, at: Row) -> Name:
        """Half a foreign word of one and half of another; kana are their own reading."""
        one, other = self.luck.choice(self.long), self.luck.choice(self.long)
        head = one.head[: (len(one.head) + 1) // 2] + other.head[len(other.head) // 2 :]
        kana = head if re.fullmatch("[ァ-ヴー]+", head) else ""
        return Name(one.front, head, "", one.back, kana, "")

    def _of_place(self, at: Row) -> Name:
        """A town and an ending word."""
        end = self.luck.choice(self.tailed)
        return Name(end.front, _town(at["address"]), end.tail, end.back, "", end.tail_kana)

    def _shared(self, at: Row) -> Name:
        """A name that several have already, the oftener the more have it."""
        return self.luck.choice(self.shared)

    def _whole(self, at: Row) -> Name:
        """Any name once more."""
        return self.luck.choice(self.names)

    def _house(self, found: re.Match[str]) -> str:
        new = str(self.luck.randint(1, 5 if len(found.group()) == 1 else 10 ** len(found.group()) - 1))
        return new if found.group().isascii() else new.translate(str.maketrans("0123456789", "０１２３４５６７８９"))

    def _phone(self, phone: str) -> str:
        """Another number of the same exchange in the same notation."""
        end = re.search(r"[0-9０-９]{4}\D*$", phone)
        return f"{phone[: end.start()]}{self.luck.randint(0, 9999):04}" if end else phone


def _names(real: Sequence[Row]) -> list[Name]:
    cut = [_without_form(row["registered_name"]) for row in real]
    ends = Counter(bare[-width:] for _front, bare, _back in cut for width in (2, 3, 4) if len(bare) > width + 1)
    words = {end for end, count in ends.items() if count >= FREQUENT and WORD.fullmatch(end)}
    tails = [next((bare[-width:] for width in (4, 3, 2) if bare[-width:] in words), "") for _front, bare, _back in cut]
    tails = [tail if len(bare) > len(tail) + 1 else "" for tail, (_front, bare, _back) in zip(tails, cut, strict=True)]
    kana = [READ.sub("", row["registered_kana"]).replace(" ", "") for row in real]
    read = _readings(tails, kana)
    return [
        Name(
            front,
            bare[: len(bare) - len(tail)],
            tail,
            back,
            sound.removesuffix(read.get(tail, "")) if not tail or sound.endswith(read.get(tail, "?")) else "",
            read.get(tail, ""),
        )
        for (front, bare, back), tail, sound in zip(cut, tails, kana, strict=True)
    ]


def _without_form(name: str) -> tuple[str, str, str]:
    for form in LEGAL:
        if name.startswith(form):
            return form, name[len(form) :].strip(), ""
        if name.endswith(form):
            return "", name[: -len(form)].strip(), form
    return "", name.strip(), ""


def _readings(tails: Sequence[str], kana: Sequence[str]) -> dict[str, str]:
    """Return how ending words are read: the longest ending that most of their readings share."""
    heard: dict[str, list[str]] = {}
    for tail, sound in zip(tails, kana, strict=True):
        if tail and sound:
            heard.setdefault(tail, []).append(sound)
    found = {}
    for tail, sounds in heard.items():
        for width in range(12, 1, -1):
            ends = Counter(sound[-width:] for sound in sounds if len(sound) > width)
            end, count = ends.most_common(1)[0] if ends else ("", 0)
            if count >= 0.6 * len(sounds):
                found[tail] = end
                break
    return found


def _town(address: str) -> str:
    """Return the name of the city or town alone: 横浜 of 神奈川県横浜市栄区."""
    found = re.search(r"(?:[都道府県])(.{1,4}?)[市区町村]", address)
    return found.group(1) if found else address[:2]


def read(path: Path) -> list[Row]:
    """Return the rows of a register as `import_registrations` reads it."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write(rows: Iterator[Row], columns: Sequence[str], path: Path) -> None:
    """Write `rows` as `import_registrations` reads them."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, columns, lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


def main(arguments: list[str]) -> int:
    """Write a register. Returns the exit status."""
    if len(arguments) != 3 or not arguments[2].isdigit():
        sys.stderr.write(__doc__ or "")
        return 2
    real = read(Path(arguments[0]))
    write(register(real, int(arguments[2])), list(real[0]), Path(arguments[1]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
