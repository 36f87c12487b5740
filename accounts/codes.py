"""Codes of one use for people without an account: by mail, by letter, for an objection.

The order of a try is fixed: `charge` takes it, in a transaction of its own, before anything is compared; then
`find_match` compares; then the caller's transition calls `redeem` in its own transaction. So of any number of parallel
guesses only as many as the code has tries are looked at, and a view that fails gives no try back.

Where there is nothing to guess at, the answer takes the same hashing and the same statements, and writes as well.
"""

import secrets
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts import tallies
from accounts.errors import Refused, WrongState
from accounts.models import OneTimeCode, OneTimeCodeQuerySet

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0, O, 1 and I, which are misread on paper: 32 characters, 5 bits each."""
DIGITS = "0123456789"
LENGTH = 10
"""10 characters carry 50 bits (procedure.md A6)."""
SPOKEN_LENGTH = 8
"""Digits of a number that is said aloud: with five tries nobody hits one of a hundred million."""
PIN_LENGTH = 6
"""Digits of a caller's PIN: read out once within minutes, and tried by few hands (docs/decisions/0028)."""
SELECTOR_LENGTH = 4
"""The first group of an objection code finds the row. It adds nothing to the secret."""
AT_ONCE = 2
"""Codes of one purpose that may be open for one subject: letters go to the old and the new address (A6)."""
NO_ROW = 0
"""A key that no row has: asked for where there is no code, so that as much is asked."""
A_DAY = timedelta(days=1)
MOST_TYPED = 64
"""Longer input is no code, and not worth folding."""


