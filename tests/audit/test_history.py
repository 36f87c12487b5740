"""The log as a reader sees it (config.history): names, staff by role, a constant number of queries."""

from datetime import timedelta

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from accounts.models import Membership, Role
from audit import record
from audit.models import Event
from config.history import entries
from config.wording import WORDING
from tests.cast import Cast, actor
from tests.stock import NOW

pytestmark = pytest.mark.django_db


def written(verb: str, who: record.Actor, **facts: object) -> Event:
    return record.event(verb, actor=who, at=NOW, subject="registration:R-1", facts=facts)


def test_customers_are_shown_by_name_even_after_they_left(cast: Cast) -> None:
    event = written("registration.viewed", actor(cast.taro))
    Membership.objects.filter(user=cast.taro).update(until=NOW + timedelta(days=1))
    [line] = entries([event])
    assert (line.by, line.at) == ("𠮷田 太郎", NOW)


def test_staff_are_shown_by_organisation_and_role_and_never_by_name(cast: Cast) -> None:
    for who in (cast.operator, cast.agent):
        [line] = entries([written("registration.viewed", actor(who))])
        assert who.display_name not in line.by and who.display_name not in line.text
        assert who.memberships.get().organisation.legal_name in line.by
        assert str(Role(who.memberships.get().role).label) in line.by


def test_a_role_taken_up_later_is_not_shown_for_then(cast: Cast) -> None:
    event = written("registration.viewed", actor(cast.operator))
    Membership.objects.create(
        user=cast.operator, organisation=cast.provider, role=Role.SENIOR, since=NOW + timedelta(days=1)
    )
    [line] = entries([event])
    assert str(Role.SENIOR.label) not in line.by


def test_a_change_of_hands_names_both(cast: Cast) -> None:
    event = written("handover.switched", record.System("clock"), **{"from": cast.taro.label, "to": cast.jiro.label})
    with translation.override("en"):
        [line] = entries([event])
    assert "from 𠮷田 太郎 to 渡邉 次郎" in line.text
    assert line.by == "By the system"


def test_the_public_and_the_provider_have_words(cast: Cast) -> None:
    with translation.override("en"):
        [line] = entries([written("registration.registered", record.Public(), to="provider")])
    assert line.by == "Somebody without an account" and "Aozora Communications" in line.text


def test_every_verb_is_worded_in_both_languages() -> None:
    for language in ("ja", "en"):
        with translation.override(language):
            lines = entries([written(verb, record.System("clock")) for verb in WORDING])
            assert all(line.text for line in lines)


@pytest.mark.parametrize("count", [1, 3])
def test_names_cost_one_query_however_many_events(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    people = [cast.taro, cast.operator, cast.agent][:count]
    events = [written("handover.drafted", actor(who), to=who.label) for who in people]
    with django_assert_num_queries(1):
        entries(events)
