"""A quarter that differs, a recovery that the auditor has read, and a finding that waits for its words."""

from datetime import date, timedelta

from recovery import transitions
from recovery.clock import CLOCK
from recovery.models import Claim, DriftCheck
from tests.cast import Cast, actor
from tests.stock import NOW
from tests.walk.cases import Arguments, Posts


def paths(cast: Cast, executed: str) -> tuple[Arguments, Posts]:
    """Return the arguments of the paths and what is posted to them; `executed` is the number of such a claim."""
    finding = {"dimension": "tier", "group": "3", "measure": "rate", "now": 0.5, "before": 0.8}
    check = DriftCheck.objects.create(
        quarter=date(2026, 7, 1),
        status=DriftCheck.Status.OPEN,
        findings=[{**finding, "number": 40, "number_before": 160}],
        compared_at=NOW - timedelta(days=1),
    )
    claim = Claim.objects.get(number=executed)
    sample = transitions.consider_for_audit(claim.pk, actor=CLOCK, at=NOW)
    transitions.read_sample(sample.pk, actor=actor(cast.auditor), at=NOW)
    own: Arguments = {
        "close_drift": [check.pk],
        **{name: [sample.pk] for name in ("audit_sample", "read_sample", "record_finding")},
    }
    posts: Posts = {
        "close_drift": {"words": "大規模な改組のため"},
        "record_finding": {"outcome": "not_in_order", "words": "印影の確認が一人だけ"},
    }
    return (
        {f"recovery:{name}": value for name, value in own.items()},
        {f"recovery:{name}": value for name, value in posts.items()},
    )
