"""What either side says besides yes and no: things on the list, the giver's signature, an objection, reading again."""

from datetime import timedelta

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Membership, Role
from audit.models import Event
from handover import clock, receipts, transitions
from handover.models import Handover, HandoverItem, Registration
from tests import seen
from tests.cast import Cast, actor
from tests.stock import ALL_YES, NOW, START, accepted, all_received, drafted, holder, offered, registration


def put(cast: Cast, made: Handover, kind: str = "envelope", *, by: str = "taro") -> HandoverItem:
    return transitions.add_item(
        handover_pk=made.pk,
        registration_pk=made.items.get(kind="registration").registration_id,
        kind=kind,
        name="設定パスワードの封書",
        place="金庫",
        detail="月に一度確認",
        actor=actor(getattr(cast, by)),
        at=NOW,
    )


def reassigned(cast: Cast, held: Registration) -> Handover:
    """花子 hands over what 太郎 holds, to 次郎."""
    return offered(cast, held, by=cast.hanako, days=10)


def test_giver_lists_a_sealed_envelope_and_the_receipt_says_it_was_passed_on_unopened(
    cast: Cast, held: Registration
) -> None:
    made = drafted(cast, held, days=0)
    before = seen.mark()
    item = put(cast, made)
    assert seen.verbs(before) == ["handover.item_added"]
    assert Event.objects.get(verb="handover.item_added").facts == {"item": item.pk, "kind": "envelope"}
    assert seen.notices(before) == []
    transitions.offer(handover_pk=made.pk, actor=actor(cast.taro), at=NOW)
    done = transitions.accept(
        handover_pk=made.pk, marks=all_received(made), answers=ALL_YES, actor=actor(cast.jiro), at=NOW
    )
    kept = next(row for row in done.receipt_facts["items"] if row["kind"] == "envelope")
    assert (kept["mark"], kept["detail"]) == ("received", "月に一度確認")
    assert receipts.render(done, language="ja").startswith(b"%PDF")
    assert receipts.render(done, language="en").startswith(b"%PDF")


def test_only_an_envelope_can_have_been_opened(cast: Cast, held: Registration) -> None:
    made = offered(cast, held)
    envelope = put(cast, made)
    thing = made.items.get(kind="thing")
    with pytest.raises(Refused):
        transitions.mark_items(
            handover_pk=made.pk, marks={thing.pk: ("opened", "")}, answers={}, actor=actor(cast.jiro), at=NOW
        )
    transitions.mark_items(
        handover_pk=made.pk, marks={envelope.pk: ("opened", "")}, answers={}, actor=actor(cast.jiro), at=NOW
    )


def test_item_added_to_an_offer_is_told_and_to_an_accepted_one_refused(cast: Cast, held: Registration) -> None:
    made = offered(cast, held)
    before = seen.mark()
    put(cast, made, "key")
    assert seen.notices(before) == [("handover_changed", cast.jiro.label)]
    with pytest.raises(NotAllowed):
        put(cast, made, "key", by="jiro")
    with pytest.raises(Refused):
        put(cast, made, "document")
    transitions.accept(handover_pk=made.pk, marks=all_received(made), answers=ALL_YES, actor=actor(cast.jiro), at=NOW)
    with pytest.raises(WrongState):
        put(cast, made, "key")


def test_item_of_a_draft_is_taken_off_once_and_papers_never(cast: Cast, held: Registration) -> None:
    made = drafted(cast, held)
    item = put(cast, made, "note")
    transitions.drop_item(item_pk=item.pk, actor=actor(cast.taro), at=NOW)
    item.refresh_from_db()
    assert item.left_at == NOW
    for again in (item, made.items.get(kind="document"), made.items.get(kind="registration")):
        with pytest.raises(WrongState):
            transitions.drop_item(item_pk=again.pk, actor=actor(cast.taro), at=NOW)
    with pytest.raises(NotAllowed):
        transitions.drop_item(item_pk=item.pk, actor=actor(cast.saburo), at=NOW)


def test_giver_signs_the_marks_once(cast: Cast, held: Registration) -> None:
    made = accepted(cast, held, days=0)
    before = seen.mark()
    transitions.countersign(handover_pk=made.pk, remark="鍵は後日", actor=actor(cast.taro), at=NOW)
    assert seen.verbs(before) == ["handover.countersigned"]
    assert Event.objects.get(verb="handover.countersigned").facts == {"has_remark": True}
    assert seen.notices(before) == [("handover_countersigned", cast.jiro.label)]
    with pytest.raises(WrongState):
        transitions.countersign(handover_pk=made.pk, remark="", actor=actor(cast.taro), at=NOW)
    for who in ("jiro", "hanako", "saburo"):
        with pytest.raises(NotAllowed):
            transitions.countersign(handover_pk=made.pk, remark="", actor=actor(getattr(cast, who)), at=NOW)


def test_signature_before_anything_was_accepted_is_refused(cast: Cast, held: Registration) -> None:
    with pytest.raises(WrongState):
        transitions.countersign(handover_pk=offered(cast, held).pk, remark="", actor=actor(cast.taro), at=NOW)


