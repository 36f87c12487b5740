"""An objection to a list that was carried out: every registration of it is contested, and none stays so afterwards."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.errors import WrongState
from accounts.models import Role
from audit.models import Event, EventAbout
from handover import restricting
from handover import transitions as handing
from handover.models import ContactPoint, Registration, Restriction
from recovery import clock, transitions
from recovery.models import Claim, ClaimLine, Objection
from tests import claims
from tests.cast import Cast, actor, somebody
from tests.recovery import bulk
from tests.seen import mark, verbs
from tests.stock import NOW, registration

pytestmark = pytest.mark.django_db
ALL = {"R-1", "L-001", "L-002"}


@dataclass
class Done:
    """A list that was carried out: two of it; one was left out since it was signed, one unconfirmed, one unknown."""

    claim: Claim
    at: datetime


@pytest.fixture
def done(cast: Cast) -> Done:
    one, two, out, late = bulk.others(cast, 4)
    rows = [(one.number, ""), (two.number, ""), (out.number, ""), (late.number, "late@aoba.example"), ("L-999", "")]
    claim = bulk.approved(cast, rows)
    line = ClaimLine.objects.get(registration=out)
    transitions.leave_out(line.pk, words="別件", actor=actor(cast.operator), at=claims.decided_at(claim))
    claim = bulk.executed(cast, bulk.ready(cast, claim))
    states = [state for state, _why in bulk.states(claim).values()]
    assert states == ["taken", "taken", "left_out", "left_out", "unknown"]
    return Done(claim, claims.decided_at(claim) + timedelta(days=1))


def contested(at: datetime) -> list[str]:
    """The numbers of the registrations that are contested, each as often as it is marked."""
    marks = Restriction.objects.in_force(at).filter(kind="contested")
    assert all(one.blocks == ["end_contact_point"] for one in marks)
    return sorted(marks.values_list("registration__number", flat=True))


def protected(at: datetime) -> set[tuple[str, datetime | None]]:
    marks = Restriction.objects.in_force(at).filter(kind="cooling_off")
    return set(marks.values_list("registration__number", "until"))


def objects(claim: Claim, at: datetime) -> Objection:
    transitions.object_to(typed=claims.objection_made(claim, at=at), words="", actor=claims.PUBLIC, at=at)
    return claim.objections.order_by("-pk")[0]


def decides(cast: Cast, made: Objection, outcome: str, at: datetime) -> None:
    transitions.review_objection(made.pk, recommendation=outcome, actor=actor(cast.colleague), at=at)
    who = somebody(cast.provider, "別 長", "ベツ オサ", f"senior-{made.pk}@provider.example", Role.SENIOR)
    transitions.decide_objection(made.pk, outcome=outcome, reason="", actor=actor(who), at=at)


def about(event: Event) -> set[str]:
    labels = EventAbout.objects.filter(event=event, label__startswith="registration:").values_list("label", flat=True)
    return {label.removeprefix("registration:") for label in labels}


def put_back(cast: Cast, claim: Claim, at: datetime) -> None:
    asked = transitions.ask_rollback(claim.pk, reason="誤り", actor=actor(cast.operator), at=at)
    who = somebody(cast.provider, "又 長", "マタ オサ", "third-senior@provider.example", Role.SENIOR)
    transitions.confirm_rollback(asked.pk, actor=actor(who), at=at + timedelta(hours=1))


def test_objection_marks_all_that_the_list_carried_over_and_nothing_else(cast: Cast, done: Done) -> None:
    bystander = registration(cast.aoba, "L-500", custodian=cast.jiro)
    assert contested(done.at) == []
    since = mark()
    objects(done.claim, done.at)
    assert contested(done.at) == sorted(ALL)
    assert set(Restriction.objects.filter(kind="contested").values_list("case", flat=True)) == {done.claim.number}
    assert protected(done.at) == {(number, None) for number in ALL}
    assert verbs(since) == ["claim.objected"]
    written = Event.objects.get(sequence__gt=since)
    assert written.facts == {"objection": done.claim.objections.get().pk}
    assert about(written) == ALL
    # On what is contested no channel disappears; on the others it may.
    for number, refused in (("R-1", True), ("L-001", True), ("L-003", False), (bystander.number, False)):
        point = ContactPoint.objects.current().filter(registration__number=number).order_by("pk")[0]
        ContactPoint.objects.create(registration=point.registration, kind="mail", value="n@x.example", since=NOW)
        Restriction.objects.filter(kind="cooling_off").update(ended_at=done.at)
        if refused:
            with pytest.raises(WrongState):
                handing.end_contact_point(contact_point_pk=point.pk, actor=actor(cast.hanako), at=done.at)
        else:
            handing.end_contact_point(contact_point_pk=point.pk, actor=actor(cast.hanako), at=done.at)


def test_second_objection_marks_nothing_twice_and_the_last_one_ends_it(cast: Cast, done: Done) -> None:
    first, second = objects(done.claim, done.at), objects(done.claim, done.at)
    assert contested(done.at) == sorted(ALL)
    decides(cast, first, "dismissed", done.at)
    assert contested(done.at) == sorted(ALL)
    decides(cast, second, "dismissed", done.at)
    assert contested(done.at) == []


def test_dismissal_takes_every_mark_back_and_the_protection_has_its_day_again(cast: Cast, done: Done) -> None:
    made, since = objects(done.claim, done.at), mark()
    decides(cast, made, "dismissed", done.at)
    assert contested(done.at) == []
    assert protected(done.at) == {(number, done.claim.cooling_off_until) for number in ALL}
    written = Event.objects.get(sequence__gt=since, verb="objection.decided")
    assert (written.facts["outcome"], about(written)) == ("dismissed", ALL)


def test_objection_that_lapses_takes_every_mark_back(done: Done) -> None:
    objects(done.claim, done.at)
    late, since = done.at + timedelta(days=14), mark()
    assert clock.run(at=late)["objections_lapsed"] == 1
    assert contested(late) == []
    assert about(Event.objects.get(sequence__gt=since, verb="objection.lapsed")) == ALL


def test_upheld_objection_keeps_the_marks_until_all_is_put_back(cast: Cast, done: Done) -> None:
    decides(cast, objects(done.claim, done.at), "upheld", done.at)
    assert contested(done.at) == sorted(ALL)
    put_back(cast, done.claim, done.at)
    assert not Restriction.objects.in_force(done.at + timedelta(hours=2)).exists()


def test_rollback_under_an_open_objection_leaves_the_marks_until_people_decided(cast: Cast, done: Done) -> None:
    made = objects(done.claim, done.at)
    put_back(cast, done.claim, done.at)
    at = done.at + timedelta(hours=2)
    assert (contested(at), protected(at)) == (sorted(ALL), set())
    decides(cast, made, "upheld", at)
    assert not Restriction.objects.in_force(at).exists()


def test_objection_to_what_was_put_back_marks_the_whole_list_again(cast: Cast, done: Done) -> None:
    put_back(cast, done.claim, done.at)
    at = done.at + timedelta(days=1)
    made = objects(done.claim, at)
    assert contested(at) == sorted(ALL)
    decides(cast, made, "dismissed", at)
    assert not Restriction.objects.in_force(at).exists()


def test_objection_to_one_list_leaves_the_marks_of_another_case(cast: Cast, done: Done) -> None:
    other = Registration.objects.get(number="L-001")
    restricting.restrict(other, "contested", case="C-9", at=NOW, blocks=["end_contact_point"])
    made = objects(done.claim, done.at)
    assert contested(done.at) == sorted([*ALL, "L-001"])
    decides(cast, made, "dismissed", done.at)
    assert contested(done.at) == ["L-001"]


def test_marking_many_takes_as_many_queries_as_marking_one(cast: Cast, django_assert_num_queries: Any) -> None:
    many = bulk.others(cast, 30)
    for some in (many[:1], many):
        with django_assert_num_queries(2):
            restricting.restrict_each(some, "contested", case="C-9", at=NOW, blocks=["end_contact_point"])
    assert contested(NOW) == [one.number for one in many]


def test_objection_before_the_decision_marks_the_claims_own_registration(cast: Cast) -> None:
    """Nothing has been carried out: the frozen claim moves nothing, and its list is marked as claimed already."""
    one = bulk.others(cast, 1)[0]
    claim = bulk.proposed(cast, [(one.number, "")])
    objects(claim, claims.READY)
    assert contested(claims.READY) == ["R-1"]
