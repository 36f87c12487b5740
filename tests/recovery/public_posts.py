"""What somebody without an account types, and ways to press through the pages."""

from datetime import datetime
from typing import Any

from django.test import Client
from django.utils import timezone

from recovery import clock
from recovery.models import Claim
from recovery.queries import inbox
from tests import claims

ANSWERS: dict[int, dict[str, str]] = {
    1: {"capacity": "customer"},
    2: {"organisation_name": "(株)青葉商亊", "organisation_kana": "アオバ", "unit": "本社"},
    3: {
        "postal_code": "",
        "address": "千代田区千代田",
        "phone": "",
        "bill_reference": "",
        "product": "",
        "remarks": "",
    },
    4: {
        "name": "渡邉　翔",
        "kana": "ワタナベ ショウ",
        "department": "情報システム部",
        "mail": "sho@new.example",
        "answer_by": "mail",
        "own_phone": "",
        "hours": "",
    },
}


def answers(client: Client, **changes: str) -> None:
    """Answer all four questions; `changes` by field."""
    for step, given in ANSWERS.items():
        data = {name: changes.get(name, value) for name, value in given.items()}
        response = client.post(f"/recover/questions/{step}/", data)
        assert response.status_code == 302, (step, response.content.decode())


def token(client: Client) -> str:
    """Return the token of the check page."""
    return str(client.get("/recover/check/").context["token"])


def sends(client: Client, **changes: str) -> Any:
    """Answer all questions and send them."""
    answers(client, **changes)
    return client.post("/recover/check/", {"token": token(client)})


def opens(client: Client, claim: Claim) -> Client:
    """Open a case with receipt number and tracking code, as in its mail."""
    given = {"number": claim.number, "tracking": claims.tracking_in_mail(claim)}
    response = client.post("/recover/status/", given)
    assert response.status_code == 302, response.content.decode()
    return client


def worked(at: datetime | None = None) -> int:
    """Let the worker do what was asked for on the pages of cases; returns how much of it was done."""
    return sum(clock.answer(pk, at or timezone.now()) for pk in inbox.for_answering())


def acts(client: Client, claim: Claim, path: str, **data: Any) -> Any:
    """Send the form of one act of an open case."""
    return client.post(f"/recover/case/{path}", {"case": claim.number, **data})
