"""The successor's side: mark, accept, decline, ask; the administrator's confirmation."""

from datetime import timedelta

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Membership, Role
from audit.models import Event
from handover import receipts, transitions
from handover.models import (
    Certificate,
    Custody,
    Deputy,
    GapAlert,
    Handover,
    HandoverItem,
    RecoveryKit,
    Registration,
    Task,
)
from outbox.models import Notice
from tests import seen
from tests.cast import Cast, actor
from tests.stock import ALL_YES, NOW, START, accepted, all_received, holder, offered


def test_successor_saves_some_marks_and_goes_on_later(cast: Cast, held: Registration) -> None:
    made = offered(cast, held)
    first, second, _third = made.items.order_by("pk")
    before = seen.mark()
    transitions.mark_items(
        handover_pk=made.pk, marks={first.pk: ("received", "")}, answers={}, actor=actor(cast.jiro), at=NOW
    )
    transitions.mark_items(
        handover_pk=made.pk,
        marks={second.pk: ("missing", "棚に無し")},
        answers={"bill": "not_yet"},
        actor=actor(cast.jiro),
        at=NOW,
    )
    assert seen.verbs(before) == ["handover.marked", "handover.marked"]
    assert seen.notices(before) == []
    assert [(item.mark, item.note) for item in made.items.order_by("pk")] == [
        ("received", ""),
        ("missing", "棚に無し"),
        ("", ""),
    ]
    made.refresh_from_db()
    assert (made.status, made.answers) == (Handover.Status.OFFERED, {"bill": "not_yet"})
    assert holder(held) == cast.taro


def test_item_of_another_handover_is_refused(cast: Cast, held: Registration) -> None:
    made = offered(cast, held)
    with pytest.raises(Refused):
        transitions.mark_items(
            handover_pk=made.pk, marks={999_999: ("received", "")}, answers={}, actor=actor(cast.jiro), at=NOW
        )


@pytest.mark.parametrize("who", ["taro", "hanako", "saburo", "wakako", "operator"])
def test_anybody_but_the_successor_cannot_accept(cast: Cast, held: Registration, who: str) -> None:
    made = offered(cast, held)
    before = seen.mark()
    with pytest.raises(NotAllowed):
        transitions.accept(
            handover_pk=made.pk,
            marks=all_received(made),
            answers=ALL_YES,
            actor=actor(getattr(cast, who)),
            at=NOW,
        )
    assert seen.verbs(before) == []
    assert not made.items.exclude(mark="").exists()


def test_successor_accepts_ahead_of_the_date_and_custody_waits(cast: Cast, held: Registration) -> None:
    made = offered(cast, held)
    before = seen.mark()
    done = transitions.accept(
        handover_pk=made.pk, marks=all_received(made), answers=ALL_YES, actor=actor(cast.jiro), at=NOW
    )
    assert (done.status, done.accepted_at) == (Handover.Status.ACCEPTED, NOW)
    assert seen.verbs(before) == ["handover.accepted"]
    assert seen.notices(before) == [("handover_accepted", cast.taro.label)]
    assert Event.objects.get(verb="handover.accepted").facts == {"received": 3}
    assert holder(held) == cast.taro


def test_successor_accepts_with_something_unmarked_is_refused_and_nothing_is_kept(
    cast: Cast, held: Registration
) -> None:
    made = offered(cast, held)
    some = dict(list(all_received(made).items())[:2])
    with pytest.raises(Refused):
        transitions.accept(handover_pk=made.pk, marks=some, answers=ALL_YES, actor=actor(cast.jiro), at=NOW)
    assert not made.items.exclude(mark="").exists()


def test_successor_accepts_without_all_statements_is_refused(cast: Cast, held: Registration) -> None:
    made = offered(cast, held)
    with pytest.raises(Refused):
        transitions.accept(
            handover_pk=made.pk, marks=all_received(made), answers={"bill": "yes"}, actor=actor(cast.jiro), at=NOW
        )


def test_registration_that_is_not_mine_must_be_declined(cast: Cast, held: Registration) -> None:
    made = offered(cast, held)
    marks = all_received(made)
    marks[made.items.get(kind="registration").pk] = ("not_mine", "")
    with pytest.raises(Refused):
        transitions.accept(handover_pk=made.pk, marks=marks, answers=ALL_YES, actor=actor(cast.jiro), at=NOW)


def test_second_press_on_accept_is_a_clean_wrong_state(cast: Cast, held: Registration) -> None:
    made = accepted(cast, held)
    before = seen.mark()
    with pytest.raises(WrongState):
        transitions.accept(handover_pk=made.pk, marks={}, answers={}, actor=actor(cast.jiro), at=NOW)
    assert seen.verbs(before) == []


