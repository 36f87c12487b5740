"""Calls that explain a product."""

from datetime import datetime

from django.db.models import QuerySet

from accounts.actors import Actor
from desk.models import Inquiry
from desk.rules import LIVE
from handover.models import ExplanationRequest


def find_explanation(actor: Actor, number: str, at: datetime | None = None) -> Inquiry | None:
    """Return the inquiry of a call that explains a product, with its card, if the actor may see it at `at`."""
    rows = Inquiry.objects.visible_to(actor, at).filter(topic=Inquiry.Topic.EXPLANATION, receipt_number=number)
    return rows.select_related("call__product", "call__request__registration__organisation").first()


def called_off_explanations() -> QuerySet[Inquiry]:
    """Return open inquiries of calls that the customers called off, the oldest first."""
    called_off = ExplanationRequest.Status.WITHDRAWN
    return Inquiry.objects.filter(status__in=LIVE, call__request__status=called_off).order_by("pk")
