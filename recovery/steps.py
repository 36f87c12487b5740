"""Steps that several transitions share. Plain functions: they run inside a transition; only `note` writes an event."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import codes, memberships
from accounts.errors import WrongState
from accounts.models import Invitation, InvitationStatus, User
from accounts.rulebook import Rule
from audit.models import Event
from audit.record import Actor, event
from desk import progress
from desk.models import Inquiry
from handover import custody, notices, restricting
from handover.calendar import business_days_after
from handover.models import Custody, Registration, Restriction
from recovery import carrying, claimant_post, covering, endings
from recovery.models import Approval, CaseRequest, Claim, ClaimLine, Duty

COLLECT_WITHIN = 5
"""Business days until the inquirer hears from us at the latest (procedure.md A11)."""
REVIEW_WITHIN = 3
"""Business days in which two people look at an objection (procedure.md A7)."""


def lock(claim_pk: int, *, registration_number: str = "") -> Claim:
    """Lock what a claim touches, always in the order invitation, person, registration, claim, and re-read it.

    Invitation and person are those that an approval led to: the account takes over, or ends with the claim. The
    invitation comes first because whoever follows its link holds it until the log is written.
    `registration_number` names the registration that is about to be linked. Raises `Claim.DoesNotExist` and
    `Registration.DoesNotExist`.
    """
    seen = Claim.objects.only("invitation_id", "registration_id", "is_bulk").get(pk=claim_pk)
    if seen.is_bulk:
        _lock_list(seen)
    elif seen.invitation_id:
        invitation = Invitation.objects.select_for_update(no_key=True).get(pk=seen.invitation_id)
        if invitation.accepted_by_id:
            User.objects.select_for_update(no_key=True).get(pk=invitation.accepted_by_id)
    if registration_number:
        Registration.objects.select_for_update(no_key=True).get(number=registration_number)
    else:
        # Asked for where there is none as well: nobody tells a claim that was linked by the time this takes.
        Registration.objects.select_for_update(no_key=True).filter(pk=seen.registration_id or 0).first()
    return _whole(Claim.objects.select_for_update(no_key=True, of=("self",))).get(pk=claim_pk)


def _lock_list(seen: Claim) -> None:
    """Lock the same of a claim with a list: each kind at once, in the order of their keys."""
    rows = ClaimLine.objects.filter(claim=seen, status__in=covering.CONCERNED)
    keys = list(rows.values_list("invitation", "person", "registration"))
    invitations = {invitation for invitation, _person, _registration in keys} | {seen.invitation_id}
    locked = Invitation.objects.select_for_update(no_key=True).filter(pk__in=[pk for pk in invitations if pk])
    opened = {one.accepted_by_id for one in locked.order_by("pk")}
    people = opened | {person for _invitation, person, _registration in keys}
    list(User.objects.select_for_update(no_key=True).filter(pk__in=[pk for pk in people if pk]).order_by("pk"))
    registrations = {registration for _invitation, _person, registration in keys} | {seen.registration_id}
    wanted = Registration.objects.select_for_update(no_key=True).filter(pk__in=[pk for pk in registrations if pk])
    list(wanted.order_by("pk"))


def _whole(rows: QuerySet[Claim]) -> QuerySet[Claim]:
    return rows.select_related("inquiry", "procedure", "registration__organisation", "invitation", "claimant")


def about(claim: Claim) -> list[str]:
    """Return the labels in whose history an event of `claim` appears: the holder's once the claim is accepted."""
    labels = [claim.inquiry.label]
    if claim.accepted_at and claim.registration:
        labels += [claim.registration.label, claim.registration.organisation.label]
    return labels


def note(rule: Rule, claim: Claim, *, actor: Actor, at: datetime, **facts: Any) -> Event:
    """Write the event of one act on `claim`."""
    return note_of_list(rule, claim, (), actor=actor, at=at, **facts)