def test_accepting_on_the_day_switches_everything_in_one_act(cast: Cast, held: Registration) -> None:
    custody = Custody.objects.current().get(registration=held)
    RecoveryKit.objects.create(custody=custody, number="K-1", code_hash="x", made_at=START)
    Deputy.objects.create(registration=held, user=cast.jiro, since=START)
    made = offered(cast, held, days=0)
    marks = all_received(made)
    marks[made.items.get(kind="document").pk] = ("missing", "")
    before = seen.mark()
    done = transitions.accept(handover_pk=made.pk, marks=marks, answers=ALL_YES, actor=actor(cast.jiro), at=NOW)

    assert (done.status, done.effective_at) == (Handover.Status.OVERLAP, NOW)
    rows = list(Custody.objects.filter(registration=held).order_by("from_at"))
    assert [(row.user, row.from_at, row.to_at, row.basis) for row in rows] == [
        (cast.taro, START, NOW, "registered"),
        (cast.jiro, NOW, None, "handover"),
    ]
    assert rows[1].basis_label == made.label
    assert RecoveryKit.objects.get().void_at == NOW
    assert not Deputy.objects.current().filter(user=cast.jiro).exists()
    tasks = Task.objects.filter(done_at=None).order_by("kind").values_list("kind", "owner", "detail")
    assert list(tasks) == [
        ("find_missing", cast.jiro.pk, "利用契約書"),
        ("make_recovery_kit", cast.jiro.pk, ""),
        ("reset_settings_password", cast.jiro.pk, ""),
    ]
    assert seen.verbs(before) == ["handover.accepted", "handover.switched"]
    assert seen.notices(before) == sorted(
        [
            ("handover_switched", cast.taro.label),
            ("handover_switched", cast.jiro.label),
            ("handover_switched", cast.hanako.label),
            ("handover_switched_record", f"contact_point:{held.contact_points.get().pk}"),
        ]
    )
    facts = Event.objects.get(verb="handover.switched").facts["registrations"]["R-1"]
    assert facts["from"] == cast.taro.label
    assert facts["to"] == cast.jiro.label
    assert facts["kits_void"] == 1
    assert done.receipt_facts is not None
    assert [item["mark"] for item in done.receipt_facts["items"]] == ["received", "missing", "received"]


