"""The page on which whoever came by a claim opens the account."""

from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils.html import escape

from tests import claims
from tests.cast import Cast
from tests.letterbox import link_in, mails

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(claims.READY, tick=False) as traveller:
        yield traveller


def test_claimant_reads_the_receipt_number_and_nobody_who_decided(cast: Cast, client: Client, now: Any) -> None:
    claim = claims.approved(cast, claims.held(cast))
    now.move_to(claims.decided_at(claim))
    page = client.get(link_in(mails("claim_approved")[-1]["body"])).content.decode()
    assert "アカウントの開設" in page and claim.number in page
    assert escape(cast.approver.display_name) not in page
