"""A version of the procedure played dry over claims that were decided: what it would have said of each."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from recovery.models.claims import Claim
from recovery.models.procedures import ProcedureVersion


class ProcedureReplay(models.Model):
    """One run of exactly `data_hash` over the past. It decides nothing, and goes on when more claims were decided."""

    version = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="replays")
    data_hash = models.CharField(max_length=64)
    begun_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="replays_begun")
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    # A worker has it to itself until then; whoever finds it past may take it.
    claimed_until = models.DateTimeField(null=True, blank=True)
    touched_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "data_hash"], name="recovery_replay_once"),
        ]

    def __str__(self) -> str:
        return f"replay of {self.version_id}"


class ReplayedClaimQuerySet(models.QuerySet["ReplayedClaim"]):
    def different(self) -> "ReplayedClaimQuerySet":
        """Those that would have come out differently."""
        return self.exclude(outcome=ReplayedClaim.Outcome.SAME)

    def reopenable(self) -> "ReplayedClaimQuerySet":
        """Refused claims that the version in force now would have found enough.

        Only where proofs were missing: what was refused for an objection or for abuse is not refused by a rule.
        Decided by another version, and not decided anew since.
        """
        return self.filter(
            outcome=ReplayedClaim.Outcome.GAINED,
            replay__version__status=ProcedureVersion.Status.LIVE,
            replay__data_hash=F("replay__version__data_hash"),
            claim__status=Claim.Status.REFUSED,
            claim__end_reason=Claim.EndReason.NOT_CONFIRMED,
            claim__accepted_at__isnull=False,
            claim__ended_at=F("decided_at"),
        ).exclude(claim__procedure=F("replay__version"))


class ReplayedClaim(models.Model):
    """What a version would have said of one decided claim, beside what the claim's own version says of the same."""

    class Outcome(models.TextChoices):
        SAME = "same", _("The same")
        GAINED = "gained", _("Would have been enough")
        LOST = "lost", _("Would not have been enough")
        TIER = "tier", _("Would have been of another tier")

    replay = models.ForeignKey(ProcedureReplay, models.PROTECT, related_name="claims")
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="replayed")
    decided_at = models.DateTimeField()
    outcome = models.CharField(max_length=6, choices=Outcome)
    old_tier = models.PositiveSmallIntegerField()
    new_tier = models.PositiveSmallIntegerField()
    # The route by which it would have been enough, "" for the normal way.
    new_route = models.CharField(max_length=20, blank=True)
    # Keys of what is missing, by type and never by content.
    old_missing = models.JSONField(default=list)
    new_missing = models.JSONField(default=list)

    objects = ReplayedClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["replay", "claim", "decided_at"], name="recovery_replayed_once"),
        ]
        indexes = [models.Index(fields=["replay", "outcome"], name="recovery_replayed_outcome")]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.outcome}"


def left_of(replay: ProcedureReplay) -> models.QuerySet[Claim]:
    """Return the decided claims on a registration that `replay` has not looked at as they were decided last.

    Each has `decided_at`.
    """
    decided = Claim.objects.filter(
        Q(status=Claim.Status.EXECUTED) | Q(status=Claim.Status.REFUSED), registration__isnull=False, tier__isnull=False
    ).annotate(decided_at=Coalesce("executed_at", "ended_at"))
    done = ReplayedClaim.objects.filter(replay=replay, claim=OuterRef("pk"), decided_at=OuterRef("decided_at"))
    return decided.filter(~Exists(done), decided_at__isnull=False)
