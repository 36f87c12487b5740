"""The page of a claim as a test of the desk reads it."""

from datetime import datetime

import time_machine
from django.test import Client

from recovery.models import Claim
from tests.stock import NOW


def page(client: Client, claim: Claim, at: datetime = NOW) -> str:
    with time_machine.travel(at, tick=False):
        response = client.get(f"/desk/claims/{claim.number}/")
    assert response.status_code == 200
    return str(response.content.decode())


def steady(text: str) -> str:
    """Return a page without the tokens that are new each time."""
    return "\n".join(line for line in text.splitlines() if 'type="hidden"' not in line)
