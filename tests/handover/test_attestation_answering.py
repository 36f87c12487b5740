"""The yearly question is answered."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Membership, Role
from audit.models import Event
from handover import transitions
from handover.models import (
    Attestation,
    Custody,
    Deputy,
    GapAlert,
    Registration,
    Told,
)
from handover.queries import attestation as queries
from handover.rules.attestation import months_after
from tests import seen
from tests.cast import JOINED, Cast, actor
from tests.handover.attested import DUE_ON, after, asked, on, run
from tests.stock import NOW, START, accepted, registration


def test_custodian_answers_and_is_asked_again_a_year_later(cast: Cast, held: Registration) -> None:
    question, before = asked(cast, held), seen.mark()
    at = after(-35)
    assert transitions.attest(registration_pks=[held.pk], answer="still", actor=actor(cast.taro), at=at) == [held]
    question.refresh_from_db()
    assert (question.answer, question.answered_by, question.answered_at) == ("still", cast.taro, at)
    assert (seen.verbs(before), seen.notices(before)) == (["attestation.answered"], [])
    written = Event.objects.get(verb="attestation.answered")
    assert written.facts == {"answer": "still", "registrations": 1}
    assert set(written.about) == {cast.taro.label, held.label, cast.aoba.label}
    assert run(after(30)) == ([], [])
    due = months_after(at.date(), 12)
    assert run(on(due - timedelta(days=41)))[0] == []
    assert run(on(due - timedelta(days=40)))[0] == ["attestation.asked"]
    assert list(Attestation.objects.order_by("pk").values_list("due_on", flat=True)) == [DUE_ON, due]


def test_answer_closes_the_alert(cast: Cast, held: Registration) -> None:
    asked(cast, held)
    for day in (0, 14, 30):
        run(after(day))
    transitions.attest(registration_pks=[held.pk], answer="still", actor=actor(cast.taro), at=after(31))
    assert GapAlert.objects.get().closed_at == after(31)


@pytest.mark.parametrize("answer", ["not_any_more", "somebody_else"])
def test_whoever_says_no_stays_in_charge_and_administrators_are_told(
    cast: Cast, held: Registration, answer: str
) -> None:
    asked(cast, held)
    before = seen.mark()
    transitions.attest(registration_pks=[held.pk], answer=answer, actor=actor(cast.taro), at=after(-30))
    assert seen.verbs(before) == ["attestation.answered"]
    assert seen.notices(before) == [("attestation_disclaimed", cast.hanako.label)]
    assert GapAlert.objects.get().kind == "disclaimed"
    assert Custody.objects.current().get(registration=held).user == cast.taro
    # Taken back: the history keeps both answers.
    transitions.attest(registration_pks=[held.pk], answer="still", actor=actor(cast.taro), at=after(-29))
    assert GapAlert.objects.get().closed_at == after(-29)
    assert list(Attestation.objects.order_by("pk").values_list("answer", flat=True)) == [answer, "still"]


def test_handing_over_closes_what_was_disclaimed(cast: Cast, held: Registration) -> None:
    Attestation.objects.create(registration=held, user=cast.taro, due_on=DUE_ON, asked_at=START)
    before = NOW - timedelta(days=1)
    transitions.attest(registration_pks=[held.pk], answer="not_any_more", actor=actor(cast.taro), at=before)
    accepted(cast, held, days=0)
    assert GapAlert.objects.get(kind="disclaimed").closed_at == NOW


@pytest.mark.parametrize("who", ["hanako", "jiro", "wakako", "operator"])
def test_nobody_else_answers(cast: Cast, held: Registration, who: str) -> None:
    asked(cast, held)
    before = seen.mark()
    with pytest.raises(NotAllowed):
        transitions.attest(registration_pks=[held.pk], answer="still", actor=actor(getattr(cast, who)), at=after(-30))
    assert seen.verbs(before) == []


def test_second_press_and_a_mixed_choice_change_nothing(cast: Cast, held: Registration) -> None:
    other = registration(cast.aoba, "R-2", custodian=cast.taro)
    asked(cast, held)
    transitions.attest(registration_pks=[held.pk], answer="still", actor=actor(cast.taro), at=after(-30))
    before = seen.mark()
    for chosen in ([held.pk], [held.pk, other.pk]):
        with pytest.raises(WrongState):
            transitions.attest(registration_pks=chosen, answer="still", actor=actor(cast.taro), at=after(-29))
    assert (seen.verbs(before), Attestation.objects.open().count()) == ([], 1)


def test_unknown_answer_and_too_many_are_refused(cast: Cast, held: Registration) -> None:
    asked(cast, held)
    with pytest.raises(Refused):
        transitions.attest(registration_pks=[held.pk], answer="perhaps", actor=actor(cast.taro), at=after(-30))
    with pytest.raises(Refused):
        transitions.attest(registration_pks=[], answer="still", actor=actor(cast.taro), at=after(-30))


def test_rows_hold_one_open_question_and_whole_answers(cast: Cast, held: Registration) -> None:
    given = {"registration": held, "user": cast.taro, "due_on": DUE_ON, "asked_at": START}
    Attestation.objects.create(**given)
    for wrong in ({}, {"answered_at": NOW}, {"answer": "still"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Attestation.objects.create(**given, **wrong)
    Told.objects.create(user=cast.taro, what="a", told_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Told.objects.create(user=cast.taro, what="a", told_at=NOW)


def test_administrators_who_are_custodians_too_get_each_mail_once(cast: Cast, held: Registration) -> None:
    Membership.objects.create(user=cast.taro, organisation=cast.aoba, role=Role.ADMINISTRATOR, since=JOINED)
    Deputy.objects.create(registration=held, user=cast.hanako, since=START)
    asked(cast, held)
    run(after(0))
    told = run(after(14))[1]
    assert told == [("attestation_unanswered", cast.hanako.label), ("attestation_unanswered", cast.taro.label)]


def test_looking_for_work_takes_as_many_queries_for_three_as_for_one(cast: Cast, held: Registration) -> None:
    def queries_of() -> int:
        with CaptureQueriesContext(connection) as taken:
            queries.due_for_asking(after(-40))
            queries.due_for_reminding(after(-40))
            queries.due_for_escalation(after(-40), 3)
        return len(taken)

    assert queries_of() == 4
    for number in (2, 3):
        registration(cast.aoba, f"R-{number}", custodian=cast.taro)
    assert queries_of() == 4
