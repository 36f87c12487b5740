"""Malware in a paper that a claimant sent: the claimant is asked for a clean one. A step of quarantine."""

from datetime import datetime

from audit.models import Event
from handover.models import Blob
from recovery import steps
from recovery.models import Submission


def tell(blob: Blob, event: Event, at: datetime) -> bool:
    """Tell the claimant that a paper cannot be opened; returns whether `blob` is of a claim (`scanning.also_tell`).

    Not once the claim is over: then nothing is waited for.
    """
    paper = Submission.objects.select_related("claim__inquiry").filter(blob=blob).first()
    if paper is None:
        return False
    if paper.claim.is_open:
        steps.tell_claimant("claim_paper_infected", paper.claim, event=event, at=at, paper=paper)
    return True
