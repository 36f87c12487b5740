"""What a deputy who stands in may do."""

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.errors import NotAllowed, Refused
from handover import clock, transitions
from handover.models import (
    Custody,
    Deputy,
    Handover,
    Registration,
    StandIn,
)
from tests.cast import Cast, actor
from tests.handover.deputised import LATER, activated, named
from tests.stock import ALL_YES, NOW, all_received, drafted, holder


def test_deputy_prepares_a_handover_only_while_standing_in(cast: Cast, held: Registration, deputy: Deputy) -> None:
    with pytest.raises(NotAllowed):
        drafted(cast, held, by=cast.saburo, days=10)
    activated(deputy, cast.hanako)
    made = drafted(cast, held, by=cast.saburo, days=10)
    assert (made.given_by, made.offered_by, made.needs_confirmation) == (cast.taro, cast.saburo, True)
    transitions.deactivate_deputy(deputy_pk=deputy.pk, actor=actor(cast.taro), at=NOW)
    with pytest.raises(NotAllowed):
        transitions.offer(handover_pk=made.pk, actor=actor(cast.saburo), at=NOW)
    assert transitions.withdraw(handover_pk=made.pk, reason="", actor=actor(cast.saburo), at=NOW).status == "withdrawn"


def test_deputy_gives_the_custodian_three_business_days(cast: Cast, held: Registration, deputy: Deputy) -> None:
    activated(deputy, cast.hanako)
    with pytest.raises(Refused) as refused:
        drafted(cast, held, by=cast.saburo, days=3)  # Monday is a holiday: Thursday 26 is the third business day
    assert list(refused.value.fields) == ["effective_on"]
    assert drafted(cast, held, by=cast.saburo, days=6).effective_on == date(2026, 11, 26)


def test_handover_of_a_deputy_takes_effect_only_when_an_administrator_confirms(
    cast: Cast, held: Registration, deputy: Deputy
) -> None:
    activated(deputy, cast.hanako)
    made = drafted(cast, held, by=cast.saburo, days=6)
    transitions.offer(handover_pk=made.pk, actor=actor(cast.saburo), at=NOW)
    made = transitions.accept(
        handover_pk=made.pk, marks=all_received(made), answers=ALL_YES, actor=actor(cast.jiro), at=NOW
    )
    then = NOW + timedelta(days=7)
    clock.run(at=then)
    assert (Handover.objects.get().status, holder(held)) == (Handover.Status.ACCEPTED, cast.taro)
    transitions.confirm(handover_pk=made.pk, actor=actor(cast.hanako), at=then)
    current = Custody.objects.current().get(registration=held)
    assert (current.user, current.basis) == (cast.jiro, Custody.Basis.REASSIGNMENT)
    # Who stood in did so for 太郎; 三郎 is 次郎's deputy now.
    assert not StandIn.objects.current().exists()
    assert Deputy.objects.current().get() == deputy


def test_deputy_who_stands_in_changes_daily_settings_and_no_channel_of_record(
    cast: Cast, held: Registration, deputy: Deputy
) -> None:
    def alias() -> Any:
        return transitions.add_alias(registration_pk=held.pk, alias="別館", actor=actor(cast.saburo), at=NOW)

    with pytest.raises(NotAllowed):
        alias()
    activated(deputy, cast.hanako)
    made = alias()
    assert transitions.end_alias(alias_pk=made.pk, actor=actor(cast.saburo), at=NOW).until == NOW
    with pytest.raises(NotAllowed):
        transitions.end_contact_point(contact_point_pk=held.contact_points.get().pk, actor=actor(cast.saburo), at=NOW)


def test_deputyship_ends_when_the_deputy_leaves_or_takes_over(cast: Cast, held: Registration, deputy: Deputy) -> None:
    other = named(held, cast.jiro, cast.taro)
    activated(deputy, cast.hanako)
    transitions.leave(user_pk=cast.saburo.pk, actor=actor(cast.hanako), at=LATER)
    deputy.refresh_from_db()
    assert (deputy.until, StandIn.objects.get().until) == (LATER, LATER)
    made = drafted(cast, held, days=0)
    transitions.offer(handover_pk=made.pk, actor=actor(cast.taro), at=NOW)
    later = LATER + timedelta(minutes=1)
    transitions.accept(handover_pk=made.pk, marks=all_received(made), answers=ALL_YES, actor=actor(cast.jiro), at=later)
    other.refresh_from_db()
    assert (holder(held), other.until) == (cast.jiro, later)
