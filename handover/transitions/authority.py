"""Reassignment on proven authority: proposed, approved by two, told to the predecessor, carried out by one (B5)."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.models import Membership, User
from accounts.persons import is_one_of, is_same_human
from accounts.queries import find_account
from accounts.rulebook import Rule, check
from audit.models import Event
from audit.record import event
from audit.signed import hash_of
from handover import custody, mandate_sides, notices, restricting, shares
from handover.calendar import business_days_after
from handover.models import (
    AuthorityApproval,
    AuthorityCase,
    AuthorityItem,
    AuthorityObjection,
    AuthorityProof,
    Custody,
    Handover,
    Registration,
    Restriction,
)
from handover.queries import authority as reads
from handover.rules import TABLE
from handover.rules.authority import NEEDED_ROLES, NOTICE_DAYS
from outbox import cipher

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
Locked = tuple[AuthorityCase, list[Registration]]


def propose_reassignment(
    *,
    numbers: Sequence[str],
    successor_email: str,
    ground: str,
    proofs: Mapping[str, tuple[str, date]],
    token: UUID,
    actor: Actor,
    at: datetime,
) -> AuthorityCase:
    """Propose to reassign registrations of one person to a colleague; what is signed later is fixed here.

    `proofs`: code -> reference and day. `token` is the form's own: a second press gives back what the first made. The
    predecessor learns nothing yet. Raises `NotAllowed`, `Refused`, `WrongState` (contested, or another case is open).
    """
    with transaction.atomic(durable=True):
        rule = check(TABLE, "propose_reassignment", None, actor)
        if made := _find_made(token, actor):
            return made
        found = find_account(successor_email)
        # People before registrations, as everywhere.
        locked = User.objects.select_for_update(no_key=True).get(pk=found.pk) if found else None
        registrations, predecessor = _lock_held_by_one(numbers)
        organisation = registrations[0].organisation
        successor = _refuse_successor(locked, organisation.pk, predecessor)
        for registration in registrations:
            restricting.refuse_contested(registration, at=at)
        _refuse_needless(ground, predecessor, successor, registrations[0])
        if missing := reads.missing_proofs(((code, day) for code, (_ref, day) in proofs.items()), _today(at)):
            raise Refused(missing)
        case = AuthorityCase(
            number=f"A-{_today(at).year}-{''.join(secrets.choice(ALPHABET) for _place in range(6))}",
            organisation=organisation,
            predecessor=predecessor,
            successor=successor,
            ground=ground,
            proposed_by=actor.user,
            proposed_at=at,
            token=token,
        )
        _write_case(case, registrations, proofs, actor=actor, at=at)
        # Nothing of it in the customer's own history before the notice: the predecessor reads that.
        facts = {"hash": case.proposal_hash, "registrations": len(registrations), "proofs": sorted(proofs)}
        event(rule.event, actor=actor, at=at, subject=case.label, facts=facts)
        return case


def _find_made(token: UUID, actor: Actor) -> AuthorityCase | None:
    found = AuthorityCase.objects.filter(token=token).first()
    if found and found.proposed_by_id != actor.user.pk:
        raise WrongState(_("This form has been used already. Open it again."))
    return found


def _today(at: datetime) -> date:
    return timezone.localdate(at)


def _belongs(user: User, organisation_pk: int) -> bool:
    current = Membership.objects.current().filter(user=user, organisation_id=organisation_pk)
    return user.is_active and current.exists()


def _lock_held_by_one(numbers: Sequence[str]) -> tuple[list[Registration], User]:
    """Lock the registrations called `numbers`; the same words for an unknown one and for one of another's."""
    wanted = set(numbers)
    rows = Registration.objects.select_for_update(no_key=True, of=("self",)).select_related("organisation")
    found = list(rows.filter(number__in=wanted, status=Registration.Status.ACTIVE).order_by("pk"))
    held = Custody.objects.current().filter(registration__in=found, user__isnull=False).select_related("user")
    holders = {one.user for one in held if one.user}
    whole = len(found) == len(wanted) == held.count() > 0
    if not whole or len(holders) != 1 or len({one.organisation_id for one in found}) != 1:
        words = _("These are not all active registrations that one person of one customer holds. Check the numbers.")
        raise Refused(words, {"numbers": words})
    return found, holders.pop()


def _refuse_successor(found: User | None, organisation_pk: int, predecessor: User) -> User:
    """Return `found`, or raise `Refused` when that is nobody of the customer or who holds it already."""
    if found is None or not _belongs(found, organisation_pk):
        words = _("Not a member of this customer. Invite the person into it first, then propose this.")
    elif found.pk == predecessor.pk:
        words = _("This person already holds the registration.")
    else:
        return found
    raise Refused(words, {"successor_email": words})


