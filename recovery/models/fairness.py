"""Whether everybody is treated alike, and whether the procedure is kept: samples for the auditor, and drift."""

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from accounts.models import User
from outbox import cipher
from recovery.models.claims import Claim


class AuditSampleQuerySet(models.QuerySet["AuditSample"]):
    def drawn(self) -> "AuditSampleQuerySet":
        """Those that an auditor reads or has read."""
        return self.exclude(status=AuditSample.Status.PASSED)


class AuditSample(models.Model):
    """One end of a claim that was considered for the audit, and what the auditor found where it was drawn.

    `pool` is where it was placed when it was considered: shares are counted in it (`recovery.fairness.drawing`).
    """

    class Pool(models.TextChoices):
        GENERAL = "general", pgettext_lazy("audit", "Random, of all")
        AGENCY = "agency", pgettext_lazy("audit", "Random, of those whose papers the desk took in")
        TIER_4 = "tier_4", pgettext_lazy("audit", "Tier 4 in the first months of a version")
        EXCEPTION = "exception", pgettext_lazy("audit", "With an exception")

    class Status(models.TextChoices):
        PASSED = "passed", pgettext_lazy("audit", "Not drawn")
        OPEN = "open", pgettext_lazy("audit", "To be read")
        IN_ORDER = "in_order", pgettext_lazy("audit", "In order")
        NOT_IN_ORDER = "not_in_order", pgettext_lazy("audit", "Not in order")

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="audit_samples")
    pool = models.CharField(max_length=9, choices=Pool)
    # When the claim was carried out or ended: a claim taken up again is considered again.
    over_at = models.DateTimeField()
    considered_at = models.DateTimeField()
    drawn_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.PASSED)
    found_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="audit_findings")
    found_at = models.DateTimeField(null=True, blank=True)
    # The auditor's words, encrypted like every note about a case.
    sealed_words = models.BinaryField(null=True)

    objects = AuditSampleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "over_at"], name="recovery_sample_once"),
            models.CheckConstraint(
                condition=Q(status="passed", drawn_at=None) | (~Q(status="passed") & Q(drawn_at__isnull=False)),
                name="recovery_sample_drawn",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["passed", "open"], found_by=None, found_at=None)
                | Q(status__in=["in_order", "not_in_order"], found_by__isnull=False, found_at__isnull=False),
                name="recovery_sample_found",
            ),
        ]
        indexes = [models.Index(fields=["pool", "status", "considered_at"], name="recovery_sample_pool")]

    def __str__(self) -> str:
        return f"sample of {self.claim_id}"

    @property
    def label(self) -> str:
        return f"audit_sample:{self.pk}"

    @property
    def words(self) -> str:
        """What the auditor wrote, "" when nothing."""
        return cipher.decrypt(self.sealed_words) if self.sealed_words else ""


class DriftCheck(models.Model):
    """One quarter compared with the four before it. Open while something differs and nobody has said why.

    `findings` are plain JSON, one for each group and measure that differs: see `recovery.queries.drift.Finding`.
    """

    class Status(models.TextChoices):
        CLEAR = "clear", pgettext_lazy("drift", "Nothing differs")
        OPEN = "open", pgettext_lazy("drift", "Waits for an explanation")
        CLOSED = "closed", pgettext_lazy("drift", "Explained")

    # Its first day.
    quarter = models.DateField(unique=True)
    status = models.CharField(max_length=6, choices=Status)
    findings = models.JSONField(default=list)
    compared_at = models.DateTimeField()
    words = models.CharField(max_length=1000, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="drifts_closed")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(~Q(status="closed") & Q(closed_by=None, closed_at=None, words=""))
                | (Q(status="closed", closed_by__isnull=False, closed_at__isnull=False) & ~Q(words="")),
                name="recovery_drift_explained",
            ),
        ]

    def __str__(self) -> str:
        return f"drift of {self.quarter}"

    @property
    def label(self) -> str:
        return f"drift:{self.quarter.isoformat()}"
