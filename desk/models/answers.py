"""Formal answers: what is written to an inquirer on paper, by whom, and who let it leave."""

from datetime import datetime

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import OrganisationKind, User
from desk.models.inquiries import Inquiry
from desk.models.trust import CallIntention
from handover.models import Blob
from outbox import cipher
from outbox.models import Notice


class FormalAnswerQuerySet(models.QuerySet["FormalAnswer"]):
    def visible_to(self, actor: Actor, at: datetime | None = None) -> "FormalAnswerQuerySet":
        """The provider's people see all; the desk what it drafted, and what left for an inquiry that is no recovery.

        What the provider writes about a recovery may tell what is on record (invariant 22).
        """
        # Asked of each row's own inquiry: an IN would work out all that the actor sees before it looks at one.
        found = self.filter(Exists(Inquiry.objects.visible_to(actor, at).filter(pk=OuterRef("inquiry"))))
        if actor.kind != OrganisationKind.AGENCY:
            return found
        left = Q(status__in=FormalAnswer.LEFT) & ~Q(inquiry__topic=Inquiry.Topic.RECOVERY)
        return found.filter(Q(speaks_for=FormalAnswer.Voice.DESK) | left)

    def shown_to_inquirer(self) -> "FormalAnswerQuerySet":
        """Those that left: the inquirer reads them on the status page."""
        return self.filter(status__in=FormalAnswer.LEFT)


class FormalAnswer(models.Model):
    """One answer from the first draft to the paper that left. What is printed is frozen when it is released.

    Its words come from a version of the building blocks (`desk.wordings`), which never changes once it is used, and
    from free text of the provider's operator.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft of an answer")
        PROPOSED = "proposed", _("Waiting for release")
        RELEASED = "released", _("Released")
        PRINTED = "printed", _("Printed, on its way")
        WITHDRAWN = "withdrawn", _("Taken back")

    LEFT = (Status.RELEASED, Status.PRINTED)

    class Voice(models.TextChoices):
        PROVIDER = "provider", _("In the provider's name")
        DESK = "desk", _("In the desk's name")

    class Way(models.TextChoices):
        """How it leaves. In any case the inquirer finds it on the status page."""

        LETTER = "letter", _("By post")
        MAIL = "mail", _("On the status page, told by mail")
        PAGE = "page", _("On the status page, told when we call")

    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="answers")
    status = models.CharField(max_length=9, choices=Status, default=Status.DRAFT)
    speaks_for = models.CharField(max_length=8, choices=Voice)
    way = models.CharField(max_length=6, choices=Way)
    version = models.PositiveSmallIntegerField()
    template = models.CharField(max_length=30)
    blocks = models.JSONField(default=list)
    sealed_text = models.BinaryField()
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="answers_drafted")
    drafted_at = models.DateTimeField()
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="answers_proposed")
    proposed_at = models.DateTimeField(null=True, blank=True)
    # Keys of all accounts that drafted, changed or proposed it: whoever proposed last is not whoever wrote it.
    written_by = models.JSONField(default=list)
    # Why it was sent back or taken back, encrypted.
    sealed_reason = models.BinaryField(null=True)
    letter_number = models.CharField(max_length=24, unique=True, null=True)
    released_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="answers_released")
    released_at = models.DateTimeField(null=True, blank=True)
    blob = models.OneToOneField(Blob, models.PROTECT, null=True, related_name="formal_answer")
    notice = models.OneToOneField(Notice, models.PROTECT, null=True, related_name="formal_answer")
    # What announced it when it was released: taken back before it is printed, its call code answers no more.
    intention = models.ForeignKey(CallIntention, models.PROTECT, null=True, related_name="+", db_index=False)
    printed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="answers_printed")
    printed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="answers_withdrawn")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = FormalAnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=["released", "printed"])
                | Q(released_at__isnull=False, released_by__isnull=False, blob__isnull=False),
                name="desk_answer_released_is_kept",
            ),
            models.CheckConstraint(
                condition=~Q(status="proposed") | Q(proposed_at__isnull=False, proposed_by__isnull=False),
                name="desk_answer_proposed_by",
            ),
            models.CheckConstraint(
                condition=~Q(status="withdrawn") | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="desk_answer_withdrawn_by",
            ),
            models.CheckConstraint(
                condition=~Q(released_by=F("drafted_by")) & ~Q(released_by=F("proposed_by")),
                name="desk_answer_two_accounts",
            ),
        ]
        indexes = [models.Index(fields=["status", "proposed_at"], name="desk_answer_waiting")]

    def __str__(self) -> str:
        return f"{self.status} answer {self.pk}"

    @property
    def label(self) -> str:
        return f"answer:{self.pk}"

    @property
    def text(self) -> str:
        """The free words of the operator, "" for none."""
        return cipher.decrypt(self.sealed_text)

    @property
    def reason(self) -> str:
        """Why it was sent back or taken back, "" for neither."""
        return cipher.decrypt(self.sealed_reason) if self.sealed_reason else ""

    @property
    def hash(self) -> str:
        """SHA-256 of the very bytes that left, "" before."""
        return self.blob.sha256 if self.blob else ""
