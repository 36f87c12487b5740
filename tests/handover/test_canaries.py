"""Invented registrations: whoever touches one is noticed, and nobody can tell one from any other."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.db.models import Q
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import OrganisationKind
from audit.models import Event
from audit.record import System
from desk import transitions as at_desk
from desk.models import Alarm
from handover import canaries, clock, transitions
from handover.models import Canary, CanaryTouch, Registration
from handover.queries import canaries as queries
from handover.transitions import watch_canary
from recovery import transitions as recovery
from recovery.queries import counting
from tests import claims
from tests.cast import Cast, actor, organisation, sign_in
from tests.seen import mark, verbs
from tests.stock import NOW, registration

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bird(cast: Cast) -> Registration:
    """A registration of a customer that does not exist, in the provider's keeping."""
    return registration(
        organisation(OrganisationKind.CUSTOMER, "架空商事株式会社", "カクウショウジ"), "R-9", custodian=None
    )


@pytest.fixture
def canary(cast: Cast, bird: Registration) -> Canary:
    return marked(cast, bird)


def marked(cast: Cast, bird: Registration, by: str = "editor") -> Canary:
    return transitions.mark_canary(number=bird.number, actor=actor(getattr(cast, by)), at=NOW)


def alarms() -> list[tuple[str, Any]]:
    return [(one.kind, one.about or one.organisation) for one in Alarm.objects.order_by("pk")]


def open_record(cast: Cast, to: Registration) -> Any:
    claim = claims.linked(cast, to)
    return recovery.open_record(claim.pk, actor=actor(cast.operator), at=NOW)


# Marking ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["editor", "senior"])
def test_marking_writes_nothing_into_the_registration_or_its_history(cast: Cast, bird: Registration, by: str) -> None:
    before = mark()
    columns = Registration.objects.filter(pk=bird.pk).values().get()
    made = marked(cast, bird, by)
    assert verbs(before) == ["canary.marked"]
    assert not Event.objects.filter(about_rows__label=bird.label, sequence__gt=before).exists()
    assert Registration.objects.filter(pk=bird.pk).values().get() == columns
    assert queries.listed(actor(cast.senior)).get() == made
    with pytest.raises(Refused):
        marked(cast, bird, by)


@pytest.mark.parametrize("by", ["operator", "approver", "auditor", "agent", "supervisor", "hanako"])
def test_others_mark_none(cast: Cast, bird: Registration, by: str) -> None:
    with pytest.raises(NotAllowed):
        marked(cast, bird, by)


def test_registration_of_a_real_customer_is_no_canary(cast: Cast) -> None:
    with pytest.raises(Refused):
        marked(cast, claims.held(cast))
    with pytest.raises(Refused):
        transitions.mark_canary(number="R-unknown", actor=actor(cast.editor), at=NOW)


def test_senior_ends_a_watch_and_nobody_else(cast: Cast, canary: Canary) -> None:
    for name in ("editor", "auditor", "operator"):
        with pytest.raises(NotAllowed):
            transitions.end_canary(canary.pk, actor=actor(getattr(cast, name)), at=NOW)
    before = mark()
    transitions.end_canary(canary.pk, actor=actor(cast.senior), at=NOW)
    assert verbs(before) == ["canary.ended"]
    with pytest.raises(WrongState):
        transitions.end_canary(canary.pk, actor=actor(cast.senior), at=NOW)
    open_record(cast, canary.registration)
    assert alarms() == []


# Touching -----------------------------------------------------------------------------------------------------------


def test_link_of_a_claim_raises_the_alarm_in_its_own_transaction(cast: Cast, canary: Canary) -> None:
    before = mark()
    claims.linked(cast, canary.registration)
    assert "alarm.opened" in verbs(before)
    assert alarms() == [("canary", cast.operator)]
    assert [(one.what, one.by) for one in CanaryTouch.objects.all()] == [("claim.linked", cast.operator)]


def test_link_that_fails_leaves_no_alarm(cast: Cast, canary: Canary) -> None:
    Registration.objects.filter(pk=canary.registration_id).update(status="closed")
    with pytest.raises(Refused):
        claims.linked(cast, canary.registration)
    assert alarms() == []


def test_opened_record_and_each_look_at_it(cast: Cast, canary: Canary) -> None:
    open_record(cast, canary.registration)
    transitions.look(registration=canary.registration, capacity="staff", actor=actor(cast.operator), at=NOW)
    found = list(CanaryTouch.objects.order_by("pk").values_list("what", flat=True))
    assert found == ["claim.linked", "record.opened", "registration.viewed"]
    assert alarms() == [("canary", cast.operator)]


