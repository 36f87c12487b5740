"""Queries that are written once: the same rows as the ORM gives, for each value, and nothing left of the last one."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import find_actor, of_kind
from accounts.models import Membership, Organisation, Role, User
from accounts.prepared import Prepared, columns, instance
from tests.cast import Cast

pytestmark = pytest.mark.django_db
THEN = datetime(2019, 4, 1, 9, 30, 15, 250_000, tzinfo=UTC)


def test_a_row_is_the_model_s_own(cast: Cast) -> None:
    read = Prepared(lambda user: User.objects.filter(pk=user).values_list(*columns(User)), user=int)
    row = read.first(user=cast.taro.pk)
    assert row is not None
    found = instance(User, row)
    assert found == cast.taro and found.date_joined == cast.taro.date_joined and found.is_active is True
    assert not found._state.adding
    assert read.first(user=0) is None


def test_words_are_no_wildcards_and_each_call_has_its_own(cast: Cast) -> None:
    names = Prepared(
        lambda word: User.objects.filter(display_name__contains=word).order_by("pk").values_list("display_name"),
        word=str,
    )
    for word in (cast.taro.display_name[0], cast.jiro.display_name[1:], "%", "_", "\\", "", "'"):
        plain = User.objects.filter(display_name__contains=word).order_by("pk").values_list("display_name")
        assert names.rows(word=word) == list(plain), word
        assert names.count(word=word) == plain.count()


def test_times_are_shifted_as_the_query_shifts_them(cast: Cast) -> None:
    Membership.objects.filter(user=cast.taro).update(since=THEN)
    began = Prepared(
        lambda at: Membership.objects.filter(since=at - timedelta(days=30)).values_list("user"), at=datetime
    )
    assert began.rows(at=THEN + timedelta(days=30)) == [(cast.taro.pk,)]
    assert began.rows(at=THEN + timedelta(days=30, microseconds=1)) == []
    on = Prepared(
        lambda today: Membership.objects.filter(since__date=today + timedelta(days=2)).values_list("user"), today=date
    )
    assert on.rows(today=date(2019, 3, 30)) == [(cast.taro.pk,)]


def test_pages_follow_one_another_and_nothing_is_found_in_nothing(cast: Cast) -> None:
    users = Prepared(lambda least: User.objects.filter(pk__gte=least).order_by("pk").values_list("pk")[:2], least=int)
    keys = list(User.objects.order_by("pk").values_list("pk"))
    assert users.rows(least=0) == keys[:2]
    assert users.rows(skip=2, least=0) == keys[2:4]
    nobody = Prepared(lambda user: User.objects.filter(pk=user).none().values_list("pk"), user=int)
    assert (nobody.rows(user=1), nobody.count(user=1)) == ([], 0)


@pytest.mark.parametrize(("value", "kind"), [("1 or 1", int), (1, str), ("2026-01-01", datetime)])
def test_what_is_of_another_type_is_refused(cast: Cast, value: Any, kind: type) -> None:
    read = Prepared(lambda given: User.objects.filter(email=given).values_list("pk"), given=str)
    read = Prepared(lambda given: User.objects.filter(pk=given).values_list("pk"), given=int) if kind is int else read
    if kind is datetime:
        read = Prepared(lambda given: User.objects.filter(date_joined=given).values_list("pk"), given=datetime)
    with pytest.raises(TypeError):
        read.rows(given=value)


def test_actor_is_read_anew_each_time(cast: Cast) -> None:
    before = find_actor(cast.hanako)
    assert before is not None and before.is_administrator and before.organisation == cast.aoba
    assert before.organisation.legal_name == cast.aoba.legal_name
    Membership.objects.create(user=cast.hanako, organisation=cast.aoba, role=Role.MEMBER, since=THEN)
    with CaptureQueriesContext(connection) as taken:
        after = find_actor(cast.hanako)
    assert after is not None and after.roles == {Role.ADMINISTRATOR, Role.MEMBER}
    assert len(taken) == 1
    Membership.objects.filter(user=cast.hanako).update(until=THEN.replace(year=2030))
    assert find_actor(cast.hanako) is None


def test_who_stands_for_a_kind_has_no_role_but_the_administrator_s() -> None:
    assert of_kind("customer", True, user=1, organisation=2).is_administrator
    plain = of_kind("provider", False, user=1, organisation=2)
    assert (plain.roles, plain.user, plain.organisation) == (frozenset(), User(pk=1), Organisation(pk=2))
