"""Notices: what has to reach somebody, written in the same transaction as the act it tells of."""

import uuid

from django.db import models

from audit.models import Event


class Notice(models.Model):
    """One mail to send or letter to print. The payload is encrypted, and wiped once it is on its way."""

    class Channel(models.TextChoices):
        MAIL = "mail"
        # Waits for the print run: `outbox.letters`. The worker never touches it.
        LETTER = "letter"

    class Status(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, models.PROTECT, related_name="notices")
    channel = models.CharField(max_length=10, choices=Channel)
    template = models.CharField(max_length=80)
    recipient = models.CharField(max_length=120)
    message_id = models.CharField(max_length=255, unique=True)
    payload = models.BinaryField(null=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    tries = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)
    # The recipient's mail server refused it for good, at sending or by a report that came later.
    bounced_at = models.DateTimeField(null=True, blank=True)
    bounce_status = models.CharField(max_length=12, blank=True)

    class Meta:
        indexes = [models.Index(fields=["status", "next_try_at"], name="outbox_notice_due")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(status="sent") | models.Q(payload=None, sent_at__isnull=False),
                name="outbox_notice_sent_is_wiped",
            ),
            models.CheckConstraint(
                condition=models.Q(status="sent") | models.Q(payload__isnull=False), name="outbox_notice_unsent_is_kept"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.status}"
