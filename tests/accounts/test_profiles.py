"""Organisations, profiles, the undertaking: the transitions."""

from datetime import UTC, datetime
from typing import Any

import pytest

from accounts import transitions
from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Role, User
from audit.models import Event
from tests.cast import READ, Cast, actor, somebody

AT = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


PLACE = {"kana": "", "postal_code": "", "address": "", "corporate_number": ""}


@pytest.mark.parametrize("name", ["operator", "approver", "senior"])
def test_provider_adds_an_organisation(cast: Cast, name: str) -> None:
    made = transitions.create_organisation(
        kind="customer", legal_name="若草株式会社", **PLACE, actor=actor(getattr(cast, name)), at=AT
    )
    (event,) = Event.objects.all()
    assert (event.verb, event.subject, event.facts) == ("organisation.created", made.label, {"kind": "customer"})


@pytest.mark.parametrize("name", ["editor", "auditor", "agent", "supervisor", "hanako", "taro", "worker"])
def test_others_add_no_organisation(cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        transitions.create_organisation(
            kind="customer", legal_name="若草株式会社", **PLACE, actor=actor(getattr(cast, name)), at=AT
        )


@pytest.mark.parametrize("number", ["1010001000006", "1010001000007", "123", "１０１０００１００００06"])
def test_corporate_number_is_checked_and_unique(cast: Cast, number: str) -> None:
    given = {**PLACE, "corporate_number": number}
    with pytest.raises(Refused):
        transitions.create_organisation(
            kind="customer", legal_name="若草株式会社", **given, actor=actor(cast.operator), at=AT
        )


def test_nobody_adds_a_second_provider(cast: Cast) -> None:
    with pytest.raises(Refused):
        transitions.create_organisation(
            kind="provider", legal_name="もう一つ", **PLACE, actor=actor(cast.senior), at=AT
        )


def profile(user: User, by: User, **more: Any) -> User:
    given = {"display_name": user.display_name, "kana": user.kana, "department": "", "language": user.language}
    return transitions.change_profile(user, **{**given, **more}, actor=actor(by), at=AT)


def test_person_changes_the_own_profile(cast: Cast) -> None:
    profile(cast.taro, cast.taro, display_name="吉田 太郎", department="情報システム部")
    assert User.objects.get(pk=cast.taro.pk).display_name == "吉田 太郎"
    (event,) = Event.objects.all()
    assert (event.verb, event.facts) == ("accounts.profile_changed", {"fields": ["display_name"]})


def test_nobody_changes_the_profile_of_another(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        profile(cast.taro, cast.hanako, display_name="別名")
    assert User.objects.get(pk=cast.taro.pk).display_name == "𠮷田 太郎"


def test_unchanged_profile_leaves_no_event(cast: Cast) -> None:
    profile(cast.taro, cast.taro, department=cast.taro.department)
    assert not Event.objects.exists()


def test_staff_signs_the_undertaking_once(cast: Cast) -> None:
    user = somebody(cast.desk, "新人 一", "", "fresh@desk.example", Role.AGENT)
    user.undertakings.all().delete()
    signed = transitions.sign_undertaking(typed_name="新人　一", read=READ, actor=actor(user), at=AT)
    assert (signed.version, signed.signed_at, len(signed.text_hash)) == (1, AT, 64)
    (event,) = Event.objects.all()
    assert (event.verb, event.facts["text_hash"]) == ("undertaking.signed", signed.text_hash)
    with pytest.raises(WrongState):
        transitions.sign_undertaking(typed_name="新人 一", read=READ, actor=actor(user), at=AT)


def test_undertaking_is_signed_with_the_own_name(cast: Cast) -> None:
    cast.agent.undertakings.all().delete()
    with pytest.raises(Refused):
        transitions.sign_undertaking(typed_name="別の 人", read=READ, actor=actor(cast.agent), at=AT)


def test_customers_sign_no_undertaking(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        transitions.sign_undertaking(typed_name="青木 花子", read=READ, actor=actor(cast.hanako), at=AT)