def _refuse_needless(ground: str, predecessor: User, successor: User, registration: Registration) -> None:
    """Where an administrator of the customer can reassign, the provider keeps out of it (B5)."""
    administrators = custody.administrators(registration.organisation)
    if any(one.pk not in (predecessor.pk, successor.pk) for one in administrators):
        raise Refused(_("The customer has an administrator who can reassign this. No case of ours is needed."))
    is_only = any(one.pk == predecessor.pk for one in administrators)
    if ground not in AuthorityCase.Ground.values or is_only != (ground == AuthorityCase.Ground.ONLY_ADMINISTRATOR):
        words = _("This is not so: look who administers the customer now.")
        raise Refused(words, {"ground": words})


def _write_case(
    case: AuthorityCase,
    registrations: list[Registration],
    proofs: Mapping[str, tuple[str, date]],
    *,
    actor: Actor,
    at: datetime,
) -> None:
    flat = [(code, reference, day) for code, (reference, day) in proofs.items()]
    case.proposal = reads.decision_facts(case, (one.number for one in registrations), flat)
    case.proposal_hash = hash_of(case.proposal)
    try:
        with transaction.atomic():
            case.save(force_insert=True)
            AuthorityItem.objects.bulk_create(AuthorityItem(case=case, registration=one) for one in registrations)
    except IntegrityError as clash:
        raise WrongState(_("Another case about one of these registrations is open. Finish that one first.")) from clash
    AuthorityProof.objects.bulk_create(
        AuthorityProof(case=case, code=code, reference=reference, dated_on=day, checked_by=actor.user, checked_at=at)
        for code, reference, day in flat
    )


def second_authority_proof(*, proof_pk: int, actor: Actor, at: datetime) -> AuthorityProof:
    """A second operator has compared the seal too (A4). Raises `NotAllowed`, `WrongState` (done, or same person)."""
    with transaction.atomic(durable=True):
        case, _registrations = _lock(AuthorityProof.objects.values_list("case_id", flat=True).get(pk=proof_pk))
        rule = check(TABLE, "second_authority_proof", case, actor)
        proof = AuthorityProof.objects.select_related("checked_by").get(pk=proof_pk)
        if proof.code != AuthorityProof.Code.O3 or proof.seconded_by_id:
            raise WrongState(_("Nothing is left to compare here. Nothing was changed."))
        if is_same_human(proof.checked_by, actor.user):
            raise WrongState(_("You compared it first. A second person has to do it again."))
        proof.seconded_by, proof.seconded_at = actor.user, at
        proof.save(update_fields=["seconded_by", "seconded_at"])
        event(rule.event, actor=actor, at=at, subject=case.label, facts={"proof": proof.pk, "code": proof.code})
        return proof


def approve_reassignment(*, case_pk: int, signed_hash: str, actor: Actor, at: datetime) -> AuthorityCase:
    """Say yes to exactly what the page showed. With the second yes the predecessor gets notice and the time begins.

    The view has made the fresh check. Raises `NotAllowed`; `WrongState` when something has changed, is contested, or
    this role or this person has said yes already.
    """
    with transaction.atomic(durable=True):
        case, registrations = _lock(case_pk)
        rule = check(TABLE, "approve_reassignment", case, actor)
        _refuse_changed(case, registrations, signed_hash, at)
        role = _role_to_give(case, actor)
        AuthorityApproval.objects.create(case=case, by=actor.user, role=role, signed_hash=signed_hash, at=at)
        complete = not reads.wanted_roles(case)
        about = _about(case, registrations) if complete else []
        if complete:
            case.status, case.notified_at = AuthorityCase.Status.NOTIFIED, at
            case.notice_ends_on = business_days_after(_today(at), NOTICE_DAYS)
            case.save(update_fields=["status", "notified_at", "notice_ends_on"])
            for registration in registrations:
                blocks, kind = restricting.AUTHORITY_BLOCKS, Restriction.Kind.AUTHORITY
                restricting.restrict(registration, kind, case=case.number, at=at, blocks=blocks)
        facts = {"hash": signed_hash, "role": role, "complete": complete}
        written = event(rule.event, actor=actor, at=at, subject=case.label, about=about, facts=facts)
        if complete:
            context = {"case": case, "registrations": registrations}
            notices.tell("authority_notice", [case.predecessor], event=written, at=at, **context)
            notices.tell_record("authority_notice_record", registrations, event=written, at=at, case=case)
        return case


