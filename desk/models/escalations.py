"""What the desk passes to the provider, and what is to become a sentence because it is passed on again and again."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from desk.models.inquiries import Inquiry
from outbox import cipher


class Escalation(models.Model):
    """One inquiry passed to the provider: about what, and why the desk could not settle it. Written once."""

    class Reason(models.TextChoices):
        NO_WORDS = "no_words", _("No sentence covers it")
        PRODUCT = "product", _("Needs somebody who knows the product")
        RECORD = "record", _("Needs a look at what is on record")
        DECISION = "decision", _("Needs a decision of the provider")
        ASKED = "asked", _("The inquirer asks for the provider")

    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="escalations")
    topic = models.CharField(max_length=12, choices=Inquiry.Topic)
    reason = models.CharField(max_length=8, choices=Reason)
    # What was asked, in neutral words.
    sealed_words = models.BinaryField()
    by = models.ForeignKey(User, models.PROTECT, related_name="escalations")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["topic", "reason", "at"], name="desk_escalation_alike")]

    def __str__(self) -> str:
        return f"{self.reason} of {self.inquiry_id}"

    @property
    def words(self) -> str:
        return cipher.decrypt(self.sealed_words)


class ScriptTask(models.Model):
    """The same was passed on again and again: an editor makes it a sentence, or says why not."""

    class Status(models.TextChoices):
        OPEN = "open", _("To be done")
        DRAFTED = "drafted", _("In the draft of the procedure")
        DECLINED = "declined", _("No sentence, with a reason")

    topic = models.CharField(max_length=12, choices=Inquiry.Topic)
    reason = models.CharField(max_length=8, choices=Escalation.Reason)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    # The first of the escalations that count.
    since = models.DateTimeField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="script_tasks_closed")
    script_code = models.CharField(max_length=40, blank=True)
    why_not = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "reason"], condition=Q(status="open"), name="desk_script_task_one_open"
            ),
            models.CheckConstraint(
                condition=Q(status="open", closed_at=None, closed_by=None, script_code="", why_not="")
                | (Q(status="drafted", closed_at__isnull=False, closed_by__isnull=False) & ~Q(script_code=""))
                | (Q(status="declined", closed_at__isnull=False, closed_by__isnull=False) & ~Q(why_not="")),
                name="desk_script_task_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.reason}"

    @property
    def label(self) -> str:
        return f"script_task:{self.pk}"
