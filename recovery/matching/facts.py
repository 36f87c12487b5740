"""What is compared: of a registration all that is and was on record, of a statement what somebody remembers.

Names as given are never changed; these are folded copies, kept beside them in search columns.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from accounts.models import same_address
from desk.models import Statement
from handover.folding import fold
from recovery.matching import names, places, spoken

Spot = tuple[str, tuple[str, ...], str, str]
"""One address: folded words, its numbers, the prefecture, the postal code."""
LEAST_DIGITS = 6
"""Digits of the end of a phone number that are looked for: people leave the area code out."""


@dataclass(frozen=True)
class Facts:
    """Folded facts. `names` are written forms, `former` those of the past; `whole` is all that was said of a name."""

    names: tuple[str, ...] = ()
    former: tuple[str, ...] = ()
    kana: tuple[str, ...] = ()
    sounds: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    mails: tuple[str, ...] = ()
    bills: tuple[str, ...] = ()
    spots: tuple[Spot, ...] = ()
    legal: str = ""
    whole: str = ""

    def packed(self) -> str:
        """Return the facts as text for a search column."""
        return json.dumps([getattr(self, name) for name in _KEPT], ensure_ascii=False, separators=(",", ":"))


_KEPT = [field.name for field in fields(Facts)]
_SPOTS = _KEPT.index("spots")


def unpacked(text: str) -> Facts:
    """Return what `packed` made."""
    kept: list[Any] = [tuple(value) if isinstance(value, list) else value for value in json.loads(text)]
    kept[_SPOTS] = tuple(
        (words, tuple(numbers), prefecture, postal) for words, numbers, prefecture, postal in kept[_SPOTS]
    )
    return Facts(*kept)


def digits(text: str) -> str:
    """Return the digits of a phone number or postal code however it was typed; a Japanese number without its +81."""
    wide = unicodedata.normalize("NFKC", text[:40])
    return re.sub(r"\D", "", re.sub(r"^\s*\+81[-\s]?(\(0\))?", "0", wide))[:15]


def bill(reference: str) -> str:
    """Return a bill reference without what people add or leave out."""
    return fold(reference[:100])


def of_registration(
    *,
    written: Sequence[str],
    former: Iterable[str],
    kana: Iterable[str],
    units: Iterable[str],
    phones: Iterable[str],
    mails: Iterable[str],
    bills: Iterable[str],
    addresses: Iterable[tuple[str, str]],
) -> Facts:
    """Return the facts of a registration. `addresses` are pairs of postal code and address; ended ones count too."""
    cores, old = _distinct(map(names.core, written)), _distinct(map(names.core, former))
    read = _distinct(map(names.core, kana))
    return Facts(
        names=cores,
        former=tuple(name for name in old if name not in cores),
        kana=tuple(name for name in read if name not in cores),
        sounds=tuple(names.skeletons([*cores, *old, *read])),
        units=_distinct(map(fold, units)),
        phones=_distinct(map(digits, phones)),
        mails=_distinct(map(same_address, mails)),
        bills=_distinct(map(bill, bills)),
        spots=tuple(dict.fromkeys(_spot(address, postal) for postal, address in addresses if address or postal)),
        legal=names.legal_form(written[0]) if written else "",
    )


def of_statement(said: Statement) -> Facts:
    """Return the facts of what somebody remembers; nothing of it need be right."""
    called = said.organisation_name
    forms = [*names.forms(called), *spoken.forms(called)] if called else []
    kana = names.forms(said.organisation_kana) if said.organisation_kana else []
    heard = [form for form in (*forms, *kana) if form.isascii() or all("ァ" <= sign <= "ヶ" for sign in form)]
    phone = digits(said.phone)
    return Facts(
        names=_distinct(forms),
        kana=_distinct([*kana, *names.readings(forms)]),
        sounds=tuple(names.skeletons(heard)),
        units=_distinct([fold(said.unit[: names.LONGEST])]),
        phones=(phone,) if len(phone) >= LEAST_DIGITS else (),
        mails=_distinct([same_address(said.mail)] if said.mail else []),
        bills=_distinct([bill(said.bill_reference)]),
        spots=(_spot(said.address, said.postal_code),) if said.address or said.postal_code else (),
        legal=names.legal_form(said.organisation_name),
        whole=fold(said.organisation_name[: names.LONGEST] + said.unit[: names.LONGEST]),
    )


def _spot(address: str, postal_code: str) -> Spot:
    found, postal = places.place(address), digits(postal_code)
    return found.words, found.numbers, places.prefecture(address), postal if len(postal) == 7 else ""


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
