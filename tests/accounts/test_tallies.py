"""Rate limits: exact for any number at once, and no address in clear."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, connections, transaction

from accounts import tallies
from accounts.models import Tally

AT = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.mark.django_db
def test_limit_is_reached_and_not_passed() -> None:
    assert [tallies.charge("search:ip:192.0.2.1", limit=5, period=HOUR, at=AT) for _time in range(7)] == [
        *[True] * 5,
        *[False] * 2,
    ]
    assert Tally.objects.get().count == 5


@pytest.mark.django_db
def test_nobody_is_counted_for_another() -> None:
    assert tallies.charge("search:ip:192.0.2.1", limit=1, period=HOUR, at=AT)
    assert tallies.charge("search:ip:192.0.2.2", limit=1, period=HOUR, at=AT)
    assert not tallies.charge("search:ip:192.0.2.1", limit=1, period=HOUR, at=AT)


@pytest.mark.django_db
def test_periods_of_one_key_are_counted_apart() -> None:
    at = datetime(2026, 11, 27, tzinfo=ZoneInfo("Asia/Tokyo"))  # Where the hour and the day begin together.
    assert tallies.charge("claims", limit=1, period=HOUR, at=at)
    assert tallies.charge("claims", limit=1, period=DAY, at=at)
    assert not tallies.charge("claims", limit=1, period=DAY, at=at)


@pytest.mark.django_db
def test_limit_of_nothing_lets_nobody_through() -> None:
    assert not tallies.charge("off", limit=0, period=HOUR, at=AT)


@pytest.mark.django_db
def test_count_begins_anew_with_the_hour() -> None:
    end = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
    assert tallies.charge("k", limit=1, period=HOUR, at=AT)
    assert not tallies.charge("k", limit=1, period=HOUR, at=end - SECOND)
    assert tallies.charge("k", limit=1, period=HOUR, at=end)


@pytest.mark.django_db
def test_day_begins_at_midnight_here() -> None:
    midnight = datetime(2026, 11, 28, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert tallies.charge("k", limit=1, period=DAY, at=midnight - DAY)
    assert not tallies.charge("k", limit=1, period=DAY, at=midnight - SECOND)
    assert tallies.charge("k", limit=1, period=DAY, at=midnight)
    assert sorted(Tally.objects.values_list("started_at", "ends_at")) == [
        (midnight - DAY, midnight),
        (midnight, midnight + DAY),
    ]


@pytest.mark.django_db
def test_no_row_holds_an_address_or_number_in_clear() -> None:
    keys = ["claims:mail:taro@aoba.example", "claims:phone:0312345678"]
    for key in keys:
        tallies.charge(key, limit=5, period=DAY, at=AT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM desk_tally")
        stored = str(cursor.fetchall())
    assert len(set(Tally.objects.values_list("key_hash", flat=True))) == 2
    for part in ("taro", "aoba", "0312345678", "mail", "phone"):
        assert part not in stored


@pytest.mark.django_db
def test_hash_of_a_key_needs_the_secret(settings: Any) -> None:
    tallies.charge("claims:phone:0312345678", limit=1, period=DAY, at=AT)
    settings.SECRET_KEY = "another"
    assert tallies.charge("claims:phone:0312345678", limit=1, period=DAY, at=AT)


@pytest.mark.django_db
def test_prune_forgets_what_is_over_and_nothing_else() -> None:
    tallies.charge("k", limit=1, period=HOUR, at=AT)
    tallies.charge("k", limit=1, period=DAY, at=AT)
    end = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
    assert tallies.prune(end - SECOND) == 0
    assert tallies.prune(end) == 1
    assert not tallies.charge("k", limit=1, period=DAY, at=end)


@pytest.mark.django_db(transaction=True)
def test_count_stays_by_itself_and_never_inside_another_transaction() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        tallies.charge("k", limit=1, period=HOUR, at=AT)


@pytest.mark.django_db(transaction=True)
def test_of_200_at_once_exactly_the_limit_gets_through() -> None:
    start = Barrier(200)

    def one(_number: int) -> bool:
        try:
            start.wait(60)
            return tallies.charge("k", limit=5, period=HOUR, at=AT)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(200) as pool:
        answers = list(pool.map(one, range(200)))
    assert answers.count(True) == 5
    assert Tally.objects.get().count == 5
