"""Folded copies of names and addresses, for search columns only. What was given is never changed by any of this."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import chain

import jntajis
import phonenumbers

SEPARATOR = "|"
"""Stands between the parts of a search text. Folding removes it, so no word of a search reaches across two parts."""

_SCHEMES = (
    jntajis.MJShrinkSchemeCombo.JIS_INCORPORATION_UCS_UNIFICATION_RULE
    | jntajis.MJShrinkSchemeCombo.INFERENCE_BY_READING_AND_GLYPH
    | jntajis.MJShrinkSchemeCombo.MOJ_NOTICE_582
    | jntajis.MJShrinkSchemeCombo.MOJ_FAMILY_REGISTER_ACT_RELATED_NOTICE
)
# Small kana are often typed large in readings (ガイシヤ for ガイシャ).
_LARGE = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_LONG_MARK = "ー"
REGION = "JP"
"""Where a phone number without a country is from."""


def fold(text: str) -> str:
    """Return the form of `text` under which two spellings of one name are equal, for comparing and never for showing.

    Width and compatibility (NFKC), case, hiragana to katakana with large kana, variant kanji to the usual one
    (髙 高, 𠮷 吉, 邉 辺: the shrink map of the MJ character table); spaces, punctuation, the long mark and variation
    selectors are dropped. Legal forms (株式会社) stay: what they are worth is a question of matching.
    """
    return "".join(map(_fold_character, unicodedata.normalize("NFKC", text)))


@cache
def _fold_character(character: str) -> str:
    if not character.isalnum() or character == _LONG_MARK:
        return ""
    if "ぁ" <= character <= "ゖ":
        character = chr(ord(character) + 0x60)
    if "ァ" <= character <= "ヶ":
        return character.translate(_LARGE)
    return _usual_kanji(character) if _is_kanji(character) else character.casefold()


def _is_kanji(character: str) -> bool:
    return "㐀" <= character <= "鿿" or "豈" <= character <= "﫿" or ord(character) >= 0x20000


def _usual_kanji(character: str) -> str:
    """Follow the shrink map to the end. Where it runs in a circle (眞 真), the kanji of JIS level 1 stands for all."""
    seen = [character]
    while (following := _shrunk(seen[-1])) not in seen:
        seen.append(following)
    circle = seen[seen.index(following) :]
    return min(circle, key=lambda each: (not _is_level_1(each), each))


def _shrunk(character: str) -> str:
    candidates = jntajis.mj_shrink_candidates(character, _SCHEMES)
    return next((each for each in candidates if each != character and len(each) == 1), character)


def _is_level_1(character: str) -> bool:
    # Level 1 of JIS X 0208, the kanji in daily use, ends at 0x9872 in Shift_JIS.
    code = character.encode("shift_jis", "ignore")
    return len(code) == 2 and int.from_bytes(code, "big") <= 0x9872


def search_text(parts: Iterable[str]) -> str:
    """Return what a search looks through: each part folded, empty ones left out."""
    return SEPARATOR.join(folded for folded in map(fold, parts) if folded)


def search_words(query: str) -> list[str]:
    """Return the folded words of a search; all of them must occur. At most ten count, so that no query grows long."""
    words = (fold(word) for word in query.split()[:10])
    return [word for word in words if word]


def registration_text(
    *,
    number: str,
    organisation: str,
    registered_name: str,
    registered_kana: str,
    former_names: Iterable[str],
    unit: str,
    aliases: Iterable[str],
    postal_code: str,
    address: str,
    bill_references: Iterable[str],
) -> str:
    """Return the search text of a registration; a name that is both the organisation's and its own counts once."""
    parts = dict.fromkeys(
        chain(
            (number, registered_name, registered_kana, organisation),
            former_names,
            (unit,),
            aliases,
            (postal_code, address),
            bill_references,
        )
    )
    return search_text(parts)


def find_postal_code(text: str) -> str | None:
    """Return the 7 digits of a Japanese postal code however it was typed (〒100-0001), or None."""
    digits = re.sub(r"[\s〒‐‑–—―−ー-]", "", unicodedata.normalize("NFKC", text))
    return digits if re.fullmatch(r"[0-9]{7}", digits) else None


def costs_receiver(text: str) -> bool:
    """Whether whoever is called at this number pays for the call, by the number itself (0120, 0800)."""
    try:
        number = phonenumbers.parse(unicodedata.normalize("NFKC", text), REGION)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.TOLL_FREE


def find_phone(text: str) -> str | None:
    """Return a phone number as it is written in its country (06-6356-6876, +44 20 …), or None if it cannot be one.

    The same number gives the same text however it was typed. Only the length and prefix are judged
    (`is_possible_number`): whether it is in use, only a call can tell.
    """
    plain = unicodedata.normalize("NFKC", text)
    # The library would read letters as the keys of a telephone.
    if any(character.isalpha() and character != _LONG_MARK for character in plain):
        return None
    try:
        number = phonenumbers.parse(plain, REGION)
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not phonenumbers.is_possible_number(number):
        return None
    form = phonenumbers.PhoneNumberFormat
    home = number.country_code == phonenumbers.country_code_for_region(REGION)
    return str(phonenumbers.format_number(number, form.NATIONAL if home else form.INTERNATIONAL))
