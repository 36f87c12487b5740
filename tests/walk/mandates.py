"""Mandates of one contractor for either customer, so that each of their paths has something to lead to."""

import uuid
from datetime import timedelta
from typing import Any

from accounts.models import User
from audit.record import System
from handover import transitions
from handover.models import Mandate, Registration
from tests.cast import Cast, actor
from tests.handover.paper_files import kept
from tests.stock import NOW, TODAY

POSTS: dict[str, dict[str, Any]] = {
    "handover:ask_mandate": {
        "customer": "青葉商事株式会社",
        "registrations": "R-5",
        "scope": 1,
        "ends_on": "2027-06-01",
        "token": str(uuid.uuid4()),
    },
    "handover:grant_mandate": {
        "contractor": "みどり通信工事株式会社",
        "registrations": "R-5",
        "scope": 2,
        "settings": ["hours"],
        "ends_on": "2027-06-01",
        "token": str(uuid.uuid4()),
    },
    "handover:report_fault": {"text": "発信できない", "token": str(uuid.uuid4())},
}


def arguments(cast: Cast, number: str, by: User) -> dict[str, list[Any]]:
    """Let the contractor ask about registration `number`, and administrator `by` grant it two mandates of its own."""
    asked = _asked(cast, number, by)
    held, ending = _granted(number, by, days=300), _granted(number, by, days=20)
    standing = _granted(number, by, days=250, scope=3, representative=cast.worker.email)
    paper = kept(Registration.objects.get(number=number), by)
    own = {
        **{name: [held.number] for name in ("mandate", "end_mandate")},
        **{name: [asked.number] for name in ("approve_mandate", "decline_mandate")},
        **{name: [held.number, number] for name in ("mandated", "report_fault", "remove_registration")},
        "renew_mandate": [ending.number],
        "mandated_paper": [standing.number, number, paper.pk, 1],
        "mandated_look": [standing.number, number, paper.pk, 1],
        "mandated_picture": [standing.number, number, paper.pk, 1, 1],
    }
    return {f"handover:{name}": found for name, found in own.items()}


def approving(asked: str, custodian_of: str) -> dict[str, Any]:
    """Return what is posted to grant the question called `asked`."""
    row = Mandate.objects.get(number=asked).registrations.get(registration__number=custodian_of)
    return {"registrations": row.registration_id, "scope": 1, "ends_on": "2026-12-31"}


def _asked(cast: Cast, number: str, by: User) -> Mandate:
    made = transitions.ask_mandate(
        customer=actor(by).organisation.legal_name,
        registrations=[number],
        scope=2,
        settings=["hours", "forwarding"],
        ends_on=TODAY + timedelta(days=200),
        reason="保守契約",
        token=uuid.uuid4(),
        actor=actor(cast.worker),
        at=NOW,
    )
    return transitions.deliver_mandate(mandate_pk=made.pk, actor=System("clock"), at=NOW)


def _granted(number: str, by: User, *, days: int, scope: int = 2, representative: str = "") -> Mandate:
    return transitions.grant_mandate(
        contractor="みどり通信工事株式会社",
        registrations=[number],
        scope=scope,
        settings=["hours"],
        representative=representative,
        ends_on=TODAY + timedelta(days=days),
        reason="保守契約",
        token=uuid.uuid4(),
        actor=actor(by),
        at=NOW,
    )