def test_check_of_its_certificate_by_a_stranger_is_found_by_the_worker(cast: Cast, canary: Canary) -> None:
    made = transitions.issue_certificate(
        registration_pk=canary.registration_id, language="ja", actor=System("certificates"), at=NOW
    )
    Canary.objects.update(read_to=mark())
    with time_machine.travel(NOW, tick=False):
        for _check in range(2):
            assert Client().get(f"/verify/{made.check_code}/").status_code == 200
    assert alarms() == []
    assert clock.run(at=NOW + timedelta(minutes=1))["canaries"] == 1
    assert alarms() == [("canary", canary.registration.organisation)]
    assert CanaryTouch.objects.get().times == 2
    assert clock.run(at=NOW + timedelta(minutes=2))["canaries"] == 1
    assert CanaryTouch.objects.count() == 1


def test_whatever_else_the_log_tells_is_found_once(cast: Cast, canary: Canary) -> None:
    """A path that nobody thought of still writes into the history of the registration."""
    claim = claims.linked(cast, canary.registration)
    later, wrong = NOW + timedelta(hours=1), cast.senior
    recovery.accept(claim.pk, actor=actor(cast.operator), at=later)
    nobody: Any = actor(wrong)
    with pytest.raises(NotAllowed):
        watch_canary(canary.pk, actor=nobody, at=later)
    before = CanaryTouch.objects.count()
    assert watch_canary(canary.pk, actor=System("clock"), at=later) > 0
    assert CanaryTouch.objects.filter(by=cast.operator, at=later).count() == CanaryTouch.objects.count() - before
    assert watch_canary(canary.pk, actor=System("clock"), at=later) == 0


def test_import_that_differs_raises_it(cast: Cast, canary: Canary) -> None:
    with transaction.atomic():
        assert len(canaries.touched_by_import({canary.registration.number, "R-other"}, at=NOW)) == 1
    assert alarms() == [("canary", canary.registration.organisation)]


# Who is told --------------------------------------------------------------------------------------------------------


def test_only_seniors_read_the_alarm_and_only_seniors_and_auditors_the_list(cast: Cast, canary: Canary) -> None:
    at_desk.raise_alarm("canary", about=cast.agent, actor=System("canaries"), at=NOW)
    assert list(Alarm.objects.visible_to(actor(cast.supervisor))) == []
    assert Alarm.objects.visible_to(actor(cast.senior)).count() == 1
    for name in ("senior", "auditor"):
        assert "R-9" in sign_in(Client(), getattr(cast, name)).get("/canaries/").content.decode()
    for name in ("editor", "operator", "approver", "supervisor", "agent", "hanako"):
        assert sign_in(Client(), getattr(cast, name)).get("/canaries/").status_code == 403, name
        assert not Canary.objects.visible_to(actor(getattr(cast, name))).exists()


def test_figures_leave_its_claims_out(cast: Cast, bird: Registration) -> None:
    claims.linked(cast, bird)
    assert len(counting.cases(Q(), NOW)) == 1
    marked(cast, bird)
    assert counting.cases(Q(), NOW) == []


PASSING = re.compile(r'name="(csrfmiddlewaretoken|token)" value="[^"]*"|<time.*?</time>')


def test_nobody_can_tell_one_by_the_bytes_or_statements_of_a_page(cast: Cast, bird: Registration) -> None:
    made = transitions.issue_certificate(registration_pk=bird.pk, language="ja", actor=System("certificates"), at=NOW)
    claim = claims.linked(cast, bird)
    recovery.open_record(claim.pk, actor=actor(cast.operator), at=NOW)
    pages = (f"/desk/claims/{claim.number}/", f"/verify/{made.check_code}/", f"/desk/claims/{claim.number}/candidates/")

    def shown() -> list[tuple[str, int]]:
        found = []
        with time_machine.travel(NOW, tick=False):
            client = sign_in(Client(), cast.operator)
            for page in pages:
                client.get(page)
                with CaptureQueriesContext(
                    connection,
                ) as queries_of_page:
                    answer = client.get(page)
                found.append((PASSING.sub("", answer.content.decode()), len(queries_of_page)))
        return found

    before = shown()
    marked(cast, bird)
    assert shown() == before
