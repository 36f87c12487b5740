"""Carrying out and putting back one registration after the other of a claim. Plain functions inside a transition."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts import claimants
from accounts.errors import WrongState
from accounts.models import Invitation, InvitationStatus, Membership, User
from accounts.standing import factors_of
from audit.models import Event
from handover import custody, mandating, notices, restricting, shares
from handover.models import ContactPoint, Custody, Deputy, Handover, Registration, Restriction
from recovery import covering
from recovery.models import Claim, ClaimLine

S, R = ClaimLine.Status, ClaimLine.Reason


@dataclass
class Carried:
    """What carrying out the lines did."""

    facts: dict[str, dict[str, object]] = field(default_factory=dict)
    """By number of the registration, as in the event."""
    left: dict[str, str] = field(default_factory=dict)
    """Numbers that stay as they were, each with why."""
    handovers: list[Handover] = field(default_factory=list)
    mandates: list[tuple[Any, Registration]] = field(default_factory=list)
    """What was ended of contractors' mandates, with the registration."""
    people: dict[int, tuple[User, list[str]]] = field(default_factory=dict)
    """The new persons with what became theirs."""


def state_of(registration: Registration) -> dict[str, Any]:
    """Return what can be put back: who holds it, who stands in, and how it is reached."""
    held = Custody.objects.current().get(registration=registration)
    points = ContactPoint.objects.current().filter(registration=registration).order_by("pk")
    deputies = Deputy.objects.current().filter(registration=registration).order_by("pk")
    return {
        "custody": {"user": held.user_id, "kind": held.kind, "basis": held.basis, "custody": held.pk},
        "deputies": list(deputies.values_list("user_id", flat=True)),
        "contact_points": [[point.pk, point.health] for point in points],
        "mandates": mandating.state_of(registration),
    }


def end_handovers(registration: Registration, *, at: datetime) -> list[Handover]:
    """End what was prepared or offered and never accepted; what a successor accepted goes before a recovery."""
    rows = Handover.objects.open().filter(items__registration=registration, items__is_open=True).distinct()
    running = list(rows.select_related("given_by", "offered_by", "given_to").order_by("pk"))
    if any(one.status not in (Handover.Status.DRAFT, Handover.Status.OFFERED) for one in running):
        raise WrongState(
            _("A handover of this registration has been accepted and takes effect soon. Nothing was changed.")
        )
    if running:
        shares.take_out(registration, at=at)
    return running


def carry_out(claim: Claim, claimant: User, *, until: datetime, at: datetime) -> Carried:
    """Give each listed registration to its new person, or to the claimant where it has none.

    What cannot be given stays as it was, with its reason: nobody confirmed, it is protected, closed or moved. The
    caller holds the locks of `steps.lock`.
    """
    done = Carried()
    for line in covering.lines_of(claim):
        registration = line.registration
        if registration is None:
            continue
        person = new_person(line, claim, claimant)
        why = _why_not(claim, line, person, at)
        if why or person is None:
            settle(line, why or R.UNCONFIRMED, at=at)
            done.left[registration.number] = line.reason
            continue
        _give(claim, line, registration, person, done, until=until, at=at)
    return done


def new_person(line: ClaimLine, claim: Claim, claimant: User) -> User | None:
    """Return whose it becomes; None where the line's own person has not confirmed, or has no second factor any more."""
    if not covering.mail_of(line, claim):
        return claimant
    person = line.person
    return person if person and line.confirmed_at and person.is_active and factors_of(person) else None


def _why_not(claim: Claim, line: ClaimLine, person: User | None, at: datetime) -> str:
    registration, lead = line.registration, claim.registration
    if person is None:
        return R.UNCONFIRMED
    if registration is None or lead is None or registration.organisation_id != lead.organisation_id:
        return R.BLOCKED
    if registration.status != Registration.Status.ACTIVE:
        return R.CLOSED
    try:
        restricting.refuse_blocked(registration, "switch", at=at)
    except WrongState:
        return R.BLOCKED
    accepted = Handover.objects.open().filter(items__registration=registration, items__is_open=True)
    if accepted.exclude(status__in=[Handover.Status.DRAFT, Handover.Status.OFFERED]).exists():
        return R.HANDOVER
    return ""


