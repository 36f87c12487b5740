"""Proposal, approval, refusal: an operator proposes, other natural persons decide, and nothing happens by silence."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import claimants, links
from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.models import Invitation, InvitationStatus, Role
from accounts.persons import is_same_human
from accounts.queries import find_account
from accounts.rulebook import check
from audit.models import Event
from audit.signed import hash_of
from desk.models import Inquiry
from outbox import cipher
from recovery import claimant_post, dispatching, endings, new_people, steps
from recovery.deciding import (
    is_shortened,
    refuse_active_custodian,
    refuse_changed,
    refuse_missing,
    refuse_open_window,
    refuse_withdrawn,
    window_of,
)
from recovery.models import Approval, Claim, Dispatch
from recovery.procedure import ends_on
from recovery.queries import afterwards, reminding, weighing
from recovery.rules import TABLE


def propose(claim_pk: int, *, reason: str, actor: Actor, at: datetime) -> Claim:
    """Propose approval: everybody concerned is told with an objection code, and the window begins once all has arrived.

    What is signed later is fixed here: `proposal` and its hash. Raises `NotAllowed`; `WrongState` (frozen, custodian
    active); `Refused` when something that the tier needs is missing, by type and never by content.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "propose", claim, actor)
        steps.refuse_frozen(claim)
        refuse_active_custodian(claim)
        standing = weighing.standing_of(claim, at)
        refuse_missing(standing)
        if find_account(claim.mailbox) is not None:
            raise Refused(
                _("The claimant's mail address has an account here already: ask for an address of their own.")
            )
        claim.tier, claim.circumstances = standing.tier, list(standing.circumstances)
        claim.proposed_by, claim.proposed_at, claim.proposal_reason = actor.user, at, reason
        new_people.sign(claim)
        claim.proposal = weighing.decision_facts(claim, standing)
        claim.proposal_hash = hash_of(claim.proposal)
        claim.status = Claim.Status.PROPOSED
        # Not before this day: the true end follows from the last delivery and is later.
        claim.window_ends_on = ends_on(
            timezone.localdate(at), window_of(claim, standing), shortened=is_shortened(claim, standing)
        )
        claim.save()
        steps.stand(claim, Inquiry.Stage.NOTICE, Inquiry.Turn.PROVIDER, steps.soon(at, steps.COLLECT_WITHIN))
        facts = {"hash": claim.proposal_hash, "tier": claim.tier, "points": standing.assessment.points}
        written = steps.note(rule, claim, actor=actor, at=at, **facts)
        dispatching.tell_everybody(claim, Dispatch.Purpose.PROPOSED, event=written, at=at, ordered_by=actor.user)
        return claim


def approve(claim_pk: int, *, signed_hash: str, reason: str, actor: Actor, at: datetime) -> Claim:
    """Say yes to exactly what the page showed (`signed_hash`). With the last yes that the tier asks for it is approved.

    The claimant's mailbox then gets a link to an account without rights. Raises `NotAllowed`; `WrongState` when the
    window is open, an objection stands, something changed, or this role has approved.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "approve", claim, actor)
        steps.refuse_frozen(claim)
        refuse_withdrawn(claim)
        refuse_open_window(claim, at)
        refuse_active_custodian(claim)
        refuse_changed(claim, at)
        if weighing.last_delivery(claim) is None:
            raise WrongState(_("A notice has not arrived yet. Nothing was changed."))
        if signed_hash != claim.proposal_hash:
            raise WrongState(_("This changed while the page was open. Read it again before you decide."))
        role = _role_to_give(claim, actor)
        try:
            with transaction.atomic():
                Approval.objects.create(
                    claim=claim, by=actor.user, role=role, signed_hash=signed_hash, reason=reason, at=at
                )
        except IntegrityError as clash:
            raise WrongState(_("This has been approved already. Nothing was changed.")) from clash
        given = {approval.role for approval in _standing_approvals(claim)}
        complete = weighing.wanted_roles(claim) <= given
        facts = {"hash": signed_hash, "role": role, "complete": complete}
        written = steps.note(rule, claim, actor=actor, at=at, **facts)
        if complete:
            claim.status = Claim.Status.APPROVED
            _invite(claim, actor, event=written, at=at)
            new_people.invite(claim, by=actor.user, event=written, at=at)
        return claim


def _standing_approvals(claim: Claim) -> list[Approval]:
    return list(Approval.objects.filter(claim=claim, void_at=None).select_related("by"))


def _role_to_give(claim: Claim, actor: Actor) -> str:
    """Return in which role this person's yes counts. One natural person counts once (invariant 10)."""
    standing = _standing_approvals(claim)
    if any(is_same_human(approval.by, actor.user) for approval in standing):
        raise WrongState(_("You have approved this already. A second yes has to come from another person."))
    missing = weighing.wanted_roles(claim) - {approval.role for approval in standing}
    for role in (Role.APPROVER.value, Role.SENIOR.value):
        if role in missing and actor.has(role):
            return role
    raise WrongState(_("This waits for a yes in another role than yours. Nothing was changed."))


