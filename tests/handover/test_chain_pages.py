"""The chain of custody: the picture, the same in words, and who held it on a day."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone, translation

from accounts.models import User
from audit.models import Event
from handover import custody, transitions
from handover.models import CaseAccess, Custody, Deputy, Registration
from handover.queries.chain import Chain, find_chain
from tests.cast import Cast, actor, sign_in
from tests.handover.test_register_pages import cost, text
from tests.stock import START, registration

pytestmark = pytest.mark.django_db
PATH = "/registrations/R-1/custody/"
QUERIES = 9  # one asks whether it is invented; and one more on PostgreSQL, for the lock of the log


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """Return an instant of July 2026 by the clock on the wall in Japan."""
    return datetime(2026, 7, day, hour, minute, second, tzinfo=UTC) - timedelta(hours=9)


def give(held: Registration, to: User | None, when: datetime, *, basis: str = "", kind: str = "") -> None:
    kind = kind or ("custodian" if to else "caretaker")
    basis = basis or ("handover" if kind == "custodian" else "caretaker")
    custody.give(held, to, kind=kind, basis=basis, basis_label="", at=when)


@pytest.fixture
def long(cast: Cast, held: Registration) -> Registration:
    """R-1: 太郎 from June 1st, 次郎 from July 10th 10:00, 花子 in care, the provider, 三郎 from July 30th, midnight."""
    give(held, cast.jiro, at(10, 10))
    give(held, cast.hanako, at(20, 9, 30), kind="caretaker")
    give(held, None, at(20, 18))
    give(held, cast.saburo, at(30, 0))
    return held


def chain(cast: Cast) -> Chain:
    found = find_chain(actor(cast.hanako), "R-1", timezone.now())
    assert found
    return found


def names(cast: Cast, day: date) -> list[tuple[str | None, str, str]]:
    """Return who held it on `day`: None for nobody, "" for the provider."""
    return [(part.period and part.period.name, part.begins, part.ends) for part in chain(cast).on(day)]


def test_day_is_answered_for_any_day(cast: Cast, long: Registration) -> None:
    one, two, three, four = (user.display_name for user in (cast.taro, cast.jiro, cast.hanako, cast.saburo))
    assert names(cast, date(1, 1, 1)) == [(None, "", "")]
    assert names(cast, date(2026, 5, 31)) == [(None, "", "")]
    assert names(cast, date(2026, 6, 1)) == [(None, "", "09:00"), (one, "09:00", "")]
    assert names(cast, date(2026, 7, 9)) == [(one, "", "")]
    assert names(cast, date(2026, 7, 10)) == [(one, "", "10:00"), (two, "10:00", "")]
    assert names(cast, date(2026, 7, 20)) == [(two, "", "09:30"), (three, "09:30", "18:00"), ("", "18:00", "")]
    assert names(cast, date(2026, 7, 29)) == [("", "", "")]
    assert names(cast, date(2026, 7, 30)) == [(four, "", "")], "a change at midnight leaves one holder a day"
    assert names(cast, timezone.localdate()) == [(four, "", "")]
    assert names(cast, timezone.localdate() + timedelta(days=1)) == []
    assert names(cast, date(9999, 12, 31)) == []


def test_gaps_are_counted_by_how_often_not_by_how_many_cared(cast: Cast, long: Registration) -> None:
    assert chain(cast).gaps == 1
    give(long, None, at(31, 9))
    assert chain(cast).gaps == 2


def test_changes_within_a_minute_are_told_by_their_seconds(cast: Cast, held: Registration) -> None:
    give(held, cast.jiro, at(10, 10, 0, 5))
    give(held, cast.taro, at(10, 10, 0, 9))
    assert [found[1] for found in names(cast, date(2026, 7, 10))] == ["", "10:00:05", "10:00:09"]


def test_day_without_any_custody_has_nobody(cast: Cast) -> None:
    Registration.objects.create(
        number="R-1", organisation=cast.aoba, registered_name="青葉商事", address="東京都", registered_at=START
    )
    assert names(cast, date(2026, 7, 1)) == [(None, "", "")]
    assert text(sign_in(Client(), cast.hanako), PATH)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_reader_sees_every_period_in_words_and_drawn(
    cast: Cast, long: Registration, client: Client, language: str
) -> None:
    Deputy.objects.create(registration=long, user=cast.taro, since=at(12, 9), until=at(15, 9))
    Deputy.objects.create(registration=long, user=cast.jiro, since=at(14, 9))
    User.objects.filter(pk=cast.hanako.pk).update(language=language)
    sign_in(client, cast.hanako)
    client.cookies["django_language"] = language
    page = text(client, PATH)
    rows = re.findall(r"<li>\s*<div class=\"chain-words\">.*?</li>", page, re.DOTALL)
    assert len(rows) == 7
    drawn = [
        re.findall(r'<rect class="(chain-held|chain-gap|chain-deputy)"', row) + re.findall(r"url\(#[a-z-]+\)", row)
        for row in rows
    ]
    held, deputy = ["chain-held"], ["chain-deputy"]
    stripes, dots = ["chain-gap", "url(#chain-stripes)"], ["chain-gap", "url(#chain-dots)"]
    assert drawn == [held, held, stripes, dots, held, deputy, deputy]
    with translation.override(language):
        assert [str(Custody.Basis(basis).label) in row for basis, row in zip(BASES, rows, strict=False)] == [True] * 5
        gap, care = translation.gettext("No person in charge"), translation.gettext("In care")
    # A gap is told by pattern, icon and word, never by colour alone.
    assert gap in rows[3] and "#open" in rows[3]
    assert care in rows[2] and "#half" in rows[2]
    assert all(row.count('aria-hidden="true"') >= 1 and "<time" in row for row in rows)
    assert ' style="' not in page and "<style" not in page


BASES = ["registered", "handover", "caretaker", "caretaker", "handover"]


def test_bars_lie_on_one_scale_and_none_is_too_thin(cast: Cast, held: Registration) -> None:
    now = START + timedelta(days=100)
    give(held, cast.jiro, START + timedelta(days=25))
    give(held, cast.saburo, START + timedelta(days=25, minutes=1))
    give(held, cast.taro, now - timedelta(minutes=1))
    Deputy.objects.create(registration=held, user=cast.saburo, since=START - timedelta(days=9), until=now)
    found = find_chain(actor(cast.hanako), "R-1", now)
    assert found
    assert [(bar.left, bar.width) for bar in found.bars] == [
        ("0.00%", "25.00%"),
        ("25.00%", "0.80%"),
        ("25.00%", "75.00%"),
        ("99.20%", "0.80%"),
    ]
    assert [(bar.left, bar.width) for bar in found.deputies] == [("0.00%", "100.00%")]


def test_reader_asks_for_a_day(cast: Cast, long: Registration, client: Client) -> None:
    sign_in(client, cast.hanako)
    answer = re.compile(r'<div class="chain-answer".*?</div>', re.DOTALL)
    assert not answer.search(text(client, PATH))
    found = answer.search(text(client, f"{PATH}?on=2026-07-20"))
    assert found
    times = re.findall(r"(?:09:30|18:00)", found[0])
    assert times == ["09:30", "09:30", "18:00", "18:00"]
    assert cast.jiro.display_name in found[0] and cast.hanako.display_name in found[0]
    for wrong in ("", "yesterday", "2026-02-30"):
        page = text(client, f"{PATH}?on={wrong}")
        assert not answer.search(page) and "error" in page, wrong


def test_registration_page_leads_to_the_chain(cast: Cast, held: Registration, client: Client) -> None:
    assert f'href="{PATH}"' in text(sign_in(client, cast.taro), "/registrations/R-1/")


@pytest.mark.parametrize(
    ("who", "role"),
    [
        ("saburo", "custodian"),
        ("hanako", "administrator"),
        ("jiro", "former"),
        ("taro", "deputy"),
        ("auditor", "staff"),
    ],
)
def test_look_at_the_chain_is_written_down(cast: Cast, long: Registration, client: Client, who: str, role: str) -> None:
    now = timezone.now()
    give(long, cast.jiro, now - timedelta(days=2))
    give(long, cast.saburo, now - timedelta(days=1))
    Deputy.objects.create(registration=long, user=cast.taro, since=START)
    CaseAccess.objects.create(registration=long, user=cast.auditor, case="C-1", since=START)
    text(sign_in(client, getattr(cast, who)), PATH)
    look = Event.objects.get(verb="registration.viewed")
    assert (look.facts["page"], look.facts["as"]) == ("custody", role)


@pytest.mark.parametrize("who", ["bystander", "wakako", "operator", "agent", "worker"])
def test_whoever_does_not_see_the_registration_sees_no_chain(
    cast: Cast, held: Registration, client: Client, who: str
) -> None:
    user = cast.jiro if who == "bystander" else getattr(cast, who)
    assert sign_in(client, user).get(f"{PATH}?on=2026-07-10").status_code == 404
    assert not Event.objects.filter(verb="registration.viewed").exists()


def _long_chain(cast: Cast, held: Registration, count: int) -> Iterator[None]:
    for number in range(count - 1):
        give(held, (cast.jiro, cast.taro, None)[number % 3], START + timedelta(days=number + 1))
        Deputy.objects.create(registration=held, user=cast.saburo, since=START, until=START + timedelta(days=1))
        yield


@pytest.mark.parametrize("count", [1, 3, 100])
def test_page_costs_the_same_for_any_number_of_periods(
    cast: Cast, held: Registration, client: Client, count: int
) -> None:
    for _step in _long_chain(cast, held, count):
        pass
    sign_in(client, cast.hanako)
    more = 1 if connection.vendor == "postgresql" else 0
    assert cost(client, f"{PATH}?on=2026-07-10") == QUERIES + more
    assert text(client, PATH).count('class="chain-bar"') == 2 * count - 1


def test_chain_ends_with_care_taken_up(cast: Cast, client: Client) -> None:
    made = registration(cast.aoba, "R-1", custodian=None)
    transitions.take_into_care(registration_pk=made.pk, actor=actor(cast.hanako), at=at(2, 9))
    assert [bar.state for bar in chain(cast).bars] == ["provider", "caretaker"]
    assert chain(cast).gaps == 1
