"""What tests about changes carried out begin with."""

from datetime import timedelta
from typing import Any

from handover import transitions
from handover.models import (
    Certificate,
    ChangeRequest,
    Custody,
    Registration,
)
from tests.cast import Cast, actor
from tests.changes import LATER
from tests.stock import NOW

S = ChangeRequest.Status


AFTER = LATER + timedelta(hours=1)


def periods(held: Registration) -> list[tuple[Any, ...]]:
    """Return every custody row of a registration as the database has it."""
    return list(Custody.objects.filter(registration=held).order_by("pk").values_list())


def certified(cast: Cast, held: Registration) -> Certificate:
    return transitions.issue_certificate(registration_pk=held.pk, language="ja", actor=actor(cast.taro), at=NOW)
