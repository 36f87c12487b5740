"""What a contractor does by a mandate, and what the database refuses."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import NotAllowed
from audit.models import Event
from handover import transitions
from handover.models import (
    FaultReport,
    Mandate,
    MandateRegistration,
    Registration,
)
from handover.rules.mandates import latest_end, reminders_passed
from tests import seen
from tests.cast import Cast, actor
from tests.handover.mandated import YEAR, granted, row
from tests.letterbox import mails
from tests.stock import NOW, TODAY

# What a contractor does by it -----------------------------------------------------------------------------------------


def test_contractor_looks_and_the_access_history_says_by_which_mandate(cast: Cast, held: Registration) -> None:
    made = granted(cast, "R-1")
    written = transitions.look_by_mandate(row_pk=row(made, held).pk, actor=actor(cast.worker), at=NOW)
    assert (written.verb, written.subject) == ("registration.viewed", held.label)
    assert written.facts == {"page": "mandate", "as": "contractor", "mandate": made.number}


def test_contractor_reports_a_fault_to_the_person_in_charge_once(cast: Cast, held: Registration) -> None:
    made, token = granted(cast, "R-1"), uuid.uuid4()
    before = seen.mark()
    for _press in range(2):
        report = transitions.report_fault(
            row_pk=row(made, held).pk, text="発信できない", token=token, actor=actor(cast.worker), at=NOW
        )
    assert (FaultReport.objects.get(), report.text) == (report, "発信できない")
    assert (seen.verbs(before), seen.notices(before)) == (
        ["mandate.fault_reported"],
        [("mandate_fault", cast.taro.label)],
    )
    assert "発信できない" in mails("mandate_fault")[0]["body"]
    assert "発信できない" not in str(Event.objects.get(verb="mandate.fault_reported").facts)


@pytest.mark.parametrize("who", ["hanako", "taro", "wakako", "agent", "operator"])
def test_nobody_else_acts_by_a_mandate(cast: Cast, held: Registration, who: str) -> None:
    pk = row(granted(cast, "R-1"), held).pk
    with pytest.raises(NotAllowed):
        transitions.look_by_mandate(row_pk=pk, actor=actor(getattr(cast, who)), at=NOW)
    with pytest.raises(NotAllowed):
        transitions.report_fault(row_pk=pk, text="x", token=uuid.uuid4(), actor=actor(getattr(cast, who)), at=NOW)


def test_registrations_of_a_mandate_stay_invisible_as_registrations(cast: Cast, held: Registration) -> None:
    granted(cast, "R-1")
    assert not Registration.objects.visible_to(actor(cast.worker), NOW).exists()


# The database ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"ends_on": TODAY - timedelta(days=1)},
        {"ends_on": YEAR + timedelta(days=1)},
        {"scope": 3},
        {"scope": 1},  # with a setting
        {"customer": None},
        {"granted_by": None},
        {"ended_at": NOW},
        {"status": "ended"},
    ],
)
def test_database_refuses_what_no_mandate_can_be(cast: Cast, held: Registration, changes: dict[str, Any]) -> None:
    made = granted(cast, "R-1")
    with pytest.raises(IntegrityError), transaction.atomic():
        Mandate.objects.filter(pk=made.pk).update(**changes)


def test_database_keeps_a_registration_once_in_a_mandate_and_its_end_after_its_beginning(
    cast: Cast, held: Registration
) -> None:
    made = granted(cast, "R-1")
    with pytest.raises(IntegrityError), transaction.atomic():
        MandateRegistration.objects.create(mandate=made, registration=held)
    with pytest.raises(IntegrityError), transaction.atomic():
        MandateRegistration.objects.update(until=NOW - timedelta(days=1))


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-11-20", "2027-11-19"), ("2028-02-29", "2029-02-27"), ("2027-03-01", "2028-02-29")],
)
def test_longest_mandate_ends_the_day_before_the_same_day_next_year(cast: Cast, first: str, last: str) -> None:
    starts_on, ends_on = date.fromisoformat(first), date.fromisoformat(last)
    assert latest_end(starts_on) == ends_on
    Mandate.objects.create(number="M-1", contractor=cast.works, scope=1, starts_on=starts_on, ends_on=ends_on)
    assert [reminders_passed(ends_on, ends_on - timedelta(days=days)) for days in (41, 40, 14)] == [0, 1, 2]
