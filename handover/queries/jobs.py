"""Reads of jobs over many registrations."""

from django.db.models import QuerySet

from accounts.actors import Actor
from handover.models import BulkItem, BulkJob


def listed(actor: Actor) -> QuerySet[BulkJob]:
    """Return the jobs that `actor` may see with their figures, the newest first."""
    return BulkJob.objects.visible_to(actor).counted().select_related("started_by").order_by("-started_at", "-pk")


def find_visible(actor: Actor, number: str) -> BulkJob | None:
    """Return the job called `number` with its figures if `actor` may see it."""
    rows = BulkJob.objects.visible_to(actor).counted().select_related("started_by")
    return rows.filter(number=number).first()


def failures_of(job: BulkJob) -> QuerySet[BulkItem]:
    """Return what could not be done, in the order it was tried."""
    return job.items.filter(status=BulkItem.Status.FAILED).select_related("registration").order_by("pk")
