"""Names in the forms in which they are compared: 青葉商事株式会社, (株)青葉商亊, ｱｵﾊﾞｼｮｳｼﾞ, Aoba Shoji."""

import re
import unicodedata
from functools import lru_cache

import jaconv

from handover.folding import fold
from recovery.matching import sounds

# What a name is called by law says little about who it is, and is the first thing that people leave out or swap.
_SHORT = {
    "株": "company",
    "カ": "company",
    "有": "limited",
    "ユ": "limited",
    "同": "llc",
    "ド": "llc",
    "資": "partnership",
    "名": "general",
    "相": "mutual",
    "医": "medical",
    "医社": "medical",
    "学": "school",
    "社": "association",
    "一社": "association",
    "公社": "public association",
    "財": "foundation",
    "一財": "foundation",
    "公財": "public foundation",
    "社福": "welfare",
    "福": "welfare",
    "フク": "welfare",
    "特非": "npo",
    "NPO": "npo",
    "宗": "religious",
    "独": "agency",
    "地独": "agency",
    "国": "university",
    "大": "university",
    "農": "farm",
    "イ": "medical",
}
_LONG = {
    "株式会社": "company",
    "有限会社": "limited",
    "合同会社": "llc",
    "合資会社": "partnership",
    "合名会社": "general",
    "相互会社": "mutual",
    "一般社団法人": "association",
    "一般財団法人": "foundation",
    "公益社団法人": "public association",
    "公益財団法人": "public foundation",
    "社会福祉法人": "welfare",
    "医療法人": "medical",
    "学校法人": "school",
    "特定非営利活動法人": "npo",
    "宗教法人": "religious",
    "社団法人": "association",
    "財団法人": "foundation",
}
_FULL = {"株": "株式会社", "有": "有限会社", "同": "合同会社", "資": "合資会社", "名": "合名会社", "医": "医療法人"}
_OPEN, _SHUT = r"[(\[<〔【]", r"[)\]>〕】]"
_BRACKETED = re.compile(f"{_OPEN}({'|'.join(sorted(_SHORT, key=len, reverse=True))}){_SHUT}")
_BROKEN = re.compile(r"^\(?(株|有|同|カ|ユ)\)|\((株|有|同|カ|ユ)\)?$|(株|有|同)\)$")
_LATIN = re.compile(
    r"\b(co\b\.?,?\s*ltd|company,?\s+limited|k\.?\s?k|inc|incorporated|corp|corporation|ltd|limited|llc|plc|gmbh)\b\.?",
    re.IGNORECASE,
)
_LATIN_WORDS = re.compile(
    r"(co|ltd|inc|corp|corporation|limited|llc|company|kk|and|the|of|plc|gmbh|&)\.?,?", re.IGNORECASE
)
_READ_FORMS = (
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
)
_MORE_FORMS = (
    *("有限責任事業組合", "特例社団法人", "特例財団法人", "医療法人社団", "医療法人財団", "社会医療法人"),
    *("地方独立行政法人", "独立行政法人", "国立研究開発法人", "国立大学法人", "公立大学法人", "準学校法人"),
    *("NPO法人", "認定NPO法人", "認定特定非営利活動法人", "特殊法人", "更生保護法人", "職業訓練法人"),
)
_FOLDED_FORMS = sorted(
    {fold(form) for form in (*_LONG, *_MORE_FORMS, *_READ_FORMS)}, key=lambda form: (-len(form), form)
)
# What is said beside a name: by somebody of it, or of several who work together.
_BESIDE = re.compile(r"(の者です|の者|と申します|御中|共同企業体|共同事業体|共同研究体|構成員)")
_DEPARTMENT = re.compile(
    r"((総務|人事|経理|営業|業務|情報|システム|管理|企画|財務|経営|技術|調達|購買)+(部|課|係|室))$"
)
_SITE = re.compile(r"\S{1,8}?(支店|支社|支部|営業所|出張所|事業所|工場|分室|支所|庁舎|地区)$")
_SEPARATORS = re.compile(r"[\s()\[\]/・,、「」【】]+")
_RUN = re.compile(r"[一-鿿]+|[ァ-ヿ]+|[a-z0-9]+")
# Shapes that JIS X 0208 changed in 1983 and that `fold` keeps apart: 飛驒 and 飛騨, 麵 and 麺, 檜 and 桧.
_NEW_SHAPES = str.maketrans("啞嚙軀鹼麴搔驒囊潑醱麵剝噓籠檜竈礪", "唖噛躯鹸麹掻騨嚢溌醗麺剥嘘篭桧竃砺")
MOST_INITIALS = 4
MOST_FORMS = 8
"""Forms of one name that are compared: hostile input must not multiply the work."""
LONGEST = 200
"""Characters of a name that are read."""


def plain(text: str) -> str:
    """Return `text` in one width and new shapes of kanji, without control characters, cut to what is read."""
    wide = unicodedata.normalize("NFKC", text[:LONGEST]).translate(_NEW_SHAPES)
    return "".join(sign for sign in wide if sign.isprintable() or sign.isspace()).strip()


