"""The yearly question “are you still in charge?”: its days, and what the clock does."""

import json
from datetime import date, datetime, timedelta

import pytest
from django.db import connection

from accounts.errors import NotAllowed, WrongState
from audit.models import Event
from audit.record import System
from handover import transitions
from handover.models import (
    Attestation,
    ContactPoint,
    Custody,
    Deputy,
    GapAlert,
    NoticeLetter,
    Registration,
)
from handover.rules.attestation import DUE, SOON, last_base, months_after
from outbox import cipher
from tests import seen
from tests.cast import Cast, actor
from tests.handover.attested import DUE_ON, after, asked, on, run
from tests.letterbox import mails
from tests.stock import NOW, START, accepted, registration

CLOCK = System("clock")


# The days ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2025-02-28", 12, "2026-02-28"),
        ("2026-08-31", -13, "2025-07-31"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2027-03-31", -1, "2027-02-28"),
    ],
)
def test_months_end_where_a_month_has_no_such_day(day: str, months: int, then: str) -> None:
    assert months_after(date.fromisoformat(day), months) == date.fromisoformat(then)


def test_last_base_is_the_last_day_that_leads_to_the_due_day() -> None:
    for number in range(365 * 5):
        day = date(2023, 12, 30) + timedelta(days=number)
        base = last_base(day)
        assert months_after(base, 12) <= day < months_after(base + timedelta(days=1), 12)


def test_custody_begun_on_29_february_is_due_on_28_february(cast: Cast) -> None:
    held = registration(cast.aoba, "R-1", custodian=cast.taro, at=on(date(2024, 2, 29)))
    first = date(2025, 2, 28) - timedelta(days=40)
    assert run(on(first - timedelta(days=1), 23))[0] == []
    assert run(on(first, 0))[0] == ["attestation.asked"]
    assert Attestation.objects.get(registration=held).due_on == date(2025, 2, 28)


def test_day_is_that_of_the_provider_not_of_greenwich(cast: Cast) -> None:
    """23:30 on the last of May in Greenwich is the first of June here."""
    held = registration(cast.aoba, "R-1", custodian=cast.taro, at=datetime.fromisoformat("2026-05-31T15:30:00+00:00"))
    midnight = datetime.fromisoformat("2027-04-22T00:00:00+09:00")
    assert run(midnight - timedelta(seconds=1))[0] == []
    assert run(midnight)[0] == ["attestation.asked"]
    assert Attestation.objects.get(registration=held).due_on == DUE_ON


# The clock ---------------------------------------------------------------------------------------------------------


def test_custodian_is_asked_40_days_before_and_nobody_twice(cast: Cast, held: Registration) -> None:
    taro = cast.taro.label
    assert run(after(-41)) == ([], [])
    assert run(after(-40)) == (["attestation.asked"], [("attestation_asked", taro)])
    question = Attestation.objects.get()
    assert (question.registration, question.user, question.due_on) == (held, cast.taro, DUE_ON)
    assert (question.asked_at, question.reminded, question.answered_at) == (after(-40), 0, None)
    written = Event.objects.get(verb="attestation.asked")
    assert written.facts == {"registrations": 1}
    assert set(written.about) == {taro, held.label, cast.aoba.label}
    assert run(after(-40, 13)) == ([], [])
    assert run(after(-15)) == ([], [])


def test_clock_does_each_stage_once(cast: Cast, held: Registration) -> None:
    Deputy.objects.create(registration=held, user=cast.saburo, since=START)
    ContactPoint.objects.create(
        registration=held,
        kind="post",
        value="東京都港区1-1",
        postal_code="1050001",
        since=START,
        purposes=["procedure"],
    )
    asked(cast, held)
    taro, hanako, saburo = cast.taro.label, cast.hanako.label, cast.saburo.label
    assert run(after(-14)) == (["attestation.reminded"], [("attestation_reminder", taro)])
    assert run(after(-13)) == ([], [])
    assert run(after(0)) == (["attestation.reminded"], [("attestation_reminder", taro)])
    assert run(after(13)) == ([], [])
    told = [("attestation_unanswered", hanako), ("attestation_unanswered", saburo)]
    assert run(after(14)) == (["attestation.escalated"], told)
    assert run(after(29)) == ([], [])
    assert not GapAlert.objects.exists()
    point = held.contact_points.get(kind="post")
    assert run(after(30)) == (["attestation.posted"], [("attestation_letter", f"contact_point:{point.pk}")])
    alert = GapAlert.objects.get()
    assert (alert.kind, alert.registration, alert.closed_at) == ("not_attested", held, None)
    assert run(after(31)) == ([], [])
    assert run(after(300)) == ([], [])
    # Not answering never removes anybody.
    assert Custody.objects.current().get(registration=held).user == cast.taro
    stages = Event.objects.filter(verb__startswith="attestation.").order_by("sequence")
    assert [one.facts.get("stage") for one in stages] == [None, 1, 2, 3, 4]


