"""One act on many registrations, done in the background one by one."""

from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import Actor
from accounts.models import Organisation, User
from handover.models.register import Registration


class BulkJobQuerySet(models.QuerySet["BulkJob"]):
    def visible_to(self, actor: Actor) -> "BulkJobQuerySet":
        """One's own; administrators see those of their organisation."""
        if not actor.is_customer:
            return self.none()
        own = self.filter(organisation=actor.organisation)
        return own if actor.is_administrator else own.filter(started_by=actor.user)

    def counted(self) -> "BulkJobQuerySet":
        """With `done`, `failed`, `waiting` and `tried`, counted from the items, so that a bar tells the truth."""
        return self.annotate(
            done=Count("items", filter=Q(items__status=BulkItem.Status.DONE)),
            failed=Count("items", filter=Q(items__status=BulkItem.Status.FAILED)),
            waiting=Count("items", filter=Q(items__status=BulkItem.Status.WAITING)),
            tried=Count("items", filter=~Q(items__status=BulkItem.Status.WAITING)),
        )


class BulkJob(models.Model):
    """Somebody's choice of registrations and what is to happen to each."""

    class Status(models.TextChoices):
        RUNNING = "running", pgettext_lazy("job", "Running")
        DONE = "done", pgettext_lazy("job", "Finished")
        CANCELLED = "cancelled", pgettext_lazy("job", "Stopped")

    number = models.CharField(max_length=40, unique=True)
    # A key of handover.bulk.ACTS.
    kind = models.CharField(max_length=30)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="bulk_jobs")
    started_by = models.ForeignKey(User, models.PROTECT, related_name="bulk_jobs")
    arguments = models.JSONField(default=dict)
    total = models.PositiveIntegerField()
    status = models.CharField(max_length=9, choices=Status, default=Status.RUNNING)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    # When a worker last had it, and until when it is that worker's alone: a killed worker's claim runs out.
    touched_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    # One of its own for every form shown: a second press finds the job that the first one began.
    token = models.UUIDField(unique=True)

    objects = BulkJobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="running", finished_at=None) | (~Q(status="running") & Q(finished_at__isnull=False)),
                name="handover_bulk_end",
            )
        ]
        indexes = [
            models.Index(fields=["status", "touched_at"], name="handover_bulk_due"),
            models.Index(fields=["organisation", "started_at"], name="handover_bulk_list"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def label(self) -> str:
        return f"job:{self.number}"


class BulkItem(models.Model):
    """One registration of a job, and how it ended. The reason is in the language of whoever began the job."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Not begun")
        DONE = "done", _("Done")
        FAILED = "failed", _("Not done")

    job = models.ForeignKey(BulkJob, models.PROTECT, related_name="items")
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="bulk_items")
    status = models.CharField(max_length=7, choices=Status, default=Status.WAITING)
    reason = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "registration"], name="handover_bulk_item_once")]
        indexes = [models.Index(fields=["job", "status"], name="handover_bulk_item_state")]

    def __str__(self) -> str:
        return f"{self.registration_id} of {self.job_id}"
