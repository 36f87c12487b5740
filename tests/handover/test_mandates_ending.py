"""Mandates go on, end, and are reminded of; by both sides and by the clock."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from accounts.errors import NotAllowed, WrongState
from audit.models import Event
from handover import clock, transitions
from handover.models import (
    Deputy,
    Mandate,
    Registration,
)
from handover.queries import mandates as queries
from tests import seen
from tests.cast import Cast, actor
from tests.handover.mandated import CLOCK, YEAR, S, approved, asked, granted, row
from tests.stock import NOW, TODAY


def end(mandate: Mandate, by: Any, at: datetime = NOW) -> Mandate:
    return transitions.end_mandate(mandate_pk=mandate.pk, reason="契約終了", actor=actor(by), at=at)


# Going on -------------------------------------------------------------------------------------------------------------


def renew(mandate: Mandate, cast: Cast, at: datetime) -> Mandate:
    return transitions.renew_mandate(mandate_pk=mandate.pk, actor=actor(cast.worker), at=at)


def days_before(mandate: Mandate, days: int) -> datetime:
    """Return ten in the morning in Japan, so many days before the last one."""
    return NOW + (mandate.ends_on - timedelta(days=days) - TODAY)


def test_contractor_asks_to_go_on_from_the_fortieth_day_before_the_end(cast: Cast, held: Registration) -> None:
    made = granted(cast, "R-1")
    with pytest.raises(WrongState):
        renew(made, cast, days_before(made, 41))
    at, before = days_before(made, 40), seen.mark()
    more = renew(made, cast, at)
    assert (more.status, more.renewed_from, more.starts_on) == (S.ASKED, made, YEAR + timedelta(days=1))
    assert more.ends_on == date(2028, 11, 19)
    assert seen.verbs(before) == ["mandate.renewal_asked"]
    people = [cast.taro, cast.hanako]
    assert seen.notices(before) == sorted(("mandate_asked", one.label) for one in people)
    with pytest.raises(WrongState):
        renew(made, cast, at)
    done = approved(more, cast.taro, at=at)
    assert (done.status, done.starts_on) == (S.ACTIVE, YEAR + timedelta(days=1))
    assert not Mandate.objects.in_force(at).filter(pk=done.pk).exists()
    assert Mandate.objects.in_force(at + timedelta(days=41)).get() == done


def test_nobody_but_the_contractor_asks_to_go_on_and_not_after_the_end(cast: Cast, held: Registration) -> None:
    made = granted(cast, "R-1")
    for who in (cast.hanako, cast.taro, cast.wakako, cast.operator):
        with pytest.raises(NotAllowed):
            transitions.renew_mandate(mandate_pk=made.pk, actor=actor(who), at=days_before(made, 20))
    with pytest.raises(WrongState):
        renew(made, cast, days_before(made, -1))


# The end --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["taro", "hanako", "saburo", "worker"])
def test_either_side_ends_at_once_and_a_deputy_too(cast: Cast, held: Registration, who: str) -> None:
    Deputy.objects.create(registration=held, user=cast.saburo, since=NOW)
    made, before = granted(cast, "R-1"), seen.mark()
    assert queries.find_row(actor(cast.worker), made.number, "R-1", NOW)
    done = end(made, getattr(cast, who))
    assert (done.status, done.ended_at, done.ended_by, row(done, held).until) == (
        S.ENDED,
        NOW,
        getattr(cast, who),
        NOW,
    )
    assert queries.find_row(actor(cast.worker), made.number, "R-1", NOW) is None
    assert seen.verbs(before) == ["mandate.ended"]
    people = [cast.taro, cast.hanako, cast.worker]
    assert seen.notices(before) == sorted(("mandate_ended", one.label) for one in people)
    side = "contractor" if who == "worker" else "customer"
    assert Event.objects.get(verb="mandate.ended").facts == {"was": "active", "by": side, "renewals": []}
    with pytest.raises(WrongState):
        end(made, cast.hanako)


def test_who_ends_a_mandate_ends_what_would_follow_it(cast: Cast, held: Registration) -> None:
    made = granted(cast, "R-1")
    at = days_before(made, 10)
    more = approved(renew(made, cast, at), cast.taro, at=at)
    end(made, cast.taro, at=at)
    more.refresh_from_db()
    assert (more.status, row(more, held).until) == (S.ENDED, at)


def test_custodian_of_one_does_not_end_the_others_mandate(cast: Cast, held: Registration, second: Registration) -> None:
    made = granted(cast, "R-1", "R-2")
    with pytest.raises(NotAllowed):
        end(made, cast.taro)
    assert end(made, cast.hanako).status == S.ENDED


@pytest.mark.parametrize("who", ["jiro", "wakako", "minoru", "agent", "operator", "approver"])
def test_nobody_else_ends_or_takes_out(cast: Cast, held: Registration, who: str) -> None:
    made = granted(cast, "R-1")
    with pytest.raises(NotAllowed):
        end(made, getattr(cast, who))
    with pytest.raises(NotAllowed):
        transitions.remove_registration(row_pk=row(made, held).pk, actor=actor(getattr(cast, who)), at=NOW)


def test_contractor_takes_a_question_back_and_it_is_told_to_nobody(cast: Cast, held: Registration) -> None:
    for number in ("R-1", "R-9"):
        made, before = asked(cast, number), seen.mark()
        assert end(made, cast.worker).status == S.ENDED
        assert (seen.verbs(before), seen.notices(before)) == (["mandate.ended"], [])
    with pytest.raises(NotAllowed):  # the customer declines a question, it does not end it
        end(asked(cast, "R-1"), cast.hanako)


def test_one_registration_leaves_and_the_other_stays(cast: Cast, held: Registration, second: Registration) -> None:
    made, before = granted(cast, "R-1", "R-2"), seen.mark()
    out = transitions.remove_registration(row_pk=row(made, held).pk, actor=actor(cast.taro), at=NOW)
    made.refresh_from_db()
    assert (out.since, out.until, made.status) == (NOW, NOW, S.ACTIVE)
    assert queries.find_row(actor(cast.worker), made.number, "R-1", NOW) is None
    assert queries.find_row(actor(cast.worker), made.number, "R-2", NOW)
    assert seen.verbs(before)[-1:] == ["mandate.registration_removed"]
    written = Event.objects.get(verb="mandate.registration_removed")
    assert (written.facts, held.label in written.about) == ({"registration": "R-1", "ended": False}, True)
    with pytest.raises(WrongState):
        transitions.remove_registration(row_pk=out.pk, actor=actor(cast.taro), at=NOW)
    transitions.remove_registration(row_pk=row(made, second).pk, actor=actor(cast.worker), at=NOW)
    made.refresh_from_db()
    assert (made.status, made.ended_at) == (S.ENDED, NOW)


def test_clock_reminds_both_sides_twice_and_writes_the_end_down(cast: Cast, held: Registration) -> None:
    made = granted(cast, "R-1")
    people = [cast.taro, cast.hanako, cast.worker]
    for days, told in ((41, False), (40, True), (39, False), (15, False), (14, True), (3, False), (0, False)):
        before = seen.mark()
        clock.run(at=days_before(made, days))
        clock.run(at=days_before(made, days))
        expected = sorted(("mandate_ending", one.label) for one in people) if told else []
        assert [one for one in seen.notices(before) if one[0].startswith("mandate")] == expected, days
    assert queries.find_row(actor(cast.worker), made.number, "R-1", days_before(made, 0))
    over = days_before(made, -1)
    assert queries.find_row(actor(cast.worker), made.number, "R-1", over) is None  # before the clock came by
    before = seen.mark()
    clock.run(at=over)
    clock.run(at=over)
    made.refresh_from_db()
    assert (made.status, made.ended_at, made.ended_by, row(made, held).until) == (S.EXPIRED, over, None, over)
    assert [verb for verb in seen.verbs(before) if verb.startswith("mandate")] == ["mandate.expired"]
    assert [one for one in seen.notices(before) if one[0] == "mandate_expired"] == sorted(
        ("mandate_expired", one.label) for one in people
    )


def test_clock_does_neither_too_early(cast: Cast, held: Registration) -> None:
    made = granted(cast, "R-1")
    with pytest.raises(WrongState):
        transitions.expire_mandate(mandate_pk=made.pk, actor=CLOCK, at=days_before(made, 0))
    with pytest.raises(WrongState):
        transitions.remind_mandate(mandate_pk=made.pk, reached=1, actor=CLOCK, at=NOW)
    for act in (transitions.expire_mandate, transitions.deliver_mandate):
        with pytest.raises(NotAllowed):
            act(mandate_pk=made.pk, actor=actor(cast.hanako), at=NOW)


def test_nobody_is_reminded_of_the_end_of_what_goes_on(cast: Cast, held: Registration) -> None:
    made = granted(cast, "R-1")
    at = days_before(made, 30)
    clock.run(at=at)
    approved(renew(made, cast, at), cast.taro, at=at)
    before = seen.mark()
    clock.run(at=days_before(made, 14))
    assert "mandate_ending" not in [template for template, _who in seen.notices(before)]
