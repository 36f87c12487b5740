"""Invented registrations that nobody has a reason to touch: whoever does is noticed."""

from django.db import models
from django.db.models import Q

from accounts.actors import Actor
from accounts.models import OrganisationKind, Role, User
from handover.models.register import Registration


class CanaryQuerySet(models.QuerySet["Canary"]):
    def visible_to(self, actor: Actor) -> "CanaryQuerySet":
        """Seniors and auditors of the provider; to everybody else there are none."""
        if actor.kind == OrganisationKind.PROVIDER and actor.has(Role.SENIOR, Role.AUDITOR):
            return self.all()
        return self.none()

    def watched(self) -> "CanaryQuerySet":
        """Those that raise an alarm now."""
        return self.filter(ended_at=None)


class Canary(models.Model):
    """A registration of a customer that does not exist. A row beside the registration, which carries no mark.

    `read_to` is how far in the log the worker has looked for acts about it.
    """

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="canaries")
    marked_by = models.ForeignKey(User, models.PROTECT, related_name="canaries_marked")
    marked_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="canaries_ended")
    ended_at = models.DateTimeField(null=True, blank=True)
    read_to = models.BigIntegerField(default=0)

    objects = CanaryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registration"], condition=Q(ended_at=None), name="handover_canary_once"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="handover_canary_end",
            ),
        ]

    def __str__(self) -> str:
        return f"canary {self.pk}"

    @property
    def label(self) -> str:
        return f"canary:{self.pk}"


class CanaryTouch(models.Model):
    """Somebody touched one: what it was (a verb of the log, or a word of ours), and who, where that is known.

    `times` counts what strangers do without being known: checks of its certificate, tries of its kit on one day.
    """

    canary = models.ForeignKey(Canary, models.PROTECT, related_name="touches")
    what = models.CharField(max_length=80)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="canaries_touched")
    at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["canary", "at"], name="handover_canary_touch")]

    def __str__(self) -> str:
        return f"{self.what} of canary {self.canary_id}"
