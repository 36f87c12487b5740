"""The procedure as data: a claim keeps the version it began with."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from recovery.procedure import Procedure, read

_READ: dict[str, Procedure] = {}


class ProcedureVersion(models.Model):
    """One version of the procedure. `data` is what `recovery.procedure.read` understands; `data_hash` its SHA-256."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        LIVE = "live", _("In force")
        RETIRED = "retired", _("No longer in force")
        # A draft that was given up. Its number is not used again.
        DROPPED = "dropped", pgettext_lazy("procedure", "Discarded")

    version = models.PositiveIntegerField(unique=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.DRAFT)
    data = models.JSONField()
    data_hash = models.CharField(max_length=64)
    live_since = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    # The version that ships with the product that this one is, or came from last.
    shipped = models.PositiveSmallIntegerField(null=True, blank=True)
    # The version in force when this one was begun; versions that ship with the product have none.
    based_on = models.ForeignKey("self", models.PROTECT, null=True, related_name="drafts")
    begun_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="procedures_begun")
    begun_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    # What `check_version` found in exactly this data, as plain JSON; shown, and asked anew before anybody publishes.
    findings = models.JSONField(default=list)
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="procedures_proposed")
    proposed_at = models.DateTimeField(null=True, blank=True)
    proposal_reason = models.CharField(max_length=400, blank=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="procedures_published")
    publication_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["status"], condition=Q(status="live"), name="recovery_procedure_one_live"),
            models.UniqueConstraint(
                fields=["status"], condition=Q(status="draft"), name="recovery_procedure_one_draft"
            ),
            # By accounts; that they are different people is asked by the transition (invariant 10).
            models.CheckConstraint(
                condition=Q(published_by=None)
                | (Q(proposed_by__isnull=False, proposed_at__isnull=False) & ~Q(published_by=F("proposed_by"))),
                name="recovery_procedure_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(status="draft") | Q(begun_by__isnull=False, live_since=None, published_by=None),
                name="recovery_procedure_draft_begun",
            ),
        ]

    def __str__(self) -> str:
        return f"procedure {self.version}"

    @property
    def label(self) -> str:
        return f"procedure:{self.version}"

    @property
    def procedure(self) -> Procedure:
        """The rules of this version. A version never changes once it was in force, so it is read once in a process."""
        if self.status in (self.Status.DRAFT, self.Status.DROPPED):
            return read(self.data)
        if self.data_hash not in _READ:
            _READ[self.data_hash] = read(self.data)
        return _READ[self.data_hash]
