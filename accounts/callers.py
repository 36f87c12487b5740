"""How somebody who is signed in shows on the phone who is calling: a number for good, and a PIN of one use.

Plain functions. The number finds the account, the PIN proves that somebody sits at its screen now.
"""

import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from accounts import codes
from accounts.actors import Actor, find_actor
from accounts.models import CallerNumber, OneTimeCode, User

NUMBER_LENGTH = 8
PIN_LIFE = timedelta(minutes=10)
"""As long as a code by voice (procedure.md, NIST SP 800-63B-4)."""


def number_of(user: User, *, at: datetime) -> CallerNumber:
    """Return the number of `user`, made now where there is none yet. Inside the caller's transaction."""
    found = CallerNumber.objects.filter(user=user).first()
    while found is None:
        number = f"{secrets.randbelow(10**NUMBER_LENGTH):0{NUMBER_LENGTH}d}"
        try:
            with transaction.atomic():
                found = CallerNumber.objects.create(user=user, number=number, made_at=at)
        except IntegrityError:
            found = CallerNumber.objects.filter(user=user).first()  # else the number was taken: draw another
    return found


def issue(number: CallerNumber, *, at: datetime) -> str:
    """Make a PIN for `number` inside the caller's transaction and return it, kept nowhere in clear.

    An earlier one is void. Raises `Refused` within 60 seconds of the last.
    """
    _code, pin = codes.issue(
        purpose=OneTimeCode.Purpose.CALLER,
        subject=_subject(number.number),
        life=PIN_LIFE,
        spoken=codes.PIN_LENGTH,
        at=at,
    )
    return pin


def plain(typed: str) -> str:
    """Return a typed number as it is kept, digits only; "" for what cannot be one."""
    found = "".join(sign for sign in codes.plain(typed) if sign in codes.DIGITS)
    return found if len(found) == NUMBER_LENGTH else ""


def find_match(*, number: str, pin: str, at: datetime) -> OneTimeCode | None:
    """Charge one try of the PIN of `number` (plain), then compare; None where it is not right.

    The same statements and hashes for a number that nobody has, for a PIN that is dead, and for a wrong one.
    """
    charged = codes.charge(purpose=OneTimeCode.Purpose.CALLER, subject=_subject(number), at=at)
    return codes.find_match(charged, pin)


def who_has(number: str) -> Actor | None:
    """Return whose `number` (plain) it is, with what they may do now; None for nobody who works anywhere now."""
    found = CallerNumber.objects.select_related("user").filter(number=number).first()
    return find_actor(found.user) if found else None


def _subject(number: str) -> str:
    return f"caller:{number}"