def test_holder_objects_and_nothing_changes_until_it_is_answered(cast: Cast, held: Registration) -> None:
    made = reassigned(cast, held)
    transitions.accept(handover_pk=made.pk, marks=all_received(made), answers=ALL_YES, actor=actor(cast.jiro), at=NOW)
    transitions.confirm(handover_pk=made.pk, actor=actor(cast.hanako), at=NOW)
    before = seen.mark()
    transitions.raise_objection(handover_pk=made.pk, reason="まだ担当しています", actor=actor(cast.taro), at=NOW)
    assert seen.verbs(before) == ["handover.objected"]
    assert Event.objects.get(verb="handover.objected").facts == {"from": "confirmed"}
    told = {("handover_objected", cast.hanako.label), ("handover_objected", cast.jiro.label)}
    assert set(seen.notices(before)) == told
    clock.run(at=NOW + timedelta(days=40))
    assert holder(held) == cast.taro
    later = NOW + timedelta(days=40)
    transitions.settle_objection(handover_pk=made.pk, answer="配置換えです", actor=actor(cast.hanako), at=later)
    made.refresh_from_db()
    assert made.status == "confirmed"
    clock.run(at=later)
    assert holder(held) == cast.taro  # three business days from the answer
    with pytest.raises(WrongState):
        transitions.raise_objection(handover_pk=made.pk, reason="再度", actor=actor(cast.taro), at=later)
    clock.run(at=later + timedelta(days=7))
    assert holder(held) == cast.jiro


def test_nobody_but_the_replaced_holder_objects(cast: Cast, held: Registration) -> None:
    made = reassigned(cast, held)
    for who in ("jiro", "hanako", "saburo", "wakako"):
        with pytest.raises(NotAllowed):
            transitions.raise_objection(handover_pk=made.pk, reason="x", actor=actor(getattr(cast, who)), at=NOW)
    own = offered(cast, registration(cast.aoba, "R-8", custodian=cast.taro))
    with pytest.raises(NotAllowed):
        transitions.raise_objection(handover_pk=own.pk, reason="x", actor=actor(cast.taro), at=NOW)


def test_objection_is_answered_by_another_administrator_if_there_is_one(cast: Cast, held: Registration) -> None:
    made = reassigned(cast, held)
    transitions.raise_objection(handover_pk=made.pk, reason="x", actor=actor(cast.taro), at=NOW)
    Membership.objects.create(user=cast.saburo, organisation=cast.aoba, role=Role.ADMINISTRATOR, since=START)
    for who in ("hanako", "taro", "jiro"):
        with pytest.raises(NotAllowed):
            transitions.settle_objection(handover_pk=made.pk, answer="x", actor=actor(getattr(cast, who)), at=NOW)
    transitions.settle_objection(handover_pk=made.pk, answer="x", actor=actor(cast.saburo), at=NOW)
    with pytest.raises(WrongState):
        transitions.settle_objection(handover_pk=made.pk, answer="x", actor=actor(cast.saburo), at=NOW)


def test_frozen_handover_is_withdrawn_but_neither_accepted_nor_expired(cast: Cast, held: Registration) -> None:
    made = reassigned(cast, held)
    transitions.raise_objection(handover_pk=made.pk, reason="x", actor=actor(cast.taro), at=NOW)
    with pytest.raises(WrongState):
        transitions.accept(
            handover_pk=made.pk, marks=all_received(made), answers=ALL_YES, actor=actor(cast.jiro), at=NOW
        )
    assert not clock.run(at=NOW + timedelta(days=15))["expired"]
    transitions.withdraw(handover_pk=made.pk, reason="", actor=actor(cast.hanako), at=NOW)
    assert holder(held) == cast.taro


def test_successor_leaves_during_the_overlap_and_the_first_predecessor_reads_again(
    cast: Cast, held: Registration
) -> None:
    """B5: an ordinary new handover; the overlap of the first predecessor is reactivated for information only."""
    made = accepted(cast, held, days=0)
    transitions.leave(user_pk=cast.jiro.pk, actor=actor(cast.hanako), at=NOW + timedelta(days=20))
    later = NOW + timedelta(days=31)
    clock.run(at=later)
    assert not Registration.objects.visible_to(actor(cast.taro), later).exists()
    before = seen.mark()
    transitions.reopen_overlap(handover_pk=made.pk, actor=actor(cast.hanako), at=later)
    assert seen.verbs(before) == ["handover.reading_reopened"]
    assert seen.notices(before) == [("handover_reading_reopened", cast.taro.label)]
    assert Registration.objects.visible_to(actor(cast.taro), later).exists()
    assert holder(held) == cast.hanako
    with pytest.raises(NotAllowed):
        transitions.reopen_overlap(handover_pk=made.pk, actor=actor(cast.taro), at=later)
    clock.run(at=later + timedelta(days=30))
    assert not Registration.objects.visible_to(actor(cast.taro), later + timedelta(days=31)).exists()


def test_predecessor_who_left_is_not_let_in_again(cast: Cast, held: Registration) -> None:
    made = accepted(cast, held, days=0)
    transitions.leave(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=NOW + timedelta(days=1))
    with pytest.raises(WrongState):
        transitions.reopen_overlap(handover_pk=made.pk, actor=actor(cast.jiro), at=NOW + timedelta(days=2))
