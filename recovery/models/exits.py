"""Cheaper ways than a recovery: colleagues who were asked to vouch, and the offer to settle it inside (A2)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from accounts.models import User
from recovery.models.claims import Claim
from recovery.models.evidence import Evidence


class VouchRequestQuerySet(models.QuerySet["VouchRequest"]):
    def asked_of(self, user: User) -> "VouchRequestQuerySet":
        """Those that `user` was asked: nobody else sees them, the claimant and the staff included."""
        return self.filter(user=user)


class VouchRequest(models.Model):
    """A colleague was asked whether the claimant is one of them. A yes is evidence A3; a no only stands in the case."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("vouch", "Not answered yet")
        GIVEN = "given", pgettext_lazy("vouch", "Vouched")
        DECLINED = "declined", pgettext_lazy("vouch", "Does not know the person")

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="vouch_requests")
    user = models.ForeignKey(User, models.PROTECT, related_name="vouches_asked_of")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="vouches_ordered")
    asked_at = models.DateTimeField()
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    answered_at = models.DateTimeField(null=True, blank=True)
    evidence = models.OneToOneField(Evidence, models.PROTECT, null=True, related_name="vouch")

    objects = VouchRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "user"], name="recovery_vouch_asked_once"),
            models.CheckConstraint(
                condition=Q(status="open", answered_at=None, evidence=None)
                | Q(status="given", answered_at__isnull=False, evidence__isnull=False)
                | Q(status="declined", answered_at__isnull=False, evidence=None),
                name="recovery_vouch_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"vouch of {self.user_id} for {self.claim_id}"

    @property
    def label(self) -> str:
        return f"vouch:{self.pk}"


class ExitOffer(models.Model):
    """The system told those who can that they may settle a claim inside the organisation; it changes nothing."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="exit_offers")
    at = models.DateTimeField()
    told = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [models.Index(fields=["claim", "at"], name="recovery_offer_of")]

    def __str__(self) -> str:
        return f"offer for {self.claim_id}"


class DnsCheck(models.Model):
    """A value that the claimant is to set in the DNS of a domain on record. No secret: everybody can read it there."""

    claim = models.OneToOneField(Claim, models.PROTECT, related_name="dns_check")
    token = models.CharField(max_length=40, unique=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="dns_checks_made")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"dns check for {self.claim_id}"

    @property
    def value(self) -> str:
        """The content of the TXT record."""
        return f"hikitsugi-verification={self.token}"
