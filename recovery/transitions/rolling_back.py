"""Putting a recovery back from its snapshot: one person asks, another one does it, in one transaction (A9, P9)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import memberships
from accounts.actors import Actor
from accounts.errors import WrongState
from accounts.models import Invitation, Membership, Organisation, OrganisationKind, Role, User
from accounts.rulebook import check
from desk import progress
from desk.models import Inquiry
from handover import custody, mandate_sides, mandating, notices, restoring, restricting, shares
from handover.models import Custody, Deputy, Handover, HandoverItem, Package, Registration, Restriction
from outbox import cipher
from recovery import covering, dispatching, protecting, steps
from recovery.models import Claim, ClaimLine, Dispatch, Objection, Rollback, Snapshot
from recovery.rules import TABLE
from recovery.rules.excepting import confirms_rollback

BASIS = "rollback:"
"""What a custody that a rollback began rests on: this and the claim's number. Its basis is the recovery it undoes."""


@dataclass(frozen=True)
class Keeper:
    """Who gets the registration back. `is_gone`: whoever had it before is no longer there."""

    user: User | None
    kind: str
    is_gone: bool


def ask_rollback(claim_pk: int, *, reason: str, actor: Actor, at: datetime) -> Rollback:
    """Ask that what a claim changed be put back. Nothing changes yet, and the protection lasts until it is decided.

    Raises `NotAllowed`; `WrongState` when the time for it is over, it was asked for already, or the organisation has
    given the registration to somebody else since.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "ask_rollback", claim, actor)
        if claim.rolled_back_at:
            raise WrongState(_("This has been put back already. Nothing was changed."))
        if Rollback.objects.open().filter(claim=claim).exists():
            raise WrongState(_("Somebody asked for this already: another person decides now. Nothing was changed."))
        if not _may_begin(claim, at):
            raise WrongState(
                _("The protected time is over and no objection was upheld: this cannot be put back in one step.")
            )
        _snapshot_of(claim)
        made = Rollback.objects.create(
            claim=claim, asked_by=actor.user, asked_at=at, sealed_reason=cipher.encrypt(reason)
        )
        protecting.keep(claim)
        written = steps.note(rule, claim, actor=actor, at=at, rollback=made.pk)
        notices.tell("rollback_asked", _others(made), event=written, at=at, claim=claim)
        return made


def _may_begin(claim: Claim, at: datetime) -> bool:
    """Whether `claim` can be put back at `at`: while it is protected, or once an objection to it was upheld."""
    upheld = Objection.objects.filter(claim=claim, status=Objection.Status.UPHELD)
    return protecting.lasts(claim, at) or upheld.exists()


def _others(made: Rollback) -> list[User]:
    """Those of the provider who may decide it."""
    rows = Membership.objects.current().filter(
        organisation__kind=OrganisationKind.PROVIDER, role__in=[Role.APPROVER, Role.SENIOR], user__is_active=True
    )
    people = {row.user_id: row for row in rows.select_related("user", "organisation").order_by("user", "pk")}
    found = []
    for row in people.values():
        roles = frozenset(one.role for one in rows if one.user_id == row.user_id)
        if confirms_rollback(Actor(user=row.user, organisation=row.organisation, roles=roles), made):
            found.append(row.user)
    return found


def confirm_rollback(rollback_pk: int, *, actor: Actor, at: datetime) -> Rollback:
    """Put back custody, deputies, contact points and mandates as the snapshot has them, in one act with invariant 3.

    The view has made the fresh check. Nothing is rewritten: whoever had it before begins a new period. Where that
    person has gone, an administrator takes it into care, or the provider keeps it. Raises `NotAllowed`, `WrongState`.
    """
    with transaction.atomic(durable=True):
        claim, found = _lock(rollback_pk)
        rule = check(TABLE, "confirm_rollback", found, actor)
        snapshot = _snapshot_of(claim)
        registration = snapshot.registration
        keeper = _keeper(snapshot, registration.organisation)
        running = Handover.objects.open().filter(items__registration=registration, items__is_open=True).distinct()
        ended = list(running.select_related("given_by", "offered_by", "given_to").order_by("pk"))
        shares.take_out(registration, at=at)
        change, facts = _restore(claim, snapshot, keeper, at=at)
        listed, left = _restore_lines(claim, ended, at=at)
        facts |= _let_go(claim.claimant, registration, at=at)
        _let_go_people(claim, at=at)
        found.status, found.decided_by, found.decided_at = Rollback.Status.CONFIRMED, actor.user, at
        found.save(update_fields=["status", "decided_by", "decided_at"])
        _settle(claim, actor, at=at)
        back = [line.registration for line in covering.lines_of(claim, ClaimLine.Status.PUT_BACK)]
        written = steps.note_of_list(
            rule,
            claim,
            back,
            actor=actor,
            at=at,
            rollback=found.pk,
            predecessor_gone=keeper.is_gone,
            handovers_ended=[one.number for one in ended],
            registrations={registration.number: {**change.facts, **facts}, **listed},
            **({"left": left} if claim.is_bulk else {}),
        )
        dispatching.tell_everybody(claim, Dispatch.Purpose.UNDONE, event=written, at=at)
        mandate_sides.tell_settled(facts.get("mandates_ended", []), [registration], event=written, at=at)
        mandate_sides.tell_back(facts.get("mandates_back", []), [registration], event=written, at=at)
        for line in covering.lines_of(claim, ClaimLine.Status.PUT_BACK):
            if line.registration:
                own = listed[line.registration.number]
                mandate_sides.tell_settled(own.get("mandates_ended", []), [line.registration], event=written, at=at)
                mandate_sides.tell_back(own.get("mandates_back", []), [line.registration], event=written, at=at)
        for handover in ended:
            people = [handover.given_by, handover.offered_by, handover.given_to]
            notices.tell("handover_withdrawn", people, event=written, at=at, handover=handover)
        steps.tell_claimant("claim_put_back", claim, event=written, at=at)
        return found


def _restore(
    claim: Claim, snapshot: Snapshot, keeper: Keeper, *, at: datetime
) -> tuple[custody.Change, dict[str, Any]]:
    """Put back custody first, so that whoever gets it is no deputy; then all that stands beside it."""
    registration, state = snapshot.registration, snapshot.state
    change = custody.give(
        registration,
        keeper.user,
        kind=keeper.kind,
        basis=Custody.Basis.RECOVERY,
        basis_label=f"{BASIS}{claim.number}",
        at=at,
    )
    # A caretaker keeps the mandates there are; those of the time in between are not the caretaker's to keep.
    settled = change.mandates.ended or mandating.settle(registration, kept=(), at=at).ended
    back = mandating.put_back(registration, state["mandates"], ended_at=snapshot.taken_at, at=at)
    facts = {
        **restoring.deputies(registration, state["deputies"], at=at),
        **restoring.contact_points(registration, [pk for pk, _health in state["contact_points"]], at=at),
        **({"mandates_ended": list(settled)} if settled else {}),
        **({"mandates_back": list(back)} if back else {}),
    }
    return change, facts


def _restore_lines(claim: Claim, ended: list[Handover], *, at: datetime) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Put back each registration of the list like the claim's own; returns facts by number, and what stays.

    What the organisation has given to somebody else since, or closed, is not ours to take back.
    """
    found: dict[str, dict[str, Any]] = {}
    left: list[str] = []
    for line in covering.lines_of(claim, ClaimLine.Status.TAKEN):
        registration = line.registration
        if registration is None:
            continue
        held = Custody.objects.current().get(registration=registration)
        is_given = held.kind == Custody.Kind.CUSTODIAN and held.basis_label != claim.label
        if is_given or registration.status != Registration.Status.ACTIVE:
            left.append(registration.number)
            continue
        before = Snapshot(claim=claim, registration=registration, state=line.state, taken_at=line.settled_at or at)
        running = Handover.objects.open().filter(items__registration=registration, items__is_open=True).distinct()
        ended += list(running.select_related("given_by", "offered_by", "given_to").order_by("pk"))
        shares.take_out(registration, at=at)
        change, facts = _restore(claim, before, _keeper(before, registration.organisation), at=at)
        found[registration.number] = {**change.facts, **facts}
        line.status, line.settled_at = ClaimLine.Status.PUT_BACK, at
        line.save(update_fields=["status", "settled_at"])
    return found, left


