"""A handover: who gives what to whom, and what the receiver said of each item."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import Actor
from accounts.models import Organisation, User
from handover.models.documents import Document
from handover.models.packages import Package
from handover.models.register import Registration


class HandoverQuerySet(models.QuerySet["Handover"]):
    def open(self) -> "HandoverQuerySet":
        """Those that may still change custody."""
        return self.filter(status__in=Handover.OPEN)

    def visible_to(self, actor: Actor, at: datetime) -> "HandoverQuerySet":
        """Both sides see theirs; administrators those of their organisation. The successor not before the offer."""
        if not actor.is_customer:
            return self.none()
        own = self.filter(organisation=actor.organisation)
        if actor.is_administrator:
            return own
        given = Q(given_by=actor.user) | Q(offered_by=actor.user)
        return own.filter(given | Q(given_to=actor.user, offered_at__isnull=False))


class Handover(models.Model):
    """From draft to closed. `given_by` is who held it (none: the provider), `offered_by` who started it."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OFFERED = "offered", _("Offered")
        ACCEPTED = "accepted", _("Accepted")
        CONFIRMED = "confirmed", _("Confirmed")
        FROZEN = "frozen", _("Paused by an objection")
        OVERLAP = "overlap", _("Handed over, predecessor still reads")
        CLOSED = "closed", _("Completed")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("Expired")
        ESCALATED = "escalated", _("Unanswered, now with the administrator")
        WITHDRAWN = "withdrawn", pgettext_lazy("handover", "Withdrawn")

    OPEN = (Status.DRAFT, Status.OFFERED, Status.ACCEPTED, Status.CONFIRMED, Status.FROZEN)
    DONE = (Status.OVERLAP, Status.CLOSED)

    number = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="handovers")
    given_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="handovers_given")
    # None only while a draft of a package waits for its successor to be named.
    given_to = models.ForeignKey(User, models.PROTECT, null=True, related_name="handovers_received")
    offered_by = models.ForeignKey(User, models.PROTECT, related_name="handovers_offered")
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="handovers_confirmed")
    package = models.ForeignKey(Package, models.PROTECT, null=True, related_name="handovers")
    reason = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    effective_on = models.DateField()
    needs_confirmation = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    answers = models.JSONField(default=dict)
    # What the successor says of each contractor's mandate: its number, "keep" or "end".
    mandate_choices = models.JSONField(default=dict, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)
    drafted_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True)
    reminded = models.PositiveSmallIntegerField(default=0)
    accepted_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    effective_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # How long the predecessor reads after the switch, in days, and the instant at which that ends.
    overlap_days = models.PositiveSmallIntegerField(default=30)
    reads_until = models.DateTimeField(null=True)
    # An objection pauses a handover and remembers where it stood.
    frozen_from = models.CharField(max_length=10, choices=Status, blank=True)
    objection = models.CharField(max_length=500, blank=True)
    objected_at = models.DateTimeField(null=True)
    objection_answer = models.CharField(max_length=500, blank=True)
    # The giver's signature under the marks of the successor.
    countersigned_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="handovers_countersigned")
    countersigned_at = models.DateTimeField(null=True)
    giver_remark = models.CharField(max_length=500, blank=True)
    # What the receipt says, as it was at the switch: names of people may change later, the receipt may not.
    receipt_facts = models.JSONField(null=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(given_by=None) | ~Q(given_by=models.F("given_to")), name="handover_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["overlap", "closed"])
                | Q(accepted_at__isnull=False, effective_at__isnull=False),
                name="handover_accepted_before_effective",
            ),
            models.CheckConstraint(
                condition=Q(given_to__isnull=False) | Q(status__in=["draft", "withdrawn"], package__isnull=False),
                name="handover_successor_named",
            ),
            models.CheckConstraint(
                condition=Q(status="frozen", objected_at__isnull=False) | ~Q(status="frozen"),
                name="handover_frozen_by_objection",
            ),
        ]
        indexes = [models.Index(fields=["status", "offered_at"], name="handover_due")]

    def __str__(self) -> str:
        return self.number

    @property
    def label(self) -> str:
        return f"handover:{self.number}"

    @property
    def is_by_giver(self) -> bool:
        """Whether the holder offered in person, or nobody held it; otherwise an administrator reassigns."""
        return self.given_by_id in (None, self.offered_by_id)


class HandoverItemQuerySet(models.QuerySet["HandoverItem"]):
    def standing(self) -> "HandoverItemQuerySet":
        """Those that are still part of their handover."""
        return self.filter(left_at=None)

    def read_by(self, person: User, at: datetime) -> "HandoverItemQuerySet":
        """Registrations that `person` handed over and may still read: 90 days after a move, or let in again (B5)."""
        return self.filter(
            kind=HandoverItem.Kind.REGISTRATION,
            left_at=None,
            handover__given_by=person,
            handover__status=Handover.Status.OVERLAP,
            handover__reads_until__gt=at,
        )


class HandoverItem(models.Model):
    """A registration, a paper or a physical thing, and what the receiver said of it."""

    class Kind(models.TextChoices):
        REGISTRATION = "registration", _("Registration")
        DOCUMENT = "document", _("Paper")
        THING = "thing", _("Thing")
        KEY = "key", _("Key or card")
        ENVELOPE = "envelope", _("Sealed envelope")
        NOTE = "note", pgettext_lazy("handover item", "Note")

    LOOSE = (Kind.THING, Kind.KEY, Kind.ENVELOPE, Kind.NOTE)

    class Mark(models.TextChoices):
        RECEIVED = "received", _("Received")
        MISSING = "missing", _("Not found at the handover")
        NOT_MINE = "not_mine", _("Not mine")
        # Of a sealed envelope only: "received" means that it came unopened.
        OPENED = "opened", _("Received, but already opened")

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="items")
    kind = models.CharField(max_length=12, choices=Kind)
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="handover_items")
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="handover_items")
    name = models.CharField(max_length=200)
    place = models.CharField(max_length=120, blank=True)
    mark = models.CharField(max_length=10, choices=Mark, blank=True)
    marked_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=200, blank=True)
    # What a note says.
    detail = models.TextField(blank=True)
    # Left this handover: given to another successor, or not accepted by this one. Nothing is taken off the list.
    left_at = models.DateTimeField(null=True)
    # True on registration items while their handover is open: the database allows one open handover each.
    is_open = models.BooleanField(default=False)

    objects = HandoverItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration"], condition=Q(is_open=True), name="handover_one_open_per_registration"
            ),
            models.CheckConstraint(condition=Q(is_open=False) | Q(kind="registration"), name="handover_item_open_kind"),
            models.CheckConstraint(condition=Q(is_open=False) | Q(left_at=None), name="handover_item_left_closed"),
            models.CheckConstraint(condition=~Q(mark="opened") | Q(kind="envelope"), name="handover_item_envelope"),
        ]

    def __str__(self) -> str:
        return self.name


class HandoverQuestion(models.Model):
    """What the successor asks the predecessor while both can read, and the answer."""

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="questions")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="questions_asked")
    question = models.TextField()
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="questions_answered")
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"question {self.pk} of {self.handover_id}"
