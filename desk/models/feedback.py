"""Complaints, ideas and praise, and what became of them; staff who challenge a rule are heard in the same way."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Membership, OrganisationKind, Role, User
from desk.models.inquiries import Contact, Inquiry, at_desk_of
from outbox import cipher

READERS = (Role.OPERATOR, Role.SENIOR, Role.EDITOR, Role.AUDITOR)
"""Who at the provider reads what inquirers say."""
RULE_KEEPERS = (Role.SENIOR, Role.EDITOR, Role.AUDITOR)
"""Who at the provider reads what staff say about a rule."""


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def visible_to(self, actor: Actor) -> "FeedbackQuerySet":
        """The provider's people all, but challenges of rules only editor, senior and auditor; everybody the own.

        Of the desk a supervisor sees what people of the own agency took down of inquirers, and everybody the answers
        that are to be brought by phone or letter. What one of them says about a rule goes past the supervisor.
        """
        own = Q(heard_by=actor.user)
        if actor.kind == OrganisationKind.PROVIDER:
            if actor.has(*RULE_KEEPERS):
                return self.all()
            return self.filter(own | ~Q(source=Feedback.Source.STAFF)) if actor.has(*READERS) else self.filter(own)
        if actor.kind != OrganisationKind.AGENCY:
            return self.none()
        # Answered after its case ended too: an answer is owed all the same, by the desk that had the case.
        own |= Q(status=Feedback.Status.ANSWERED, inquiry__isnull=False) & at_desk_of(actor, None, "inquiry")
        if actor.has(Role.SUPERVISOR):
            theirs = Membership.objects.filter(organisation=actor.organisation).values("user")
            return self.filter(own | Q(source=Feedback.Source.CALL, heard_by__in=theirs))
        return self.filter(own)


class Feedback(models.Model):
    """What somebody thinks of us: about what, for which department, what became of it, and that they were told.

    `inquiry` is where it is answered, `cause` and `contact` what it is about. None of this is on any public page, and
    that a rule changed because of it stays with us: `version`.
    """

    class Source(models.TextChoices):
        CALL = "call", _("Said in a call")
        WEB = "web", _("Sent by the form")
        STAFF = "staff", _("A member of staff about a rule")

    class Kind(models.TextChoices):
        COMPLAINT = "complaint", _("Complaint")
        IDEA = "idea", _("Idea")
        PRAISE = "praise", _("Praise")

    class Tag(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        PROMISE = "promise", _("Promises")
        MANNER = "manner", _("How we spoke")
        CLEAR = "clear", _("How clear it was")
        RULE = "rule", _("A rule of the procedure")
        PORTAL = "portal", _("The portal")
        BILL = "bill", _("A bill")
        PRIVACY = "privacy", _("Personal data")
        OTHER = "other", _("Something else")

    class Department(models.TextChoices):
        DESK = "desk", _("The desk")
        CASES = "cases", _("Examination of cases")
        PROCEDURE = "procedure", _("Editors of the procedure")
        BILLING = "billing", _("Billing")
        PRODUCT = "product", _("Product")
        PORTAL = "portal", _("The portal's team")
        PRIVACY = "privacy", _("Data protection")

    class Status(models.TextChoices):
        OPEN = "open", _("Not yet with a department")
        SHARED = "shared", _("With a department")
        ANSWERED = "answered", _("Answered, to be told")
        TOLD = "told", _("Told")

    class Became(models.TextChoices):
        RULE = "rule", _("A rule changes")
        WORDS = "words", _("Our words change")
        PORTAL = "portal", _("The portal changes")
        TRAINING = "training", _("We practise it")
        EXPLAINED = "explained", _("Explained why it stays")
        THANKS = "thanks", _("Passed on with thanks")

    inquiry = models.ForeignKey(Inquiry, models.PROTECT, null=True, related_name="feedback")
    cause = models.ForeignKey(Inquiry, models.PROTECT, null=True, related_name="feedback_caused")
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, related_name="feedback_caused")
    source = models.CharField(max_length=5, choices=Source)
    kind = models.CharField(max_length=9, choices=Kind)
    tag = models.CharField(max_length=8, choices=Tag)
    # Number of the rule that a member of staff challenges, such as A8.
    rule = models.CharField(max_length=20, blank=True)
    sealed_words = models.BinaryField()
    # Who took it down, or who of the staff says it; nobody for what came by the form.
    heard_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="feedback_heard")
    at = models.DateTimeField()
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    department = models.CharField(max_length=9, choices=Department, blank=True)
    shared_at = models.DateTimeField(null=True, blank=True)
    became = models.CharField(max_length=9, choices=Became, blank=True)
    # Version of the procedure in which a rule changed. Known inside only.
    version = models.PositiveIntegerField(null=True, blank=True)
    sealed_answer = models.BinaryField(null=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="feedback_answered")
    answered_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(source="staff", inquiry=None, heard_by__isnull=False) & ~Q(rule="")
                | Q(source="call", inquiry__isnull=False, heard_by__isnull=False, rule="")
                | Q(source="web", inquiry__isnull=False, heard_by=None, rule=""),
                name="desk_feedback_source",
            ),
            models.CheckConstraint(condition=Q(status="open") | ~Q(department=""), name="desk_feedback_department"),
            models.CheckConstraint(
                condition=Q(status__in=["open", "shared"], sealed_answer=None, answered_at=None, became="")
                | (
                    Q(status__in=["answered", "told"], sealed_answer__isnull=False, answered_at__isnull=False)
                    & ~Q(became="")
                ),
                name="desk_feedback_answer",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "department", "at"], name="desk_feedback_waiting"),
            models.Index(fields=["at"], name="desk_feedback_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def label(self) -> str:
        return f"feedback:{self.pk}"

    @property
    def words(self) -> str:
        """What was said, decrypted."""
        return cipher.decrypt(self.sealed_words)

    @property
    def answer(self) -> str:
        """What we answered, "" before that."""
        return cipher.decrypt(self.sealed_answer) if self.sealed_answer else ""
