"""What went out for a claim: code letters, code mails and notices, and whether they arrived."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import OneTimeCode, User
from handover.models import ContactPoint
from outbox.models import Notice
from recovery.models.claims import Claim


class DispatchQuerySet(models.QuerySet["Dispatch"]):
    def undelivered(self) -> "DispatchQuerySet":
        """Those of which nobody knows that they arrived."""
        return self.filter(delivered_at=None)

    def to_print(self) -> "DispatchQuerySet":
        """Letters that wait for the print run: their content is still there, encrypted."""
        return self.filter(channel=Dispatch.Channel.LETTER, printed_at=None, void_at=None)


class Dispatch(models.Model):
    """One mail or letter of a claim to one recipient. Its content is in the outbox, encrypted, until it is on its way.

    `to` is a label: `contact_point:5`, `user:3`, `head_office`, `holder`, `claimant`. Times of a letter: printed once,
    posted the same day, delivered as the post tells, or returned.
    """

    class Purpose(models.TextChoices):
        CODE = "code", _("Code")
        ACCEPTED = "accepted", _("Notice that a claim is examined")
        PROPOSED = "proposed", _("Notice that approval is proposed")
        EXECUTED = "executed", _("Notice that it was carried out")
        ENDED = "ended", _("Notice that the protected time is over")
        UNDONE = "undone", _("Notice that it was put back")
        REFUSED = "refused", _("Letter to the claimant that it has ended")
        REMINDER = "reminder", _("Reminder to the claimant")
        SETTING = "setting", _("Notice that an urgent setting was made")
        UNSET = "unset", _("Notice that an urgent setting was taken back")

    class Channel(models.TextChoices):
        MAIL = "mail", _("Mail")
        LETTER = "letter", _("Letter")

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="dispatches")
    purpose = models.CharField(max_length=8, choices=Purpose)
    channel = models.CharField(max_length=6, choices=Channel)
    to = models.CharField(max_length=80)
    contact_point = models.ForeignKey(ContactPoint, models.PROTECT, null=True, related_name="dispatches")
    code = models.ForeignKey(OneTimeCode, models.PROTECT, null=True, related_name="dispatches")
    notice = models.OneToOneField(Notice, models.PROTECT, related_name="dispatch")
    letter_number = models.CharField(max_length=20, unique=True, null=True)
    # The evidence that this letter's or mail's code gives when it is typed in: C1, C1b or C3.
    gives = models.CharField(max_length=4, blank=True)
    ordered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="dispatches_ordered")
    queued_at = models.DateTimeField()
    printed_at = models.DateTimeField(null=True, blank=True)
    printed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="dispatches_printed")
    delivered_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    void_at = models.DateTimeField(null=True, blank=True)

    objects = DispatchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(delivered_at=None) | Q(returned_at=None), name="recovery_dispatch_one_end"
            ),
            models.CheckConstraint(
                condition=Q(delivered_at=None) | Q(delivered_at__gte=F("queued_at")), name="recovery_dispatch_order"
            ),
            models.CheckConstraint(
                condition=Q(channel="mail", letter_number=None) | Q(channel="letter", letter_number__isnull=False),
                name="recovery_letter_has_number",
            ),
        ]
        indexes = [models.Index(fields=["channel", "printed_at"], name="recovery_dispatch_print")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.channel} to {self.to}"

    @property
    def label(self) -> str:
        return f"dispatch:{self.pk}"
