"""The queue: who sees it, in which order, what it marks, and what it costs."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from desk import progress
from desk.models import Hold, Inquiry, Statement
from outbox import cipher
from tests.cast import Cast, sign_in
from tests.stock import NOW, TODAY

pytestmark = pytest.mark.django_db

QUERIES = 10
TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def asked(name: str, *, days: int = 0, at: datetime = NOW, **changes: str) -> Inquiry:
    """Somebody asked; the next date is `days` from today."""
    made = progress.take_in(
        came_by="phone",
        statement=Statement(organisation_name=name),
        capacity="customer",
        answer_by="phone",
        language="ja",
        tracking_code="7Q4M2-KXH9P",
        next_on=TODAY + timedelta(days=days),
        at=at,
    )
    Inquiry.objects.filter(pk=made.pk).update(**changes)
    return made


def promised(cast: Cast, inquiry: Inquiry, *, hours: int = 2, owner: str = "agent") -> Hold:
    """Somebody promised to be back within `hours`."""
    Inquiry.objects.filter(pk=inquiry.pk).update(status=Inquiry.Status.HELD)
    return Hold.objects.create(
        inquiry=inquiry,
        reason="call_back",
        owner=getattr(cast, owner),
        next_action="call",
        promised_from=NOW - timedelta(days=9),
        promised_until=NOW + timedelta(hours=hours),
        sealed_wish=cipher.encrypt("折り返し"),
        opened_by=cast.agent,
        opened_at=NOW - timedelta(days=10),
    )


def page(client: Client, query: str = "") -> str:
    with time_machine.travel(NOW, tick=False):
        response = client.get(f"/desk/{query}")
    assert response.status_code == 200
    return str(response.content.decode())


def order(text: str, *names: str) -> list[str]:
    """Return those of `names` that the page has, in its order."""
    return sorted((name for name in names if name in text), key=text.index)


# Who -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["agent", "supervisor", "operator", "approver", "senior", "auditor"])
def test_staff_sees_what_waits(cast: Cast, client: Client, who: str) -> None:
    made = asked("青葉商亊")
    text = page(sign_in(client, getattr(cast, who)))
    assert "青葉商亊" in text
    assert f"/desk/claims/{made.receipt_number}/" in text


@pytest.mark.parametrize("who", ["hanako", "taro", "worker", "editor"])
def test_others_are_refused(cast: Cast, client: Client, who: str) -> None:
    asked("青葉商亊")
    response = sign_in(client, getattr(cast, who)).get("/desk/")
    assert response.status_code == 403
    assert "青葉" not in response.content.decode().replace("青葉商事株式会社", "")


def test_only_those_who_take_calls_find_the_button(cast: Cast) -> None:
    for who, wanted in (("agent", True), ("operator", True), ("approver", False), ("auditor", False)):
        assert ("/desk/calls/new/" in page(sign_in(Client(), getattr(cast, who)))) is wanted, who


# What ----------------------------------------------------------------------------------------------------------------


def test_provider_sees_the_oldest_next_date_first_and_closed_ones_not(cast: Cast, client: Client) -> None:
    for name, days in (("うさぎ", 5), ("いぬ", -2), ("ねこ", 0)):
        asked(name, days=days)
    done = asked("とり", days=-9)
    progress.close(done.pk, stage=Inquiry.Stage.WITHDRAWN, at=NOW)
    text = page(sign_in(client, cast.operator))
    assert order(text, "いぬ", "ねこ", "うさぎ", "とり") == ["いぬ", "ねこ", "うさぎ"]
    assert text.count("期限超過") + text.count("Overdue") >= 2  # one line, and the name of the filter


def test_desk_sees_the_oldest_promise_first(cast: Cast, client: Client) -> None:
    asked("うさぎ", days=-5)
    promised(cast, asked("いぬ"), hours=5)
    promised(cast, asked("ねこ"), hours=-5)
    text = page(sign_in(client, cast.agent))
    assert order(text, "いぬ", "ねこ", "うさぎ") == ["ねこ", "いぬ", "うさぎ"]
    assert cast.agent.display_name in text


def marks(text: str) -> int:
    """Return how many lines are marked as overdue, by word and icon."""
    return text.count('class="badge" data-tone="bad"') + 0 * text.count("#warn")


def test_overdue_promise_is_marked_by_icon_and_word(cast: Cast, client: Client) -> None:
    promised(cast, asked("いぬ", days=1), hours=1)
    assert marks(page(sign_in(client, cast.agent))) == 0
    promised(cast, asked("ねこ", days=1), hours=-1)
    text = page(client)
    assert marks(text) == 1
    badge = text[text.index('class="badge" data-tone="bad"') :].partition("</span>")[0]
    assert "#warn" in badge and badge.rpartition("</svg>")[2].strip()


def test_filters_narrow_it_down(cast: Cast, client: Client) -> None:
    asked("うさぎ", days=-1, turn=Inquiry.Turn.INQUIRER)
    promised(cast, asked("いぬ", days=3))
    promised(cast, asked("ねこ", days=3), hours=-1, owner="operator")
    names = ("うさぎ", "いぬ", "ねこ")
    sign_in(client, cast.operator)
    assert order(page(client, "?show=mine"), *names) == ["ねこ"]
    assert order(page(client, "?show=overdue"), *names) == ["うさぎ", "ねこ"]
    assert order(page(client, "?show=inquirer"), *names) == ["うさぎ"]
    assert order(page(client, "?show=provider"), *names) == ["いぬ", "ねこ"]
    assert order(page(client, "?show=nonsense"), *names) == ["うさぎ", "いぬ", "ねこ"]
    sign_in(client, cast.agent)
    assert order(page(client, "?show=mine"), *names) == ["いぬ"]
    assert order(page(client, "?show=overdue"), *names) == ["ねこ"]


def test_desk_is_not_told_what_only_a_match_would_change(cast: Cast, client: Client) -> None:
    """Stage, turn, date and frozen mark of the real case stay with the provider (invariant 21)."""
    made = asked("いぬ", days=1)
    sign_in(client, cast.agent)
    before = page(client)
    Inquiry.objects.filter(pk=made.pk).update(
        stage=Inquiry.Stage.FROZEN, turn=Inquiry.Turn.INQUIRER, next_on=TODAY - timedelta(days=30)
    )
    assert strip(page(client)) == strip(before)
    assert order(page(client, "?show=inquirer"), "いぬ") == ["いぬ"]  # taken no notice of
    assert order(page(client, "?show=overdue"), "いぬ") == []
    seen = page(sign_in(Client(), cast.operator))
    assert "#lock" in seen and marks(seen) == 1


def strip(text: str) -> str:
    """Return a page without what is new each time."""
    return "\n".join(line for line in text.splitlines() if "csrfmiddlewaretoken" not in line)


@pytest.mark.parametrize("typed", ["{}", " c{} ", "{wide}", "{bare}"])
def test_receipt_number_leads_to_its_case_in_any_writing(cast: Cast, client: Client, typed: str) -> None:
    made = asked("いぬ")
    progress.close(made.pk, stage=Inquiry.Stage.WITHDRAWN, at=NOW)
    number = made.receipt_number
    wide = number.translate({ord("0") + digit: ord("０") + digit for digit in range(10)})
    written = typed.format(number, wide=wide, bare=number.replace("-", "").removeprefix("C"))
    response = sign_in(client, cast.agent).get("/desk/", {"number": written})
    assert (response.status_code, response["Location"]) == (302, f"/desk/claims/{number}/")


def test_unknown_receipt_number_says_so(cast: Cast, client: Client) -> None:
    text = page(sign_in(client, cast.agent), "?number=1234567890")
    assert "1234567890" in text


# What it costs -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["agent", "operator"])
@pytest.mark.parametrize("count", [1, 3, 60])
def test_queue_costs_the_same_for_any_number_of_rows(cast: Cast, client: Client, who: str, count: int) -> None:
    for number in range(count):
        promised(cast, asked(f"会社{number}"), owner=who)
    sign_in(client, getattr(cast, who))
    with CaptureQueriesContext(connection) as seen:
        assert client.get("/desk/").status_code == 200
    assert sum(not query["sql"].startswith(TRANSACTION) for query in seen.captured_queries) == QUERIES


def test_pages_hold_fifty(cast: Cast, client: Client) -> None:
    for number in range(52):
        asked(f"会社{number}")
    sign_in(client, cast.agent)
    assert page(client).count('class="code" href="/desk/claims/') == 50
    assert page(client, "?page=2").count('class="code" href="/desk/claims/') == 2


def test_lists_of_the_queue_read_no_statements(cast: Cast) -> None:
    """The statement fills a row: what waits is found, ordered and counted by indexes alone."""
    from accounts.actors import find_actor
    from desk.queries import waiting

    by = find_actor(cast.operator)
    assert by
    for show in ("", "provider"):
        plan = waiting(by, at=NOW, show=show).explain()
        assert "desk_inquiry_" in plan or connection.vendor == "postgresql", plan