def test_clock_that_stood_still_sends_the_last_reminder_only_and_tells_others_before_the_letter(
    cast: Cast, held: Registration
) -> None:
    asked(cast, held)
    assert run(after(3))[0] == ["attestation.reminded"]
    assert Attestation.objects.get().reminded == DUE
    assert run(after(40))[0] == ["attestation.escalated", "attestation.posted"]


def test_custody_long_past_due_is_asked_with_40_days_to_answer(cast: Cast, held: Registration) -> None:
    late = after(500)
    assert run(late)[0] == ["attestation.asked"]
    assert Attestation.objects.get().due_on == late.date() + timedelta(days=40)
    assert run(late + timedelta(days=25))[0] == []
    assert run(late + timedelta(days=26))[0] == ["attestation.reminded"]
    assert Attestation.objects.get().reminded == SOON


def test_caretaker_and_closed_registrations_are_not_asked_about(cast: Cast, held: Registration) -> None:
    registration(cast.aoba, "R-2", custodian=None)
    closed = registration(cast.aoba, "R-3", custodian=cast.jiro)
    closed.status = Registration.Status.CLOSED
    closed.save()
    assert run(after(-40))[1] == [("attestation_asked", cast.taro.label)]
    assert [one.registration for one in Attestation.objects.all()] == [held]


def test_handover_counts_as_an_answer(cast: Cast, held: Registration) -> None:
    accepted(cast, held, days=0)
    assert run(after(-40))[0] == []
    due = months_after(NOW.date(), 12)
    assert "attestation.asked" in run(on(due - timedelta(days=40)))[0]
    assert Attestation.objects.get().user == cast.jiro


def test_change_of_custody_lapses_the_question_and_closes_the_alerts(cast: Cast, held: Registration) -> None:
    question = asked(cast, held)
    for day in (0, 14, 30):
        run(after(day))
    assert GapAlert.objects.filter(closed_at=None).count() == 1
    transitions.leave(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=after(31))
    question.refresh_from_db()
    assert (question.lapsed_at, question.answered_at) == (after(31), None)
    assert list(GapAlert.objects.filter(closed_at=None).values_list("kind", flat=True)) == ["no_custodian"]


def test_one_mail_for_all_registrations_of_a_stage(cast: Cast, held: Registration) -> None:
    for number in range(2, 15):
        registration(cast.aoba, f"R-{number}", custodian=cast.taro)
    assert run(after(-40))[1] == [("attestation_asked", cast.taro.label)]
    body = mails("attestation_asked")[0]["body"]
    assert "14" in body and "R-1\u3000" in body
    assert sum(line.startswith("- R-") for line in body.splitlines()) == 10
    assert "/attestation/" in body
    for day, template, who in (
        (-14, "attestation_reminder", cast.taro),
        (0, "attestation_reminder", cast.taro),
        (14, "attestation_unanswered", cast.hanako),
    ):
        assert run(after(day))[1] == [(template, who.label)]


def test_deputies_learn_of_their_own_registrations_only(cast: Cast, held: Registration) -> None:
    other = registration(cast.aoba, "R-2", custodian=cast.taro)
    Deputy.objects.create(registration=other, user=cast.saburo, since=START)
    asked(cast, held)
    run(after(0))
    run(after(14))
    bodies = {one["recipient"]: one["body"] for one in mails("attestation_unanswered")}
    assert "R-2" in bodies[cast.saburo.label] and "R-1" not in bodies[cast.saburo.label]
    assert "R-1" in bodies[cast.hanako.label] and "R-2" in bodies[cast.hanako.label]


