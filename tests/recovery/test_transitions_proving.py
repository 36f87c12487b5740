"""Evidence that people record, and papers alone. Who and when: test_table."""

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Role
from audit.models import Event
from desk.models import Contact
from handover.models import ContactPoint, Registration
from recovery import transitions
from recovery.models import Claim, Evidence
from recovery.queries import weighing
from tests import claims, seen
from tests.cast import Cast, actor
from tests.claims import PUBLIC, later, prove
from tests.recovery.coded import counted
from tests.stock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim(cast: Cast, lost: Registration) -> Claim:
    return claims.accepted(cast, lost)


# Recorded by people


def test_operator_records_a_call_and_is_on_it(cast: Cast, claim: Claim) -> None:
    before = seen.mark()
    made = prove(cast, claim, "A2", note="総務の方が確認")
    assert (made.source, made.departure_stated, made.checked_by) == ("published", True, cast.operator)
    assert made.contact is not None
    assert (made.contact.party, made.contact.channel, made.contact.by) == ("organisation", "phone", cast.operator)
    assert len(made.endpoint) == 64
    assert seen.verbs(before) == ["intention.announced", "evidence.recorded"]
    assert seen.notices(before) == []
    assert "9999" not in str(Event.objects.get(verb="evidence.recorded").facts)


@pytest.mark.parametrize("code", ["C1", "C1b", "C3", "C4", "C5", "A3", "X9", ""])
def test_code_evidence_is_never_recorded_by_hand(cast: Cast, claim: Claim, code: str) -> None:
    with pytest.raises(Refused) as refused:
        prove(cast, claim, code)
    assert list(refused.value.fields) == ["code"]


@pytest.mark.parametrize(
    ("code", "changes", "field"),
    [
        ("O2", {"issued_on": None}, "issued_on"),
        ("O2", {"issued_on": NOW.date() + timedelta(days=1)}, "issued_on"),
        ("A2", {"endpoint": ""}, "endpoint"),
    ],
)
def test_incomplete_evidence_is_refused_at_its_field(
    cast: Cast, claim: Claim, code: str, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        prove(cast, claim, code, **changes)
    assert list(refused.value.fields) == [field]
    assert not Evidence.objects.exists()
    assert not Contact.objects.exists()


def test_number_that_the_claimant_gave_for_calls_proves_nothing(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost, claim=claims.received(statement={"own_phone": "０３（９９９９）００００"}))
    with pytest.raises(Refused) as refused:
        prove(cast, claim, "A2", endpoint="03-9999-0000")
    assert list(refused.value.fields) == ["endpoint"]


def test_one_number_counts_once_however_it_is_spelled(cast: Cast, claim: Claim) -> None:
    prove(cast, claim, "A2", endpoint="０３ １２３４ ５６７８")  # the phone of record is the main number as well
    prove(cast, claim, "C2")
    assert len(counted(claim) & {"A2", "C2"}) == 1


def test_evidence_recorded_twice_counts_once(cast: Cast, claim: Claim) -> None:
    prove(cast, claim, "O2")
    points = weighing.standing_of(claim, NOW).assessment.points
    prove(cast, claim, "O2")
    assert weighing.standing_of(claim, NOW).assessment.points == points == 20


def test_contact_point_29_days_on_record_gives_nothing(cast: Cast, claim: Claim, lost: Registration) -> None:
    point = claims.point(lost, "mail")
    for days, expected in ((29, False), (30, True)):
        moved = later(days=days - 29)
        ContactPoint.objects.filter(registration=lost).update(since=later(days=-29).date())
        Evidence.objects.update(taken_back_at=NOW)
        sent = transitions.order_mail_code(claim.pk, contact_point_pk=point.pk, actor=actor(cast.operator), at=moved)
        transitions.enter_code(claim.pk, purpose="mail", typed=claims.code_sent(sent), actor=PUBLIC, at=moved)
        assert ("C3" in counted(claim, moved)) is expected
        # Nor does it ripen while the claim waits.
        assert ("C3" in counted(claim, later(days=20))) is expected


def test_dead_contact_point_gives_nothing(cast: Cast, claim: Claim, lost: Registration) -> None:
    prove(cast, claim, "C2")
    ContactPoint.objects.filter(registration=lost, kind="phone").update(health="bounced")
    assert "C2" not in counted(claim)


def test_evidence_taken_back_counts_no_more_and_stays_in_the_history(cast: Cast, claim: Claim) -> None:
    made = prove(cast, claim, "O2")
    before = seen.mark()
    transitions.take_back_evidence(made.pk, actor=actor(cast.colleague), at=later(hours=1))
    assert seen.verbs(before) == ["evidence.taken_back"]
    assert seen.notices(before) == []
    assert counted(claim) == frozenset()
    assert Evidence.objects.get().taken_back_by == cast.colleague
    with pytest.raises(WrongState):
        transitions.take_back_evidence(made.pk, actor=actor(cast.operator), at=later(hours=1))


def test_seal_counts_when_a_second_person_compared_it(cast: Cast, claim: Claim) -> None:
    made = prove(cast, claim, "O3")
    assert counted(claim) == frozenset()
    before = seen.mark()
    transitions.second_evidence(made.pk, actor=actor(cast.colleague), at=NOW)
    assert counted(claim) == {"O3"}
    assert seen.verbs(before) == ["evidence.seconded"]
    with pytest.raises(WrongState):
        transitions.second_evidence(made.pk, actor=actor(cast.colleague), at=NOW)


def test_same_human_through_another_account_is_no_second_person(cast: Cast, claim: Claim) -> None:
    made = prove(cast, claim, "O3")
    for who in (cast.operator, claims.same_human(cast, cast.operator, Role.OPERATOR)):
        with pytest.raises(NotAllowed):
            transitions.second_evidence(made.pk, actor=actor(who), at=NOW)
    assert counted(claim) == frozenset()


# Papers alone


def test_contractor_with_all_papers_gets_nothing_and_learns_nothing(cast: Cast, lost: Registration) -> None:
    claim = claims.accepted(cast, lost, claim=claims.received(capacity="contractor"))
    for code in ("L1", "L2", "L3", "P2"):
        prove(cast, claim, code)
    standing = weighing.standing_of(claim, claims.READY)
    assert standing.assessment.points == 35
    claims.tried(cast, claim)
    with pytest.raises(Refused) as refused:
        transitions.propose(claim.pk, reason="", actor=actor(cast.colleague), at=claims.READY)
    words = str(refused.value)
    for secret in ("R-1", "太郎", "千代田", "1234", "record.example", "登録済", str(standing.assessment.points)):
        assert secret not in words
    assert Claim.objects.get(pk=claim.pk).status == "collecting"


def test_evidence_of_a_year_ago_is_out_of_date(cast: Cast, claim: Claim) -> None:
    prove(cast, claim, "O2", issued_on=date(2025, 11, 1), source="claimant")
    assert counted(claim) == frozenset()