def _let_go_people(claim: Claim, *, at: datetime) -> None:
    """End the access of the list's new persons, which only the recovery gave."""
    people = {line.person_id: line for line in covering.lines_of(claim, ClaimLine.Status.PUT_BACK) if line.invitation}
    for line in people.values():
        if line.registration and line.person_id != claim.claimant_id:
            _let_go(line.person, line.registration, at=at)


def _keeper(snapshot: Snapshot, organisation: Organisation) -> Keeper:
    """Return who gets it back: as it was, else the longest-serving administrator as caretaker, else the provider."""
    before = snapshot.state["custody"]
    user = User.objects.filter(pk=before["user"]).first() if before["user"] else None
    if user is None or restoring.belongs(user, organisation):
        return Keeper(user, before["kind"], is_gone=False)
    standing_in = next(iter(custody.administrators(organisation)), None)
    return Keeper(standing_in, Custody.Kind.CARETAKER, is_gone=True)


def _let_go(claimant: User | None, registration: Registration, *, at: datetime) -> dict[str, Any]:
    """End the claimant's access, which only the recovery gave. Who holds anything else by now stays a member."""
    organisation = registration.organisation
    if claimant is None or not restoring.belongs(claimant, organisation) or _has_more(claimant, organisation):
        return {"membership_ended": False}
    memberships.withdraw_invitations_by(claimant, at=at)
    memberships.close(claimant, organisation=organisation, at=at)
    return {"membership_ended": True}