def test_letter_names_neither_product_nor_number_and_one_goes_to_an_address(cast: Cast, held: Registration) -> None:
    registration(cast.aoba, "R-2", custodian=cast.jiro)
    asked(cast, held)
    for day in (0, 14, 30):
        run(after(day))
    # Both are registered at one address, where no postal address of record is kept.
    letter = NoticeLetter.objects.get()
    assert (letter.contact_point, letter.queued_on) == (None, DUE_ON + timedelta(days=30))
    assert GapAlert.objects.filter(kind="not_attested", closed_at=None).count() == 2
    content = json.loads(cipher.decrypt(bytes(letter.notice.payload or b"")))
    assert content["address"] == held.address
    assert content["asked_on"] == str(DUE_ON - timedelta(days=40))
    assert "R-1" not in str(content) and "R-2" not in str(content)


def test_post_that_came_back_from_the_only_address_gets_no_letter(cast: Cast, held: Registration) -> None:
    ContactPoint.objects.create(
        registration=held, kind="post", value=held.address, since=START, health="returned", purposes=["procedure"]
    )
    asked(cast, held)
    for day in (0, 14, 30):
        run(after(day))
    assert not NoticeLetter.objects.exists()
    assert GapAlert.objects.filter(kind="not_attested", closed_at=None).exists()


def test_thousands_of_one_person_go_in_pieces_without_a_giant_mail(cast: Cast) -> None:
    made = Registration.objects.bulk_create(
        Registration(
            number=f"M-{number:04}",
            organisation=cast.aoba,
            registered_name="青葉商事株式会社",
            address="東京都千代田区1-1",
            registered_at=START,
        )
        for number in range(5000)
    )
    Custody.objects.bulk_create(
        Custody(registration=one, user=cast.taro, basis="registered", from_at=START) for one in made
    )
    for piece in range(10):
        verbs, told = run(after(-40, 1 + piece))
        assert verbs == ["attestation.asked"]
        assert told == ([("attestation_asked", cast.taro.label)] if piece == 0 else [])
        if connection.vendor == "postgresql":
            # What autovacuum does within a minute; rows of an open transaction are unknown to the planner.
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE handover_attestation, handover_custody, handover_registration")
        assert Attestation.objects.count() == 500 * (piece + 1)
    assert run(after(-40, 12)) == ([], [])
    body = mails("attestation_asked")[0]["body"]
    assert "5000" in body.replace(",", "") and len(body.splitlines()) < 40
    Attestation.objects.update(reminded=DUE)
    for piece in range(10):
        verbs, told = run(after(14, 1 + piece))
        assert verbs == ["attestation.escalated"]
        assert told == ([("attestation_unanswered", cast.hanako.label)] if piece == 0 else [])
    for piece in range(10):
        verbs, told = run(after(30, 1 + piece))
        assert verbs == ["attestation.posted"]
        assert len(told) == (1 if piece == 0 else 0)
    assert GapAlert.objects.filter(kind="not_attested").count() == 5000
    pieces = Event.objects.filter(verb="attestation.posted").values_list("facts", flat=True)
    assert [one["registrations"] for one in pieces] == [500] * 10
    done = transitions.attest(
        registration_pks=[one.pk for one in made[:500]], answer="still", actor=actor(cast.taro), at=after(31)
    )
    assert len(done) == 500
    assert GapAlert.objects.filter(kind="not_attested", closed_at=None).count() == 4500


@pytest.mark.parametrize("stage", ["ask", "remind", "escalate", "post"])
def test_acts_of_the_clock_refuse_a_second_press_and_people(cast: Cast, held: Registration, stage: str) -> None:
    acts = {
        "ask": (transitions.ask_attestation, {"user_pk": cast.taro.pk}),
        "remind": (transitions.remind_attestation, {"user_pk": cast.taro.pk, "stage": SOON}),
        "escalate": (transitions.escalate_attestation, {"organisation_pk": cast.aoba.pk}),
        "post": (transitions.post_attestation, {"organisation_pk": cast.aoba.pk}),
    }
    act, arguments = acts[stage]
    before = seen.mark()
    with pytest.raises(WrongState):
        act(**arguments, actor=CLOCK, at=NOW)  # type: ignore[operator]
    with pytest.raises(NotAllowed):
        act(**arguments, actor=actor(cast.hanako), at=after(30))  # type: ignore[operator]
    assert seen.verbs(before) == []
