"""Figures of the desk: how each follows from what is on record, who reads which, counted as the log goes on."""

import csv
import io
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from desk import clock, counting, progress, transitions
from desk.models import Call, CaseFigure, Contact, Hold, Inquiry, Statement
from desk.queries.figures import days_before, figures, median
from handover.calendar import business_days_after
from tests.cast import Cast, actor, sign_in
from tests.stock import NOW, TODAY

pytestmark = pytest.mark.django_db(transaction=True)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
QUERIES = 10
TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def asked(at: datetime = NOW, *, topic: str = "question", by: User | None = None) -> Inquiry:
    """Somebody asked, on the phone where `by` took it down, else by web."""
    if by is not None:
        statement = Statement(name="相田 透", own_phone="03-1111-2222")
        wanted = {"topic": topic, "capacity": "unknown", "answer_by": "phone", "language": "ja"}
        return transitions.open_inquiry(statement=statement, **wanted, actor=actor(by), at=at)[0]
    with transaction.atomic():
        return progress.take_in(
            came_by="web",
            statement=Statement(organisation_name="青葉商事"),
            capacity="customer",
            answer_by="mail",
            language="ja",
            tracking_code="7Q4M2-KXH9P",
            next_on=TODAY,
            at=at,
            topic=topic,
        )


def talked(inquiry: Inquiry, by: User, at: datetime, *, direction: str = "in", channel: str = "phone") -> Contact:
    with transaction.atomic():
        return progress.note(
            inquiry.pk, text="用件", at=at, direction=direction, channel=channel, party="claimant", by=by
        )


def promised(inquiry: Inquiry, owner: User, at: datetime, *, until: datetime, **ended: Any) -> Hold:
    return Hold.objects.create(
        inquiry=inquiry,
        reason="call_back",
        owner=owner,
        next_action="call",
        promised_from=at,
        promised_until=until,
        sealed_wish=b"x",
        opened_by=owner,
        opened_at=at,
        **ended,
    )


def figure(inquiry: Inquiry) -> CaseFigure:
    with transaction.atomic():
        counting.count([inquiry.pk])
    return CaseFigure.objects.get(inquiry=inquiry)


def test_first_answer_is_counted_in_business_days(cast: Cast) -> None:
    inquiry = asked()
    assert figure(inquiry).first_answer_days is None
    talked(inquiry, cast.agent, NOW + HOUR, direction="in")
    answered = business_days_after(TODAY, 3)
    talked(inquiry, cast.agent, NOW + (answered - TODAY), direction="out")
    talked(inquiry, cast.agent, NOW + (answered - TODAY) + 9 * DAY, direction="out")
    found = figure(inquiry)
    assert (found.first_answer_days, found.contacts, found.calls) == (3, 3, 3)


def test_end_of_the_matter_is_an_answer_too(cast: Cast) -> None:
    inquiry = asked()
    with transaction.atomic():
        progress.close(inquiry.pk, stage=Inquiry.Stage.NOT_CONFIRMED, at=NOW + HOUR)
    found = figure(inquiry)
    assert (found.first_answer_days, found.is_open, found.recovered_on) == (0, False, None)


def test_time_to_recovery_is_told_of_those_given_back(cast: Cast) -> None:
    inquiry, done = asked(topic="recovery"), business_days_after(TODAY, 10)
    with transaction.atomic():
        progress.close(inquiry.pk, stage=Inquiry.Stage.DONE, at=NOW + (done - TODAY))
    found = figure(inquiry)
    assert (found.recovered_on, found.recovered_days) == (done, 10)


