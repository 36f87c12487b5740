"""A browser of a member of staff at the pages of one claim."""

from datetime import datetime
from typing import Any

import time_machine
from django.test import Client

from accounts.models import User
from handover.models import ContactPoint
from recovery.models import Claim
from tests import claims
from tests.cast import sign_in
from tests.stock import NOW


class Page:
    """A signed-in person's browser at one moment."""

    def __init__(self, user: User, at: datetime = NOW) -> None:
        self.user, self.at = user, at

    def get(self, path: str, status: int = 200) -> str:
        return self._ask("get", path, {}, status)

    def post(self, path: str, status: int = 302, **data: Any) -> str:
        return self._ask("post", path, data, status)

    def _ask(self, method: str, path: str, data: dict[str, Any], status: int) -> str:
        with time_machine.travel(self.at, tick=False):
            response = getattr(sign_in(Client(), self.user), method)(path, data)
        content = b"".join(response) if response.streaming else response.content
        assert response.status_code == status, (path, response.status_code, content.decode(errors="replace")[:2000])
        return content.decode(errors="replace")


def of(claim: Claim, act: str = "") -> str:
    return f"/desk/claims/{claim.number}/{act}"


def point_of(claim: Claim, kind: str) -> ContactPoint:
    assert claim.registration
    return claims.point(claim.registration, kind)
