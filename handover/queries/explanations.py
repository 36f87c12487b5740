"""Reads of wishes to be called."""

from accounts.actors import Actor
from handover.models import BillReference, ExplanationRequest, Registration


def find_visible(actor: Actor, pk: int) -> ExplanationRequest | None:
    """Return the wish `pk` with its registration, product and handover if `actor` asked for it."""
    rows = ExplanationRequest.objects.visible_to(actor).select_related("registration", "product", "handover")
    return rows.filter(pk=pk).first()


def bills_of(registration: Registration) -> list[str]:
    """Return the numbers by which bills name `registration` now."""
    rows = BillReference.objects.filter(registration=registration, until=None).order_by("since", "pk")
    return list(rows.values_list("reference", flat=True))
