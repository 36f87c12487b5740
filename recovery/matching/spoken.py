"""What else a name may stand for that somebody says: without a branch, letters read aloud, short forms, English words.

Only what was said is turned into such forms, never what is on record: the index knows nothing of them.
"""

import re
from collections.abc import Iterator

from recovery.matching import english, names

MOST = 5
"""Forms of one name beside those of `names.forms`: hostile input must not multiply the work."""
MOST_SLIPS, LONGEST_SLIP = 10, 8
"""Slips of one name that are looked for, and signs of a name up to which they are: a long one is found by its parts."""
_PLACES = (
    *("北海道", "東北", "関東", "北関東", "首都圏", "東京", "中部", "東海", "北陸", "甲信越", "関西", "近畿", "中国"),
    *("四国", "九州", "南九州", "北九州", "沖縄", "東日本", "西日本", "青森", "岩手", "宮城", "秋田", "山形", "福島"),
    *("茨城", "栃木", "群馬", "埼玉", "千葉", "神奈川", "新潟", "富山", "石川", "福井", "山梨", "長野", "岐阜"),
    *("静岡", "愛知", "三重", "滋賀", "京都", "大阪", "兵庫", "奈良", "和歌山", "鳥取", "島根", "岡山", "広島"),
    *("山口", "徳島", "香川", "愛媛", "高知", "福岡", "佐賀", "長崎", "熊本", "大分", "宮崎", "鹿児島", "札幌"),
    *("函館", "旭川", "釧路", "帯広", "盛岡", "仙台", "郡山", "いわき", "水戸", "つくば", "宇都宮", "前橋", "高崎"),
    *("さいたま", "大宮", "川越", "船橋", "柏", "多摩", "立川", "八王子", "新宿", "渋谷", "池袋", "品川", "横浜"),
    *("川崎", "相模原", "湘南", "厚木", "長岡", "金沢", "甲府", "松本", "沼津", "浜松", "豊橋", "岡崎", "豊田"),
    *("名古屋", "四日市", "津", "大津", "堺", "神戸", "姫路", "尼崎", "松江", "米子", "倉敷", "福山", "下関", "高松"),
    *("松山", "久留米", "佐世保", "那覇", "中央", "本社", "全国"),
)
_OFFICES = (
    *("支店", "支社", "支部", "支局", "支所", "営業所", "営業部", "出張所", "事業所", "事業部", "工場", "センター"),
    *("事務所", "オフィス", "店", "本部", "分室"),
)
_PLACE = "|".join(sorted(_PLACES, key=len, reverse=True))
_OFFICE = "|".join(_OFFICES)
_AT = re.compile(f"(?<=.)(?:(?:{_PLACE})(?:{_OFFICE})|本社|本店)$")
# Where the script changes a place begins: ル・プロジェ宇都宮支社.
_OTHER_SCRIPT = re.compile(f"(?<=[ァ-ヿA-Za-z0-9])[一-鿿々]{{1,5}}(?:{_OFFICE})$")
_VAGUE = re.compile("(さん|様|系列|関係|関連|のところ|の件|他|ほか)$")
_LETTERS = {
    "エー": "a",
    "エイ": "a",
    "ビー": "b",
    "シー": "c",
    "ディー": "d",
    "デー": "d",
    "イー": "e",
    "エフ": "f",
    "ジー": "g",
    "エイチ": "h",
    "エッチ": "h",
    "アイ": "i",
    "ジェイ": "j",
    "ジェー": "j",
    "ケイ": "k",
    "ケー": "k",
    "エル": "l",
    "エム": "m",
    "エヌ": "n",
    "オー": "o",
    "ピー": "p",
    "キュー": "q",
    "アール": "r",
    "エス": "s",
    "ティー": "t",
    "ティ": "t",
    "テー": "t",
    "ユー": "u",
    "ブイ": "v",
    "ヴイ": "v",
    "ダブリュー": "w",
    "ダブリュ": "w",
    "エックス": "x",
    "ワイ": "y",
    "ゼット": "z",
}
_READ_LETTERS = {letter: sound for sound, letter in reversed(_LETTERS.items())}
_LETTER = "|".join(sorted(_LETTERS, key=len, reverse=True))
_SPELLED = re.compile(f"(?<![ァ-ヿ])(?:(?:{_LETTER})[・ ]?){{2,}}(?![ァィゥェォッャュョー])")
_CAPITALS = re.compile("(?<![A-Za-z])(?!LLC|LLP|LTD|INC|PLC|CO|KK|NPO|JA)[A-Z]{2,5}(?![A-Za-z])")
_MEANS = {
    "農協": "農業協同組合",
    "漁協": "漁業協同組合",
    "生協": "生活協同組合",
    "森組": "森林組合",
    "信金": "信用金庫",
    "信組": "信用組合",
    "労金": "労働金庫",
    "社協": "社会福祉協議会",
    "商議所": "商工会議所",
    "健保": "健康保険組合",
    "国保": "国民健康保険",
    "労組": "労働組合",
    "特養": "特別養護老人ホーム",
    "土改": "土地改良区",
    "県警": "県警察本部",
    "高専": "高等専門学校",
    "共同組合": "協同組合",
    "共働組合": "協同組合",
}
_BEFORE = {"ja": "農業協同組合", "jf": "漁業協同組合", "jr": "旅客鉄道"}


def forms(text: str) -> list[str]:
    """Return folded names that a name as somebody said it may stand for, beside those of `names.forms`."""
    called = names.plain(text)
    found: dict[str, None] = {}
    for form in _forms(called):
        if len(form) >= 2:
            found.setdefault(form)
    return list(found)[:MOST]


def _forms(called: str) -> Iterator[str]:
    bare = _VAGUE.sub("", called).strip()
    whole = names.core(called)
    for shorter in (_AT.sub("", bare).strip(), _OTHER_SCRIPT.sub("", bare).strip(), bare):
        if shorter != called:
            yield names.core(shorter)
    yield from _expanded(whole)
    aloud = _SPELLED.sub(lambda found: _as_letters(found.group()), bare)
    if aloud != bare:
        yield names.core(aloud)
    spelled = _CAPITALS.sub(lambda found: "".join(_READ_LETTERS[sign.lower()] for sign in found.group()), bare)
    if spelled != bare and not re.search("[A-Za-z]", spelled):
        yield names.core(spelled)
    yield from english.forms(bare)


def _expanded(name: str) -> Iterator[str]:
    """Yield what a short form stands for: JA横浜 is 横浜農業協同組合."""
    for short, meant in _MEANS.items():
        if short in name:
            yield name.replace(short, meant)
    if (meant := _BEFORE.get(name[:2], "")) and name[2:] and not name[2].isascii():
        yield name[2:] + meant


def _as_letters(spelled: str) -> str:
    return re.sub(f"({_LETTER})[・ ]?", lambda found: _LETTERS[found.group(1)], spelled)


def slips(name: str) -> list[str]:
    """Return a short folded name with two neighbours the other way round, and with one sign fewer: as hands slip."""
    if not 2 <= len(name) <= LONGEST_SLIP:
        return []
    swapped = [f"{name[:at]}{name[at + 1]}{name[at]}{name[at + 2 :]}" for at in range(len(name) - 1)]
    fewer = [name[:at] + name[at + 1 :] for at in range(len(name))] if len(name) > 3 else []
    return [one for one in dict.fromkeys([*swapped, *fewer]) if one != name][:MOST_SLIPS]
