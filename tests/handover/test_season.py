"""The handover season of March and September, and letters that ask who is in charge (R7)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.errors import NotAllowed, WrongState
from accounts.models import User
from audit.models import Event
from audit.record import System
from handover import clock, transitions
from handover.models import (
    Attestation,
    Campaign,
    ContactPoint,
    GapAlert,
    NoticeLetter,
    Registration,
    Told,
)
from handover.queries import season as queries
from handover.transitions import season as acts
from outbox.models import Notice
from tests import seen
from tests.cast import Cast, actor
from tests.handover.printed import pages, squeezed
from tests.letterbox import mails
from tests.stock import NOW, START, registration

CLOCK = System("clock")
MARCH = datetime.fromisoformat("2027-03-01T09:00:00+09:00")  # a Monday


def run(at: datetime) -> tuple[list[str], list[tuple[str, str]]]:
    User.objects.update(last_login=at)
    before = seen.mark()
    clock.run(at=at)
    rows = Notice.objects.filter(event__sequence__gt=before, event__verb__startswith="season.")
    return [one for one in seen.verbs(before) if one.startswith("season.")], sorted(
        rows.values_list("template", "recipient")
    )


@pytest.mark.parametrize(
    ("at", "season"),
    [
        ("2027-02-28T23:59:59+09:00", None),
        ("2027-02-28T15:00:00+00:00", "2027-03-01"),  # midnight here
        ("2027-03-31T23:59:59+09:00", "2027-03-01"),
        ("2027-04-01T00:00:00+09:00", None),
        ("2026-09-01T00:00:00+09:00", "2026-09-01"),
        ("2030-09-01T12:00:00+09:00", None),  # a Sunday
        ("2030-09-02T12:00:00+09:00", "2030-09-01"),
        ("2026-12-01T12:00:00+09:00", None),
    ],
)
def test_season_begins_on_the_first_business_day(cast: Cast, held: Registration, at: str, season: str | None) -> None:
    begun = run(datetime.fromisoformat(at))[0]
    assert begun == (["season.begun", "season.told"] if season else [])
    assert [str(one.season) for one in Campaign.objects.all()] == ([season] if season else [])


def test_everybody_gets_one_mail_a_season(cast: Cast, held: Registration) -> None:
    registration(cast.aoba, "R-2", custodian=cast.taro)
    registration(cast.aoba, "R-3", custodian=cast.jiro)
    registration(cast.aoba, "R-4", custodian=None)
    told = [
        ("season_administrator", cast.hanako.label),
        ("season_custodian", cast.taro.label),
        ("season_custodian", cast.jiro.label),
    ]
    # 若葉省 has no registration.
    assert run(MARCH) == (["season.begun", "season.told"], told)
    campaign = Campaign.objects.get()
    assert (campaign.organisation, campaign.people, campaign.finished_at) == (cast.aoba, 2, MARCH)
    facts = {"season": "2027-03", "registrations": 4, "people": 2, "unanswered": 0, "gaps": 1}
    assert Event.objects.get(verb="season.begun").facts == facts
    assert Event.objects.get(verb="season.told").facts == {"season": "2027-03", "people": 2}
    for later in (timedelta(minutes=1), timedelta(days=20)):
        assert run(MARCH + later) == ([], [])
    assert run(MARCH + timedelta(days=184))[1] == told


def test_administrator_reads_who_holds_how_many(cast: Cast, held: Registration) -> None:
    registration(cast.aoba, "R-2", custodian=cast.taro)
    Attestation.objects.create(registration=held, user=cast.taro, due_on=MARCH.date(), asked_at=START)
    run(MARCH)
    body = mails("season_administrator")[0]["body"]
    assert "𠮷田 太郎" in body and "/season/" in body
    assert "/handovers/" in body or "/packages/" in body


def test_thousands_of_people_are_told_in_pieces(
    cast: Cast, held: Registration, monkeypatch: pytest.MonkeyPatch
) -> None:
    registration(cast.aoba, "R-2", custodian=cast.jiro)
    registration(cast.aoba, "R-3", custodian=cast.saburo)
    monkeypatch.setattr(acts, "PEOPLE", 2)
    assert len(run(MARCH)[1]) == 3
    assert Campaign.objects.get().finished_at is None
    assert run(MARCH + timedelta(minutes=1)) == (["season.told"], [("season_custodian", cast.saburo.label)])
    assert Campaign.objects.get().people == 3
    assert run(MARCH + timedelta(minutes=2)) == ([], [])


def test_worker_killed_between_the_pieces_tells_nobody_twice(cast: Cast, held: Registration) -> None:
    campaign = transitions.begin_season(organisation_pk=cast.aoba.pk, actor=CLOCK, at=MARCH)
    Told.objects.create(user=cast.taro, what=queries.told_of(campaign.season), told_at=MARCH)
    assert run(MARCH) == (["season.told"], [])


def test_season_refuses_people_and_a_second_press(cast: Cast, held: Registration) -> None:
    with pytest.raises(WrongState):
        transitions.begin_season(organisation_pk=cast.aoba.pk, actor=CLOCK, at=NOW)
    with pytest.raises(NotAllowed):
        transitions.begin_season(organisation_pk=cast.aoba.pk, actor=actor(cast.hanako), at=MARCH)  # type: ignore[arg-type]
    with pytest.raises(WrongState):
        transitions.begin_season(organisation_pk=cast.wakaba.pk, actor=CLOCK, at=MARCH)
    campaign = transitions.begin_season(organisation_pk=cast.aoba.pk, actor=CLOCK, at=MARCH)
    with pytest.raises(WrongState):
        transitions.begin_season(organisation_pk=cast.aoba.pk, actor=CLOCK, at=MARCH)
    with pytest.raises(NotAllowed):
        transitions.tell_season(campaign_pk=campaign.pk, actor=actor(cast.hanako), at=MARCH)  # type: ignore[arg-type]
    transitions.tell_season(campaign_pk=campaign.pk, actor=CLOCK, at=MARCH)
    with pytest.raises(WrongState):
        transitions.tell_season(campaign_pk=campaign.pk, actor=CLOCK, at=MARCH)


def test_numbers_of_holders_count_each_thing_once(cast: Cast, held: Registration) -> None:
    other = registration(cast.aoba, "R-2", custodian=cast.taro)
    for one, due in ((held, NOW.date() - timedelta(days=1)), (other, NOW.date())):
        Attestation.objects.create(registration=one, user=cast.taro, due_on=due, asked_at=START)
    for kind in ("not_attested", "custodian_absent"):
        GapAlert.objects.create(kind=kind, organisation=cast.aoba, registration=held, opened_at=NOW)
    GapAlert.objects.create(
        kind="disclaimed", organisation=cast.aoba, registration=other, opened_at=START, closed_at=NOW
    )
    page = list(queries.holder_keys(cast.aoba))
    assert page == [(cast.taro.pk, 2)]
    (holder,) = queries.holders(cast.aoba, [(cast.taro.pk, 2)], NOW.date())
    assert (holder.user, holder.held, holder.asked, holder.late, holder.gaps) == (cast.taro, 2, 2, 1, 1)


# Letters -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def letter(cast: Cast, held: Registration) -> NoticeLetter:
    """A letter to the postal address of record of R-1 that waits for the printer."""
    ContactPoint.objects.create(
        registration=held,
        kind="post",
        value="東京都港区芝1-2-3",
        postal_code="1050014",
        since=START,
        purposes=["procedure"],
    )
    late = NOW.date() - timedelta(days=30)
    Attestation.objects.create(
        registration=held, user=cast.taro, due_on=late, asked_at=NOW - timedelta(days=70), reminded=3
    )
    transitions.post_attestation(organisation_pk=cast.aoba.pk, actor=CLOCK, at=NOW)
    return NoticeLetter.objects.get()


def test_operator_prints_a_letter_once(cast: Cast, letter: NoticeLetter) -> None:
    before = seen.mark()
    pdf = transitions.print_notices(letter_pks=[letter.pk], actor=actor(cast.operator), at=NOW)
    (page,) = pages(pdf)
    words = squeezed(page)
    for part in ("東京都港区芝1-2-3", "青葉商事株式会社", "登録ご担当者様", letter.number, "/attestation/"):
        assert part in words, part
    for never in ("R-1", "太郎"):
        assert never not in words
    letter.refresh_from_db()
    assert (letter.printed_at, letter.printed_by, letter.notice.status) == (NOW, cast.operator, "sent")
    assert letter.notice.payload is None
    assert seen.verbs(before) == ["notices.printed"]
    with pytest.raises(WrongState):
        transitions.print_notices(letter_pks=[letter.pk], actor=actor(cast.operator), at=NOW)


@pytest.mark.parametrize("who", ["hanako", "agent", "supervisor", "approver", "auditor"])
def test_nobody_else_prints_or_says_that_it_came_back(cast: Cast, letter: NoticeLetter, who: str) -> None:
    with pytest.raises(NotAllowed):
        transitions.print_notices(letter_pks=[letter.pk], actor=actor(getattr(cast, who)), at=NOW)
    with pytest.raises(NotAllowed):
        transitions.record_notice_return(letter_pk=letter.pk, actor=actor(getattr(cast, who)), at=NOW)


def test_letter_that_came_back_marks_the_address_and_the_clock_notes_the_absence(
    cast: Cast, letter: NoticeLetter
) -> None:
    User.objects.update(last_login=NOW)
    operator = actor(cast.operator)
    with pytest.raises(WrongState):
        transitions.record_notice_return(letter_pk=letter.pk, actor=operator, at=NOW)
    transitions.print_notices(letter_pks=[letter.pk], actor=operator, at=NOW)
    back = NOW + timedelta(days=5)
    transitions.record_notice_return(letter_pk=letter.pk, actor=operator, at=back)
    point = ContactPoint.objects.get(kind="post")
    assert (point.health, point.came_back_at) == ("returned", back)
    assert Event.objects.get(verb="notice.returned").facts == {"letter": letter.number, "marked": 1}
    with pytest.raises(WrongState):
        transitions.record_notice_return(letter_pk=letter.pk, actor=operator, at=back)
    clock.run(at=back)
    alert = GapAlert.objects.get(kind="custodian_absent")
    assert alert.reasons == ["post_returned"]


def test_name_without_a_face_is_printed_as_a_geta_mark(cast: Cast, held: Registration, monkeypatch: Any) -> None:
    Registration.objects.update(registered_name="青葉\U0001fae8商事")
    Attestation.objects.create(
        registration=held, user=cast.taro, due_on=NOW.date() - timedelta(days=30), asked_at=START, reminded=3
    )
    transitions.post_attestation(organisation_pk=cast.aoba.pk, actor=CLOCK, at=NOW)
    letter = NoticeLetter.objects.get()
    pdf = transitions.print_notices(letter_pks=[letter.pk], actor=actor(cast.operator), at=NOW)
    assert "〓商事" in squeezed(pages(pdf)[0])


def test_address_that_fits_no_window_opens_the_alert_without_a_letter(cast: Cast, held: Registration) -> None:
    Registration.objects.update(address="東京都" + "千代田区" * 70)
    Attestation.objects.create(
        registration=held, user=cast.taro, due_on=NOW.date() - timedelta(days=30), asked_at=START, reminded=3
    )
    transitions.post_attestation(organisation_pk=cast.aoba.pk, actor=CLOCK, at=NOW)
    assert not NoticeLetter.objects.exists()
    assert GapAlert.objects.filter(kind="not_attested").exists()
