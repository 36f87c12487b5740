"""How alike two names are, however they are spelled: 青葉商事株式会社, (株)青葉商亊, ｱｵﾊﾞｼｮｳｼﾞ, Aoba Shoji."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import jaconv
from rapidfuzz import fuzz

from handover.folding import fold

# What a name is called by law says nothing about who it is, and is the first thing that people leave out or swap.
_BRACKETED = re.compile(
    r"[(\[<〔【](株|有|同|資|名|相|社|財|社福|福|医|医社|学|宗|特非|独|地独|公社|公財|一社|一財|国|大|カ|ユ|ド|フク|イ)"
    r"[)\]>〕】]"
)
_BROKEN = re.compile(r"^\(?(株|有)\)|\((株|有)\)?$")
_LATIN = re.compile(
    r"\b(co\b\.?,?\s*ltd|company,?\s+limited|k\.?\s?k|inc|incorporated|corp|corporation|ltd|limited|llc|plc|gmbh)\b\.?",
    re.IGNORECASE,
)
_FORMS = [
    *("株式会社", "有限会社", "合同会社", "合資会社", "合名会社", "相互会社", "有限責任事業組合"),
    *("一般社団法人", "一般財団法人", "公益社団法人", "公益財団法人", "特例社団法人", "特例財団法人"),
    *("特定非営利活動法人", "社会福祉法人", "医療法人社団", "医療法人財団", "社会医療法人", "医療法人", "学校法人"),
    *("宗教法人", "地方独立行政法人", "独立行政法人", "国立研究開発法人", "国立大学法人", "公立大学法人", "準学校法人"),
    *("社団法人", "財団法人", "NPO法人", "認定NPO法人", "特殊法人", "更生保護法人", "職業訓練法人"),
    *("カブシキガイシャ", "カブシキカイシャ", "ユウゲンガイシャ", "ゴウドウガイシャ", "ゴウシガイシャ"),
    *("ゴウメイガイシャ", "ソウゴガイシャ", "イッパンシャダンホウジン", "イッパンザイダンホウジン"),
    *("コウエキシャダンホウジン", "コウエキザイダンホウジン", "シャカイフクシホウジン", "イリョウホウジンシャダン"),
    *(
        "イリョウホウジン",
        "ガッコウホウジン",
        "トクテイヒエイリカツドウホウジン",
        "シャダンホウジン",
        "ザイダンホウジン",
    ),
]
_FOLDED_FORMS = sorted({fold(form) for form in _FORMS}, key=lambda form: (-len(form), form))


@lru_cache(maxsize=4096)
def core(name: str) -> str:
    """Return a name folded, without its legal form; with it where nothing else would be left."""
    plain = unicodedata.normalize("NFKC", name).strip()
    plain = _LATIN.sub(" ", _BROKEN.sub("", _BRACKETED.sub("", plain)))
    whole = rest = fold(plain) or fold(name)
    for form in _FOLDED_FORMS:
        rest = rest.replace(form, "")
    return rest or whole


def spellings(name: str) -> list[str]:
    """Return the core of a name as it may stand on record: as written, and in kana where it is in Latin letters."""
    written = core(name)
    found = [written]
    if re.fullmatch(r"[a-z]{4,}", written):
        found.append(fold(jaconv.alphabet2kana(written)))
    return found


def grams(text: str) -> list[str]:
    """Return the pairs of neighbouring characters of a folded text, each once, in order; of one character that one.

    Latin letters by threes: their pairs are everywhere.
    """
    size = 3 if text.isascii() else 2
    if len(text) <= size:
        return [text] if text else []
    return list(dict.fromkeys(text[start : start + size] for start in range(len(text) - size + 1)))


def likeness(asked: Iterable[str], known: Iterable[str]) -> float:
    """Return how alike the best pair of cores is, 0 to 1."""
    known = [name for name in known if name]
    return max((_likeness(one, other) for one in asked if one for other in known), default=0.0)


@lru_cache(maxsize=65536)
def _likeness(one: str, other: str) -> float:
    """Equal names 1; a slip of the pen little less; one inside the other (branches, short forms) less than that."""
    if one == other:
        return 1.0
    ratio = fuzz.ratio(one, other) / 100
    short, long = sorted((one, other), key=len)
    if short in long and len(short) > 1:
        # The longer the common part, the less likely by chance; a beginning says more than a middle.
        share = len(short) / len(long)
        inside = 0.68 + 0.27 * min(1.0, share + len(short) / 20) + (0.03 if long.startswith(short) else 0)
        return max(ratio, min(inside, 0.97))
    if len(short) >= 4:
        ratio = max(ratio, 0.86 * fuzz.partial_ratio(short, long) / 100 * min(1.0, len(short) / 6))
    if 2 <= len(short) <= 5 and short[0] == long[0] and _is_subsequence(short, long):
        ratio = max(ratio, 0.72)  # 日経 for 日本経済
    return ratio


def _is_subsequence(short: str, long: str) -> bool:
    rest = iter(long)
    return all(character in rest for character in short)
