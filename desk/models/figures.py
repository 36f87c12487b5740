"""What the figures are added up from: one narrow row an inquiry, counted anew when something happens."""

from django.db import models
from django.db.models import F

from accounts.models import Organisation
from desk.models.inquiries import Inquiry


class CaseFigure(models.Model):
    """What happened in one inquiry, as numbers. Derived: `desk.counting` can write every row anew at any time.

    Nothing here is about a person of the staff: figures reward solving, and there is no quota of anything.
    Days are business days of the provider.
    """

    inquiry = models.OneToOneField(Inquiry, models.PROTECT, primary_key=True, related_name="figure")
    # Whose person the inquirer spoke with first; none where it was the provider, or nobody yet.
    agency = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    topic = models.CharField(max_length=12)
    route = models.CharField(max_length=5)
    received_on = models.DateField()
    is_open = models.BooleanField()
    first_answer_days = models.PositiveSmallIntegerField(null=True)
    recovered_on = models.DateField(null=True)
    recovered_days = models.PositiveSmallIntegerField(null=True)
    contacts = models.PositiveIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)
    promises_kept = models.PositiveSmallIntegerField(default=0)
    promises_broken = models.PositiveSmallIntegerField(default=0)
    # Until when an open promise runs that was not kept yet: after that it counts as broken, without anybody's act.
    promised_until = models.DateTimeField(null=True)
    # The inquirer got in touch again within seven days, by what was the case then.
    again_promise_over = models.PositiveSmallIntegerField(default=0)
    again_before_promise = models.PositiveSmallIntegerField(default=0)
    again_without_promise = models.PositiveSmallIntegerField(default=0)
    again_after_answer = models.PositiveSmallIntegerField(default=0)
    escalations = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(calls__lte=F("contacts")), name="desk_figure_calls_are_contacts")
        ]
        indexes = [
            models.Index(fields=["received_on"], name="desk_figure_received"),
            models.Index(fields=["is_open", "received_on"], name="desk_figure_open"),
            models.Index(fields=["recovered_on"], name="desk_figure_recovered"),
        ]

    def __str__(self) -> str:
        return f"figures of {self.inquiry_id}"


class FigureMark(models.Model):
    """Up to which event of the log the figures are counted. One row."""

    sequence = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"counted up to {self.sequence}"