def test_switch_that_fails_half_way_changes_nothing(
    cast: Cast, held: Registration, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = offered(cast, held, days=0)
    before = seen.mark()
    waiting = Notice.objects.count()

    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the mail queue is away")

    monkeypatch.setattr("handover.notices.tell_record", broken)
    with pytest.raises(RuntimeError):
        transitions.accept(
            handover_pk=made.pk, marks=all_received(made), answers=ALL_YES, actor=actor(cast.jiro), at=NOW
        )
    made.refresh_from_db()
    assert made.status == Handover.Status.OFFERED
    assert holder(held) == cast.taro
    assert Custody.objects.count() == 1
    assert seen.verbs(before) == []
    assert Notice.objects.count() == waiting
    assert not Certificate.objects.exists()


def test_successor_declines_with_reason_and_custody_stays(cast: Cast, held: Registration) -> None:
    made = offered(cast, held)
    before = seen.mark()
    done = transitions.decline(handover_pk=made.pk, reason="担当外", actor=actor(cast.jiro), at=NOW)
    assert (done.status, done.end_reason) == (Handover.Status.DECLINED, "担当外")
    assert seen.verbs(before) == ["handover.declined"]
    assert seen.notices(before) == [
        ("handover_declined", cast.taro.label),
        ("handover_declined", cast.jiro.label),
    ]
    assert holder(held) == cast.taro
    with pytest.raises(WrongState):
        transitions.decline(handover_pk=made.pk, reason="", actor=actor(cast.jiro), at=NOW)


def test_giver_cannot_decline(cast: Cast, held: Registration) -> None:
    made = offered(cast, held)
    with pytest.raises(NotAllowed):
        transitions.decline(handover_pk=made.pk, reason="", actor=actor(cast.taro), at=NOW)


LATER = NOW + timedelta(days=10)


def by_administrator(cast: Cast, held: Registration, *, days: int = 7) -> Handover:
    made = offered(cast, held, by=cast.hanako, days=days)
    return transitions.accept(
        handover_pk=made.pk, marks=all_received(made), answers=ALL_YES, actor=actor(cast.jiro), at=NOW
    )


def test_handover_that_needs_confirmation_waits_for_it_and_then_switches(cast: Cast, held: Registration) -> None:
    made = by_administrator(cast, held)
    assert made.status == Handover.Status.ACCEPTED
    assert holder(held) == cast.taro
    with pytest.raises(NotAllowed):
        transitions.confirm(handover_pk=made.pk, actor=actor(cast.jiro), at=NOW)
    with pytest.raises(NotAllowed):
        transitions.confirm(handover_pk=made.pk, actor=actor(cast.wakako), at=NOW)
    before = seen.mark()
    done = transitions.confirm(handover_pk=made.pk, actor=actor(cast.hanako), at=LATER)
    assert (done.status, done.confirmed_by) == (Handover.Status.OVERLAP, cast.hanako)
    assert seen.verbs(before) == ["handover.confirmed", "handover.switched"]
    assert holder(held) == cast.jiro
    assert Custody.objects.current().get(registration=held).basis == "reassignment"
    with pytest.raises(WrongState):
        transitions.confirm(handover_pk=made.pk, actor=actor(cast.hanako), at=LATER)


def test_who_offered_does_not_confirm_where_there_is_another_administrator(cast: Cast, held: Registration) -> None:
    made = by_administrator(cast, held)
    Membership.objects.create(user=cast.saburo, organisation=cast.aoba, role=Role.ADMINISTRATOR, since=START)
    with pytest.raises(NotAllowed):
        transitions.confirm(handover_pk=made.pk, actor=actor(cast.hanako), at=NOW)
    assert transitions.confirm(handover_pk=made.pk, actor=actor(cast.saburo), at=NOW).status == "confirmed"


def test_offer_of_somebody_who_left_needs_an_administrator(cast: Cast, held: Registration) -> None:
    made = offered(cast, held, days=0)
    transitions.leave(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=NOW)
    done = transitions.accept(
        handover_pk=made.pk, marks=all_received(made), answers=ALL_YES, actor=actor(cast.jiro), at=LATER
    )
    assert done.status == Handover.Status.ACCEPTED
    assert holder(held) == cast.hanako


def test_receipt_prints_whatever_was_remarked(cast: Cast, held: Registration) -> None:
    made = offered(cast, held, days=0)
    marks = all_received(made)
    marks[made.items.get(kind="thing").pk] = ("missing", "棚に\u200b無し\n🗝️")
    done = transitions.accept(handover_pk=made.pk, marks=marks, answers=ALL_YES, actor=actor(cast.jiro), at=NOW)
    assert receipts.render(done, language="ja").startswith(b"%PDF")


def test_confirmation_ahead_of_the_date_waits_for_the_clock(cast: Cast, held: Registration) -> None:
    made = by_administrator(cast, held, days=8)
    before = seen.mark()
    done = transitions.confirm(handover_pk=made.pk, actor=actor(cast.hanako), at=NOW)
    assert done.status == Handover.Status.CONFIRMED
    assert seen.verbs(before) == ["handover.confirmed"]
    assert {recipient for _template, recipient in seen.notices(before)} == {
        cast.taro.label,
        cast.jiro.label,
        cast.hanako.label,
    }
    assert holder(held) == cast.taro


def test_administrator_refuses_the_confirmation_and_custody_stays(cast: Cast, held: Registration) -> None:
    made = by_administrator(cast, held)
    before = seen.mark()
    done = transitions.refuse_confirmation(handover_pk=made.pk, reason="三郎さんに", actor=actor(cast.hanako), at=NOW)
    assert done.status == Handover.Status.DECLINED
    assert seen.verbs(before) == ["handover.confirmation_refused"]
    assert holder(held) == cast.taro
    assert not HandoverItem.objects.filter(is_open=True).exists()


def test_nobody_confirms_where_none_is_asked_for(cast: Cast, held: Registration) -> None:
    made = accepted(cast, held)
    with pytest.raises(NotAllowed):
        transitions.confirm(handover_pk=made.pk, actor=actor(cast.hanako), at=NOW)


def test_successor_asks_and_predecessor_answers_once(cast: Cast, held: Registration) -> None:
    made = accepted(cast, held, days=0)
    before = seen.mark()
    asked = transitions.ask(handover_pk=made.pk, text="鍵はどこですか", actor=actor(cast.jiro), at=NOW)
    with pytest.raises(NotAllowed):
        transitions.answer(question_pk=asked.pk, text="総務", actor=actor(cast.saburo), at=NOW)
    told = transitions.answer(question_pk=asked.pk, text="総務部です", actor=actor(cast.taro), at=NOW)
    assert (told.answer, told.answered_by) == ("総務部です", cast.taro)
    assert seen.verbs(before) == ["handover.asked", "handover.answered"]
    assert seen.notices(before) == [
        ("handover_answered", cast.jiro.label),
        ("handover_asked", cast.taro.label),
    ]
    with pytest.raises(WrongState):
        transitions.answer(question_pk=asked.pk, text="別の答え", actor=actor(cast.taro), at=NOW)
    with pytest.raises(NotAllowed):
        transitions.ask(handover_pk=made.pk, text="?", actor=actor(cast.taro), at=NOW)


def test_gap_alert_closes_when_a_custodian_takes_over(cast: Cast, held: Registration) -> None:
    transitions.leave(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=START.replace(month=7))
    assert GapAlert.objects.filter(registration=held, closed_at=None).exists()
    made = offered(cast, held, by=cast.hanako, days=0)
    transitions.accept(handover_pk=made.pk, marks=all_received(made), answers=ALL_YES, actor=actor(cast.jiro), at=NOW)
    transitions.confirm(handover_pk=made.pk, actor=actor(cast.hanako), at=NOW)
    assert not GapAlert.objects.filter(registration=held, closed_at=None).exists()