def _invite(claim: Claim, actor: Actor, *, event: Event, at: datetime) -> None:
    inquiry = claim.inquiry
    invitation, token = claimants.invite(
        number=claim.number,
        email=claim.mailbox,
        display_name=inquiry.statement.name,
        language=inquiry.language,
        by=actor.user,
        at=at,
    )
    claim.invitation = invitation
    claim.save(update_fields=["status", "invitation"])
    link, until = links.link(token), invitation.expires_at
    claimant_post.to_mailbox("claim_approved", claim, event=event, at=at, link=link, until=until)
    steps.stand(claim, Inquiry.Stage.INVITED, Inquiry.Turn.INQUIRER, steps.soon(at, steps.COLLECT_WITHIN))


def invite_claimant(claim_pk: int, *, actor: Actor, at: datetime) -> Claim:
    """Send a new link because the old one ran out or the account ended; the old one leads nowhere.

    Raises `WrongState` while the claimant's account is here.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "invite_claimant", claim, actor)
        opened = claim.invitation and claim.invitation.accepted_by
        if opened and opened.is_active:
            raise WrongState(_("The claimant has an account already. Nothing was changed."))
        Invitation.objects.filter(pk=claim.invitation_id or 0, status=InvitationStatus.SENT).update(
            status=InvitationStatus.WITHDRAWN, closed_at=at
        )
        claim.claimant = claim.claimant_ready_at = None
        claim.save(update_fields=["claimant", "claimant_ready_at"])
        written = steps.note(rule, claim, actor=actor, at=at)
        _invite(claim, actor, event=written, at=at)
        return claim


def send_back(claim_pk: int, *, reason: str, actor: Actor, at: datetime) -> Claim:
    """Send a proposal back: it was not enough, or something changed. Notices begin anew with the next proposal.

    A link or an account that the approval gave ends; the next approval invites anew.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "send_back", claim, actor)
        steps.note(rule, claim, actor=actor, at=at, was=claim.status)
        claim.sealed_decision = cipher.encrypt(reason)
        steps.back_to_collecting(claim, at=at)
        return claim


REFUSALS = (
    Claim.EndReason.NOT_CONFIRMED,
    Claim.EndReason.NO_REGISTRATION,
    Claim.EndReason.ABUSE,
    Claim.EndReason.NO_RESPONSE,
)
"""What an approver may give as the reason of a refusal."""


def refuse(claim_pk: int, *, reason: str, words: str, actor: Actor, at: datetime, missing: Iterable[str] = ()) -> Claim:
    """Refuse a claim. The claimant reads fixed words about the types of proofs in `missing`; `words` are for the case.

    `reason` is one of `REFUSALS`; `missing` are codes of categories that the procedure asks for. Without an answer of
    the claimant a claim is refused only after the procedure's reminders and days. Raises `NotAllowed`, `WrongState`,
    `Refused` (unknown reason or category; not reminded enough).
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "refuse", claim, actor)
        if reason not in REFUSALS:
            choose = _("Choose a reason from the list.")
            raise Refused(choose, {"reason": choose})
        lacks = sorted(set(missing))
        if not set(lacks) <= set(afterwards.asked_for(claim.procedure.procedure)):
            choose = _("Choose from the types of proofs that the procedure asks for.")
            raise Refused(choose, {"missing": choose})
        if reason == Claim.EndReason.NO_RESPONSE and not reminding.may_end_unanswered(claim, at):
            early = _("Only after two reminders in two ways, and thirty days without any answer since.")
            raise Refused(early, {"reason": early})
        written = steps.note(rule, claim, actor=actor, at=at, reason=reason, missing=lacks)
        claim.sealed_decision = cipher.encrypt(words)
        claim.save(update_fields=["sealed_decision"])
        stage = Inquiry.Stage.NOT_CONFIRMED
        steps.end(claim, Claim.Status.REFUSED, reason, stage=stage, at=at, by=actor.user, missing=lacks)
        endings.tell(claim, event=written, at=at)
        return claim
