"""What was proven, by what, checked by whom; which papers came in; and how often the predecessor was tried."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import OneTimeCode, User
from desk.models import CallIntention, Contact
from handover.models import Blob, ContactPoint
from recovery.models.claims import Claim
from recovery.procedure import Item

UNHEALTHY = (*ContactPoint.NO_MAIL, ContactPoint.Health.RETURNED)
"""Known to be dead. Not verified is not unhealthy: an imported register has nothing else, and a code verifies it."""


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def standing(self) -> "EvidenceQuerySet":
        """Those that nobody took back."""
        return self.filter(taken_back_at=None)


class Evidence(models.Model):
    """One proof as checked by a person or by a code. Never rewritten; a mistake is taken back and recorded anew."""

    class Source(models.TextChoices):
        RECORD = "record", _("Our own record")
        REGISTRY = "registry", _("Official registry")
        PUBLISHED = "published", _("Published by the organisation or by an authority")
        CLAIMANT = "claimant", _("Given by the claimant")

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="evidence")
    code = models.CharField(max_length=4)
    # A commitment to the number or address that was used: equal endpoints have equal prints, and nothing else shows.
    endpoint = models.CharField(max_length=64, blank=True)
    source = models.CharField(max_length=9, choices=Source, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    contact_point = models.ForeignKey(ContactPoint, models.PROTECT, null=True, related_name="evidence")
    one_time_code = models.ForeignKey(OneTimeCode, models.PROTECT, null=True, related_name="evidence")
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, related_name="evidence")
    departure_stated = models.BooleanField(default=False)
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="evidence_checked")
    second_checked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="evidence_second_checked")
    checked_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="evidence_taken_back")

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one_time_code"], name="recovery_evidence_code_once"),
        ]
        indexes = [models.Index(fields=["claim", "taken_back_at"], name="recovery_evidence_of")]

    def __str__(self) -> str:
        return f"{self.code} of {self.claim_id}"

    def item(self, checked_on: date) -> Item:
        """Return it as the procedure weighs it. `checked_on` is the local day of `checked_at`."""
        point = self.contact_point
        return Item(
            code=self.code,
            endpoint=self.endpoint,
            source=self.source,
            issued_on=self.issued_on,
            checked_on=checked_on,
            on_record_since=point.since if point else None,
            # The DNS itself answered: that mail to the domain came back says nothing about it.
            is_healthy=point is None or point.health not in UNHEALTHY or self.code == "C4",
            second_checked=self.second_checked_by_id is not None,
        )


class Submission(models.Model):
    """A paper that the claimant sent or brought. Having it proves nothing; an operator looks and records evidence."""

    class Way(models.TextChoices):
        UPLOAD = "upload", _("Uploaded by the claimant")
        DESK = "desk", _("Taken in by the desk")

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="submissions")
    code = models.CharField(max_length=4)
    file_name = models.CharField(max_length=200)
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="submissions")
    came_by = models.CharField(max_length=6, choices=Way)
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="submissions_taken")
    at = models.DateTimeField()
    token = models.UUIDField(unique=True)

    def __str__(self) -> str:
        return f"{self.code} for {self.claim_id}"


class ContactAttempt(models.Model):
    """One try to reach the predecessor, on record (procedure.md A5: how many, by which media, over how long)."""

    class Medium(models.TextChoices):
        MAIL = "mail", _("Mail")
        PHONE = "phone", _("Phone")
        POST = "post", _("Post")

    class Result(models.TextChoices):
        SENT = "sent", _("Sent")
        NO_ANSWER = "no_answer", _("Nobody answered")
        MESSAGE_LEFT = "message_left", _("A message was left")
        UNREACHABLE = "unreachable", _("No longer in use, or came back")
        REACHED = "reached", _("The person in charge was reached")

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="attempts")
    medium = models.CharField(max_length=5, choices=Medium)
    contact_point = models.ForeignKey(ContactPoint, models.PROTECT, null=True, related_name="attempts")
    result = models.CharField(max_length=12, choices=Result)
    by = models.ForeignKey(User, models.PROTECT, related_name="attempts")
    at = models.DateTimeField()
    # What announced it, of a call (invariant 27).
    intention = models.OneToOneField(CallIntention, models.PROTECT, null=True, related_name="attempt")

    def __str__(self) -> str:
        return f"{self.medium} for {self.claim_id}: {self.result}"