@pytest.mark.parametrize(
    ("ended", "answered_after", "expected"),
    [
        ({}, None, (0, 0, True)),
        ({}, 1, (1, 0, False)),
        ({"closed_at": NOW + 2 * HOUR, "outcome": "agreed"}, None, (1, 0, False)),
        ({"closed_at": NOW + 9 * HOUR, "outcome": "decided"}, None, (0, 1, False)),
        ({"closed_at": NOW + 9 * HOUR, "outcome": "agreed"}, 2, (1, 0, False)),
        ({"closed_at": NOW + 9 * HOUR, "outcome": "agreed"}, 8, (0, 1, False)),
        # Another promise followed in time: what becomes of that one counts.
        ({"closed_at": NOW + 2 * HOUR, "outcome": "followed"}, None, (0, 0, False)),
        ({"closed_at": NOW + 9 * HOUR, "outcome": "followed"}, None, (0, 1, False)),
    ],
)
def test_promise_is_kept_when_we_got_in_touch_in_time(
    cast: Cast, ended: dict[str, Any], answered_after: int | None, expected: tuple[int, int, bool]
) -> None:
    inquiry = asked()
    promised(inquiry, cast.agent, NOW, until=NOW + 4 * HOUR, **ended)
    if answered_after is not None:
        talked(inquiry, cast.agent, NOW + answered_after * HOUR, direction="out")
    found = figure(inquiry)
    assert (found.promises_kept, found.promises_broken, found.promised_until is not None) == expected


def test_open_promise_counts_as_broken_once_it_is_over_without_anybodys_act(cast: Cast) -> None:
    inquiry = asked()
    promised(inquiry, cast.agent, NOW, until=NOW + 4 * HOUR)
    figure(inquiry)
    before = figures(actor(cast.senior), first=TODAY, last=TODAY, at=NOW + 3 * HOUR).whole
    after = figures(actor(cast.senior), first=TODAY, last=TODAY, at=NOW + 5 * HOUR).whole
    assert (before.promises, before.promises_kept) == (0, None)
    assert (after.promises, after.promises_kept) == (1, 0.0)


@pytest.mark.parametrize(
    ("after", "promise", "why"),
    [
        (30 * timedelta(minutes=1), None, None),
        (3 * DAY, None, "again_without_promise"),
        (3 * DAY, 5 * DAY, "again_before_promise"),
        (3 * DAY, 1 * DAY, "again_promise_over"),
        (8 * DAY, None, None),
    ],
)
def test_repeat_within_seven_days_is_counted_with_its_reason(
    cast: Cast, after: timedelta, promise: timedelta | None, why: str | None
) -> None:
    inquiry = asked()
    if promise:
        promised(inquiry, cast.agent, NOW, until=NOW + promise)
    talked(inquiry, cast.agent, NOW + after)
    found = figure(inquiry)
    told = {name for name in vars(found) if name.startswith("again_") and getattr(found, name)}
    assert told == ({why} if why else set())


def test_repeat_after_the_answer_is_told_apart(cast: Cast) -> None:
    inquiry = asked()
    with transaction.atomic():
        progress.close(inquiry.pk, stage=Inquiry.Stage.ANSWERED, at=NOW + DAY)
    talked(inquiry, cast.agent, NOW + 2 * DAY)
    assert figure(inquiry).again_after_answer == 1


def test_our_own_calls_are_no_repeats(cast: Cast) -> None:
    inquiry = asked()
    talked(inquiry, cast.agent, NOW + DAY, direction="out")
    found = figure(inquiry)
    assert found.again_without_promise + found.again_after_answer == 0


def test_call_passed_on_is_an_escalation(cast: Cast) -> None:
    inquiry = asked(by=cast.agent)
    Call.objects.create(
        direction="in",
        by=cast.agent,
        begun_by=cast.agent,
        inquiry=inquiry,
        began_at=NOW,
        ended_at=NOW + HOUR,
        ending="passed",
    )
    assert figure(inquiry).escalations == 1