@lru_cache(maxsize=8192)
def core(name: str) -> str:
    """Return a name folded, without its legal form; with it where nothing else would be left."""
    wide = _BESIDE.sub(" ", plain(name))
    bare = _LATIN.sub(" ", _BROKEN.sub("", _BRACKETED.sub("", wide).strip()))
    whole = rest = fold(bare) or fold(wide)
    for form in _FOLDED_FORMS:
        rest = rest.replace(form, "")
    return rest or whole


def written(name: str) -> str:
    """Return a name as it is written, width apart: its capitals, what it is called by law in front or behind."""
    return re.sub(r"\s", "", _BRACKETED.sub(lambda found: _FULL.get(found.group(1), ""), plain(name)))


def legal_form(name: str) -> str:
    """Return what a name is called by law in one word, "" where it does not say."""
    wide = plain(name)
    if (found := _BRACKETED.search(wide)) is not None:
        return _SHORT[found.group(1)]
    if (found := _BROKEN.search(wide)) is not None:
        return _SHORT[next(sign for sign in found.groups() if sign)]
    for form, word in _LONG.items():
        if form in wide:
            return word
    return "llc" if re.search(r"\bllc\b", wide, re.IGNORECASE) else ""


def forms(name: str) -> list[str]:
    """Return the cores that a name as somebody wrote it may stand for: all of it first, then without branch and unit.

    People write departments and branches behind a name, English words behind the one that counts, and several names
    where several work together.
    """
    found = [core(name)]
    # 株） and (株) go first: brackets part names from each other, and the sign left over would be taken for one of it.
    called = _BROKEN.sub(" ", _BRACKETED.sub(" ", _BESIDE.sub(" ", plain(name))).strip())
    parts = [part for part in _SEPARATORS.split(called) if not _LATIN_WORDS.fullmatch(part)]
    parts = [core(part) for part in parts if part and not _DEPARTMENT.fullmatch(part)]
    parts = [part for part in parts if len(part) >= 2]
    if len(parts) > 1:
        joined = ["".join(parts[:number]) for number in range(1, len(parts) + 1)]
        found += joined if parts[0].isascii() else [*parts, *joined[1:-1]]
    bare = _DEPARTMENT.sub("", called.strip()).strip(" ()")
    found += [core(text) for text in (bare, _SITE.sub("", bare).strip(" ()")) if text]
    return [form for form in dict.fromkeys(found) if len(form) >= 2 or form == found[0]][:MOST_FORMS]


def readings(names: list[str]) -> list[str]:
    """Return names in Latin letters as kana, where they read like Japanese: kuniwakikagetu is クニワキカゲツ."""
    found = []
    for name in names:
        if re.fullmatch(r"[a-z]{4,}", name):
            kana = fold(jaconv.alphabet2kana(name))
            if sum("ァ" <= sign <= "ヶ" for sign in kana) >= 0.8 * len(kana):
                found.append(kana)
    return list(dict.fromkeys(found))


def skeletons(names: list[str]) -> list[str]:
    """Return what names sound like, for those whose letters say it (kana or Latin): see `sounds.skeleton`."""
    found = [sounds.skeleton(name) for name in names if sounds.is_phonetic(name)]
    return list(dict.fromkeys(form for form in found if len(form) >= sounds.SHORTEST))


def initials(name: str) -> list[str]:
    """Return the first sign of a folded name with those that begin its later words: 住ベ of 住友ベークライト.

    日経 is found of 日本経済 as well: a word begins where the script changes, and at every second sign of kanji.
    """
    found = [
        f"{name[0]}{run.group()[start]}"
        for run in _RUN.finditer(name)
        for start in (range(0, len(run.group()), 2) if _is_kanji(run.group()[0]) else (0,))
        if run.start() + start >= 2
    ]
    return list(dict.fromkeys(found))[:MOST_INITIALS]


def may_be_initials(name: str) -> bool:
    """Whether a folded name is as short as one that people made of the beginnings of words."""
    return 2 <= len(name) <= 4 and _is_kanji(name[0])


def is_acronym(short: str, name: str) -> bool:
    """Whether Latin letters are the Latin beginning of a folded name with how its later words of kana begin: kcca."""
    runs = _RUN.findall(name)
    if len(runs) < 2 or short[0] != name[0] or not runs[0].isascii():
        return False
    return short == runs[0] + "".join(_first_letter(run) for run in runs[1:])


def _first_letter(run: str) -> str:
    return jaconv.kana2alphabet(jaconv.kata2hira(run[:2]))[:1] if "ァ" <= run[0] <= "ヿ" else run[:1]


def _is_kanji(sign: str) -> bool:
    return "一" <= sign <= "鿿"


def grams(text: str) -> list[str]:
    """Return the pairs of neighbouring characters of a folded text with its edges, each once; of Latin threes too."""
    if not text:
        return []
    edged = f"^{text}$"
    found = [edged[start : start + 2] for start in range(len(edged) - 1)]
    for run in re.findall(r"[a-z0-9]{3,}", text):
        found += [run[start : start + 3] for start in range(len(run) - 2)]
    return list(dict.fromkeys(found))
