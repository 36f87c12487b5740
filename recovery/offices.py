"""What a change of the head office makes worthless. A plain function: it runs inside a transition."""

from datetime import datetime

from accounts.models import OneTimeCode, User
from handover.models import ContactPoint
from recovery import endpoints
from recovery.models import Claim, Evidence


def forget_others(claim: Claim, by: User, at: datetime) -> None:
    """Make worthless what letters to a head office that was taken before gave, and what they still carry."""
    office = claim.head_office or {}
    here = endpoints.print_of(ContactPoint.Kind.POST, office["address"], office["postal_code"])
    sent = claim.dispatches.filter(to="head_office", gives="C1b").exclude(code__step=f"head_office:{here}")
    OneTimeCode.objects.unspoilt().filter(pk__in=sent.values("code")).update(void_at=at)
    sent.filter(printed_at=None, void_at=None).update(void_at=at)
    elsewhere = Evidence.objects.standing().filter(claim=claim, code="C1b").exclude(endpoint=here)
    elsewhere.update(taken_back_at=at, taken_back_by=by)
