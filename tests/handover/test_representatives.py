"""A named person of a contractor stands for the person in charge, for a time and within limits (procedure.md B5)."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts import memberships
from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Role, User
from audit.models import Event
from handover import clock, transitions
from handover.models import Custody, Mandate, Registration
from tests import seen
from tests.cast import Cast, actor, sign_in, somebody
from tests.handover.mandated import YEAR, approved, granted, row
from tests.handover.paper_files import TEXT, kept
from tests.stock import NOW, TODAY, registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def mate(cast: Cast) -> User:
    """Another person of the same contractor."""
    return somebody(cast.works, "緑川 恵", "ミドリカワ メグミ", "megumi@works.example", Role.MEMBER)


def standing(cast: Cast, *numbers: str, **changes: Any) -> Mandate:
    usual = {"scope": 3, "settings": [], "representative": cast.worker.email}
    return granted(cast, *(numbers or ("R-1",)), **{**usual, **changes})


def address(made: Mandate, document: Any, version: int = 1, number: str = "R-1") -> str:
    return f"/mandates/{made.number}/registrations/{number}/papers/{document.pk}/{version}/"


def test_administrator_lets_a_named_person_stand_for_the_custodian(cast: Cast, held: Registration) -> None:
    before = seen.mark()
    made = standing(cast)
    assert (made.scope, made.representative, made.ends_on) == (3, cast.worker, YEAR)
    assert Custody.objects.current().get(registration=held).user == cast.taro
    facts = Event.objects.get(verb="mandate.granted").facts
    assert (facts["scope"], facts["representative"]) == (3, cast.worker.label)
    told = {recipient for _template, recipient in seen.notices(before)}
    assert told == {cast.hanako.label, cast.taro.label, cast.worker.label}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"representative": ""}, "representative"),
        ({"representative": "nobody@works.example"}, "representative"),
        ({"representative": "taro@aoba.example"}, "representative"),
        ({"scope": 2, "settings": ["hours"]}, "representative"),
        ({"ends_on": YEAR + timedelta(days=1)}, "ends_on"),
    ],
)
def test_grant_without_exactly_one_person_of_the_contractor_is_refused(
    cast: Cast, held: Registration, changes: dict[str, Any], field: str
) -> None:
    before = seen.mark()
    with pytest.raises(Refused) as refused:
        standing(cast, **changes)
    assert field in refused.value.fields
    assert not Mandate.objects.exists() and seen.verbs(before) == []


def test_custodian_alone_does_not_let_anybody_stand_in(cast: Cast, held: Registration) -> None:
    with pytest.raises(Refused) as refused:
        standing(cast, by=cast.taro)
    assert "scope" in refused.value.fields


def test_what_nobody_inside_is_in_charge_of_gets_no_representative(cast: Cast, held: Registration) -> None:
    transitions.leave(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=NOW)
    with pytest.raises(Refused) as refused:
        standing(cast, at=NOW + timedelta(hours=1))
    assert "R-1" in refused.value.fields["registrations"]


def test_contractor_never_asks_to_stand_for_somebody(cast: Cast, held: Registration) -> None:
    with pytest.raises(Refused) as refused:
        transitions.ask_mandate(
            customer="青葉商事株式会社",
            registrations=["R-1"],
            scope=3,
            settings=[],
            ends_on=YEAR,
            reason="",
            token=uuid.uuid4(),
            actor=actor(cast.worker),
            at=NOW,
        )
    assert "scope" in refused.value.fields


def test_database_refuses_a_representative_without_the_scope_and_the_scope_without_one(
    cast: Cast, held: Registration
) -> None:
    made = standing(cast)
    for changes in ({"scope": 2, "settings": ["hours"]}, {"representative": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Mandate.objects.filter(pk=made.pk).update(**changes)


def test_representative_reads_papers_and_the_customer_sees_it(client: Client, cast: Cast, held: Registration) -> None:
    document, made = kept(held, cast.taro), standing(cast)
    sign_in(client, cast.worker)
    page = client.get(f"/mandates/{made.number}/registrations/R-1/").content.decode()
    assert "利用契約書" in page and cast.taro.display_name in page
    answer = client.get(address(made, document))
    assert b"".join(answer.streaming_content) == TEXT  # type: ignore[attr-defined]
    told = Event.objects.get(verb="document.downloaded")
    assert told.facts == {"version": 1, "as": "representative", "mandate": made.number}
    assert held.label in told.about and cast.aoba.label in told.about


def test_colleague_of_the_representative_sees_neither_papers_nor_people(
    client: Client, cast: Cast, held: Registration, mate: User
) -> None:
    document, made = kept(held, cast.taro), standing(cast)
    sign_in(client, mate)
    page = client.get(f"/mandates/{made.number}/registrations/R-1/").content.decode()
    assert "利用契約書" not in page and cast.taro.display_name not in page
    assert client.get(address(made, document)).status_code == 404
    with pytest.raises(NotAllowed):
        transitions.read_by_mandate(
            row_pk=row(made, held).pk, version_pk=document.versions.get().pk, actor=actor(mate), at=NOW
        )
    assert not Event.objects.filter(verb="document.downloaded").exists()


def test_papers_of_another_registration_and_of_a_smaller_scope_are_not_found(
    client: Client, cast: Cast, held: Registration
) -> None:
    other = kept(registration(cast.aoba, "R-2", custodian=cast.taro), cast.taro)
    mine, made = kept(held, cast.taro), standing(cast)
    less = granted(cast, "R-1", scope=1, settings=[])
    sign_in(client, cast.worker)
    for path in (address(made, other), address(made, other, number="R-2"), address(less, mine), address(made, mine, 2)):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("how", ["ended", "run out", "somebody else is named"])
def test_representative_reads_nothing_after_the_end(cast: Cast, held: Registration, how: str) -> None:
    document, made = kept(held, cast.taro), standing(cast, ends_on=TODAY + timedelta(days=10))
    at, worker = NOW + timedelta(days=1), actor(cast.worker)
    if how == "ended":
        transitions.end_mandate(mandate_pk=made.pk, reason="", actor=actor(cast.hanako), at=at)
    elif how == "run out":
        at = NOW + timedelta(days=11)
        clock.run(at=at)
    else:
        Mandate.objects.filter(pk=made.pk).update(representative=cast.saburo)
    with pytest.raises((WrongState, NotAllowed)):
        transitions.read_by_mandate(
            row_pk=row(made, held).pk, version_pk=document.versions.get().pk, actor=worker, at=at
        )
    assert not Event.objects.filter(verb="document.downloaded").exists()


def test_renewal_keeps_the_person_and_a_smaller_grant_lets_go(cast: Cast, held: Registration) -> None:
    made = standing(cast, ends_on=TODAY + timedelta(days=30))
    asking = transitions.renew_mandate(mandate_pk=made.pk, actor=actor(cast.worker), at=NOW)
    assert (asking.scope, asking.representative) == (3, cast.worker)
    with pytest.raises(Refused):  # only an administrator lets it go on
        approved(asking, cast.taro)
    less = approved(asking, cast.hanako, scope=1, settings=[])
    assert (less.scope, less.representative) == (1, None)


def test_renewal_of_who_left_the_contractor_is_refused(cast: Cast, held: Registration, mate: User) -> None:
    made = standing(cast, ends_on=TODAY + timedelta(days=30), representative=mate.email)
    asking = transitions.renew_mandate(mandate_pk=made.pk, actor=actor(cast.worker), at=NOW)
    with transaction.atomic():
        memberships.close(mate, organisation=cast.works, at=NOW)
    with pytest.raises(Refused) as refused:
        approved(asking, cast.hanako)
    assert "scope" in refused.value.fields
