"""The log of what happened. A leaf: it knows nobody, so people and things are labels and it outlives them all."""

from django.db import models


class Event(models.Model):
    """One act or one look. Written only by `audit.record.event`; triggers refuse every change and every gap."""

    sequence = models.BigIntegerField(primary_key=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)
    verb = models.CharField(max_length=80)
    actor = models.CharField(max_length=120)
    actor_organisation = models.CharField(max_length=120, blank=True)
    subject = models.CharField(max_length=120)
    about = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["subject", "sequence"], name="audit_event_subject"),
            models.Index(fields=["actor", "at"], name="audit_event_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.verb}"


class EventAbout(models.Model):
    """In whose history an event appears. An index over `Event.about`, which the hash covers; `verify` compares both."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="about_rows")
    label = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "label"], name="audit_about_once")]
        indexes = [models.Index(fields=["label", "event"], name="audit_about_label")]

    def __str__(self) -> str:
        return f"{self.event_id} {self.label}"
