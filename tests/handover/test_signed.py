"""Hashes on record of changes and of reassignments on proven authority: what was signed is still what is read."""

import uuid
from datetime import date

import pytest

from accounts.errors import WrongState
from accounts.models import Organisation, OrganisationKind, User
from handover import changing
from handover.models import AuthorityCase, AuthorityItem, AuthorityProof, ChangeConsent, ChangeItem, ChangeRequest
from handover.queries import authority as reads
from tests.stock import NOW, registration

pytestmark = pytest.mark.django_db

CHANGE = "ac2082074a5e5165eea85ea6b1ff2013a696a573d2b105dd1bdfb06088d97a9a"
AUTHORITY = "eb7053650c74531b87879b5ba2d763b63cb5457855ebf6d923842190a1be154d"


@pytest.fixture
def people() -> list[User]:
    """Two accounts with fixed keys: the keys are part of what is signed."""
    return [
        User.objects.create(pk=pk, email=f"{pk}@aoba.example", display_name="青葉 一", date_joined=NOW)
        for pk in (90_001, 90_002)
    ]


@pytest.fixture
def home() -> Organisation:
    return Organisation.objects.create(
        pk=90_001, kind=OrganisationKind.CUSTOMER, legal_name="青葉商事株式会社", kana="アオバショウジカブシキガイシャ"
    )


def test_change_that_was_signed_is_still_what_was_signed(home: Organisation, people: list[User]) -> None:
    change = ChangeRequest.objects.create(
        number="H-90001",
        kind=ChangeRequest.Kind.RENAME,
        organisation=home,
        new_name="青空商事株式会社",
        new_kana="アオゾラショウジカブシキガイシャ",
        reason="登記のとおり",
        wished_on=date(2026, 12, 1),
        requested_by=people[0],
        requested_at=NOW,
        proposal_hash=CHANGE,
    )
    held = registration(home, "R-90001", custodian=people[0])
    ChangeItem.objects.create(change=change, registration=held, new_unit="総務部")
    ChangeConsent.objects.create(change=change, side="custodian", by=people[0], at=NOW)
    changing.refuse_changed(change, CHANGE)
    ChangeItem.objects.update(new_unit="総務課")
    with pytest.raises(WrongState):
        changing.refuse_changed(change, CHANGE)


def test_reassignment_that_was_signed_is_still_what_was_signed(home: Organisation, people: list[User]) -> None:
    case = AuthorityCase.objects.create(
        number="A-90001",
        organisation=home,
        predecessor=people[0],
        successor=people[1],
        ground=AuthorityCase.Ground.ONLY_ADMINISTRATOR,
        proposed_by=people[1],
        proposed_at=NOW,
        proposal={},
        proposal_hash=AUTHORITY,
        token=uuid.uuid4(),
    )
    AuthorityItem.objects.create(case=case, registration=registration(home, "R-90001", custodian=people[0]))
    for code in ("A2", "O1"):
        AuthorityProof.objects.create(
            case=case, code=code, reference="第1号", dated_on=date(2026, 11, 2), checked_by=people[1], checked_at=NOW
        )
    assert reads.obstacles(case, NOW) == []
    AuthorityProof.objects.filter(code="A2").update(reference="第2号")
    assert len(reads.obstacles(case, NOW)) == 1
