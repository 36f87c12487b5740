"""What tests about the yearly question begin with."""

from datetime import date, datetime, timedelta

from accounts.models import User
from handover import clock
from handover.models import (
    Attestation,
    Registration,
)
from outbox.models import Notice
from tests import seen
from tests.cast import Cast

# R-1 began on 1 June 2026, so an answer is due on 1 June 2027.
DUE_ON = date(2027, 6, 1)


def on(day: date, hour: int = 12) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02}:00:00+09:00")


def after(days: int, hour: int = 12) -> datetime:
    """So many days after the due day."""
    return on(DUE_ON + timedelta(days=days), hour)


def run(at: datetime) -> tuple[list[str], list[tuple[str, str]]]:
    """Let the clock run, with everybody in sight; return its acts of the yearly question and whom they told."""
    User.objects.update(last_login=at)
    before = seen.mark()
    clock.run(at=at)
    rows = Notice.objects.filter(event__sequence__gt=before, event__verb__startswith="attestation.")
    verbs = [verb for verb in seen.verbs(before) if verb.startswith("attestation.")]
    return verbs, sorted(rows.values_list("template", "recipient"))


def asked(cast: Cast, held: Registration) -> Attestation:
    """The question about `held`, asked 40 days before it is due."""
    assert "attestation.asked" in run(after(-40))[0]
    return Attestation.objects.get(registration=held)
