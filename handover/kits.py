"""The recovery kit's code: made once, shown once on paper, kept only as a hash."""

import secrets

from django.contrib.auth.hashers import make_password

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
    """Return a typed code in the form that is hashed: upper case, without groups."""
    return "".join(character for character in code.upper() if character.isalnum())
