"""Printed labels on papers, boxes and binders (R12)."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import User
from handover.models.documents import Document
from handover.models.register import Registration


class LabelQuerySet(models.QuerySet["Label"]):
    def visible_to(self, actor: Actor, at: datetime) -> "LabelQuerySet":
        """Return the labels of the registrations that `actor` sees as somebody of the holder."""
        if not actor.is_customer:
            return self.none()
        return self.filter(registration__in=Registration.objects.visible_to(actor, at))

    def in_use(self) -> "LabelQuerySet":
        """Those whose thing is still to be kept: void ones are replaced or taken off."""
        return self.exclude(status=Label.Status.VOID)


class Label(models.Model):
    """One label on one thing: a paper, or a box or binder (`document` is null).

    `code` is on the thing for everybody to read, so it says nothing by itself; the page behind it tells only members
    what it is. `name` is printed in clear and chosen by whoever makes the label.
    """

    class Status(models.TextChoices):
        VALID = "valid", _("In use")
        LOST = "lost", _("Reported lost")
        VOID = "void", _("Void")

    code = models.CharField(max_length=12, unique=True)
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="labels")
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="labels")
    name = models.CharField(max_length=40)
    place = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=5, choices=Status, default=Status.VALID)
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="labels_issued")
    issued_at = models.DateTimeField()
    # When it stopped being in use, lost or void; empty again when a lost thing is back.
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="labels_ended")
    replaced_by = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaces")
    # When a finder last pressed the button, so that it mails people once a day.
    found_at = models.DateTimeField(null=True, blank=True)
    # One of its own for every form shown: a second press finds what the first one made.
    token = models.UUIDField(unique=True, default=uuid.uuid4)

    objects = LabelQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="valid", ended_at=None, ended_by=None)
                | (Q(status__in=["lost", "void"]) & Q(ended_at__isnull=False, ended_by__isnull=False)),
                name="handover_label_end",
            ),
            models.CheckConstraint(
                condition=Q(replaced_by=None) | Q(status="void"), name="handover_label_replaced_is_void"
            ),
        ]
        indexes = [models.Index(fields=["registration", "status"], name="handover_label_state")]

    def __str__(self) -> str:
        return self.code

    @property
    def label(self) -> str:
        return f"label:{self.pk}"


class YearEndReminder(models.Model):
    """One person was reminded before one year's clean-up: the row that keeps it at once a year."""

    user = models.ForeignKey(User, models.PROTECT, related_name="year_end_reminders")
    year = models.PositiveSmallIntegerField()
    reminded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "year"], name="handover_year_end_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.year}"