def _has_more(user: User, organisation: Organisation) -> bool:
    """Whether the organisation has given `user` anything beside what the recovery gave."""
    roles = Membership.objects.current().filter(user=user, organisation=organisation).exclude(role=Role.MEMBER)
    moving = HandoverItem.objects.filter(is_open=True, handover__given_to=user)
    return (
        roles.exists()
        or Custody.objects.current().filter(user=user).exists()
        or Deputy.objects.current().filter(user=user).exists()
        or moving.exists()
        or Package.objects.open().filter(person=user).exists()
    )


def _settle(claim: Claim, actor: Actor, *, at: datetime) -> None:
    """End what protected against the recovery: there is nothing left of it. What is objected to later marks it anew."""
    claim.rolled_back_at = at
    claim.cooled_off_at = claim.cooled_off_at or at
    claim.save(update_fields=["rolled_back_at", "cooled_off_at"])
    restricting.lift(claim.number, at=at, kinds=[Restriction.Kind.COOLING_OFF])
    if not Objection.objects.filter(claim=claim, status=Objection.Status.OPEN).exists():
        restricting.lift(claim.number, at=at, kinds=[Restriction.Kind.CONTESTED])
    progress.close(claim.inquiry_id, stage=Inquiry.Stage.NOT_CONFIRMED, at=at, by=actor.user)


def decline_rollback(rollback_pk: int, *, reason: str, actor: Actor, at: datetime) -> Rollback:
    """Leave it as it is: said by whoever might confirm it, or by whoever asked. The protection ends on its day again.

    Raises `NotAllowed`, `WrongState`.
    """
    with transaction.atomic(durable=True):
        claim, found = _lock(rollback_pk)
        rule = check(TABLE, "decline_rollback", found, actor)
        found.status, found.decided_by, found.decided_at = Rollback.Status.DECLINED, actor.user, at
        found.sealed_words = cipher.encrypt(reason)
        found.save(update_fields=["status", "decided_by", "decided_at", "sealed_words"])
        protecting.let_run(claim)
        written = steps.note(rule, claim, actor=actor, at=at, rollback=found.pk)
        if found.asked_by_id != actor.user.pk:
            notices.tell("rollback_declined", [found.asked_by], event=written, at=at, claim=claim)
        return found


def _snapshot_of(claim: Claim) -> Snapshot:
    """Return what can be put back. Raises `WrongState` where the organisation has decided otherwise since.

    Whoever holds it now must have it by this claim, or as a caretaker after the claimant has gone: what an
    administrator gave to somebody else is not ours to take back.
    """
    snapshot = Snapshot.objects.select_related("registration__organisation").filter(claim=claim).first()
    held = Custody.objects.current().filter(registration=claim.registration_id).first()
    if snapshot is None or held is None:
        raise WrongState(_("Nothing was kept of what was before. Nothing was changed."))
    if held.kind == Custody.Kind.CUSTODIAN and held.basis_label != claim.label:
        raise WrongState(_("The organisation has given this registration to somebody else since. Nothing was changed."))
    if snapshot.registration.status != Registration.Status.ACTIVE:
        raise WrongState(_("The registration is no longer active. Nothing was changed."))
    return snapshot


def _lock(rollback_pk: int) -> tuple[Claim, Rollback]:
    """Lock in the order of `steps.lock`, and with the claimant also whoever is to get it back: nobody leaves now."""
    seen = Rollback.objects.select_related("claim__snapshot").get(pk=rollback_pk).claim
    Invitation.objects.select_for_update(no_key=True).filter(pk=seen.invitation_id or 0).first()
    people = [seen.claimant_id, seen.snapshot.state["custody"]["user"]]
    for line in covering.lines_of(seen, ClaimLine.Status.TAKEN):
        people += [line.person_id, (line.state or {})["custody"]["user"]]
    rows = User.objects.select_for_update(no_key=True).filter(pk__in=[pk for pk in people if pk])
    list(rows.order_by("pk"))
    claim = steps.lock(seen.pk)
    found = Rollback.objects.select_for_update(no_key=True, of=("self",)).select_related("asked_by").get(pk=rollback_pk)
    found.claim = claim
    return claim, found
