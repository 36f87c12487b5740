"""“Explain it to me”: somebody who has or gets a registration asks to be called about what it is (H8)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import Actor
from accounts.models import User
from handover.models.handovers import Handover
from handover.models.register import Product, Registration
from outbox import cipher


class ExplanationRequestQuerySet(models.QuerySet["ExplanationRequest"]):
    def visible_to(self, actor: Actor) -> "ExplanationRequestQuerySet":
        """Whoever asked, and nobody else: the number to call is a person's."""
        if not actor.is_customer:
            return self.none()
        return self.filter(asked_by=actor.user, registration__organisation=actor.organisation)

    def open(self) -> "ExplanationRequestQuerySet":
        """Those that wait for a call."""
        return self.filter(status__in=ExplanationRequest.OPEN)


class ExplanationRequest(models.Model):
    """One wish to be called. The desk takes it over from here and writes back what it promised; it never sees more.

    Nothing waits for it: a handover is accepted with or without the call.
    """

    class Status(models.TextChoices):
        ASKED = "asked", _("Asked for")
        PULLED = "pulled", _("The desk has it")
        DONE = "done", _("Explained")
        WITHDRAWN = "withdrawn", pgettext_lazy("explanation", "Withdrawn")

    class Hours(models.TextChoices):
        ANY = "any", _("9:00 to 17:00")
        MORNING = "morning", _("9:00 to 12:00")
        AFTERNOON = "afternoon", _("13:00 to 17:00")

    OPEN = (Status.ASKED, Status.PULLED)

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="explanations")
    product = models.ForeignKey(Product, models.PROTECT, null=True, related_name="explanations")
    handover = models.ForeignKey(Handover, models.PROTECT, null=True, related_name="explanations")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="explanations_asked")
    # Number to call and what is unclear, encrypted; empty once the matter is over.
    sealed = models.BinaryField()
    hours = models.CharField(max_length=9, choices=Hours, default=Hours.ANY)
    # Days of the week on which not to call, Monday is 0.
    not_on = models.JSONField(default=list)
    status = models.CharField(max_length=9, choices=Status, default=Status.ASKED)
    asked_at = models.DateTimeField()
    receipt_number = models.CharField(max_length=20, blank=True)
    promised_from = models.DateTimeField(null=True)
    promised_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # What whoever asked said afterwards: null until then.
    is_clear = models.BooleanField(null=True)

    objects = ExplanationRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "asked_by"],
                condition=Q(status__in=["asked", "pulled"]),
                name="handover_explanation_one_open",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["asked", "pulled"], ended_at=None)
                | Q(status__in=["done", "withdrawn"], ended_at__isnull=False),
                name="handover_explanation_end",
            ),
            models.CheckConstraint(
                condition=~Q(status="pulled")
                | (~Q(receipt_number="") & Q(promised_from__isnull=False, promised_until__isnull=False)),
                name="handover_explanation_promise",
            ),
        ]
        indexes = [models.Index(fields=["status", "asked_at"], name="handover_explanation_due")]

    def __str__(self) -> str:
        return f"explanation {self.pk}"

    @property
    def label(self) -> str:
        return f"explanation:{self.pk}"

    @staticmethod
    def seal(*, phone: str, unclear: str) -> bytes:
        """Return both encrypted, for `sealed`."""
        return cipher.encrypt_words({"phone": phone, "unclear": unclear})

    @property
    def wish(self) -> dict[str, str]:
        """Number to call and what is unclear; both empty once the matter is over."""
        if not self.sealed:
            return {"phone": "", "unclear": ""}
        return cipher.decrypt_words(self.sealed)
