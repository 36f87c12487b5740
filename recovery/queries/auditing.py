"""Samples for the auditor: what is to be considered, where it belongs, what waits to be read."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from accounts.models import Membership, OrganisationKind
from audit import queries as log
from audit.models import Event
from recovery.fairness import drawing
from recovery.models import AuditSample, CaseException, Claim, Submission

A, S = AuditSample.Status, Claim.Status
AT_ONCE = 200
"""Claims considered in one round of the clock; after an upgrade the rest follows a minute later."""
SHOWN = 200
"""Rows of each list: at 3 %, those of more than six thousand recoveries."""
EVENTS = 500
"""Events shown of one case; none has nearly as many."""
_HARD = 4


def for_considering(at: datetime) -> list[int]:
    """Return the claims whose end nobody considered yet: carried out, or ended with an exception, before today.

    The day after, so that the person who carried it out sees nothing of the draw.
    """
    today = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    done = Claim.objects.filter(status=S.EXECUTED, executed_at__lt=today).exclude(_seen("executed_at"))
    ended = Claim.objects.filter(status__in=[S.REFUSED, S.WITHDRAWN, S.STOPPED], ended_at__lt=today)
    ended = ended.filter(_bent()).exclude(_seen("ended_at"))
    keys = [*done.values_list("pk", flat=True)[:AT_ONCE], *ended.values_list("pk", flat=True)[:AT_ONCE]]
    return sorted(keys)[:AT_ONCE]


def _seen(over_at: str) -> Exists:
    return Exists(AuditSample.objects.filter(claim=OuterRef("pk"), over_at=OuterRef(over_at)))


def _bent() -> Exists:
    approved = CaseException.objects.decided().exclude(status=CaseException.Status.REFUSED)
    return Exists(approved.filter(claim=OuterRef("pk")))


def over_at(claim: Claim) -> datetime | None:
    """Return when `claim` was carried out or ended, None while it is open."""
    if claim.is_open:
        return None
    return claim.executed_at if claim.status == S.EXECUTED else claim.ended_at


def is_considered(claim: Claim) -> bool:
    """Whether this end of `claim` was considered already."""
    at = over_at(claim)
    return at is not None and AuditSample.objects.filter(claim=claim, over_at=at).exists()


def pool_of(claim: Claim) -> str | None:
    """Return where the end of `claim` belongs, None where nothing of it is sampled: ended without an exception."""
    pool = AuditSample.Pool
    if Claim.objects.filter(_bent(), pk=claim.pk).exists():
        return pool.EXCEPTION
    if claim.status != S.EXECUTED or claim.executed_at is None:
        return None
    if claim.tier == _HARD and drawing.is_among_first(claim.executed_at, claim.procedure.live_since):
        return pool.TIER_4
    agents = Membership.objects.filter(user=OuterRef("taken_by"), organisation__kind=OrganisationKind.AGENCY)
    by_desk = Submission.objects.filter(Exists(agents), claim=claim)
    return pool.AGENCY if by_desk.exists() else pool.GENERAL


def due_in(pool: str) -> tuple[int, list[int]]:
    """Return how many more of `pool` have to be drawn now, and the keys of those they are drawn from.

    The candidates are all that came since the last draw from this pool: each of them is as likely.
    """
    share = drawing.SHARES[pool]
    rows = AuditSample.objects.filter(pool=pool)
    number, drawn = rows.count(), rows.drawn().count()
    since = rows.order_by("pk").values_list("pk", "status")[drawing.last_due(drawn, share) :]
    return drawing.owed(number, drawn, share), [pk for pk, status in since if status == A.PASSED]


# For the pages ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Share:
    """How far the share of one pool is reached: of `considered` claims `drawn` are or were read."""

    pool: str
    percent: int
    considered: int
    drawn: int
    waiting: int


def shares() -> list[Share]:
    """Return the shares of all pools, in one query."""
    rows = AuditSample.objects.order_by().values_list("pool", "status")
    found: dict[str, list[str]] = {pool: [] for pool in AuditSample.Pool.values}
    for pool, status in rows:
        found[pool].append(status)
    return [
        Share(
            str(AuditSample.Pool(pool).label),
            drawing.SHARES[pool],
            len(some),
            len(some) - some.count(A.PASSED),
            some.count(A.OPEN),
        )
        for pool, some in found.items()
    ]


def to_read() -> list[AuditSample]:
    """Return the samples that wait for an auditor, the oldest first."""
    rows = AuditSample.objects.filter(status=A.OPEN).select_related("claim")
    return list(rows.order_by("drawn_at", "pk")[:SHOWN])


def read_already() -> list[AuditSample]:
    """Return the samples about which an auditor has written, what is not in order first, then the latest."""
    rows = AuditSample.objects.filter(status__in=[A.IN_ORDER, A.NOT_IN_ORDER]).select_related("claim", "found_by")
    return list(rows.order_by(F("status").desc(), "-found_at", "-pk")[:SHOWN])


def find(pk: int) -> AuditSample | None:
    """Return one sample that was drawn."""
    return AuditSample.objects.drawn().filter(pk=pk).select_related("claim", "found_by").first()


def has_read(sample: AuditSample, actor: str) -> bool:
    """Whether `actor` (a label) has opened this sample's case."""
    return log.acted_on(sample.label, [actor])


def events_of(claim: Claim) -> list[Event]:
    """Return what happened in the case of `claim`, newest first."""
    labels = Q(about_rows__label=claim.label) | Q(about_rows__label=claim.inquiry.label)
    return list(Event.objects.filter(labels).distinct().order_by("-sequence")[:EVENTS])
