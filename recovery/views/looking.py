"""How many customers' cases one person of the staff opens within an hour (procedure.md A10)."""

from accounts.asking import Request
from desk.views import looking
from recovery.models import Claim


def count(request: Request, claim: Claim) -> None:
    """Count that the reader opens `claim`, see `desk.views.looking.count`. Raises `TooMuch`."""
    organisation = claim.registration.organisation.label if claim.registration else ""
    looking.count(request, claim.inquiry, organisation=organisation, limits=claim.procedure.procedure.limits)
