"""A call that explains a product to a customer who asked for it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from desk.models.inquiries import Inquiry
from handover.models import ExplanationRequest, Product


class ExplanationCall(models.Model):
    """What the desk needs for the call beside the statement: the product card, and what was promised.

    Whoever calls reads the card, never the registration: see `desk.queries.explanation_of`.
    """

    class Outcome(models.TextChoices):
        EXPLAINED = "explained", _("Explained")
        AGAIN = "again", _("Wants a call again")
        PROVIDER = "provider", _("Pass to the provider")

    inquiry = models.OneToOneField(Inquiry, models.PROTECT, related_name="call")
    request = models.OneToOneField(ExplanationRequest, models.PROTECT, related_name="call")
    product = models.ForeignKey(Product, models.PROTECT, null=True, related_name="calls")
    promised_from = models.DateTimeField()
    promised_until = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(promised_until__gt=F("promised_from")), name="desk_explanation_is_a_promise"
            )
        ]

    def __str__(self) -> str:
        return f"call of {self.inquiry_id}"
