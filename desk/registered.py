"""Numbers of registered mail, as the post writes them and as we keep them."""

import re
import unicodedata

DOMESTIC = re.compile(r"[0-9]{11,12}")
"""書留 and 特定記録 have eleven digits (123-45-67890-1), parcels and letter packs twelve; the last one is a check."""
ABROAD = re.compile(r"[A-Z]{2}([0-9]{8})([0-9])JP")
WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
"""Of the digits of a number from abroad (standard S10 of the Universal Postal Union)."""


def plain(typed: str) -> str:
    """Return `typed` as it is kept: capitals and digits alone, at most 20, whatever its width and hyphens."""
    wide = unicodedata.normalize("NFKC", typed[:60]).upper()
    return "".join(sign for sign in wide if sign.isascii() and sign.isalnum())[:20]


def find_number(typed: str) -> str | None:
    """Return the number of a registered letter as it is kept, or None where form or check digit are wrong."""
    number = plain(typed)
    if DOMESTIC.fullmatch(number):
        return number if int(number[:-1]) % 7 == int(number[-1]) else None
    if abroad := ABROAD.fullmatch(number):
        rest = 11 - sum(weight * int(digit) for weight, digit in zip(WEIGHTS, abroad[1], strict=True)) % 11
        return number if {10: 0, 11: 5}.get(rest, rest) == int(abroad[2]) else None
    return None


def grouped(number: str) -> str:
    """Return a kept number as the post writes it: 123-45-67890-1, 1234-5678-9012, or as it is."""
    if len(number) == 11 and number.isdecimal():
        return f"{number[:3]}-{number[3:5]}-{number[5:10]}-{number[10:]}"
    if len(number) == 12 and number.isdecimal():
        return f"{number[:4]}-{number[4:8]}-{number[8:]}"
    return number