def note_of_list(
    rule: Rule, claim: Claim, also: Iterable[Registration | None], /, *, actor: Actor, at: datetime, **facts: Any
) -> Event:
    """Write the event of one act on `claim`; it appears in the history of the registrations in `also` as well."""
    labels = [*about(claim), *(one.label for one in also if one)]
    return event(rule.event, actor=actor, at=at, subject=claim.label, about=labels, facts=facts)


def stand(claim: Claim, stage: str, turn: str, next_on: date) -> None:
    """Tell the status page where the claim stands."""
    progress.stand(claim.inquiry_id, stage=stage, turn=turn, next_on=next_on)


def soon(at: datetime, days: int = progress.ANSWER_WITHIN) -> date:
    """Return the day `days` business days after `at`."""
    return business_days_after(timezone.localdate(at), days)


def refuse_frozen(claim: Claim) -> None:
    """Raise `WrongState` while an objection or another claim holds this one up."""
    if claim.frozen_at is not None:
        why = claim.get_frozen_by_display()
        raise WrongState(_("This claim is frozen: %(why)s. Settle that first.") % {"why": why})


def freeze(claim: Claim, why: str, *, at: datetime) -> None:
    """Hold `claim` up from this instant; approvals that were given are void."""
    if claim.frozen_at is None or (why != Claim.Frozen.OBJECTION and claim.frozen_by != Claim.Frozen.COMPETING):
        # What waits for a senior stays so, whichever came first: the decision on an objection does not let it go.
        claim.frozen_at, claim.frozen_by = claim.frozen_at or at, why
        claim.save(update_fields=["frozen_at", "frozen_by"])
    void_approvals(claim, at=at)
    stand(claim, Inquiry.Stage.FROZEN, Inquiry.Turn.PROVIDER, soon(at, REVIEW_WITHIN))


def freeze_competing(claim: Claim, registration: Registration, *, at: datetime) -> None:
    """Hold `claim` up because of another one on the same registration, which is marked as contested."""
    freeze(claim, Claim.Frozen.COMPETING, at=at)
    kind = Restriction.Kind.CONTESTED
    if not Restriction.objects.filter(registration=registration, kind=kind, case=claim.number, ended_at=None).exists():
        restricting.restrict(registration, kind, case=claim.number, at=at, blocks=restricting.CONTESTED_BLOCKS)


def linked_to(registration: Registration, *, but: Claim) -> list[Claim]:
    """Return the other open claims on `registration`, in one order."""
    rows = Claim.objects.select_related("inquiry").filter(registration=registration, status__in=Claim.LINKED)
    return list(rows.exclude(pk=but.pk).order_by("pk"))


def answer_request(claim: Claim, act: str, *, at: datetime) -> None:
    """Note that what the inquirer asked for is done, by whomever."""
    CaseRequest.objects.filter(claim=claim, act=act, done_at=None).update(done_at=at)


def void_approvals(claim: Claim, *, at: datetime) -> int:
    """Make the approvals of `claim` void: what was signed has changed. Returns how many there were."""
    return Approval.objects.filter(claim=claim, void_at=None).update(void_at=at)


def back_to_collecting(claim: Claim, *, at: datetime) -> None:
    """Take back a proposal: approvals are void, its notices no longer count, and the claimant has another turn.

    A second look that an objection asked for stays owed: sending a claim back does not get round the senior.
    """
    void_approvals(claim, at=at)
    end_account(claim, at=at)
    if claim.is_bulk:
        ClaimLine.objects.filter(claim=claim).update(is_signed=False)
    claim.dispatches.filter(purpose="proposed", void_at=None).update(void_at=at)
    claim.status = Claim.Status.COLLECTING
    claim.proposed_by = claim.proposed_at = claim.proposal = None
    claim.proposal_hash = ""
    claim.window_begun_on = claim.window_ends_on = None
    claim.save()
    stand(claim, Inquiry.Stage.COLLECTING, Inquiry.Turn.INQUIRER, soon(at, COLLECT_WITHIN))


