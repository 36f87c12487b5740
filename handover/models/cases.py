"""What a case elsewhere means for a registration: acts it blocks, and whom of the staff it lets look."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from handover.models.register import Registration


class RestrictionQuerySet(models.QuerySet["Restriction"]):
    def in_force(self, at: datetime) -> "RestrictionQuerySet":
        """Those begun and neither ended nor run out at `at`."""
        return self.filter(since__lte=at, ended_at=None).filter(Q(until=None) | Q(until__gt=at))


class Restriction(models.Model):
    """A mark on a registration, written by the app whose case it is. `blocks` names the actions nobody may do.

    An open claim blocks nothing: an anonymous claim must never hinder the custodian.
    """

    class Kind(models.TextChoices):
        CLAIM_OPEN = "claim_open", _("A recovery is being examined")
        CONTESTED = "contested", _("A recovery is contested")
        COOLING_OFF = "cooling_off", _("Protected for 30 days after a recovery")
        AUTHORITY = "authority", _("Being reassigned on the decision of your organisation")

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="restrictions")
    kind = models.CharField(max_length=12, choices=Kind)
    case = models.CharField(max_length=40)
    blocks = models.JSONField(default=list)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = RestrictionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "kind", "case"], condition=Q(ended_at=None), name="handover_restriction_once"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="handover_restriction_order"
            ),
        ]
        indexes = [models.Index(fields=["registration", "ended_at"], name="handover_restriction_open")]

    def __str__(self) -> str:
        return f"{self.kind} on {self.registration_id}"


class CaseAccessQuerySet(models.QuerySet["CaseAccess"]):
    def in_force(self, at: datetime) -> "CaseAccessQuerySet":
        """Those begun and not ended at `at`."""
        return self.filter(since__lte=at, ended_at=None)


class CaseAccess(models.Model):
    """One person of the staff may look at one registration, for one open case, until it ends (invariant 24)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="case_accesses")
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="case_accesses")
    case = models.CharField(max_length=40)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = CaseAccessQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "registration", "case"], condition=Q(ended_at=None), name="handover_case_access_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} for {self.case}"
