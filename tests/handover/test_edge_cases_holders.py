"""The rows of procedure.md B5 about holders: merger and change of name, ministries, closed offices, the end, groups."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Organisation
from handover import transitions
from handover.models import Affiliation, ChangeRequest, Custody, Registration, Task
from tests import seen
from tests.cast import Cast, actor
from tests.changes import LATER, approved, asked, executed, proposed, ready, wish
from tests.stock import NOW, TODAY, holder, registration

S = ChangeRequest.Status
AFTER = LATER + timedelta(hours=1)


def rows(*held: Registration) -> list[tuple[Any, ...]]:
    return list(Custody.objects.filter(registration__in=held).order_by("pk").values_list())


def test_merger_change_of_name_shows_old_and_new_and_moves_no_custody(cast: Cast, held: Registration) -> None:
    before = rows(held)
    change = asked(cast, "rename", held)
    assert list(change.proofs.values_list("kind", flat=True)) == ["registry"]
    executed(cast, approved(cast, change))
    held.refresh_from_db()
    assert (rows(held), held.organisation) == (before, cast.aoba)


def test_merger_succession_rests_on_both_registries_and_never_changes_custody_in_the_same_step(
    cast: Cast, held: Registration
) -> None:
    change = asked(cast, "succession", held)
    assert set(change.proofs.values_list("kind", flat=True)) == {"closed_registry", "successor_registry"}
    change = approved(cast, change)
    transitions.release_for_change(
        change_pk=change.pk, signed_hash=change.proposal_hash, actor=actor(cast.approver), at=LATER
    )
    before = rows(held)
    transitions.execute_change(
        change_pk=change.pk, signed_hash=change.proposal_hash, actor=actor(cast.approver), at=AFTER
    )
    held.refresh_from_db()
    assert (rows(held), held.organisation) == (before, cast.wakaba)


def test_merger_transfer_needs_both_consents_and_both_seal_certificates(cast: Cast, held: Registration) -> None:
    change = ready(cast, asked(cast, "transfer", held))
    for drop in (change.consents.filter(side="receiver"), change.proofs.filter(kind="seal_receiver")):
        kept = list(drop.values())
        drop.delete()
        with pytest.raises(Refused):
            transitions.propose_change(change_pk=change.pk, reason="", actor=actor(cast.operator), at=NOW)
        drop.model.objects.bulk_create(drop.model(**row) for row in kept)
    assert proposed_again(cast, change).status == S.PROPOSED


def proposed_again(cast: Cast, change: ChangeRequest) -> ChangeRequest:
    return transitions.propose_change(change_pk=change.pk, reason="", actor=actor(cast.operator), at=NOW)


def test_ministry_reorganisation_is_one_letter_with_a_list_and_each_unit_confirms(cast: Cast) -> None:
    offices = [registration(cast.wakaba, f"W-{number}", custodian=cast.minoru) for number in (1, 2, 3)]
    before = rows(*offices)
    units = {one.number: f"第{one.number[-1]}課" for one in offices}
    change = asked(cast, "reorganisation", *offices, by=cast.operator, units=units)
    assert (change.on_paper, change.moves, change.proofs.get().kind) == (True, False, "official_letter")
    executed(cast, approved(cast, change))
    assert rows(*offices) == before
    assert dict(Registration.objects.values_list("number", "unit")) == units
    tasks = Task.objects.filter(kind="confirm_unit")
    assert {(task.registration.number, task.owner) for task in tasks} == {(one, cast.minoru) for one in units}
    transitions.confirm_unit(registration_pk=offices[0].pk, actor=actor(cast.minoru), at=AFTER)
    transitions.change_unit(registration_pk=offices[1].pk, unit="第二室", actor=actor(cast.minoru), at=AFTER)
    assert [task.registration.number for task in tasks.filter(done_at=None)] == ["W-3"]
    with pytest.raises(WrongState):
        transitions.confirm_unit(registration_pk=offices[0].pk, actor=actor(cast.minoru), at=AFTER)


def test_ministry_reorganisation_to_another_body_is_confirmed_by_each_new_custodian(cast: Cast) -> None:
    offices = [registration(cast.aoba, f"R-{number}", custodian=cast.taro) for number in (1, 2)]
    change = asked(cast, "reorganisation", *offices, by=cast.operator, receiver_name="若葉省", units={"R-1": "新設課"})
    executed(cast, approved(cast, change))
    assert set(Registration.objects.values_list("organisation", "unit")) == {
        (cast.wakaba.pk, "新設課"),
        (cast.wakaba.pk, "本社"),
    }
    assert {holder(one) for one in offices} == {None}
    assert not Task.objects.filter(kind="confirm_unit").exclude(owner=None).exists()
    transitions.take_into_care(registration_pk=offices[0].pk, actor=actor(cast.wakako), at=AFTER)
    transitions.confirm_unit(registration_pk=offices[0].pk, actor=actor(cast.wakako), at=AFTER)
    assert Task.objects.filter(kind="confirm_unit", done_at=None).count() == 1


def test_whole_office_closed_changes_the_unit_and_not_the_holder(cast: Cast, held: Registration) -> None:
    """Head office stands in for the office that is gone: it takes it into care, and the label of the unit changes."""
    transitions.leave(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=NOW)
    assert holder(held) == cast.hanako
    before = rows(held)
    transitions.change_unit(registration_pk=held.pk, unit="本社 総務部", actor=actor(cast.hanako), at=AFTER)
    held.refresh_from_db()
    assert (held.organisation, held.unit, rows(held)) == (cast.aoba, "本社 総務部", before)


def test_whole_organisation_gone_is_wound_up_on_the_liquidators_registry_entry(cast: Cast, held: Registration) -> None:
    for minute, one in enumerate((cast.taro, cast.jiro, cast.saburo, cast.hanako)):
        transitions.leave(user_pk=one.pk, actor=actor(cast.approver), at=NOW + timedelta(minutes=minute))
    at = NOW + timedelta(minutes=10)
    change = asked(cast, "cancellation", held, by=cast.operator)
    assert (change.on_paper, holder(held)) == (True, None)
    with pytest.raises(Refused):
        proposed_again(cast, change)
    held.refresh_from_db()
    assert held.status == "active"
    change = approved(cast, change, at)
    assert {one.role for one in change.approvals.all()} == {"approver", "senior"}
    executed(cast, change)
    held.refresh_from_db()
    assert held.status == "closed"


def test_affiliate_has_its_own_record_and_its_people_see_and_ask_nothing(cast: Cast, held: Registration) -> None:
    before = seen.mark()
    made = transitions.record_affiliation(
        organisation_pk=cast.aoba.pk,
        other_pk=cast.wakaba.pk,
        kind=Affiliation.Kind.SUBSIDIARY,
        proof="有価証券報告書",
        issued_on=TODAY,
        actor=actor(cast.operator),
        at=NOW,
    )
    assert seen.verbs(before) == ["affiliation.recorded"]
    assert [who for _template, who in seen.notices(before)] == sorted([cast.hanako.label, cast.wakako.label])
    assert not Registration.objects.visible_to(actor(cast.wakako), NOW).exists()
    with pytest.raises(Refused):
        transitions.request_change(wish=wish("rename", held), token=uuid.uuid4(), actor=actor(cast.wakako), at=NOW)
    transitions.end_affiliation(affiliation_pk=made.pk, actor=actor(cast.operator), at=AFTER)
    with pytest.raises(WrongState):
        transitions.end_affiliation(affiliation_pk=made.pk, actor=actor(cast.operator), at=AFTER)


def test_affiliation_is_recorded_by_operators_only_once_and_with_its_proof(cast: Cast) -> None:
    given: dict[str, Any] = {
        "organisation_pk": cast.aoba.pk,
        "other_pk": cast.wakaba.pk,
        "kind": "group",
        "proof": "登記",
        "issued_on": TODAY,
        "at": NOW,
    }
    for who in ("hanako", "agent", "approver", "auditor"):
        with pytest.raises(NotAllowed):
            transitions.record_affiliation(**given, actor=actor(getattr(cast, who)))
    for wrong in ({"other_pk": cast.aoba.pk}, {"other_pk": cast.works.pk}, {"issued_on": TODAY + timedelta(1)}):
        with pytest.raises(Refused):
            transitions.record_affiliation(**{**given, **wrong}, actor=actor(cast.operator))
    transitions.record_affiliation(**given, actor=actor(cast.operator))
    with pytest.raises(WrongState):
        transitions.record_affiliation(**given, actor=actor(cast.operator))
    assert Organisation.objects.filter(affiliations__isnull=False).get() == cast.aoba


def test_merger_is_never_decided_by_who_proposed_it(cast: Cast, held: Registration) -> None:
    change = proposed(cast, asked(cast, "succession", held))
    with pytest.raises(NotAllowed):
        transitions.approve_change(
            change_pk=change.pk,
            signed_hash=change.proposal_hash,
            reason="",
            actor=actor(cast.operator),
            at=NOW,
        )
