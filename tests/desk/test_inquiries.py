"""Inquiries that are no claim: what taking one down leaves behind, who may, and who reads it."""

import pytest
from django.test import Client

from accounts.errors import NotAllowed
from accounts.models import User
from desk import transitions
from desk.models import Inquiry, Statement
from tests.cast import Cast, actor, sign_in
from tests.seen import mark, verbs
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def opened(by: User, **changes: str) -> tuple[Inquiry, str]:
    wanted = {"topic": "question", "capacity": "unknown", "answer_by": "phone", "language": "ja", **changes}
    statement = Statement(name="相田 透", own_phone="03-1111-2222", remarks="請求書の送り先")
    return transitions.open_inquiry(statement=statement, **wanted, actor=actor(by), at=NOW)


def test_agent_takes_an_inquiry_down(cast: Cast) -> None:
    before = mark()
    inquiry, tracking = opened(cast.agent)
    assert verbs(before) == ["inquiry.opened"]
    assert (inquiry.status, inquiry.stage, inquiry.turn, inquiry.topic) == ("open", "received", "desk", "question")
    assert inquiry.statement.remarks == "請求書の送り先"
    assert tracking not in inquiry.tracking_hash
    assert [(one.by, one.direction) for one in inquiry.contacts.all()] == [(cast.agent, "in")]


@pytest.mark.parametrize("who", ["taro", "worker", "approver", "auditor", "editor"])
def test_others_take_nothing_down(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        opened(getattr(cast, who))
    assert not Inquiry.objects.exists()


def test_page_reads_what_was_said_and_leads_claims_to_theirs(cast: Cast) -> None:
    inquiry, _tracking = opened(cast.agent)
    client = sign_in(Client(), cast.supervisor)
    page = client.get(f"/desk/inquiries/{inquiry.receipt_number}/").content.decode()
    assert "請求書の送り先" in page and "相田 透" in page
    assert (
        client.get("/desk/", {"number": inquiry.receipt_number})
        .headers["Location"]
        .endswith(f"/desk/inquiries/{inquiry.receipt_number}/")
    )
    claim, _tracking = opened(cast.agent, topic="recovery")
    assert client.get(f"/desk/inquiries/{claim.receipt_number}/").headers["Location"] == (
        f"/desk/claims/{claim.receipt_number}/"
    )