def test_worker_counts_what_the_log_told_of_and_nothing_twice(cast: Cast) -> None:
    inquiry = asked(by=cast.agent)
    assert clock.run(at=NOW)["figures"] == 1
    assert CaseFigure.objects.get().agency == cast.desk
    assert clock.run(at=NOW)["figures"] == 0
    transitions.note_contact(
        inquiry.pk,
        direction="in",
        channel="mail",
        party="claimant",
        minutes=0,
        text="続き",
        actor=actor(cast.operator),
        at=NOW + DAY,
    )
    assert clock.run(at=NOW + DAY)["figures"] == 1
    kept = CaseFigure.objects.values().get()
    CaseFigure.objects.all().delete()
    figure(inquiry)
    assert CaseFigure.objects.values().get() == kept


def test_supervisor_reads_the_own_agency_and_the_provider_all(cast: Cast) -> None:
    figure(asked(by=cast.agent))
    figure(asked(by=cast.operator))
    figure(asked())
    told = {
        user: figures(actor(user), first=TODAY, last=TODAY, at=NOW).whole.number
        for user in (cast.supervisor, cast.senior, cast.auditor)
    }
    assert told == {cast.supervisor: 1, cast.senior: 3, cast.auditor: 3}


def test_groups_add_up_and_shares_are_of_what_was_due(cast: Cast) -> None:
    first = NOW - 30 * DAY
    answered, waiting = asked(first, by=cast.agent), asked(first)
    talked(answered, cast.agent, first + HOUR, direction="out")
    fresh = asked(NOW)
    for one in (answered, waiting, fresh):
        figure(one)
    found = figures(actor(cast.senior), first=(first - DAY).date(), last=TODAY, at=NOW)
    assert (found.whole.number, found.whole.answered_in_time, found.whole.open) == (3, 0.5, 3)
    assert [number for _key, _words, number in found.whole.ages] == [1, 0, 2, 0]
    by_route = next(part for part in found.parts if part.key == "route").lines
    assert sorted(line.number for line in by_route) == [1, 2]
    assert sum(line.sums["escalations"] for line in by_route) == found.whole.escalations


@pytest.mark.parametrize("rows", [1, 3])
def test_figures_page_asks_the_same_number_of_queries(cast: Cast, rows: int) -> None:
    for number in range(rows):
        figure(asked(NOW - number * DAY, by=cast.agent))
    client = sign_in(Client(), cast.supervisor)
    client.get("/desk/figures/")
    with CaptureQueriesContext(
        connection,
    ) as asked_for:
        page = client.get("/desk/figures/")
    assert page.status_code == 200
    told = [
        one["sql"]
        for one in asked_for.captured_queries
        if not one["sql"].startswith(("BEGIN", "COMMIT", "SAVE", "REL"))
    ]
    assert len(told) <= QUERIES


def test_page_and_csv_tell_the_same_and_never_a_person(cast: Cast) -> None:
    figure(asked(by=cast.agent))
    client = sign_in(Client(), cast.senior)
    page = client.get("/desk/figures/", {"first": TODAY.isoformat(), "last": TODAY.isoformat()}).content.decode()
    sent = client.get("/desk/figures.csv", {"first": TODAY.isoformat(), "last": TODAY.isoformat()})
    lines = list(csv.reader(io.StringIO(sent.content.decode("utf-8-sig"))))
    assert {len(line) for line in lines} == {len(lines[0])}
    assert lines[1][2] == "1" and cast.desk.legal_name in page
    for text in (page.partition("<main")[2], sent.content.decode()):
        assert cast.agent.display_name not in text


def test_median_of_days() -> None:
    assert median(Counter()) is None
    assert median(Counter({1: 1, 2: 1})) == 1.5
    assert median(Counter({0: 2, 5: 1})) == 0
    assert median(Counter({3: 4})) == 3


def test_days_before_is_the_inverse_of_business_days() -> None:
    for number in range(1, 40):
        day = days_before(TODAY, number)
        assert counting.business_days(day, TODAY) == number
        assert counting.business_days(day + DAY, TODAY) < number
