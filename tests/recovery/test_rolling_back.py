"""Putting a recovery back: asked by one, done by another, exactly as the snapshot has it (P9, invariant 19)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.actors import find_actor
from accounts.errors import NotAllowed, WrongState
from accounts.models import Membership, Role, User
from audit import verify
from audit.models import Event
from desk.models import Inquiry
from handover import clock as handover_clock
from handover import custody, mandating
from handover import transitions as handing
from handover.models import (
    Certificate,
    ContactPoint,
    Custody,
    Deputy,
    GapAlert,
    Handover,
    Mandate,
    RecoveryKit,
    Registration,
    Restriction,
    Task,
)
from handover.queries.replay import replay
from recovery import clock, transitions
from recovery.models import Claim, Dispatch, Rollback, Snapshot
from recovery.queries import tracking
from recovery.transitions import rolling_back
from tests import claims, seen, stock
from tests.cast import Cast, actor, somebody
from tests.handover.mandated import granted
from tests.stock import NOW, START, holder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_paper")]


@pytest.fixture
def lost(cast: Cast) -> Registration:
    return claims.held(cast)


def soon(claim: Claim, **delta: float) -> datetime:
    """Return a moment after the execution, within the protected time unless told otherwise."""
    assert claim.executed_at
    return claim.executed_at + timedelta(**(delta or {"days": 2}))


def asks(cast: Cast, claim: Claim, *, by: User | None = None, at: datetime | None = None) -> Rollback:
    return transitions.ask_rollback(
        claim.pk, reason="本人ではなかった", actor=actor(by or cast.operator), at=at or soon(claim)
    )


def confirms(cast: Cast, made: Rollback, *, by: User | None = None, at: datetime | None = None) -> Rollback:
    return transitions.confirm_rollback(
        made.pk, actor=actor(by or cast.senior), at=at or soon(made.claim, days=2, hours=1)
    )


def put_back(cast: Cast, claim: Claim) -> Claim:
    confirms(cast, asks(cast, claim))
    claim.refresh_from_db()
    return claim


def state_of(registration: Registration) -> dict[str, Any]:
    """Return what a snapshot keeps, as it is now; of the custody who holds it, for its row is a new one."""
    held = Custody.objects.current().get(registration=registration)
    points = ContactPoint.objects.current().filter(registration=registration).order_by("pk")
    deputies = Deputy.objects.current().filter(registration=registration).order_by("user")
    return {
        "custody": (held.user_id, held.kind),
        "deputies": list(deputies.values_list("user_id", flat=True)),
        "points": [
            (one.pk, one.kind, one.value, one.postal_code, one.since, one.health, one.purposes) for one in points
        ],
        "mandates": mandating.state_of(registration),
    }


def upheld(cast: Cast, claim: Claim, *, at: datetime) -> None:
    sent = claim.dispatches.get(purpose="executed", to=cast.taro.label)
    transitions.object_to(typed=claims.objection_sent(sent), words="", actor=claims.PUBLIC, at=at)
    objection = claim.objections.get()
    transitions.review_objection(objection.pk, recommendation="upheld", actor=actor(cast.colleague), at=at)
    transitions.decide_objection(objection.pk, outcome="upheld", reason="", actor=actor(cast.senior), at=at)


# It is put back, in one act


def test_another_person_puts_it_back_in_one_act(cast: Cast, lost: Registration) -> None:
    claim = claims.executed(cast, lost)
    claimant = claim.claimant
    assert claimant is not None
    kit, _code = handing.make_recovery_kit(registration_pk=lost.pk, actor=actor(claimant), at=soon(claim, days=1))
    certificate = handing.issue_certificate(
        registration_pk=lost.pk, language="ja", actor=actor(claimant), at=soon(claim, days=1)
    )
    before = seen.mark()
    made = asks(cast, claim)
    assert (made.status, made.asked_by, made.reason) == ("asked", cast.operator, "本人ではなかった")
    assert seen.verbs(before) == ["rollback.asked"]
    assert seen.notices(before) == [("rollback_asked", cast.senior.label)]
    assert holder(lost) == claimant
    before, at = seen.mark(), soon(claim, days=2, hours=1)
    made = confirms(cast, made, at=at)
    claim.refresh_from_db()
    first, second, third = Custody.objects.order_by("pk")
    assert (first.user, second.user, second.to_at, third.user, third.from_at, third.to_at) == (
        *(cast.taro, claimant, at),
        *(cast.taro, at, None),
    )
    assert (third.kind, third.basis, third.basis_label) == ("custodian", "recovery", f"rollback:{claim.number}")
    assert (made.status, made.decided_by, made.decided_at) == ("confirmed", cast.senior, at)
    assert (claim.status, claim.rolled_back_at, claim.cooled_off_at) == ("executed", at, at)
    assert RecoveryKit.objects.get(pk=kit.pk).void_at == at
    assert Certificate.objects.get(pk=certificate.pk).status == "superseded"
    assert sorted(Task.objects.filter(done_at=None).values_list("kind", "owner")) == [
        ("make_recovery_kit", cast.taro.pk),
        ("reset_settings_password", cast.taro.pk),
    ]
    assert not Restriction.objects.in_force(at).exists()
    assert Inquiry.objects.get(pk=claim.inquiry_id).stage == "not_confirmed"
    mail, post = claims.point(lost, "mail"), claims.point(lost, "post")
    assert seen.verbs(before) == ["rollback.confirmed"]
    assert seen.notices(before) == sorted(
        [
            ("claim_undone", cast.taro.label),
            ("claim_undone", cast.hanako.label),
            ("claim_undone", f"contact_point:{mail.pk}"),
            ("claim_letter", f"contact_point:{post.pk}"),
            ("claim_put_back", claim.label),
        ]
    )
    written = Event.objects.get(verb="rollback.confirmed")
    assert {lost.label, cast.aoba.label, claim.inquiry.label, claim.label} == set(written.about)
    told = written.facts.pop("registrations")["R-1"]
    assert written.facts == {"rollback": made.pk, "predecessor_gone": False, "handovers_ended": []}
    assert told == {
        "from": claimant.label,
        "to": cast.taro.label,
        "kind": "custodian",
        "basis": "recovery",
        "basis_label": f"rollback:{claim.number}",
        "kits_void": 1,
        "certificates_superseded": [certificate.serial],
        "membership_ended": True,
    }
    assert verify.run().first_bad is None


def test_replaying_the_log_gives_the_custody_that_was_put_back(cast: Cast, lost: Registration) -> None:
    stock.tell_first(lost)
    put_back(cast, claims.executed(cast, lost))
    found = replay()
    assert (found.periods, found.differences) == (3, [])


def test_everything_of_the_snapshot_is_as_it_was(cast: Cast, lost: Registration) -> None:
    mandate = granted(cast, lost.number)
    run_out = granted(cast, lost.number, ends_on=claims.later(days=23).date())
    Deputy.objects.create(registration=lost, user=cast.saburo, since=START, place=1)
    before = state_of(lost)
    claim = claims.executed(cast, lost)
    claimant = claim.claimant
    assert claimant is not None
    # The recovered claimant, by what the protected time allows and by what reached the rows some other way.
    handing.end_deputy(deputy_pk=Deputy.objects.get().pk, actor=actor(claimant), at=soon(claim, hours=1))
    handing.name_deputy(registration_pk=lost.pk, deputy=cast.jiro, actor=actor(claimant), at=soon(claim, hours=2))
    added = handing.add_contact_point(
        registration_pk=lost.pk,
        kind="mail",
        value="mine@new.example",
        postal_code="",
        purposes=["procedure"],
        hours="",
        receiver_pays=False,
        actor=actor(claimant),
        at=soon(claim, hours=3),
    )
    gone = claims.point(lost, "phone")
    ContactPoint.objects.filter(pk=gone.pk).update(until=soon(claim).date())
    newer = granted(cast, lost.number, scope=1, settings=[], by=claimant, at=soon(claim, hours=4))
    assert state_of(lost) != before
    mark = seen.mark()
    put_back(cast, claim)
    after = state_of(lost)
    # The mandate whose last day has come meanwhile is the only thing that does not come back.
    before["mandates"].remove(run_out.registrations.get().pk)
    assert after == before
    for one, status in ((mandate, "active"), (run_out, "ended"), (newer, "ended")):
        one.refresh_from_db()
        assert one.status == status, one.number
    facts = Event.objects.get(verb="rollback.confirmed").facts["registrations"]["R-1"]
    assert facts["deputies_ended"] == [cast.jiro.pk]
    assert facts["deputies_back"] == [cast.saburo.pk]
    assert facts["contact_points_ended"] == [added.pk]
    assert facts["contact_points_back"] == [gone.pk]
    assert (facts["mandates_ended"], facts["mandates_back"]) == ([newer.number], [mandate.number])
    told = {(template, to) for template, to in seen.notices(mark) if template.startswith("mandate")}
    assert ("mandate_goes_on", cast.worker.label) in told
    assert ("mandate_not_kept", cast.worker.label) in told


def test_if_any_part_fails_nothing_is_put_back(cast: Cast, lost: Registration, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = claims.executed(cast, lost)
    made = asks(cast, claim)
    before, was = seen.mark(), state_of(lost)

    def fails(*given: object, **more: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(rolling_back.steps, "tell_claimant", fails)
        with pytest.raises(OSError, match="disk full"):
            confirms(cast, made)
    made.refresh_from_db()
    claim.refresh_from_db()
    assert (made.status, claim.rolled_back_at, seen.verbs(before)) == ("asked", None, [])
    assert state_of(lost) == was
    assert find_actor(User.objects.get(pk=claim.claimant_id)) is not None


def test_access_that_only_the_recovery_gave_ends(cast: Cast, lost: Registration) -> None:
    claim = claims.executed(cast, lost)
    claimant = User.objects.get(pk=claim.claimant_id)
    put_back(cast, claim)
    claimant.refresh_from_db()
    assert (claimant.is_active, find_actor(claimant)) == (False, None)
    assert not Membership.objects.current().filter(user=claimant).exists()
    assert tracking.rung_of(Claim.objects.select_related("inquiry", "procedure").get(pk=claim.pk), soon(claim)) == 1


def test_claimant_who_holds_something_else_by_now_stays_a_member(cast: Cast, lost: Registration) -> None:
    claim = claims.executed(cast, lost)
    claimant = User.objects.get(pk=claim.claimant_id)
    other = stock.registration(cast.aoba, "R-2", custodian=claimant)
    put_back(cast, claim)
    assert (holder(lost), holder(other)) == (cast.taro, claimant)
    assert find_actor(claimant) is not None
    facts = Event.objects.get(verb="rollback.confirmed").facts["registrations"]["R-1"]
    assert facts["membership_ended"] is False


def test_predecessor_who_has_left_leaves_it_to_an_administrator(cast: Cast, lost: Registration) -> None:
    claim = claims.executed(cast, lost)
    handing.leave(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=soon(claim, days=1))
    put_back(cast, claim)
    held = Custody.objects.current().get(registration=lost)
    assert (held.user, held.kind, held.basis) == (cast.hanako, "caretaker", "recovery")
    assert Event.objects.get(verb="rollback.confirmed").facts["predecessor_gone"] is True
    assert GapAlert.objects.filter(registration=lost, kind="no_custodian", closed_at=None).exists()


def test_predecessor_gone_and_nobody_left_leaves_it_with_the_provider(cast: Cast, lost: Registration) -> None:
    claim = claims.executed(cast, lost)
    for user in (cast.taro, cast.hanako):
        Membership.objects.filter(user=user).update(until=soon(claim))
        User.objects.filter(pk=user.pk).update(is_active=False)
    put_back(cast, claim)
    held = Custody.objects.current().get(registration=lost)
    assert (held.user, held.kind) == (None, "caretaker")


def test_what_the_provider_kept_before_goes_back_to_it_and_later_mandates_end(cast: Cast, lost: Registration) -> None:
    custody.give(lost, None, kind="caretaker", basis="caretaker", basis_label="", at=NOW - timedelta(days=80))
    claim = claims.executed(cast, lost)
    claimant = User.objects.get(pk=claim.claimant_id)
    newer = granted(cast, lost.number, scope=1, settings=[], by=claimant, at=soon(claim, hours=4))
    put_back(cast, claim)
    held = Custody.objects.current().get(registration=lost)
    newer.refresh_from_db()
    assert (held.user, held.kind, newer.status) == (None, "caretaker", Mandate.Status.ENDED)


def test_handover_under_way_ends_with_it(cast: Cast, lost: Registration) -> None:
    claim = claims.executed(cast, lost)
    at = soon(claim, days=1)
    made = handing.draft_handover(
        registration_pk=lost.pk,
        successor=cast.jiro,
        effective_on=at.date() + timedelta(days=10),
        reason="",
        note="",
        things=[],
        actor=actor(cast.hanako),
        at=at,
    )
    handing.offer(handover_pk=made.pk, actor=actor(cast.hanako), at=at)
    before = seen.mark()
    put_back(cast, claim)
    made.refresh_from_db()
    assert (made.status, holder(lost)) == (Handover.Status.WITHDRAWN, cast.taro)
    assert ("handover_withdrawn", cast.jiro.label) in seen.notices(before)


# Who, when, and only once


@pytest.mark.parametrize("who", ["approver", "colleague", "editor", "auditor", "agent", "hanako", "taro", "worker"])
def test_only_operators_and_seniors_ask(cast: Cast, lost: Registration, who: str) -> None:
    claim = claims.executed(cast, lost)
    if who == "colleague":
        assert asks(cast, claim, by=cast.colleague).status == "asked"
        return
    with pytest.raises(NotAllowed):
        asks(cast, claim, by=getattr(cast, who))
    assert not Rollback.objects.exists()


def test_nobody_confirms_who_had_a_hand_in_the_case(cast: Cast, lost: Registration) -> None:
    claim = claims.executed(cast, lost)
    made = asks(cast, claim, by=cast.senior)
    # The approver approved and carried it out, the colleague printed codes, the senior asked, under any account.
    other = claims.same_human(cast, cast.senior, Role.APPROVER)
    prepared = claims.same_human(cast, cast.operator, Role.SENIOR)
    for who in (cast.approver, cast.operator, cast.colleague, cast.senior, other, prepared, cast.auditor, cast.hanako):
        with pytest.raises(NotAllowed):
            confirms(cast, made, by=who)
    untouched = somebody(cast.provider, "雪野 別", "ユキノ ベツ", "other@provider.example", Role.APPROVER)
    assert confirms(cast, made, by=untouched).status == "confirmed"


def test_second_press_and_second_request_change_nothing(cast: Cast, lost: Registration) -> None:
    claim = claims.executed(cast, lost)
    made = asks(cast, claim)
    with pytest.raises(WrongState):
        asks(cast, claim, by=cast.colleague)
    confirms(cast, made)
    before = seen.mark()
    for again in (
        lambda: confirms(cast, made, at=soon(claim, days=3)),
        lambda: asks(cast, claim, at=soon(claim, days=3)),
    ):
        with pytest.raises(WrongState):
            again()
    assert (seen.verbs(before), Custody.objects.count()) == ([], 3)


def test_after_the_protected_time_only_with_an_upheld_objection(cast: Cast, lost: Registration) -> None:
    claim = claims.executed(cast, lost)
    end = claim.cooling_off_until
    assert end is not None
    clock.run(at=end)
    with pytest.raises(WrongState):
        asks(cast, claim, at=end + timedelta(days=1))
    upheld(cast, claim, at=end + timedelta(days=2))
    made = asks(cast, claim, at=end + timedelta(days=3))
    confirms(cast, made, at=end + timedelta(days=3, hours=1))
    assert holder(lost) == cast.taro
    # What was upheld has its remedy: nothing of it is marked any more.
    assert not Restriction.objects.in_force(end + timedelta(days=4)).exists()


def test_claim_that_was_not_carried_out_has_nothing_to_put_back(cast: Cast, lost: Registration) -> None:
    claim = claims.ready(cast, lost)
    with pytest.raises(WrongState):
        asks(cast, claim, at=claims.decided_at(claim))


def test_what_an_administrator_has_given_on_is_not_ours_to_take_back(cast: Cast, lost: Registration) -> None:
    claim = claims.executed(cast, lost)
    made = asks(cast, claim)
    custody.give(
        lost, cast.jiro, kind="custodian", basis="reassignment", basis_label="", at=soon(claim, days=2, minutes=5)
    )
    with pytest.raises(WrongState):
        confirms(cast, made)
    assert holder(lost) == cast.jiro


def test_claimant_who_left_meanwhile_does_not_keep_it_from_being_put_back(cast: Cast, lost: Registration) -> None:
    claim = claims.executed(cast, lost)
    claimant = User.objects.get(pk=claim.claimant_id)
    handing.leave(user_pk=claimant.pk, actor=actor(cast.hanako), at=soon(claim, days=1))
    put_back(cast, claim)
    assert holder(lost) == cast.taro


def test_objection_to_what_was_put_back_is_looked_at_by_two_people(cast: Cast, lost: Registration) -> None:
    claim = claims.executed(cast, lost)
    put_back(cast, claim)
    sent = Dispatch.objects.get(claim=claim, purpose="undone", to=cast.hanako.label)
    at = soon(claim, days=5)
    transitions.object_to(typed=claims.objection_sent(sent), words="正しかった", actor=claims.PUBLIC, at=at)
    assert Restriction.objects.in_force(at).filter(kind="contested").exists()
    objection = claim.objections.get()
    transitions.review_objection(objection.pk, recommendation="upheld", actor=actor(cast.colleague), at=at)
    transitions.decide_objection(objection.pk, outcome="upheld", reason="", actor=actor(cast.senior), at=at)
    assert not Restriction.objects.in_force(at).exists()


# Declining, and the protection meanwhile


def test_declined_request_leaves_everything_and_another_can_be_made(cast: Cast, lost: Registration) -> None:
    claim = claims.executed(cast, lost)
    made, end = asks(cast, claim), claim.cooling_off_until
    mark = Restriction.objects.get(kind="cooling_off")
    assert mark.until is None
    before = seen.mark()
    made = transitions.decline_rollback(made.pk, reason="本人でした", actor=actor(cast.senior), at=soon(claim, days=3))
    assert (made.status, made.decided_by, made.words) == ("declined", cast.senior, "本人でした")
    assert seen.verbs(before) == ["rollback.declined"]
    assert seen.notices(before) == [("rollback_declined", cast.operator.label)]
    assert holder(lost) == claim.claimant
    mark.refresh_from_db()
    assert mark.until == end
    with pytest.raises(WrongState):
        confirms(cast, made, at=soon(claim, days=4))
    assert asks(cast, claim, at=soon(claim, days=4)).status == "asked"


def test_who_asked_takes_it_back_and_nobody_else_of_the_operators(cast: Cast, lost: Registration) -> None:
    claim = claims.executed(cast, lost)
    made = asks(cast, claim)
    for who in (cast.colleague, cast.approver, cast.editor, cast.hanako):
        with pytest.raises(NotAllowed):
            transitions.decline_rollback(made.pk, reason="", actor=actor(who), at=soon(claim, days=3))
    before = seen.mark()
    transitions.decline_rollback(made.pk, reason="", actor=actor(cast.operator), at=soon(claim, days=3))
    assert (seen.verbs(before), seen.notices(before)) == (["rollback.declined"], [])


@pytest.mark.parametrize("what", ["request", "objection"])
def test_silence_never_ends_the_protection_under_a_question(cast: Cast, lost: Registration, what: str) -> None:
    claim = claims.executed(cast, lost)
    end = claim.cooling_off_until
    assert end is not None
    if what == "request":
        made = asks(cast, claim)
    else:
        sent = claim.dispatches.get(purpose="executed", to=cast.taro.label)
        transitions.object_to(typed=claims.objection_sent(sent), words="", actor=claims.PUBLIC, at=soon(claim))
        claim.objections.update(identified_at=soon(claim))
    late = end + timedelta(days=3)
    handover_clock.run(at=late)
    assert clock.run(at=late)["cooled_off"] == 0
    with pytest.raises(WrongState):
        transitions.end_cooling_off(claim.pk, actor=clock.CLOCK, at=late)
    assert Restriction.objects.in_force(late).filter(kind="cooling_off").exists()
    if what == "request":
        assert confirms(cast, made, at=late).status == "confirmed"
    else:
        assert asks(cast, claim, at=late).status == "asked"


def test_snapshot_itself_is_never_written_again(cast: Cast, lost: Registration) -> None:
    claim = claims.executed(cast, lost)
    kept = Snapshot.objects.values().get()
    put_back(cast, claim)
    assert Snapshot.objects.values().get() == kept
