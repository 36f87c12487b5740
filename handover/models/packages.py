"""Everything one person holds, handed over in one act and split among successors (H2)."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import Actor
from accounts.models import Organisation, User


class PackageQuerySet(models.QuerySet["Package"]):
    def open(self) -> "PackageQuerySet":
        """Those under way."""
        return self.filter(status=Package.Status.OPEN)

    def visible_to(self, actor: Actor, at: datetime) -> "PackageQuerySet":
        """Administrators see those of their organisation, others their own and those they opened."""
        if not actor.is_customer:
            return self.none()
        own = self.filter(organisation=actor.organisation)
        if actor.is_administrator:
            return own
        return own.filter(Q(person=actor.user) | Q(opened_by=actor.user))


class Package(models.Model):
    """The handovers of one person's holdings, kept together until nothing is left.

    Each successor has one handover in it. What has no successor yet stands in a draft without one, so every
    registration of the package is in exactly one open handover at any time.
    """

    class Kind(models.TextChoices):
        LEAVES = "leaves", _("Leaves the organisation")
        MOVES = "moves", _("Moves to another task inside")
        CARETAKER = "caretaker", _("Caretaker passes on")

    class Status(models.TextChoices):
        OPEN = "open", _("Under way")
        DONE = "done", pgettext_lazy("package", "Completed")
        WITHDRAWN = "withdrawn", pgettext_lazy("package", "Withdrawn")

    number = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="packages")
    person = models.ForeignKey(User, models.PROTECT, related_name="packages")
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="packages_opened")
    kind = models.CharField(max_length=9, choices=Kind)
    # The last day in the organisation (leaves) or in the old task (moves); a caretaker has none.
    last_day = models.DateField(null=True)
    effective_on = models.DateField()
    reason = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=9, choices=Status, default=Status.OPEN)
    reminded = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = PackageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"], condition=Q(status="open"), name="handover_package_one_open"
            ),
            models.CheckConstraint(
                condition=Q(kind="caretaker", last_day=None) | (~Q(kind="caretaker") & Q(last_day__isnull=False)),
                name="handover_package_last_day",
            ),
            models.CheckConstraint(
                condition=Q(status="open", ended_at=None) | (~Q(status="open") & Q(ended_at__isnull=False)),
                name="handover_package_ended",
            ),
        ]
        indexes = [models.Index(fields=["status", "last_day"], name="handover_package_due")]

    def __str__(self) -> str:
        return self.number

    @property
    def label(self) -> str:
        return f"package:{self.number}"
