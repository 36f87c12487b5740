"""One claim for many registrations: one decision, one execution, one way back, by the hundreds."""

from datetime import timedelta
from time import perf_counter
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.utils import timezone

from accounts.errors import WrongState
from accounts.models import Membership, Role, User
from audit.models import Event
from handover.models import Custody, Registration, Restriction
from recovery import clock, transitions
from recovery.models import ClaimLine, MatchDocument, MatchPosting, MatchToken
from tests import claims
from tests.cast import Cast, actor, somebody
from tests.recovery import bulk
from tests.recovery.bulk import NEW
from tests.seen import mark, notices
from tests.stock import holder, registration

pytestmark = pytest.mark.django_db
MOST_EACH = 60
"""Queries for each registration of an execution, its notices included: custody alone has about twenty."""


# Carrying out, and back ----------------------------------------------------------------------------------------------


def test_execution_gives_each_unit_to_who_confirmed_and_leaves_the_rest_as_it_was(cast: Cast) -> None:
    one, two, three = bulk.others(cast, 3)
    rows = [(one.number, NEW), (two.number, "late@aoba.example"), (three.number, ""), ("L-999", "")]
    claim = bulk.approved(cast, rows)
    at = claims.decided_at(claim)
    person = bulk.opens(NEW, "新任 一", at=at)
    late = bulk.opens("late@aoba.example", "新任 二", at=at)
    transitions.confirm_lines(claim.pk, actor=actor(person), at=at)
    claim = bulk.ready(cast, claim)
    since = mark()
    done = bulk.executed(cast, claim)
    assert bulk.states(done) == {
        one.number: ("taken", ""),
        two.number: ("left_out", "unconfirmed"),
        three.number: ("taken", ""),
        "L-999": ("unknown", ""),
    }
    assert [holder(each) for each in (one, two, three)] == [person, None, done.claimant]
    written = Event.objects.get(sequence__gt=since, verb="claim.executed")
    assert set(written.facts["registrations"]) == {"R-1", one.number, three.number}
    assert written.facts["left_out"] == {two.number: "unconfirmed"}
    protected = Restriction.objects.filter(kind="cooling_off", ended_at=None, case=claim.number)
    assert set(protected.values_list("registration__number", flat=True)) == {"R-1", one.number, three.number}
    assert Membership.objects.current().get(user=person).organisation == cast.aoba
    late.refresh_from_db()
    assert not late.is_active
    told = notices(since)
    assert ("claim_unit_done", person.label) in told and ("claim_done", claim.label) in told
    assert not Restriction.objects.filter(registration=two, ended_at=None).exists()
    assert Custody.objects.current().get(registration=one).basis_label == claim.label
    later = timezone.now() if done.cooling_off_until is None else done.cooling_off_until + timedelta(hours=1)
    transitions.end_cooling_off(claim.pk, actor=clock.CLOCK, at=later)
    assert not Restriction.objects.filter(kind="cooling_off", ended_at=None).exists()


def test_rollback_puts_every_registration_back_and_ends_the_new_persons_access(cast: Cast) -> None:
    held = registration(cast.aoba, "L-1", custodian=cast.jiro)
    one = bulk.others(cast, 1)[0]
    claim = bulk.approved(cast, [(held.number, NEW), (one.number, "")])
    person = bulk.opens(NEW, "新任 一", at=claims.decided_at(claim))
    transitions.confirm_lines(claim.pk, actor=actor(person), at=claims.decided_at(claim))
    done = bulk.executed(cast, bulk.ready(cast, claim))
    assert (holder(held), holder(one)) == (person, done.claimant)
    at = claims.decided_at(claim) + timedelta(days=1)
    asked = transitions.ask_rollback(done.pk, reason="誤り", actor=actor(cast.operator), at=at)
    second = _untouched_senior(cast)
    since = mark()
    transitions.confirm_rollback(asked.pk, actor=actor(second), at=at + timedelta(hours=1))
    assert (holder(held), holder(one)) == (cast.jiro, None)
    assert bulk.states(done) == {held.number: ("put_back", ""), one.number: ("put_back", "")}
    written = Event.objects.get(sequence__gt=since, verb="rollback.confirmed")
    assert set(written.facts["registrations"]) == {"R-1", held.number, one.number} and written.facts["left"] == []
    person.refresh_from_db()
    assert not person.is_active
    assert not Restriction.objects.filter(kind="cooling_off", ended_at=None).exists()


def _untouched_senior(cast: Cast) -> User:
    return somebody(cast.provider, "別 長", "ベツ オサ", "other-senior@provider.example", Role.SENIOR)


def test_second_press_carries_nothing_out_twice(cast: Cast) -> None:
    one = bulk.others(cast, 1)[0]
    claim = bulk.ready(cast, bulk.approved(cast, [(one.number, "")]))
    done = bulk.executed(cast, claim)
    periods = Custody.objects.count()
    with pytest.raises(WrongState):
        bulk.executed(cast, done)
    assert Custody.objects.count() == periods


# Hundreds ------------------------------------------------------------------------------------------------------------


def _carried_out(cast: Cast, count: int) -> tuple[int, float]:
    """Return queries and seconds of one execution with `count` lines."""
    claim = bulk.approved(cast, [(one.number, "") for one in bulk.others(cast, count)])
    claim = bulk.ready(cast, claim)
    begun, asked = perf_counter(), []

    def count_it(execute: Any, *statement: Any) -> Any:
        asked.append(1)
        return execute(*statement)

    with connection.execute_wrapper(count_it):
        done = bulk.executed(cast, claim)
    taken = ClaimLine.objects.taken().filter(claim=done).count()
    assert taken == count
    return len(asked), perf_counter() - begun


def test_queries_of_an_execution_grow_by_a_bounded_number_each_registration(cast: Cast) -> None:
    few = _carried_out(cast, 3)[0]
    Registration.objects.filter(number__startswith="L-").update(number=Concat(Value("old-"), F("number")))
    Registration.objects.filter(number="R-1").update(number="old-R-1")
    # Numbers never change but here: the search's index begins anew, as its documents are called by them.
    for model in (MatchPosting, MatchDocument, MatchToken):
        model.objects.all().delete()
    for rows in (User.objects.all(), EmailAddress.objects.all()):
        rows.filter(email="sho@new.example").update(email="earlier@new.example")
    many = _carried_out(cast, 13)[0]
    print(f"{few} queries for 4 registrations, {many} for 14")
    assert (many - few) / 10 <= MOST_EACH


@pytest.mark.soak
def test_500_registrations_are_carried_out_in_one_transaction(cast: Cast) -> None:
    asked, seconds = _carried_out(cast, 500)
    print(f"500 registrations: {asked} queries, {seconds:.1f} s")
    assert asked < 500 * MOST_EACH + 500
