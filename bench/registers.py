"""Registers of any size, made out of a real one: names, readings, places and phones of its rows in new combinations.

    python -m bench.registers REGISTRATIONS.csv OUT.csv NUMBER      the real rows first, then made ones up to NUMBER

No made row is a copy: its number, house and phone are new, and a name that is taken whole stands at another place. The
same seed gives the same file. What makes a large register hard is kept: frequent words, namesakes, chains with many
branches, towns with thousands of companies, notations mixed as they came.

How many made rows repeat a name, and which, is told by the real rows: the next name is drawn from an urn (Pitman and
Yor) in which a name that c have weighs c - d, and one that nobody has as much as is left. d is N1 / (N1 + 2 N2) where
N1 names are had by one real company and N2 by two. Short names come again more often, so each length has an urn.
"""

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
OF_PLACE, BRANCH = 0.05, 0.004
"""Shares of made rows that are called by their town, and that are branches of a chain."""
LONGEST = 14
"""Signs of a name from which lengths are counted as one."""
KANA = re.compile("[ァ-ヴー]+")
TRIES = 20
RUN = re.compile("[一-龥々]+|[ァ-ヴー]+|[ぁ-ん]+|[A-Za-zＡ-Ｚａ-ｚ]+|[0-9０-９]+|.")
PIECES = (("[一-龥々]", 1, 2), ("[ァ-ヴー]", 2, 3), ("[ぁ-ん]", 2, 3), ("[A-Za-zＡ-Ｚａ-ｚ]", 2, 4))
"""Scripts, and how many signs of one real word are taken for a new one."""
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
    def core(self) -> str:
        """The name without its legal form."""
        return self.head + self.tail

    @property
    def kana(self) -> str:
        """The reading where all of it is known, else nothing, as in most registers."""
        return self.head_kana + self.tail_kana if self.head_kana and (self.tail_kana or not self.tail) else ""


def register(
    real: Sequence[Row], number: int, *, seed: int = SEED, alone: frozenset[str] = frozenset()
) -> Iterator[Row]:
    """Yield `real` and as many made rows as bring them to `number`. Names of `alone` are nobody else's."""
    yield from real[:number]
    made = _Maker(real, Random(seed), alone)
    for place in range(len(real) + 1, number + 1):
        yield made.row(place)


