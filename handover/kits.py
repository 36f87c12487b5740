"""The recovery kit's code: made once, shown once on paper, kept only as a hash."""

import secrets
import unicodedata

from django.contrib.auth.hashers import check_password, make_password

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without I, L, O, U, 0 and 1, which are misread on paper: 30 characters."""
LENGTH = 16
"""16 characters of 30 carry 78 bits; procedure.md A2 asks for at least 64."""


def new_code() -> str:
    """Return a fresh code, in groups of four as it is printed: `7Q4M-2KXH-9PTD-R5NC`."""
    plain = "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))
    return "-".join(plain[start : start + 4] for start in range(0, LENGTH, 4))


def hashed(code: str) -> str:
    """Return the slow salted hash under which a code is kept."""
    return make_password(plain(code))


def plain(code: str) -> str:
    """Return a typed code in the form that is hashed: half width, upper case, without groups."""
    return "".join(character for character in unicodedata.normalize("NFKC", code).upper() if character.isalnum())


def is_right(typed: str, code_hash: str | None) -> bool:
    """Whether `typed` is the code kept as `code_hash`; None costs the same hashing and is never right."""
    if code_hash is None:
        make_password(plain(typed))
        return False
    return check_password(plain(typed), code_hash)


def label_of(kit: int) -> str:
    """Return the number of a kit as it is printed on its sheet. It leads to nothing by itself."""
    return f"K-{kit}"


def find_number(typed: str) -> int:
    """Return the kit that a printed number names, in any spelling; 0 for what is none."""
    digits = "".join(sign for sign in unicodedata.normalize("NFKC", typed[:32]) if sign.isdecimal() and sign.isascii())
    return int(digits) if 0 < len(digits) < 18 else 0