def issue(
    *,
    purpose: str,
    subject: str,
    step: str = "",
    life: timedelta,
    at: datetime,
    max_tries: int = 5,
    with_selector: bool = False,
    spoken: int = 0,
) -> tuple[OneTimeCode, str]:
    """Make a code inside the caller's transaction; return its row and the plain code, which is kept nowhere.

    `subject` is the label of what it is for ("claim:C-1"), `step` what else it is bound to: the address as it is now.
    An earlier open code of the same purpose, subject and step is void from now on. The plain code is grouped for
    reading: `7Q4M2-KXH9P`, with a selector `9TDR-7Q4M2-KXH9P`; one that is `spoken` has that many digits: `4821-9037`.

    Raises `Refused` within 60 seconds of the last code of this purpose for this subject. Codes made at the very same
    `at` for several steps are one act and do not refuse each other; objection codes never wait, because everybody who
    is told of a claim gets one.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a code is issued with the act that sends it, in one transaction")
    selector = _free_selector() if with_selector else ""
    secret = _random(spoken, DIGITS) if spoken else _random(LENGTH)
    code = OneTimeCode(
        purpose=purpose,
        subject=subject,
        step=step,
        selector=selector,
        code_hash=make_password(selector + secret),
        max_tries=max_tries,
        created_at=at,
        last_generated_timestamp=at,
        expires_at=at + life,
    )
    half = len(secret) // 2
    try:
        with transaction.atomic():
            # In this order: of two at once, the second sees the first in the question after the UPDATE, or is stopped
            # by the constraint. Asked before, it would void a code that is on its way and send another.
            void(subject=subject, purpose=purpose, step=step, at=at)
            if purpose != OneTimeCode.Purpose.OBJECTION:
                _refuse_within_cooldown(purpose, subject, step, at)
            code.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(_("Somebody asked for this code at the same moment. Use that one, or ask again.")) from error
    return code, "-".join(filter(None, [selector, secret[:half], secret[half:]]))


def charge(*, purpose: str, subject: str, at: datetime, step: str | None = None) -> list[OneTimeCode]:
    """Take one try and return the codes that may be compared for it: none when there is none, or no try is left.

    In a short transaction of its own, which stays whatever becomes of the request; raises RuntimeError inside another.
    When letters went to an old and a new address, one try is charged to both codes and may match either. Each row
    comes with the count after this try. `step` narrows it to codes bound to that step.
    """
    codes = OneTimeCode.objects.filter(purpose=purpose, subject=subject)
    return _charge(codes if step is None else codes.filter(step=step), f"{purpose}:{subject}", at)


def charge_selected(selector: str, *, at: datetime) -> list[OneTimeCode]:
    """Take one try of the code with this selector, or with the selector at the front of a whole typed code."""
    found = plain(selector)[:SELECTOR_LENGTH]
    if len(found) < SELECTOR_LENGTH:
        found = "-"  # In no row, but asked for all the same: no answer is quicker than another.
    return _charge(OneTimeCode.objects.filter(selector=found), f"selector:{found}", at)


def matches(code: OneTimeCode | None, typed: str) -> bool:
    """Tell whether `typed` is the code, by one slow hash; without a code the hash is made all the same, then False.

    `typed` is the whole code with its selector, in any spelling. Charge first: this counts nothing.
    """
    if code is None:
        make_password(plain(typed))
        return False
    return check_password(plain(typed), code.code_hash)


def find_match(charged: Sequence[OneTimeCode], typed: str) -> OneTimeCode | None:
    """Return the code that `typed` is, or None.

    Always as much work as for `AT_ONCE` codes, match or not: the time tells neither that there is no letter, nor that
    there are two, which would mean that an address changed lately.
    """
    candidates = [*charged, *[None] * (AT_ONCE - len(charged))]
    found = [code for code in candidates if matches(code, typed)]
    return found[0] if found else None


def redeem(code: OneTimeCode, *, at: datetime) -> None:
    """Use up a matched code, inside the transaction of the act it allows.

    Raises `WrongState` when somebody was quicker, or it became void or expired since it was compared.
    """
    if OneTimeCode.objects.usable(at).filter(pk=code.pk).update(used_at=at, last_used_at=at):
        code.used_at = code.last_used_at = at
        return
    now = OneTimeCode.objects.get(pk=code.pk)
    if now.used_at:
        raise WrongState(_("This code has been used already. It works once."))
    if now.void_at:
        raise WrongState(_("This code is no longer valid. A newer one has taken its place, or it is not needed."))
    raise WrongState(_("This code has expired."))


def void(*, subject: str, at: datetime, purpose: str | None = None, step: str | None = None) -> int:
    """Make the open codes of `subject` worthless, all or those of one purpose or step; return how many there were."""
    codes = OneTimeCode.objects.unspoilt().filter(subject=subject)
    if purpose is not None:
        codes = codes.filter(purpose=purpose)
    if step is not None:
        codes = codes.filter(step=step)
    return codes.update(void_at=at)


def plain(text: str) -> str:
    """Return typed text in the form that is hashed: half width, upper case, letters and digits only.

    Look-alikes are not mapped: the alphabet has none. Empty for text longer than any code with its separators.
    """
    if len(text) > MOST_TYPED:
        return ""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).upper() if sign.isalnum())


def _charge(codes: OneTimeCodeQuerySet, tried: str, at: datetime) -> list[OneTimeCode]:
    """Count one try on each of `codes` by a guarded UPDATE: to count after reading let 200 of 200 guesses through.

    The same statements and always a write, whether there is a code or none: a commit that had nothing to write would
    come back sooner. `tried` names what was tried, and is kept only as a keyed hash.
    """
    with transaction.atomic(durable=True):
        tallies.mark(f"tried:{tried}", period=A_DAY, at=at)
        # In one order, so that two guesses never wait for each other.
        found = list(codes.usable(at).order_by("pk").values_list("pk", flat=True))
        charged = [
            number
            for number in [*found, *[NO_ROW] * (AT_ONCE - len(found))]
            if OneTimeCode.objects.usable(at)
            .filter(pk=number, throttling_failure_count__lt=F("max_tries"))
            .update(throttling_failure_count=F("throttling_failure_count") + 1, throttling_failure_timestamp=at)
        ]
        return list(OneTimeCode.objects.filter(pk__in=[*charged, NO_ROW]).order_by("pk"))


def _refuse_within_cooldown(purpose: str, subject: str, step: str, at: datetime) -> None:
    same_act = Q(last_generated_timestamp=at) & ~Q(step=step)
    earlier = OneTimeCode.objects.filter(purpose=purpose, subject=subject).exclude(same_act)
    last = earlier.order_by("-last_generated_timestamp").first()
    if last is None or last.last_generated_timestamp is None:
        return
    until = last.last_generated_timestamp + timedelta(seconds=last.get_cooldown_duration())
    if at < until:
        # Up to the next whole second: who comes at the time named is let in.
        shown = timezone.localtime(until + timedelta(microseconds=-until.microsecond % 1_000_000))
        raise Refused(
            format_lazy(
                _("A code was made a moment ago. You can ask for the next one from {time} on."),
                time=f"{shown:%H:%M:%S}",
            )
        )


def _free_selector() -> str:
    """Return a selector that no code ever had; of a million, few are taken."""
    while OneTimeCode.objects.filter(selector=(selector := _random(SELECTOR_LENGTH))).exists():
        pass
    return selector


def _random(length: int, signs: str = ALPHABET) -> str:
    return "".join(secrets.choice(signs) for _place in range(length))
