"""Desks of affiliates, and inquirers passed from one to another under one receipt number."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from desk.models.inquiries import Inquiry


class Affiliate(models.Model):
    """A desk that an inquirer can be passed on to: an agency of this portal, with how it is reached."""

    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="affiliate")
    phone = models.CharField(max_length=30)
    hours = models.CharField(max_length=120)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"affiliate {self.organisation_id}"

    @property
    def label(self) -> str:
        return self.organisation.label


class Referral(models.Model):
    """One passing on: from whom to whom and why, taken in within a promised time, or given back once with a reason.

    No desk gets an inquirer twice, and one inquirer is given back once: both are constraints.
    """

    class Reason(models.TextChoices):
        THEIR_LINE = "their_line", _("The service is theirs")
        NEARER = "nearer", _("They are nearer to the place")
        LANGUAGE = "language", _("They speak the inquirer's language")
        EXPERT = "expert", _("They know more about it")

    class Return(models.TextChoices):
        NOT_OURS = "not_ours", _("The service is not ours")
        WRONG_DESK = "wrong_desk", _("Another desk was meant")
        CANNOT_HELP = "cannot_help", _("We cannot help with this")

    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="referrals")
    giver = models.ForeignKey(Organisation, models.PROTECT, related_name="referrals_given")
    taker = models.ForeignKey(Organisation, models.PROTECT, related_name="referrals_got")
    reason = models.CharField(max_length=10, choices=Reason)
    referred_by = models.ForeignKey(User, models.PROTECT, related_name="referrals_made")
    referred_at = models.DateTimeField()
    promised_until = models.DateTimeField()
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="referrals_taken")
    taken_at = models.DateTimeField(null=True, blank=True)
    returned_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="referrals_returned")
    returned_at = models.DateTimeField(null=True, blank=True)
    return_reason = models.CharField(max_length=11, choices=Return, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(giver=F("taker")), name="desk_referral_to_another"),
            models.CheckConstraint(condition=Q(promised_until__gt=F("referred_at")), name="desk_referral_is_a_promise"),
            models.UniqueConstraint(fields=["inquiry", "taker"], name="desk_referral_nobody_twice"),
            models.UniqueConstraint(
                fields=["inquiry"], condition=Q(taken_at=None, returned_at=None), name="desk_referral_one_open"
            ),
            models.UniqueConstraint(
                fields=["inquiry"], condition=Q(returned_at__isnull=False), name="desk_referral_returned_once"
            ),
            models.CheckConstraint(
                condition=Q(returned_at=None, return_reason="", returned_by=None)
                | (Q(taken_at=None, returned_at__isnull=False, returned_by__isnull=False) & ~Q(return_reason="")),
                name="desk_referral_return",
            ),
        ]
        indexes = [
            # The clock asks every minute for those that nobody took in.
            models.Index(
                fields=["promised_until"], condition=Q(taken_at=None, returned_at=None), name="desk_referral_due"
            )
        ]

    def __str__(self) -> str:
        return f"{self.inquiry_id} to {self.taker_id}"

    def is_overdue(self, at: datetime) -> bool:
        """Whether the other desk should have taken the inquirer in, and neither did so nor gave back."""
        return self.taken_at is None and self.returned_at is None and self.promised_until < at
