"""The worker's way through a replay of a version over past claims: piece by piece, safe after any kill."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db.models import F, Q

from accounts.errors import DomainError
from audit.record import System
from recovery import transitions
from recovery.models import Claim, ProcedureReplay, ProcedureVersion, ReplayedClaim
from recovery.models.replays import left_of
from recovery.queries import replaying

log = structlog.get_logger(__name__)
SYSTEM = System("replay")
PIECE = 200
"""Claims that a worker looks at before it gives other tasks their turn."""
LEASE = timedelta(minutes=2)
"""How long a worker has a replay to itself; a piece takes seconds."""
FORGOTTEN = timedelta(minutes=5)
"""After which a replay that no worker touched is given to one again: its task died with a worker."""


def work(replay_pk: int, *, clock: Callable[[], datetime], piece: int = PIECE) -> bool:
    """Look at the next `piece` claims; returns whether some are left for the next call.

    False also when another worker has it, when it has ended, or when the draft changed since.
    """
    replay = _lease(replay_pk, clock())
    if replay is None:
        return False
    claims = Claim.objects.filter(pk__in=list(left_of(replay).order_by("pk").values_list("pk", flat=True)[:piece]))
    found = replaying.replayed(replay, left_of(replay).filter(pk__in=claims.values("pk")).order_by("pk"))
    # Whoever was quicker wrote the same.
    ReplayedClaim.objects.bulk_create(found, ignore_conflicts=True)
    ProcedureReplay.objects.filter(pk=replay.pk).update(claimed_until=None, touched_at=clock())
    if left_of(replay).exists():
        return True
    try:
        transitions.finish_replay(replay.pk, actor=SYSTEM, at=clock())
    except DomainError as said_no:  # a claim was decided in this very moment
        log.warning("replay not finished", replay=replay.pk, why=type(said_no).__name__)
    return False


def due(at: datetime) -> list[int]:
    """Return the replays that need a worker: forgotten ones, and that of the version in force while refused claims of
    other versions are left to be found (procedure.md A12: a changed rule finds them)."""
    live = ProcedureVersion.objects.get(status=ProcedureVersion.Status.LIVE)
    refused = Claim.objects.filter(status=Claim.Status.REFUSED, registration__isnull=False).exclude(procedure=live)
    if refused.exists():
        replay, _made = ProcedureReplay.objects.get_or_create(
            version=live, data_hash=live.data_hash, defaults={"begun_at": at, "touched_at": at - FORGOTTEN}
        )
        if replay.finished_at and left_of(replay).filter(pk__in=refused.values("pk")).exists():
            again = ProcedureReplay.objects.filter(pk=replay.pk)
            again.update(finished_at=None, touched_at=at - FORGOTTEN)
    rows = ProcedureReplay.objects.filter(_current(), finished_at=None, touched_at__lte=at - FORGOTTEN)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _current() -> Q:
    """Replays of what a version says now: a draft that changed is replayed anew."""
    alive = (ProcedureVersion.Status.DRAFT, ProcedureVersion.Status.LIVE)
    return Q(version__status__in=alive, data_hash=F("version__data_hash"))


def _lease(replay_pk: int, at: datetime) -> ProcedureReplay | None:
    """Take a replay, or return None when another worker has it. One guarded UPDATE."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=at)
    mine = ProcedureReplay.objects.filter(_current(), pk=replay_pk).values("pk")
    rows = ProcedureReplay.objects.filter(free, pk__in=list(mine.values_list("pk", flat=True)), finished_at=None)
    if not rows.update(claimed_until=at + LEASE, touched_at=at):
        return None
    return ProcedureReplay.objects.get(pk=replay_pk)
