"""Legal holds, and erasures by two persons: what keeps a paper for sure, and what ends one for good."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import Actor
from accounts.errors import Words
from accounts.models import Membership, Organisation, OrganisationKind, Role, User
from handover.models.cases import Restriction
from handover.models.documents import Document
from handover.models.register import Registration
from outbox import cipher

DECIDING = (Role.APPROVER, Role.SENIOR)
"""Who of the provider is the second person where the customer has none."""

CASES = (Restriction.Kind.CLAIM_OPEN, Restriction.Kind.CONTESTED, Restriction.Kind.AUTHORITY)
"""Marks that a case of the provider leaves on a registration while it is open."""


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    def standing(self) -> "LegalHoldQuerySet":
        """Those that nobody lifted."""
        return self.filter(lifted_at=None)


class LegalHold(models.Model):
    """While one stands, no paper of the registration is erased. Holder and provider each have their own."""

    class Reason(models.TextChoices):
        DISPUTE = "dispute", _("A dispute or a lawsuit")
        AUTHORITY = "authority", _("An enquiry of an authority")
        AUDIT = "audit", _("An audit or an inspection")
        CASE = "case", _("An open case of ours")
        OTHER = "other", _("Another reason, in words")

    class Status(models.TextChoices):
        STANDING = "standing", pgettext_lazy("legal hold", "In force")
        LIFTED = "lifted", pgettext_lazy("legal hold", "Lifted")

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="legal_holds")
    reason = models.CharField(max_length=10, choices=Reason)
    sealed_words = models.BinaryField(null=True)
    # The provider's case it is for; "" for a hold of the customer itself.
    case = models.CharField(max_length=40, blank=True)
    placed_by = models.ForeignKey(User, models.PROTECT, related_name="legal_holds_placed")
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="legal_holds_lifted")
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "case"], condition=Q(lifted_at=None), name="handover_hold_once"
            ),
            models.CheckConstraint(
                condition=Q(lifted_by=None, lifted_at=None) | Q(lifted_by__isnull=False, lifted_at__isnull=False),
                name="handover_hold_end",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"legal_hold:{self.pk}"

    @property
    def words(self) -> str:
        """Return what was said about it. Raises `cryptography.fernet.InvalidToken` when no key fits."""
        return cipher.decrypt(self.sealed_words) if self.sealed_words else ""

    @property
    def status(self) -> str:
        return self.Status.LIFTED if self.lifted_at else self.Status.STANDING

    def get_status_display(self) -> Words:
        """Return the status in words, as Django's own does for a column."""
        return self.Status(self.status).label


class ErasureQuerySet(models.QuerySet["Erasure"]):
    def open(self) -> "ErasureQuerySet":
        """Those that wait for the second person."""
        return self.filter(status=Erasure.Status.PROPOSED)

    def visible_to(self, actor: Actor) -> "ErasureQuerySet":
        """Administrators see those of their organisation, others their own.

        Who decides at the provider sees those whose customer has no second person, and what they decided themselves.
        """
        if actor.is_customer:
            own = self.filter(organisation=actor.organisation)
            return own if actor.is_administrator else own.filter(proposed_by=actor.user)
        if actor.kind != OrganisationKind.PROVIDER or not actor.has(*DECIDING):
            return self.none()
        administrators = Membership.objects.current().filter(
            organisation=OuterRef("organisation"), role=Role.ADMINISTRATOR, user__is_active=True
        )
        second = administrators.filter(~Q(user=OuterRef("proposed_by"))).filter(
            Q(user__person=None) | ~Q(user__person=OuterRef("proposed_by__person"))
        )
        return self.filter(Q(status=Erasure.Status.PROPOSED) & ~Exists(second) | Q(decided_by=actor.user))


class Erasure(models.Model):
    """One paper, or one version of it, to be erased for good: proposed by one natural person, agreed to by another.

    It waits as long as nobody answers. The bytes and their key go; what stays is the stub that this row explains.
    """

    class Status(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("erasure", "Waits for the second person")
        ERASED = "erased", pgettext_lazy("erasure", "Erased")
        DECLINED = "declined", pgettext_lazy("erasure", "Declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("erasure", "Withdrawn")

    class Reason(models.TextChoices):
        OVER = "over", _("The time for keeping it is over")
        WRONG_PLACE = "wrong_place", _("It belongs to somebody else and was kept here by mistake")
        TOO_MUCH = "too_much", _("It holds personal data that nobody needs")
        REQUEST = "request", _("The person it is about has asked for it")
        TWICE = "twice", _("The same paper is kept twice")

    class Check(models.TextChoices):
        CALL = "call", _("Called back a number of record")
        LETTER = "letter", _("A sealed letter of the organisation")
        VISIT = "visit", _("In person, with a proof of identity")

    # The same in every copy of this installation: a list of erasures finds it again after a restore.
    token = models.UUIDField(unique=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="erasures")
    document = models.ForeignKey(Document, models.PROTECT, related_name="erasures")
    # The number of the one version; empty for the whole paper.
    number = models.PositiveIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=12, choices=Reason)
    status = models.CharField(max_length=9, choices=Status, default=Status.PROPOSED)
    # Empty only after a restore of a state that did not know these people yet.
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="erasures_proposed")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="erasures_decided")
    decided_at = models.DateTimeField(null=True, blank=True)
    # How the provider made sure that the customer wants it, where it is the second person.
    checked = models.CharField(max_length=6, choices=Check, blank=True)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document"], condition=Q(status="proposed"), name="handover_erasure_one_open"
            ),
            models.CheckConstraint(
                condition=Q(status="proposed", decided_at=None) | (~Q(status="proposed") & Q(decided_at__isnull=False)),
                name="handover_erasure_end",
            ),
            models.CheckConstraint(
                condition=~Q(status="erased") | Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                name="handover_erasure_two_persons",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "status"], name="handover_erasure_state")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"erasure:{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.PROPOSED
