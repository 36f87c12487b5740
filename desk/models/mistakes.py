"""Mistakes of our own: what went wrong, whom we told, and what was done about it."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Membership, OrganisationKind, Role, User
from desk.models.inquiries import Inquiry
from handover.models import Registration
from outbox import cipher


class MistakeQuerySet(models.QuerySet["Mistake"]):
    def visible_to(self, actor: Actor) -> "MistakeQuerySet":
        """The provider's people all; of the desk a supervisor those of the own agency, an agent the own."""
        if actor.kind == OrganisationKind.PROVIDER and actor.has(Role.OPERATOR, Role.SENIOR, Role.AUDITOR):
            return self.all()
        if actor.kind == OrganisationKind.AGENCY and actor.has(Role.SUPERVISOR):
            # Asked of each row, not as a list of people: SQLite would read all they ever wrote to find what is open.
            theirs = Membership.objects.filter(organisation=actor.organisation, user=OuterRef("recorded_by"))
            return self.filter(Exists(theirs))
        if actor.kind == OrganisationKind.AGENCY and actor.has(Role.AGENT):
            return self.filter(recorded_by=actor.user)
        return self.none()


class Mistake(models.Model):
    """Something that we did wrong. Kept to put it right, not to count who it was: nothing sums it up by person."""

    class Kind(models.TextChoices):
        WRONG_WORDS = "wrong_words", _("We said something wrong")
        WRONG_PERSON = "wrong_person", _("We told or sent something to the wrong person")
        PROMISE = "promise", _("We did not keep a promise")
        RECORDED = "recorded", _("We wrote something down wrongly")
        LOST = "lost", _("We mislaid or forgot something")
        SYSTEM = "system", _("The portal did something wrong")
        OTHER = "other", _("Something else")

    class Noticed(models.TextChoices):
        INQUIRER = "inquirer", _("The inquirer")
        CUSTOMER = "customer", _("The customer")
        DESK = "desk", _("The desk")
        PROVIDER = "provider", _("The provider")

    class Status(models.TextChoices):
        OPEN = "open", _("To be put right")
        MENDED = "mended", _("Something was done about it")
        CLOSED = "closed", _("Closed")

    kind = models.CharField(max_length=12, choices=Kind)
    noticed = models.CharField(max_length=8, choices=Noticed)
    sealed_words = models.BinaryField()
    inquiry = models.ForeignKey(Inquiry, models.PROTECT, null=True, related_name="mistakes")
    # Named by the provider only; nobody of the desk reads it.
    registration = models.ForeignKey(Registration, models.PROTECT, null=True, related_name="mistakes")
    status = models.CharField(max_length=6, choices=Status, default=Status.OPEN)
    # For the log of who wrote what; shown to nobody and counted nowhere.
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="mistakes_recorded")
    at = models.DateTimeField()
    sealed_done = models.BinaryField(null=True)
    done_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="mistakes_closed")

    objects = MistakeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="open", sealed_done=None, done_at=None, closed_at=None)
                | Q(status="mended", sealed_done__isnull=False, done_at__isnull=False, closed_at=None)
                | Q(status="closed", sealed_done__isnull=False, closed_at__isnull=False, closed_by__isnull=False),
                name="desk_mistake_end",
            )
        ]
        indexes = [models.Index(fields=["status", "at"], name="desk_mistake_open")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def label(self) -> str:
        return f"mistake:{self.pk}"

    @property
    def words(self) -> str:
        """What went wrong, decrypted."""
        return cipher.decrypt(self.sealed_words)

    @property
    def done(self) -> str:
        """What was done about it, "" before that."""
        return cipher.decrypt(self.sealed_done) if self.sealed_done else ""