def _role_to_give(case: AuthorityCase, actor: Actor) -> str:
    """Return in which role this person's yes counts. One natural person counts once (invariant 10)."""
    if is_one_of(actor.user, case.approvals.values_list("by", flat=True)):
        raise WrongState(_("You have approved this already. A second yes has to come from another person."))
    missing = reads.wanted_roles(case)
    for role in NEEDED_ROLES:
        if role in missing and actor.has(role):
            return role
    raise WrongState(_("This waits for a yes in another role than yours. Nothing was changed."))


def object_to_reassignment(*, case_pk: int, words: str, actor: Actor, at: datetime) -> AuthorityObjection:
    """The predecessor says what speaks against it: heard and answered in writing, once; it stops nothing.

    Raises `NotAllowed`, `WrongState` (not under notice, or said already).
    """
    with transaction.atomic(durable=True):
        case, registrations = _lock(case_pk)
        rule = check(TABLE, "object_to_reassignment", case, actor)
        if AuthorityObjection.objects.filter(case=case).exists():
            raise WrongState(_("We have what you said. A senior of ours answers in writing."))
        made = AuthorityObjection.objects.create(case=case, sealed_words=cipher.encrypt(words), at=at)
        written = event(rule.event, actor=actor, at=at, subject=case.label, about=_about(case, registrations), facts={})
        people = [case.proposed_by, *(one.by for one in reads.approvals_of(case))]
        notices.tell("authority_objected", people, event=written, at=at, case=case)
        return made


def answer_objection(*, case_pk: int, words: str, actor: Actor, at: datetime) -> AuthorityObjection:
    """A senior answers the predecessor in writing. Raises `NotAllowed`, `WrongState` (nothing to answer)."""
    with transaction.atomic(durable=True):
        case, registrations = _lock(case_pk)
        rule = check(TABLE, "answer_objection", case, actor)
        found = AuthorityObjection.objects.select_for_update(no_key=True).filter(case=case, answered_at=None).first()
        if found is None:
            raise WrongState(_("There is nothing to answer. Nothing was changed."))
        found.sealed_answer, found.answered_by, found.answered_at = cipher.encrypt(words), actor.user, at
        found.save(update_fields=["sealed_answer", "answered_by", "answered_at"])
        written = event(rule.event, actor=actor, at=at, subject=case.label, about=_about(case, registrations), facts={})
        notices.tell("authority_answered", [case.predecessor], event=written, at=at, case=case)
        return found


def execute_reassignment(*, case_pk: int, signed_hash: str, actor: Actor, at: datetime) -> AuthorityCase:
    """Change custody of every registration of the case: one transaction with all of invariant 3.

    The view has made the fresh check. Everything asked before the approval is asked again. Raises `NotAllowed`;
    `WrongState` while the notice runs, an objection waits for its answer, or something has changed.
    """
    with transaction.atomic(durable=True):
        case, registrations = _lock(case_pk)
        rule = check(TABLE, "execute_reassignment", case, actor)
        _refuse_changed(case, registrations, signed_hash, at)
        if reads.wanted_roles(case) or case.approvals.exclude(signed_hash=signed_hash).exists():
            raise WrongState(_("This changed while the page was open. Read it again before you decide."))
        if obstacles := reads.obstacles(case, at):
            raise WrongState(obstacles[0])
        ended = _end_handovers(registrations, at=at)
        changes = {
            registration.number: custody.give(
                registration,
                case.successor,
                kind=Custody.Kind.CUSTODIAN,
                basis=Custody.Basis.AUTHORITY,
                basis_label=case.number,
                at=at,
            )
            for registration in registrations
        }
        case.status, case.executed_by, case.executed_at = AuthorityCase.Status.EXECUTED, actor.user, at
        case.save(update_fields=["status", "executed_by", "executed_at"])
        _close(case, at=at)
        by_number = {number: change.facts for number, change in changes.items()}
        facts = {"hash": signed_hash, "registrations": by_number, "handovers_ended": [one.number for one in ended]}
        about = _about(case, registrations)
        written = event(rule.event, actor=actor, at=at, subject=case.label, about=about, facts=facts)
        people = [case.predecessor, case.successor, *custody.administrators(case.organisation)]
        context = {"case": case, "registrations": registrations}
        notices.tell("authority_executed", people, event=written, at=at, **context)
        notices.tell_record("authority_executed_record", registrations, event=written, at=at)
        not_kept = [number for change in changes.values() for number in change.mandates.ended]
        mandate_sides.tell_settled(not_kept, registrations, event=written, at=at)
        for handover in ended:
            sides = [handover.given_by, handover.offered_by, handover.given_to]
            notices.tell("handover_withdrawn", sides, event=written, at=at, handover=handover)
        return case


