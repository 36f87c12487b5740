"""What came by post and what left by post, and until when something is due on it."""

from datetime import date, datetime

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import OrganisationKind, User
from desk.models.inquiries import Inquiry
from outbox import cipher


class PostLetterQuerySet(models.QuerySet["PostLetter"]):
    def visible_to(self, actor: Actor, at: datetime | None = None) -> "PostLetterQuerySet":
        """Whoever sees the inquiry sees its letters; of a recovery the desk sees only what came in.

        What left for a recovery may have gone to an address on record, so it would tell that there is one
        (invariant 22).
        """
        # Asked of each row's own inquiry: an IN would work out all that the actor sees before it looks at one.
        found = self.filter(Exists(Inquiry.objects.visible_to(actor, at).filter(pk=OuterRef("inquiry"))))
        if actor.kind == OrganisationKind.AGENCY:
            return found.exclude(direction=PostLetter.Direction.OUT, inquiry__topic=Inquiry.Topic.RECOVERY)
        return found

    def open(self) -> "PostLetterQuerySet":
        """Those on which something is still due."""
        return self.filter(status=PostLetter.Status.OPEN)


class PostLetter(models.Model):
    """One letter, in or out. Who sent a letter that came is kept as it says itself, encrypted."""

    class Direction(models.TextChoices):
        IN = "in", _("Received by post")
        OUT = "out", _("Sent by post")

    class Status(models.TextChoices):
        OPEN = "open", _("Waiting for the answer")
        ANSWERED = "answered", _("Answered")
        RETURNED = "returned", _("Came back")

    class Kind(models.TextChoices):
        QUESTION = "question", _("Question")
        REQUEST = "request", _("Request by letter")
        COMPLAINT = "complaint", _("Complaint")
        PAPERS = "papers", _("Papers")
        OFFICIAL = "official", _("Letter of a public office")
        ANSWER = "answer", _("Our answer")
        ASKING = "asking", _("We asked for papers")
        RETURNING = "returning", _("Papers sent back")

    direction = models.CharField(max_length=3, choices=Direction)
    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=9, choices=Kind)
    # Digits and letters only, "" for an ordinary letter. The post uses numbers again after some time.
    registered_number = models.CharField(max_length=13, blank=True, db_index=True)
    sealed_from = models.BinaryField(null=True)
    # The day on which it was received, or left.
    on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    owner = models.ForeignKey(User, models.PROTECT, related_name="letters_owned")
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    noted_by = models.ForeignKey(User, models.PROTECT, related_name="letters_noted")
    noted_at = models.DateTimeField()
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="letters_closed")
    closed_at = models.DateTimeField(null=True, blank=True)
    # When the supervisor and the provider were told that it is late.
    told_at = models.DateTimeField(null=True, blank=True)

    objects = PostLetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="open", closed_at=None, closed_by=None, due_on__isnull=False)
                | (~Q(status="open") & Q(closed_at__isnull=False)),
                name="desk_letter_end",
            ),
            models.CheckConstraint(
                condition=Q(due_on=None) | Q(due_on__gte=F("on")), name="desk_letter_due_after_it_came"
            ),
            models.CheckConstraint(
                condition=Q(direction="in", sealed_from__isnull=False) | Q(direction="out", sealed_from=None),
                name="desk_letter_sender",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "due_on"], name="desk_letter_due"),
            models.Index(fields=["inquiry", "on"], name="desk_letter_of"),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.kind} of {self.inquiry_id}"

    @property
    def label(self) -> str:
        return f"post_letter:{self.pk}"

    @property
    def sender(self) -> str:
        """Who sent it, as the letter says; "" for what we sent."""
        return cipher.decrypt(self.sealed_from) if self.sealed_from else ""

    def is_late(self, today: date) -> bool:
        """Whether the day on which something was due is over."""
        return self.status == self.Status.OPEN and self.due_on is not None and self.due_on < today


COMES_IN = frozenset(
    {
        PostLetter.Kind.QUESTION,
        PostLetter.Kind.REQUEST,
        PostLetter.Kind.COMPLAINT,
        PostLetter.Kind.PAPERS,
        PostLetter.Kind.OFFICIAL,
    }
)
"""Kinds of what comes by post; the others leave."""
