"""The provider's list of letters: printed once, arrived, come back, and mail that was given up."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import claims
from tests.cast import Cast, sign_in
from tests.recovery.provider_pages import Page, of, point_of
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def test_letter_is_printed_once_by_another_operator_and_arrives(cast: Cast, settings: Any) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    point = point_of(claim, "post")
    Page(cast.operator).post(of(claim, "letter/"), to=f"contact_point:{point.pk}")
    letter = claim.dispatches.get(purpose="code")
    plain = claims.code_sent(letter)
    assert f'value="{letter.pk}"' not in Page(cast.operator).get("/desk/letters/")
    shown = Page(cast.colleague).get("/desk/letters/")
    assert f'value="{letter.pk}"' in shown and plain not in shown and claim.number in shown
    Page(cast.operator).post("/desk/letters/print/", letters=letter.pk)
    letter.refresh_from_db()
    assert letter.printed_at is None
    assert Page(cast.colleague).post("/desk/letters/print/", 200, letters=letter.pk).startswith("%PDF")
    letter.refresh_from_db()
    assert letter.printed_by == cast.colleague
    kept = list(settings.LETTER_DIR.iterdir())
    assert len(kept) == 1 and letter.letter_number in kept[0].name and kept[0].read_bytes().startswith(b"%PDF")
    Page(cast.colleague).post("/desk/letters/print/", letters=letter.pk)  # said, and nothing printed
    page = Page(cast.operator)
    assert f"/desk/letters/{letter.pk}/delivered/" in page.get("/desk/letters/")
    page.get(f"/desk/letters/{letter.pk}/delivered/")
    page.post(f"/desk/letters/{letter.pk}/delivered/", 200, delivered_on="2026-11-01")
    page.post(f"/desk/letters/{letter.pk}/delivered/", delivered_on="2026-11-20")
    letter.refresh_from_db()
    assert letter.delivered_at == NOW
    page.post(f"/desk/letters/{letter.pk}/returned/", 404)


def test_copy_is_kept_only_where_no_mail_server_is_set(cast: Cast, settings: Any) -> None:
    settings.EMAIL_CONFIGURED = True
    claim = claims.accepted(cast, claims.held(cast))
    letter = claim.dispatches.get(channel="letter")
    assert Page(cast.colleague).post("/desk/letters/print/", 200, letters=letter.pk).startswith("%PDF")
    assert not settings.LETTER_DIR.exists()


def test_letter_that_came_back_places_the_claim_higher(cast: Cast) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    letter = claim.dispatches.get(channel="letter")
    Page(cast.colleague).post("/desk/letters/print/", 200, letters=letter.pk)
    Page(cast.operator).get(f"/desk/letters/{letter.pk}/returned/")
    Page(cast.operator).post(f"/desk/letters/{letter.pk}/returned/")
    claim.refresh_from_db()
    assert claim.tier == 4


def test_mail_that_was_given_up_appears_and_can_be_called_back(cast: Cast) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    gone = claim.dispatches.filter(channel="mail").first()
    assert gone
    type(gone.notice).objects.filter(pk=gone.notice_id).update(status="failed")
    page = Page(cast.operator)
    assert f"/desk/letters/{gone.pk}/returned/" in page.get("/desk/letters/")
    page.get(f"/desk/letters/{gone.pk}/delivered/", 404)
    page.post(f"/desk/letters/{gone.pk}/returned/")
    gone.refresh_from_db()
    assert gone.returned_at


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_letters_costs_the_same_for_any_number(cast: Cast, count: int) -> None:
    for number in range(count):
        claim = claims.accepted(cast, claims.held(cast, f"R-{number}"))
    letter = claim.dispatches.get(channel="letter")
    Page(cast.colleague).post("/desk/letters/print/", 200, letters=letter.pk)
    client = sign_in(Client(), cast.operator)
    with CaptureQueriesContext(connection) as seen:
        assert client.get("/desk/letters/").status_code == 200
    assert len(seen) <= 8
