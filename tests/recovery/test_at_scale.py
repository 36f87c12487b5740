"""The long measurements: posts about customers and strangers, and pages beside many claims (`make soak`)."""

import random
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Organisation
from desk.models import Inquiry
from desk.progress import new_tracking_code
from handover.folding import search_text
from handover.models import Registration
from recovery.models import Claim
from recovery.queries import procedures
from tests import claims
from tests.cast import Cast, sign_in
from tests.recovery.public_posts import answers, opens, token
from tests.stock import NOW, START

pytestmark = [pytest.mark.django_db, pytest.mark.soak]
EACH = 1_000
KNOWN, UNKNOWN = "青葉商事株式会社", "赤葉商事株式会社"


def fills(organisation: Organisation, number: int) -> None:
    """Write that many registrations as rows."""
    Registration.objects.bulk_create(
        (
            Registration(
                number=f"S-{place:06}",
                organisation=organisation,
                registered_name=f"若葉省 第{place}支局",
                unit="総務課",
                address="東京都千代田区千代田1-1",
                registered_at=START,
                search_text=search_text([f"S-{place:06}", f"若葉省 第{place}支局", "総務課"]),
            )
            for place in range(number)
        ),
        batch_size=1_000,
    )


def sends_and_takes(name: str, number: int) -> tuple[float, bytes, list[str]]:
    """Answer everything as a stranger; return the time of the sending, the page without what is random, the headers."""
    client = Client(REMOTE_ADDR=f"2001:db8:{number:x}::1")
    answers(client, organisation_name=name, mail=f"c{number:05}@new.example")
    given = {"token": token(client)}
    begun = time.perf_counter()
    response = client.post("/recover/check/", given)
    took = time.perf_counter() - begun
    assert response.status_code == 200
    claim = Claim.objects.latest("pk")
    body = response.content.decode().replace(claim.number, "C").replace(f"c{number:05}", "c")
    tracking = claims.tracking_in_mail(claim)
    return took, body.replace(tracking, "T").encode(), sorted(response.headers)


def test_customers_and_strangers_get_the_same_answer_in_the_same_time(cast: Cast) -> None:
    fills(cast.wakaba, 2_000)
    claims.held(cast)
    times: dict[str, list[float]] = {KNOWN: [], UNKNOWN: []}
    pages: set[bytes] = set()
    headers: set[tuple[str, ...]] = set()
    order = [KNOWN, UNKNOWN] * (EACH + 20)
    random.Random(7).shuffle(order)
    for number, name in enumerate(order):
        took, page, sent = sends_and_takes(name, number)
        if number >= 40:  # the first ones warm everything up
            times[name].append(took)
            pages.add(_plain(page))
            headers.add(tuple(sent))
    assert len(pages) == 1 and len(headers) == 1
    found = area(times[KNOWN], times[UNKNOWN])
    print(f"AUC {found:.3f} over {len(times[KNOWN])} + {len(times[UNKNOWN])}")
    assert 0.46 < found < 0.54


def _plain(page: bytes) -> bytes:
    """Return the page without the token against forged posts, which is random in every page."""
    import re

    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", page)


def area(first: list[float], second: list[float]) -> float:
    """Return the chance that one of `first` took longer than one of `second`: 0.5 when nothing can be told."""
    merged = sorted([(took, True) for took in first] + [(took, False) for took in second])
    ranks = sum(place for place, (_took, is_first) in enumerate(merged, start=1) if is_first)
    return (ranks - len(first) * (len(first) + 1) / 2) / (len(first) * len(second))


def many_claims(number: int) -> None:
    """Write that many inquiries with their claims, received over half a year."""
    version, sealed = procedures.live(), claims.STATEMENT.sealed()
    inquiries = Inquiry.objects.bulk_create(
        (
            Inquiry(
                receipt_number=f"C-{place:04}-000-{place % 1000:03}",
                tracking_hash=new_tracking_code(),
                came_by="web",
                sealed=sealed,
                capacity_stated="customer",
                next_on=(START + timedelta(days=place % 180)).date(),
                received_at=START + timedelta(minutes=place),
            )
            for place in range(number)
        ),
        batch_size=500,
    )
    Claim.objects.bulk_create(
        (
            Claim(number=one.receipt_number, inquiry=one, procedure=version, received_at=one.received_at)
            for one in inquiries
        ),
        batch_size=500,
    )


def queries(client: Client, address: str) -> tuple[int, float]:
    """Return how many queries a page takes the second time, and how long."""
    assert client.get(address).status_code == 200
    begun = time.perf_counter()
    with CaptureQueriesContext(
        connection,
    ) as seen:
        response: Any = client.get(address)
    assert response.status_code == 200
    return len(seen), (time.perf_counter() - begun) * 1000


def test_pages_take_at_most_twelve_queries_beside_many_claims(cast: Cast) -> None:
    fills(cast.wakaba, 20_000)
    many_claims(5_000)
    claim = claims.notified(cast, claims.held(cast), at=NOW)
    desk = sign_in(Client(), cast.operator)
    inquirer = opens(Client(), claims.received())
    for name, client, address in (
        ("queue", desk, "/desk/"),
        ("claim", desk, f"/desk/claims/{claim.number}/"),
        ("agent's claim", sign_in(Client(), cast.agent), f"/desk/claims/{claim.number}/"),
        ("status", inquirer, "/recover/case/"),
    ):
        count, took = queries(client, address)
        print(f"{name}: {count} queries, {took:.0f} ms")
        assert count <= 12, name
