"""What is said of the past and cannot be proven."""

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from handover.models.register import Registration


class UnverifiedPeriod(models.Model):
    """Somebody is said to have looked after a registration without ever having taken over on paper (B5, A to C).

    It stands beside the chain of custody and never in it: nothing follows from it, and nobody gains a right by it.
    """

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="unverified_periods")
    name = models.CharField(max_length=100)
    first_on = models.DateField()
    # Absent when nobody can say how long.
    last_on = models.DateField(null=True, blank=True)
    noted_by = models.ForeignKey(User, models.PROTECT, related_name="unverified_periods_noted")
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registration", "name", "first_on"], name="handover_unverified_once"),
            models.CheckConstraint(
                condition=Q(last_on=None) | Q(last_on__gte=F("first_on")), name="handover_unverified_order"
            ),
        ]

    def __str__(self) -> str:
        return f"unverified period of {self.registration_id}"
