"""Calls that explain a product."""

from django.db.models import QuerySet

from accounts.actors import Actor
from desk.models import Inquiry
from desk.rules import LIVE
from handover.models import ExplanationRequest


def find_explanation(actor: Actor, number: str) -> Inquiry | None:
    """Return the inquiry of a call that explains a product, with its card, if the actor may see it."""
    rows = Inquiry.objects.visible_to(actor).filter(topic=Inquiry.Topic.EXPLANATION, receipt_number=number)
    return rows.select_related("call__product", "call__request").first()


def called_off_explanations() -> QuerySet[Inquiry]:
    """Return open inquiries of calls that the customers called off, the oldest first."""
    called_off = ExplanationRequest.Status.WITHDRAWN
    return Inquiry.objects.filter(status__in=LIVE, call__request__status=called_off).order_by("pk")
