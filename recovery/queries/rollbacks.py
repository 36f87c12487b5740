"""What putting a recovery back would do, in words and counts, for whoever decides it."""

from dataclasses import dataclass

from accounts.models import User
from handover import restoring
from handover.models import ContactPoint, Custody, Deputy, MandateRegistration
from recovery.models import Claim, Rollback, Snapshot


@dataclass(frozen=True)
class Outlook:
    """Who holds it now, who would get it back, and how many of the rest end or come back.

    `is_gone`: whoever had it before has left, so that an administrator takes it into care, or the provider keeps it.
    """

    now: User | None
    before: User | None
    is_gone: bool
    points_end: int
    points_back: int
    deputies_end: int
    deputies_back: int
    mandates_back: int


def find_open(claim: Claim) -> Rollback | None:
    """Return the request that waits for the second person."""
    return Rollback.objects.open().filter(claim=claim).select_related("asked_by", "claim").first()


def outlook(claim: Claim) -> Outlook | None:
    """Return what the snapshot of an executed `claim` would put back; None where there is none."""
    snapshot = Snapshot.objects.select_related("registration__organisation").filter(claim=claim).first()
    if snapshot is None:
        return None
    registration, state = snapshot.registration, snapshot.state
    held = Custody.objects.current().filter(registration=registration).select_related("user").first()
    before = User.objects.filter(pk=state["custody"]["user"]).first() if state["custody"]["user"] else None
    points = ContactPoint.objects.filter(registration=registration)
    kept = [pk for pk, _health in state["contact_points"]]
    deputies = set(Deputy.objects.current().filter(registration=registration).values_list("user_id", flat=True))
    mandates = MandateRegistration.objects.filter(pk__in=state["mandates"], until=snapshot.taken_at)
    return Outlook(
        now=held.user if held else None,
        before=before,
        is_gone=before is not None and not restoring.belongs(before, registration.organisation),
        points_end=points.filter(until=None).exclude(pk__in=kept).count(),
        points_back=points.filter(pk__in=kept).exclude(until=None).count(),
        deputies_end=len(deputies - set(state["deputies"])),
        deputies_back=len(set(state["deputies"]) - deputies),
        mandates_back=mandates.count(),
    )
