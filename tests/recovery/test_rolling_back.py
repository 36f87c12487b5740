"""Putting a recovery back in one act, exactly as the snapshot has it (P9, invariant 19)."""

from datetime import timedelta

import pytest

from accounts.actors import find_actor
from accounts.models import Membership, User
from audit import verify
from audit.models import Event
from desk.models import Inquiry
from handover import custody
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
from recovery.models import Claim, Snapshot
from recovery.queries import tracking
from recovery.transitions import rolling_back
from tests import claims, seen, stock
from tests.cast import Cast, actor
from tests.handover.mandated import granted
from tests.recovery.undone import asks, confirms, put_back, soon, state_of
from tests.stock import NOW, START, holder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_paper")]


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


def test_snapshot_itself_is_never_written_again(cast: Cast, lost: Registration) -> None:
    claim = claims.executed(cast, lost)
    kept = Snapshot.objects.values().get()
    put_back(cast, claim)
    assert Snapshot.objects.values().get() == kept
