"""What inquirers asked for on the pages of their cases, and whether it is done."""

from datetime import datetime

from recovery.models import CaseRequest, Claim


def for_answering() -> list[int]:
    """Return the requests that are not done, the oldest first."""
    return list(CaseRequest.objects.filter(done_at=None).order_by("at", "pk").values_list("pk", flat=True))


def last_of(claim: Claim) -> CaseRequest | None:
    """Return the last request of a case; the page tells of it while it waits, or when it was turned down."""
    return CaseRequest.objects.filter(claim=claim).order_by("-at", "-pk").first()


def waiting_of(claim: Claim) -> CaseRequest | None:
    """Return the request of a case that is not done yet."""
    return CaseRequest.objects.filter(claim=claim, done_at=None).first()


def asked_at(claim: Claim, act: str, at: datetime) -> datetime:
    """Return when `act` was asked for, `at` where it is done without a request: deadlines count from there."""
    found = waiting_of(claim)
    return found.at if found and found.act == act else at
