"""When a deputy stands in: reports of absence, and the times in which a deputy acted for the person in charge."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from handover.models.custody import Custody, Deputy


class AbsenceReportQuerySet(models.QuerySet["AbsenceReport"]):
    def open(self) -> "AbsenceReportQuerySet":
        return self.filter(ended_at=None)


class AbsenceReport(models.Model):
    """A deputy says that whoever holds the registration has gone silent. It changes nothing by itself, ever.

    `ready_on` is the first day on which a deputy may stand in. It is over as soon as the holder does anything signed
    in: that is asked of the log when somebody wants to build on it, and written here when it is noticed.
    """

    class End(models.TextChoices):
        HOLDER_HERE = "holder_here", _("The person in charge was here")
        CUSTODY_CHANGED = "custody_changed", _("Somebody else looks after it now")
        STOOD_IN = "stood_in", _("A deputy stands in")

    custody = models.ForeignKey(Custody, models.PROTECT, related_name="absence_reports")
    deputy = models.ForeignKey(Deputy, models.PROTECT, related_name="absence_reports")
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()
    ready_on = models.DateField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=15, choices=End, blank=True)

    objects = AbsenceReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["custody"], condition=Q(ended_at=None), name="handover_absence_one_open"),
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="") | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="handover_absence_end",
            ),
        ]

    def __str__(self) -> str:
        return f"absence in custody {self.custody_id}"


class ActivationQuerySet(models.QuerySet["StandIn"]):
    def current(self) -> "ActivationQuerySet":
        """Those in force: neither ended nor outlived by the deputyship."""
        return self.filter(until=None, deputy__until=None)


class StandIn(models.Model):
    """A time in which a deputy acted for the person in charge. A row of its own, so that nothing is rewritten."""

    class Basis(models.TextChoices):
        ADMINISTRATOR = "administrator", _("By an administrator")
        ABSENCE = "absence", _("After ten business days of absence")

    deputy = models.ForeignKey(Deputy, models.PROTECT, related_name="stand_ins")
    basis = models.CharField(max_length=13, choices=Basis)
    report = models.ForeignKey(AbsenceReport, models.PROTECT, null=True, blank=True, related_name="stand_ins")
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(User, models.PROTECT, related_name="stand_ins_made")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    # Absent where custody changed or the deputyship ended: that act says who did it.
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="stand_ins_ended")

    objects = ActivationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deputy"], condition=Q(until=None), name="handover_stand_in_once"),
            models.CheckConstraint(
                condition=Q(basis="administrator", report=None) | Q(basis="absence", report__isnull=False),
                name="handover_stand_in_basis",
            ),
        ]

    def __str__(self) -> str:
        return f"activation of deputy {self.deputy_id}"
