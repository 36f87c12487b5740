"""What a contractor asked the customer for, in one case."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import OrganisationKind, Role, User
from desk.models.inquiries import Inquiry
from handover.models import Custody, Registration
from outbox import cipher


class ConsentQuerySet(models.QuerySet["Consent"]):
    def visible_to(self, actor: Actor) -> "ConsentQuerySet":
        """Whoever is in charge of the registration, and the administrators of its holder; the provider's operators.

        The desk sees none: it reads only whether consent was given (`desk.queries.consents.standing`).
        """
        if actor.kind == OrganisationKind.PROVIDER and actor.has(Role.OPERATOR):
            return self.all()
        if not actor.is_customer:
            return self.none()
        own = self.filter(registration__organisation=actor.organisation)
        if actor.is_administrator:
            return own
        held = Custody.objects.current().filter(user=actor.user, kind=Custody.Kind.CUSTODIAN)
        return own.filter(registration__in=held.values("registration"))

    def standing(self, at: datetime) -> "ConsentQuerySet":
        """Those after which nothing new is asked in their case: open, given, or declined while the time still runs."""
        declined = Q(status=Consent.Status.DECLINED, expires_at__gt=at)
        return self.filter(Q(status__in=(*Consent.OPEN, Consent.Status.GIVEN)) | declined)


class Consent(models.Model):
    """A one-off consent: for this inquiry only, until it expires. The operator links it, the customer answers.

    Unknown customers are never linked; to the desk and the inquirer that looks like an answer that did not come.
    """

    class Status(models.TextChoices):
        ASKED = "asked", _("Asked for")
        LINKED = "linked", _("Waits for the customer")
        GIVEN = "given", _("Given")
        DECLINED = "declined", _("Not given")
        EXPIRED = "expired", _("Run out")

    OPEN = (Status.ASKED, Status.LINKED)

    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="consents")
    status = models.CharField(max_length=8, choices=Status, default=Status.ASKED)
    # The contractor's name as stated, the customer as named, and what for: encrypted, of one size.
    sealed = models.BinaryField()
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="consents_asked")
    asked_at = models.DateTimeField()
    registration = models.ForeignKey(Registration, models.PROTECT, null=True, related_name="consents")
    linked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="consents_linked")
    linked_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="consents_answered")
    answered_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["inquiry"], condition=Q(status__in=["asked", "linked", "given"]), name="desk_consent_one_open"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["given", "declined"], answered_by__isnull=False, registration__isnull=False)
                | (~Q(status__in=["given", "declined"])),
                name="desk_consent_answered_by_the_customer",
            ),
        ]
        indexes = [models.Index(fields=["status", "expires_at"], name="desk_consent_due")]

    def __str__(self) -> str:
        return f"{self.status} for {self.inquiry_id}"

    @property
    def label(self) -> str:
        return f"consent:{self.pk}"

    @property
    def words(self) -> dict[str, str]:
        """`contractor`, `customer` and `wish`, as stated."""
        return {name: value.rstrip(" ") for name, value in cipher.decrypt_words(self.sealed).items()}

    def holds(self, at: datetime) -> bool:
        """Whether the customer's yes counts at `at`."""
        return self.status == self.Status.GIVEN and at < self.expires_at
