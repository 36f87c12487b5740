"""Labels: made, reported lost, back and found, voided, made anew; and the reminder before the year-end clean-up."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import User
from audit.models import Event
from audit.record import Public, System
from handover import clock, transitions
from handover.calendar import first_business_day
from handover.certificates import CODE_ALPHABET
from handover.models import READING_AFTER, Custody, Deputy, Document, Label, Registration, YearEndReminder
from tests import seen
from tests.cast import Cast, actor
from tests.letterbox import mails
from tests.stock import NOW, accepted, registration

FIRST_OF_DECEMBER = datetime.fromisoformat("2026-12-01T09:00:00+09:00")
Act = Callable[..., Any]


def made(held: Registration, by: User, **changes: Any) -> Label:
    usual: dict[str, Any] = {"document_pk": None, "name": "契約書の箱", "place": "B-12", "token": uuid.uuid4()}
    given = {**usual, **changes}
    return transitions.make_label(registration_pk=held.pk, **given, actor=actor(by), at=NOW)


def done(act: Act, label: Label, by: User, at: datetime = NOW) -> Any:
    return act(label_pk=label.pk, actor=actor(by), at=at)


@pytest.fixture
def label(cast: Cast, held: Registration) -> Label:
    """A box of R-1, labelled by 太郎."""
    return made(held, cast.taro)


def test_custodian_makes_a_label_for_a_paper_and_the_log_says_so(cast: Cast, held: Registration) -> None:
    before, paper = seen.mark(), held.documents.get()
    label = made(held, cast.taro, document_pk=paper.pk)
    assert (label.status, label.document, label.place) == (Label.Status.VALID, paper, "B-12")
    assert len(label.code) == 12 and set(label.code) <= set(CODE_ALPHABET)
    assert (seen.verbs(before), seen.notices(before)) == (["label.made"], [])
    written = Event.objects.get(verb="label.made")
    assert written.subject == label.label
    assert set(written.about) == {label.label, held.label, cast.aoba.label, paper.label}
    assert label.code not in str(written.facts)


@pytest.mark.parametrize("who", ["hanako", "saburo"])
def test_administrator_and_deputy_make_labels(cast: Cast, held: Registration, who: str) -> None:
    Deputy.objects.create(registration=held, user=cast.saburo, since=NOW)
    assert made(held, getattr(cast, who)).issued_by == getattr(cast, who)


def test_second_press_of_the_same_form_gives_back_the_first_label(cast: Cast, held: Registration) -> None:
    token = uuid.uuid4()
    first, before = made(held, cast.taro, token=token), seen.mark()
    assert made(held, cast.taro, token=token) == first
    assert (Label.objects.count(), seen.verbs(before)) == (1, [])
    with pytest.raises(WrongState):
        made(held, cast.hanako, token=token)


def test_paper_of_another_registration_is_refused(cast: Cast, held: Registration) -> None:
    other = registration(cast.aoba, "R-2", custodian=cast.taro)
    with pytest.raises(Refused) as refused:
        made(other, cast.taro, document_pk=held.documents.get().pk)
    assert (list(refused.value.fields), Label.objects.count()) == (["document"], 0)


@pytest.mark.parametrize("name", ["箱\u202e3", "x" * 41, " "])
def test_name_that_cannot_be_printed_is_refused(cast: Cast, held: Registration, name: str) -> None:
    with pytest.raises(Refused) as refused:
        made(held, cast.taro, name=name)
    assert (list(refused.value.fields), Label.objects.count()) == (["name"], 0)


def test_loss_is_on_record_and_told_to_custodian_and_administrators(cast: Cast, held: Registration) -> None:
    Deputy.objects.create(registration=held, user=cast.saburo, since=NOW)
    label, before = made(held, cast.taro), seen.mark()
    done(transitions.report_lost, label, cast.saburo)
    label.refresh_from_db()
    assert (label.status, label.ended_at, label.ended_by) == (Label.Status.LOST, NOW, cast.saburo)
    assert seen.verbs(before) == ["label.lost"]
    assert seen.notices(before) == sorted([("label_lost", cast.taro.label), ("label_lost", cast.hanako.label)])


def test_lost_thing_comes_back(cast: Cast, label: Label) -> None:
    done(transitions.report_lost, label, cast.taro)
    before = seen.mark()
    done(transitions.report_back, label, cast.taro)
    label.refresh_from_db()
    assert (label.status, label.ended_at, label.ended_by) == (Label.Status.VALID, None, None)
    assert (seen.verbs(before), seen.notices(before)) == (["label.back"], [("label_back", cast.hanako.label)])


def test_administrator_voids_a_label_and_the_custodian_is_told(cast: Cast, label: Label) -> None:
    before = seen.mark()
    done(transitions.void_label, label, cast.hanako)
    label.refresh_from_db()
    assert (label.status, label.ended_by, label.replaced_by) == (Label.Status.VOID, cast.hanako, None)
    assert (seen.verbs(before), seen.notices(before)) == (["label.voided"], [("label_void", cast.taro.label)])


@pytest.mark.parametrize("was_lost", [False, True])
def test_reissue_voids_the_old_and_makes_the_new_in_one_act(cast: Cast, label: Label, was_lost: bool) -> None:
    if was_lost:
        done(transitions.report_lost, label, cast.taro)
    before = seen.mark()
    new = done(transitions.reissue_label, label, cast.hanako)
    label.refresh_from_db()
    assert (label.status, label.replaced_by) == (Label.Status.VOID, new)
    assert (new.name, new.place, new.status) == (label.name, label.place, Label.Status.VALID)
    assert new.code != label.code
    assert (seen.verbs(before), seen.notices(before)) == (["label.reissued"], [("label_reissued", cast.taro.label)])
    assert Event.objects.get(verb="label.reissued").facts == {"status": "void", "replaced_by": new.pk}


ENDS: list[Act] = [transitions.void_label, transitions.reissue_label]
REPORTS: list[Act] = [transitions.report_lost, transitions.report_back]
STRANGERS = ["jiro", "saburo", "wakako", "minoru", "worker", "agent", "operator", "approver", "auditor"]


@pytest.mark.parametrize("who", STRANGERS)
def test_nobody_else_makes_or_touches_labels(cast: Cast, held: Registration, label: Label, who: str) -> None:
    before, by = seen.mark(), getattr(cast, who)
    with pytest.raises(NotAllowed):
        made(held, by)
    for act in ENDS + REPORTS:
        with pytest.raises(NotAllowed):
            done(act, label, by)
    assert (Label.objects.count(), seen.verbs(before)) == (1, [])


def test_former_custodian_reports_for_thirty_days_and_ends_nothing(cast: Cast, held: Registration) -> None:
    label = made(held, cast.taro)
    accepted(cast, held, days=0)
    for act in ENDS:
        with pytest.raises(NotAllowed):
            done(act, label, cast.taro)
    with pytest.raises(NotAllowed):
        done(transitions.report_lost, label, cast.taro, NOW + READING_AFTER + timedelta(seconds=1))
    assert done(transitions.report_lost, label, cast.taro).status == Label.Status.LOST


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (transitions.report_lost, transitions.report_lost),
        (transitions.void_label, transitions.void_label),
        (transitions.reissue_label, transitions.reissue_label),
        (transitions.void_label, transitions.report_lost),
        (transitions.void_label, transitions.reissue_label),
        (None, transitions.report_back),
    ],
)
def test_act_in_the_wrong_state_and_second_press_change_nothing(
    cast: Cast, label: Label, first: Act | None, second: Act
) -> None:
    if first:
        done(first, label, cast.taro)
    before, count = seen.mark(), Label.objects.count()
    with pytest.raises(WrongState):
        done(second, label, cast.taro)
    assert (Label.objects.count(), seen.verbs(before)) == (count, [])


def test_closed_registration_gets_no_new_label_but_its_labels_end(cast: Cast, held: Registration, label: Label) -> None:
    Registration.objects.filter(pk=held.pk).update(status=Registration.Status.CLOSED)
    for act in (lambda: made(held, cast.taro), lambda: done(transitions.reissue_label, label, cast.taro)):
        with pytest.raises(WrongState):
            act()
    assert done(transitions.void_label, label, cast.taro).status == Label.Status.VOID


@pytest.mark.parametrize("changes", [{"status": "void"}, {"ended_at": NOW}, {"replaced_by": "other"}])
def test_row_that_contradicts_itself_is_refused_by_the_database(
    cast: Cast, held: Registration, label: Label, changes: dict[str, Any]
) -> None:
    if "replaced_by" in changes:
        changes = {"replaced_by": made(held, cast.taro)}
    with pytest.raises(IntegrityError), transaction.atomic():
        Label.objects.filter(pk=label.pk).update(**changes)


def found(code: str, at: datetime = NOW) -> Label | None:
    return transitions.report_found(code=code, actor=Public(), at=at)


def test_finder_is_heard_once_a_day(cast: Cast, label: Label) -> None:
    before = seen.mark()
    assert found(label.code) == label
    told = sorted([("label_found", cast.taro.label), ("label_found", cast.hanako.label)])
    assert (seen.verbs(before), seen.notices(before)) == (["label.found"], told)
    assert Event.objects.get(verb="label.found").actor == "public"
    assert found(label.code, NOW + timedelta(hours=23, minutes=59)) is None
    assert seen.verbs(before) == ["label.found"]
    assert found(label.code, NOW + timedelta(hours=24)) == label
    assert seen.verbs(before) == ["label.found"] * 2


def test_void_label_still_brings_its_box_home(cast: Cast, label: Label) -> None:
    done(transitions.void_label, label, cast.taro)
    assert found(label.code) == label


def test_unknown_code_writes_nothing(cast: Cast, label: Label) -> None:
    before = seen.mark()
    assert found("2" * 12) is None
    assert (seen.verbs(before), seen.notices(before)) == ([], [])


def test_box_in_the_providers_keeping_is_told_to_the_administrators(cast: Cast) -> None:
    label = made(registration(cast.aoba, "R-9", custodian=None), cast.hanako)
    before = seen.mark()
    found(label.code)
    assert seen.notices(before) == [("label_found", cast.hanako.label)]


# The year-end clean-up ----------------------------------------------------------------------------------------------


def test_first_business_day_of_december_is_no_weekend() -> None:
    assert [first_business_day(year, 12).day for year in (2026, 2027, 2028, 2029)] == [1, 1, 1, 3]


def test_clock_reminds_each_person_in_charge_once_a_year(cast: Cast, held: Registration, label: Label) -> None:
    bare = registration(cast.aoba, "R-2", custodian=cast.jiro)
    assert not bare.documents.exists()
    before = seen.mark()
    assert clock.run(at=FIRST_OF_DECEMBER - timedelta(hours=9, seconds=1))["labels"] == 0
    assert clock.run(at=FIRST_OF_DECEMBER)["labels"] == 1
    assert clock.run(at=FIRST_OF_DECEMBER + timedelta(days=1))["labels"] == 0
    assert (seen.verbs(before), seen.notices(before)) == (["labels.reminded"], [("labels_reminder", cast.taro.label)])
    written = Event.objects.get(verb="labels.reminded")
    assert (written.actor, written.subject) == ("system:clock", cast.taro.label)
    assert set(written.about) == {cast.taro.label, held.label, cast.aoba.label}
    assert written.facts == {"year": 2026, "registrations": 1}
    [mail] = mails("labels_reminder")
    assert "R-1" in mail["body"] and label.name in mail["body"] and "R-2" not in mail["body"]
    assert label.place not in mail["body"]
    assert clock.run(at=FIRST_OF_DECEMBER + timedelta(days=365))["labels"] == 1


@pytest.mark.parametrize("day", ["2026-11-30", "2026-12-29", "2027-01-04", "2029-12-02"])
def test_clock_reminds_nobody_outside_the_time(cast: Cast, held: Registration, label: Label, day: str) -> None:
    assert clock.run(at=datetime.fromisoformat(f"{day}T12:00:00+09:00"))["labels"] == 0


def test_nobody_is_reminded_of_void_labels_closed_registrations_or_papers_without_a_place(
    cast: Cast, held: Registration, label: Label
) -> None:
    done(transitions.void_label, label, cast.taro)
    Document.objects.update(original_at="")
    closed = registration(cast.aoba, "R-2", custodian=cast.jiro)
    made(closed, cast.jiro)
    Registration.objects.filter(pk=closed.pk).update(status=Registration.Status.CLOSED)
    assert clock.run(at=FIRST_OF_DECEMBER)["labels"] == 0
    Document.objects.update(original_at="B-12")
    assert clock.run(at=FIRST_OF_DECEMBER)["labels"] == 1


def test_people_cannot_play_the_clock_and_the_clock_cannot_repeat(cast: Cast, held: Registration) -> None:
    remind: Act = transitions.remind_labels
    with pytest.raises(NotAllowed):
        remind(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=FIRST_OF_DECEMBER)
    remind(user_pk=cast.taro.pk, actor=System("clock"), at=FIRST_OF_DECEMBER)
    with pytest.raises(WrongState):
        remind(user_pk=cast.taro.pk, actor=System("clock"), at=FIRST_OF_DECEMBER)
    assert YearEndReminder.objects.count() == 1


def test_reminder_follows_custody(cast: Cast, held: Registration) -> None:
    accepted(cast, held, days=0)
    assert Custody.objects.current().get(registration=held).user == cast.jiro
    clock.run(at=FIRST_OF_DECEMBER)
    assert [mail["recipient"] for mail in mails("labels_reminder")] == [cast.jiro.label]


def test_long_list_is_cut_and_says_how_many_more(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, held: Registration
) -> None:
    monkeypatch.setattr("handover.transitions.labels.LISTED", 1)
    made(registration(cast.aoba, "R-2", custodian=cast.taro), cast.taro)
    clock.run(at=FIRST_OF_DECEMBER)
    [mail] = mails("labels_reminder")
    assert "R-1" in mail["body"] and "R-2" not in mail["body"]
    assert "/registrations/\n" in mail["body"]