def _give(
    claim: Claim,
    line: ClaimLine,
    registration: Registration,
    person: User,
    done: Carried,
    *,
    until: datetime,
    at: datetime,
) -> None:
    line.state = state_of(registration)
    done.handovers += end_handovers(registration, at=at)
    _take_in(person, registration, at=at)
    change = custody.give(
        registration,
        person,
        kind=Custody.Kind.CUSTODIAN,
        basis=Custody.Basis.RECOVERY,
        basis_label=claim.label,
        at=at,
    )
    protect(claim, registration, until=until, at=at)
    line.status, line.person, line.settled_at = S.TAKEN, person, at
    line.save(update_fields=["status", "person", "settled_at", "state"])
    done.facts[registration.number] = change.facts
    if change.mandates.ended:
        done.mandates.append((change.mandates.ended, registration))
    done.people.setdefault(person.pk, (person, []))[1].append(registration.number)


def _take_in(person: User, registration: Registration, *, at: datetime) -> None:
    """Make the account a member of the customer, unless it is one already."""
    members = Membership.objects.current().filter(user=person, organisation=registration.organisation_id)
    if not members.exists():
        claimants.become_member(person, registration.organisation, at=at)


def protect(claim: Claim, registration: Registration, *, until: datetime, at: datetime) -> None:
    """Begin the protected time of one registration."""
    kind, blocks = Restriction.Kind.COOLING_OFF, restricting.COOLING_OFF_BLOCKS
    restricting.restrict(registration, kind, case=claim.number, at=at, until=until, blocks=blocks)


def settle(line: ClaimLine, reason: str, *, at: datetime, by: User | None = None, words: bytes | None = None) -> None:
    """Leave a line out for `reason`: its marks and its link end, what is on record stays as it is."""
    line.status, line.reason, line.settled_at = S.LEFT_OUT, reason, at
    line.left_by, line.sealed_words = by, words
    line.save(update_fields=["status", "reason", "settled_at", "left_by", "sealed_words"])
    marks = Restriction.objects.filter(case=line.claim.number, registration=line.registration_id, ended_at=None)
    marks.filter(kind=Restriction.Kind.CLAIM_OPEN).update(ended_at=at)


def end_lines(claim: Claim, *, at: datetime) -> None:
    """Leave out all that is still listed, because the claim ends."""
    if claim.is_bulk:
        ClaimLine.objects.listed().filter(claim=claim).update(status=S.LEFT_OUT, reason=R.ENDED, settled_at=at)


def end_links(claim: Claim, *, at: datetime) -> list[Invitation]:
    """Take back the links of new persons; returns the invitations whose account was opened and got nothing."""
    if not claim.is_bulk:
        return []
    mine = Invitation.objects.filter(claim_lines__claim=claim).exclude(claim_lines__status=S.TAKEN)
    Invitation.objects.filter(pk__in=mine.values("pk"), status=InvitationStatus.SENT).update(
        status=InvitationStatus.WITHDRAWN, closed_at=at
    )
    opened = mine.filter(accepted_by__isnull=False).select_related("accepted_by", "organisation")
    found = list(opened.order_by("pk").distinct())
    ClaimLine.objects.filter(claim=claim, status=S.LISTED).update(invitation=None, person=None, confirmed_at=None)
    return found


def tell_people(done: Carried, claim: Claim, *, event: Event, at: datetime) -> None:
    """Tell each new person what is theirs now. The claimant has a mail of the own."""
    for person, numbers in done.people.values():
        if person.pk != claim.claimant_id:
            notices.tell("claim_unit_done", [person], event=event, at=at, claim=claim, numbers=numbers)
