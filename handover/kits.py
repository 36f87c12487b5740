"""The recovery kit's code: made once, shown once on paper, kept only as a hash."""

import secrets
import unicodedata

from django.contrib.auth.hashers import check_password, make_password

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without I, L, O, U, 0 and 1, which are misread on paper: 30 characters."""
NUMBER_LENGTH = 8
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


def new_number() -> str:
    """Return the number of a new kit as it is printed on its sheet: `K-7Q4M-2KXH`.

    It opens nothing. 8 characters of 30 carry 39 bits: who counts up numbers finds no kit to use up the tries of.
    """
    drawn = "".join(secrets.choice(ALPHABET) for _place in range(NUMBER_LENGTH))
    return f"K-{drawn[:4]}-{drawn[4:]}"


def read_number(typed: str) -> str:
    """Return a typed number in the one spelling in which it is kept; "" for what names no kit."""
    signs = plain(typed[:32]).removeprefix("K")
    if signs.isascii() and signs.isdecimal() and len(signs) < NUMBER_LENGTH:
        return f"K-{int(signs)}"  # of the first kits, which were counted
    return f"K-{signs[:4]}-{signs[4:]}" if len(signs) == NUMBER_LENGTH and set(signs) <= set(ALPHABET) else ""