def refuse_reassignment(*, case_pk: int, reason: str, actor: Actor, at: datetime) -> AuthorityCase:
    """Say no: nothing changes hands. Raises `NotAllowed`, `WrongState`."""
    with transaction.atomic(durable=True):
        case, registrations = _lock(case_pk)
        rule = check(TABLE, "refuse_reassignment", case, actor)
        return _end(case, registrations, AuthorityCase.Status.REFUSED, rule, reason=reason, actor=actor, at=at)


def withdraw_reassignment(*, case_pk: int, reason: str, actor: Actor, at: datetime) -> AuthorityCase:
    """Take a proposal back, also one under notice: nothing changes hands. Raises `NotAllowed`, `WrongState`."""
    with transaction.atomic(durable=True):
        case, registrations = _lock(case_pk)
        rule = check(TABLE, "withdraw_reassignment", case, actor)
        return _end(case, registrations, AuthorityCase.Status.WITHDRAWN, rule, reason=reason, actor=actor, at=at)


def _end(
    case: AuthorityCase,
    registrations: list[Registration],
    status: str,
    rule: Rule,
    *,
    reason: str,
    actor: Actor,
    at: datetime,
) -> AuthorityCase:
    was_notified = case.notified_at is not None
    case.status, case.ended_by, case.ended_at = status, actor.user, at
    case.sealed_reason = cipher.encrypt(reason)
    case.save(update_fields=["status", "ended_by", "ended_at", "sealed_reason"])
    _close(case, at=at)
    about = _about(case, registrations) if was_notified else []
    facts = {"was_notified": was_notified}
    written: Event = event(rule.event, actor=actor, at=at, subject=case.label, about=about, facts=facts)
    if was_notified:
        context = {"case": case, "registrations": registrations}
        notices.tell("authority_ended", [case.predecessor], event=written, at=at, **context)
        notices.tell_record("authority_ended_record", registrations, event=written, at=at)
    return case


def _close(case: AuthorityCase, *, at: datetime) -> None:
    case.items.filter(is_open=True).update(is_open=False)
    restricting.lift(case.number, at=at, kinds=[Restriction.Kind.AUTHORITY])


def _end_handovers(registrations: list[Registration], *, at: datetime) -> list[Handover]:
    """End what is under way for these, also what a successor has accepted: the organisation has decided otherwise."""
    rows = Handover.objects.open().filter(items__registration__in=registrations, items__is_open=True).distinct()
    running = list(rows.select_related("given_by", "offered_by", "given_to").order_by("pk"))
    for registration in registrations:
        shares.take_out(registration, at=at)
    return running


def _refuse_changed(case: AuthorityCase, registrations: list[Registration], signed_hash: str, at: datetime) -> None:
    """Raise `WrongState` unless what was proposed is still so, enough, on the page that was read, and uncontested."""
    if signed_hash != case.proposal_hash:
        raise WrongState(_("This changed while the page was open. Read it again before you decide."))
    for registration in registrations:
        restricting.refuse_contested(registration, at=at)
        restricting.refuse_blocked(registration, "switch", at=at, own_case=case.number)
        held = Custody.objects.current().filter(registration=registration, user=case.predecessor_id)
        if registration.status != Registration.Status.ACTIVE or not held.exists():
            raise WrongState(
                _("Registration %(number)s has changed since this was proposed. Withdraw it and propose it anew.")
                % {"number": registration.number}
            )
    if not _belongs(case.successor, case.organisation_id):
        raise WrongState(_("The successor no longer belongs to the organisation. Withdraw this case."))
    proposed = AuthorityCase.Status.PROPOSED
    if case.status == proposed and (found := reads.obstacles(case, at)):
        raise WrongState(found[0])


def _lock(case_pk: int) -> Locked:
    """Lock successor, registrations, case, in the order of every handover, and read them again."""
    seen = AuthorityCase.objects.only("successor_id").get(pk=case_pk)
    User.objects.select_for_update(no_key=True).get(pk=seen.successor_id)
    rows = Registration.objects.select_for_update(no_key=True).filter(authority_items__case=case_pk)
    registrations = list(rows.order_by("pk"))
    case = AuthorityCase.objects.select_for_update(no_key=True).get(pk=case_pk)
    return case, registrations


def _about(case: AuthorityCase, registrations: list[Registration]) -> list[str]:
    """Return the labels in whose history an event appears once the predecessor was given notice."""
    people = (f"user:{case.predecessor_id}", f"user:{case.successor_id}")
    return [f"organisation:{case.organisation_id}", *people, *(one.label for one in registrations)]
