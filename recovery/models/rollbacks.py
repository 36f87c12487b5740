"""Going back to what was before a recovery: one person asks, another one confirms."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from outbox import cipher
from recovery.models.claims import Claim


class RollbackQuerySet(models.QuerySet["Rollback"]):
    def open(self) -> "RollbackQuerySet":
        """Those that wait for the second person: as long as one does, nothing ends that protects."""
        return self.filter(status=Rollback.Status.ASKED)


class Rollback(models.Model):
    """Somebody of the provider asks to put back what a claim changed; nothing changes until another one confirms."""

    class Status(models.TextChoices):
        ASKED = "asked", _("Waits for the second person")
        CONFIRMED = "confirmed", pgettext_lazy("rollback", "Put back")
        DECLINED = "declined", pgettext_lazy("rollback", "Not put back")

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="rollbacks")
    status = models.CharField(max_length=9, choices=Status, default=Status.ASKED)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="rollbacks_asked")
    asked_at = models.DateTimeField()
    # Why, and why not: for the case only, so encrypted like every note.
    sealed_reason = models.BinaryField()
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="rollbacks_decided")
    decided_at = models.DateTimeField(null=True, blank=True)
    sealed_words = models.BinaryField(null=True)

    objects = RollbackQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=Q(status__in=["asked", "confirmed"]), name="recovery_one_rollback"
            ),
            models.CheckConstraint(
                condition=Q(status="asked", decided_by=None, decided_at=None)
                | (~Q(status="asked") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="recovery_rollback_decided_by",
            ),
        ]

    def __str__(self) -> str:
        return f"rollback of {self.claim_id}"

    @property
    def reason(self) -> str:
        """Why it was asked for, decrypted."""
        return cipher.decrypt(self.sealed_reason)

    @property
    def words(self) -> str:
        """Why it was declined, "" otherwise."""
        return cipher.decrypt(self.sealed_words) if self.sealed_words else ""