class _Maker:
    def __init__(self, real: Sequence[Row], luck: Random, alone: frozenset[str]) -> None:
        self.real, self.luck = real, luck
        self.columns = list(real[0])
        self.alone = {name.core for name in _names([{"registered_name": one, "registered_kana": ""} for one in alone])}
        self.names = _companies(real, _names(real))
        self.known = {name.core for name in self.names}
        self.tailed = [name for name in self.names if name.tail] or self.names
        self.branches = [row for row in real if row["unit"]]
        by_length: dict[int, list[Name]] = {}
        for name in self.names:
            by_length.setdefault(_length(name), []).append(name)
        self.urns = {length: _Urn([(name.core, name) for name in some]) for length, some in by_length.items()}
        self.heads = _Urn([(name.head, name) for name in self.tailed])
        runs = Counter(run for name in self.names for run in RUN.findall(name.head))
        self.words = {run for run, count in runs.items() if count >= FREQUENT and len(run) > 1}
        self.runs = {script: [run for run in runs if re.match(script, run)] for script, _least, _most in PIECES}
        self.read: dict[int, list[str]] = {}
        for name in self.names:
            if name.head_kana:
                self.read.setdefault(len(name.head), []).append(name.head_kana)

    def row(self, place: int) -> Row:
        """Return the row of number `place`: one company at one place."""
        luck = self.luck
        at = luck.choice(self.real)
        kind = luck.random()
        unit = ""
        if kind < BRANCH and self.branches:
            chain = luck.choice(self.branches)
            name, kana = chain["registered_name"], chain["registered_kana"]
            unit = luck.choice((_town(at["address"]) + "支店", luck.choice(self.branches)["unit"]))
        else:
            made = self._of_place(at) if kind < BRANCH + OF_PLACE else self._called()
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
            "phone": self._phone(at["phone"]),
        }

    def _of_place(self, at: Row) -> Name:
        """A town and an ending word."""
        end = self.luck.choice(self.tailed)
        return Name(end.front, _town(at["address"]), end.tail, end.back, "", end.tail_kana)

    def _called(self) -> Name:
        """A name that others have, or one that nobody has."""
        found = self.urns[_length(self.luck.choice(self.names))].drawn(self.luck)
        if found is not None and found.core not in self.alone:
            return found
        tries = (self._built() for _try in range(TRIES))
        made = next((made for made in tries if made.core not in self.known), None) or self._built()
        self.known.add(made.core)
        if (urn := self.urns.get(_length(made))) is not None:
            urn.distinct.append(made)
        return made

    def _built(self) -> Name:
        """A name built as a real one is, each word but the frequent ones put together anew: 増 of 増田 with 山 of 遠山.

        Where it ends in a word, its beginning may be one that others have: 増田 + 建設.
        """
        one = self.luck.choice(self.names)
        if one.tail and (begun := self.heads.drawn(self.luck)) is not None:
            return Name(one.front, begun.head, one.tail, one.back, begun.head_kana, one.tail_kana)
        head = "".join(map(self._word, RUN.findall(one.head)))
        kana = ""
        if one.head_kana:
            kana = head if KANA.fullmatch(head) else self._word(self.luck.choice(self.read[len(one.head)]))
        return Name(one.front, head, one.tail, one.back, kana, one.tail_kana)

    def _word(self, run: str) -> str:
        if run in self.words:
            return run
        if run[0].isdigit():
            return "".join(str(self.luck.randint(0, 9)) for _sign in run)
        script, least, most = next((one for one in PIECES if re.match(one[0], run)), ("", 0, 0))
        made = "" if script else run
        while len(made) < len(run):
            other = self.luck.choice(self.runs[script])
            start = min(len(made), len(other) - 1)
            made += other[start : start + self.luck.randint(least, most)]
        return made[: len(run)]

    def _house(self, found: re.Match[str]) -> str:
        new = str(self.luck.randint(1, 5 if len(found.group()) == 1 else 10 ** len(found.group()) - 1))
        return new if found.group().isascii() else new.translate(str.maketrans("0123456789", "０１２３４５６７８９"))

    def _phone(self, phone: str) -> str:
        """Another number of the same exchange in the same notation."""
        end = re.search(r"[0-9０-９]{4}\D*$", phone)
        return f"{phone[: end.start()]}{self.luck.randint(0, 9999):04}" if end else phone


def _companies(real: Sequence[Row], names: Sequence[Name]) -> list[Name]:
    """Return one name for each company: branches, and rows of the same name in the same town, are the same one."""
    found: dict[tuple[str, str], Name] = {}
    for row, name in zip(real, names, strict=True):
        if not row["unit"]:
            found.setdefault((name.core, _town(row["address"])), name)
    return list(found.values())


class _Urn:
    """Names of which the next is drawn: each once in `distinct`, and in `again` once more for every namesake."""

    def __init__(self, keyed: Sequence[tuple[str, Name]]) -> None:
        counts = Counter(key for key, _name in keyed)
        times = Counter(counts.values())
        self.new = times[1] / max(times[1] + 2 * times[2], 1)
        seen: set[str] = set()
        self.distinct: list[Name] = []
        self.again: list[Name] = []
        for key, name in keyed:
            (self.again if key in seen else self.distinct).append(name)
            seen.add(key)

    def drawn(self, luck: Random) -> Name | None:
        """Return a name that somebody has, None for one that nobody has."""
        at = luck.random() * (len(self.distinct) + len(self.again))
        if at < self.new * len(self.distinct):
            return None
        found = luck.choice(self.distinct if at < len(self.distinct) else self.again)
        self.again.append(found)
        return found


def _length(name: Name) -> int:
    return min(len(name.core), LONGEST)


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
