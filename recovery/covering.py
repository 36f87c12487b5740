"""What a claim covers: its own registration, and those of its list. Plain reads; a usual claim costs no query more."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.actors import Actor
from accounts.models import same_address
from audit import queries as log
from handover.models import Custody, Registration
from recovery.models import Claim, ClaimLine

S = ClaimLine.Status
CONCERNED = (S.LISTED, S.TAKEN, S.PUT_BACK)
"""Lines whose people on record are told of what happens to the claim."""


def lines_of(claim: Claim, *statuses: str) -> list[ClaimLine]:
    """Return the lines of `claim` in `statuses` (listed ones when none are named), in the order of their keys."""
    if not claim.is_bulk:
        return []
    rows = _whole(ClaimLine.objects.filter(claim=claim, status__in=statuses or (S.LISTED,)))
    found = list(rows.order_by("registration", "pk"))
    for line in found:
        line.claim = claim
    return found


def _whole(rows: QuerySet[ClaimLine]) -> QuerySet[ClaimLine]:
    return rows.select_related("registration__organisation", "invitation__accepted_by", "person")


def concerned(claim: Claim) -> list[Registration]:
    """Return the claim's own registration and those of its list, the own one first."""
    found = [claim.registration] if claim.registration else []
    return found + [line.registration for line in lines_of(claim, *CONCERNED) if line.registration]


def carried(claim: Claim) -> list[Registration]:
    """Return the registrations of the list that were carried out, also those put back since; not the claim's own."""
    return [line.registration for line in lines_of(claim, S.TAKEN, S.PUT_BACK) if line.registration]


def claims_on(registration: Registration, *, but: Claim) -> list[ClaimLine]:
    """Return the lines of other open claims that are about `registration`."""
    rows = ClaimLine.objects.listed().filter(registration=registration).exclude(claim=but)
    return list(rows.select_related("claim__inquiry").order_by("pk"))


def holders_of(lines: Iterable[ClaimLine]) -> dict[int, str]:
    """Return the label of the account that holds each line's registration, by its key; without the provider's."""
    rows = Custody.objects.current().filter(registration__in=[line.registration_id for line in lines])
    return {held.registration_id: f"user:{held.user_id}" for held in rows if held.user_id}


def active_lines(claim: Claim) -> list[ClaimLine]:
    """Return the listed lines whose person in charge was here since the claim came in (invariant 17)."""
    lines = lines_of(claim)
    if not lines:
        return []
    holders = holders_of(lines)
    acts = log.last_acts(set(holders.values()))
    return [line for line in lines if _was_here(acts.get(holders.get(line.registration_id or 0, "")), claim.since)]


def _was_here(last: datetime | None, since: datetime) -> bool:
    return last is not None and last >= since


def mail_of(line: ClaimLine, claim: Claim) -> str:
    """Return the mail address of the line's own new person, "" where it becomes the claimant's."""
    mail = line.typed["mail"]
    return "" if not mail or same_address(mail) == same_address(claim.mailbox) else same_address(mail)


def signed_lines(claim: Claim) -> list[ClaimLine]:
    """Return the lines that the proposal names: also those that were left out since."""
    if not claim.is_bulk:
        return []
    rows = _whole(ClaimLine.objects.filter(claim=claim, is_signed=True, registration__isnull=False))
    return list(rows.order_by("registration__number"))


def list_facts(claim: Claim) -> list[list[str]]:
    """Return the list as it is signed: each number with a fingerprint of whose it becomes, "" for the claimant's."""
    return [
        [line.registration.number, hashlib.sha256(mail.encode()).hexdigest() if mail else ""]
        for line in signed_lines(claim)
        if line.registration and (mail := mail_of(line, claim)) is not None
    ]


def own_lines(actor: Actor) -> list[ClaimLine]:
    """Return the lines of open claims that name `actor` as the new person of a unit, by an own account."""
    mine = Q(person=actor.user) | Q(invitation__accepted_by=actor.user)
    rows = _whole(ClaimLine.objects.listed().filter(mine, claim__status=Claim.Status.APPROVED))
    return list(rows.select_related("claim__inquiry").order_by("claim", "registration__number"))


def is_new_person(actor: Actor, claim: Claim) -> bool:
    """Whether `actor` is the new person of a unit on the list of `claim`."""
    mine = Q(person=actor.user) | Q(invitation__accepted_by=actor.user)
    return claim.is_bulk and ClaimLine.objects.listed().filter(mine, claim=claim).exists()