def end(
    claim: Claim,
    status: str,
    reason: str,
    *,
    stage: str,
    at: datetime,
    by: User | None = None,
    missing: Iterable[str] = (),
) -> None:
    """End an open claim without a change of custody: codes, approvals, marks and looks end with it.

    `missing` are codes of the categories of proofs that were missing. See `endings.tell` for who is told.
    """
    endings.keep(claim, reason, missing=missing, at=at, by=by)
    claim.status, claim.end_reason, claim.ended_at = status, reason, at
    claim.frozen_at, claim.frozen_by = None, ""
    claim.save(update_fields=["status", "end_reason", "ended_at", "frozen_at", "frozen_by"])
    void_approvals(claim, at=at)
    end_account(claim, at=at)
    carrying.end_lines(claim, at=at)
    close_case(claim, stage=stage, at=at, by=by)


def end_account(claim: Claim, *, at: datetime) -> None:
    """Take back what an approval gave: a link not yet followed leads nowhere, an account already opened ends.

    The mail address becomes free, so that a later approval can invite it again. What `lock` has locked.
    """
    end_new_accounts(claim, at=at)
    if claim.invitation_id is None:
        return
    Invitation.objects.filter(pk=claim.invitation_id, status=InvitationStatus.SENT).update(
        status=InvitationStatus.WITHDRAWN, closed_at=at
    )
    # Asked after the UPDATE, which waits for whoever is following the link at this moment.
    invitation = Invitation.objects.select_related("accepted_by", "organisation").get(pk=claim.invitation_id)
    if invitation.accepted_by:
        memberships.close(invitation.accepted_by, organisation=invitation.organisation, at=at)
    claim.invitation = claim.claimant = claim.claimant_ready_at = None
    claim.save(update_fields=["invitation", "claimant", "claimant_ready_at"])


def end_new_accounts(claim: Claim, *, at: datetime) -> None:
    """Take back the links of the list's new persons, and the accounts that they opened and got nothing by."""
    for invitation in carrying.end_links(claim, at=at):
        if invitation.accepted_by:
            memberships.close(invitation.accepted_by, organisation=invitation.organisation, at=at)


def close_case(claim: Claim, *, stage: str, at: datetime, by: User | None = None) -> None:
    """End all that an open claim holds: codes, letters not yet printed, marks, looks, the inquiry."""
    codes.void(subject=claim.label, at=at)
    claim.dispatches.filter(channel="letter", printed_at=None, purpose="code", void_at=None).update(void_at=at)
    restricting.lift(claim.number, at=at, kinds=[Restriction.Kind.CLAIM_OPEN, Restriction.Kind.CONTESTED])
    restricting.end_looks(claim.number, at=at)
    Duty.objects.open().filter(claim=claim).update(closed_at=at, closed_by=by)
    progress.close(claim.inquiry_id, stage=stage, at=at, by=by)


def tell_claimant(template: str, claim: Claim, *, event: Event, at: datetime, **context: Any) -> None:
    """Queue a mail in fixed words to the claimant's mailbox, once it is verified: never to an address only stated."""
    if claim.mailbox and claim.mailbox_verified_at:
        claimant_post.to_mailbox(template, claim, event=event, at=at, **context)


def stop(claim: Claim, *, event: Event, at: datetime, by: User | None = None) -> None:
    """Stop a claim because the custodian can be reached; the custodian is asked to hand over instead (A7).

    The claimant is told that it is settled inside the organisation, and no name.
    """
    registration = claim.registration
    end(claim, Claim.Status.STOPPED, Claim.EndReason.CUSTODIAN_ACTIVE, stage=Inquiry.Stage.STOPPED, at=at, by=by)
    if registration is not None:
        held = Custody.objects.current().filter(registration=registration).select_related("user").first()
        people = [held.user if held else None, *custody.administrators(registration.organisation)]
        notices.tell("claim_stopped", people, event=event, at=at, claim=claim, registration=registration)
    endings.tell(claim, event=event, at=at)
