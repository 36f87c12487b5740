"""The rate limits of procedure.md A10, counted in the database: every process sees them and none is evicted."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import Tally


def charge(key: str, *, limit: int, period: timedelta, at: datetime) -> bool:
    """Count one more for `key` and return True, or return False when `limit` is reached in this `period`.

    `key` names what is limited and whose ("claims:mail:…", "search:ip:…", "calls:registration:5"): procedure.md A10
    has the numbers. It is kept only as a hash under SECRET_KEY. Exact for any number at once: exactly `limit` get
    True. In a short transaction of its own, which stays whatever becomes of the request; raises RuntimeError inside
    another.

    Periods stand still and do not slide: an hour begins on the hour and a day at midnight here, so across a boundary
    up to twice the limit fits into one period's length.
    """
    started_at = _start(period, at)
    key_hash = _hashed(key, period)
    with transaction.atomic(durable=True):
        Tally.objects.bulk_create(
            [Tally(key_hash=key_hash, started_at=started_at, ends_at=started_at + period)], ignore_conflicts=True
        )
        # The guard is in the UPDATE: counting and then writing let all of 200 parallel requests through.
        counted = Tally.objects.filter(key_hash=key_hash, started_at=started_at, count__lt=limit)
        return bool(counted.update(count=F("count") + 1))


def give_back(key: str, *, period: timedelta, at: datetime) -> None:
    """Take one off what `charge` counted for `key` in this `period`: what was tried turned out to be right."""
    with transaction.atomic(durable=True):
        counted = Tally.objects.filter(key_hash=_hashed(key, period), started_at=_start(period, at), count__gt=0)
        counted.update(count=F("count") - 1)


def is_spent(key: str, *, period: timedelta, at: datetime) -> bool:
    """Whether anything was counted for `key` in this `period`."""
    return counted(key, period=period, at=at) > 0


def counted(key: str, *, period: timedelta, at: datetime) -> int:
    """Return how often `key` was counted in this `period`; writes nothing and locks nothing."""
    rows = Tally.objects.filter(key_hash=_hashed(key, period), started_at=_start(period, at))
    return rows.values_list("count", flat=True).first() or 0


def mark(key: str, *, period: timedelta, at: datetime) -> None:
    """Count one more for `key` without a limit, inside the caller's transaction: what `charge` writes, always."""
    started_at, key_hash = _start(period, at), _hashed(key, period)
    row = Tally(key_hash=key_hash, started_at=started_at, ends_at=started_at + period)
    Tally.objects.bulk_create([row], ignore_conflicts=True)
    Tally.objects.filter(key_hash=key_hash, started_at=started_at).update(count=F("count") + 1)


def prune(at: datetime) -> int:
    """Forget the counts of periods that are over (procedure.md A10 looks at none of them); return how many."""
    return Tally.objects.filter(ends_at__lte=at).delete()[0]


def _start(period: timedelta, at: datetime) -> datetime:
    anchor = datetime(1970, 1, 1, tzinfo=timezone.get_default_timezone())
    return anchor + (at - anchor) // period * period


def _hashed(key: str, period: timedelta) -> str:
    text = f"{period.total_seconds():.0f}:{key}"
    return salted_hmac("desk.tallies", text, algorithm="sha256").hexdigest()
