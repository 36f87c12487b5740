"""The provider on a request of change: found, examined and proposed by one person, decided by others (B4)."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.models import Organisation, OrganisationKind, Role, User
from accounts.rulebook import check
from handover import changing
from handover.changing import refuse_changed, refuse_missing, refuse_restricted, tell, write
from handover.models import ChangeApproval, ChangeConsent, ChangeProof, ChangeRequest
from handover.rules import TABLE
from handover.rules.changes import accounts_of, proofs_for, wanted_roles, wanted_sides

S = ChangeRequest.Status


def find_receiver(*, change_pk: int, organisation_pk: int, actor: Actor, at: datetime) -> ChangeRequest:
    """Say which organisation the receiving side is; from here on its administrators see the request.

    Raises `NotAllowed`; `WrongState` when that side has agreed already; `Refused` for one that is no other customer,
    or where nobody else is to hold it.
    """
    with transaction.atomic(durable=True):
        change = changing.lock(change_pk)
        rule = check(TABLE, "find_receiver", change, actor)
        found = Organisation.objects.filter(pk=organisation_pk, kind=OrganisationKind.CUSTOMER).first()
        if not change.moves or found is None or found == change.organisation:
            words = _("Choose another customer organisation.")
            raise Refused(words, {"organisation": words})
        if ChangeConsent.objects.filter(change=change, side=ChangeConsent.Side.RECEIVER).exists():
            raise WrongState(_("The receiving side has agreed already. Nothing was changed."))
        change.receiver = found
        change.save(update_fields=["receiver"])
        written = write(rule, change, actor=actor, at=at, about=changing.about_all(change))
        tell("change_requested", change, written, at=at)
        return change


def record_consent(
    *, change_pk: int, side: str, signed_on: date, reference: str, actor: Actor, at: datetime
) -> ChangeRequest:
    """Record the yes of a side that has no account, from its sealed paper.

    Raises `NotAllowed`; `WrongState` when it has agreed already; `Refused` for a side that is not asked, a day to
    come, or a receiving side that nobody has found yet.
    """
    with transaction.atomic(durable=True):
        change = changing.lock(change_pk)
        rule = check(TABLE, "record_consent", change, actor)
        unfound = side == ChangeConsent.Side.RECEIVER and change.receiver_id is None
        if side not in wanted_sides(change) or unfound:
            words = _("Choose a side whose consent is needed; name the receiving organisation first.")
            raise Refused(words, {"side": words})
        if signed_on > timezone.localdate(at):
            words = _("A paper cannot be issued in the future.")
            raise Refused(words, {"signed_on": words})
        try:
            with transaction.atomic():
                ChangeConsent.objects.create(
                    change=change,
                    side=side,
                    by=actor.user,
                    on_paper=True,
                    signed_on=signed_on,
                    reference=reference,
                    at=at,
                )
        except IntegrityError as clash:
            raise WrongState(_("This side has agreed already. Nothing was changed.")) from clash
        about = changing.about_all(change)
        written = write(rule, change, actor=actor, at=at, about=about, side=side, signed_on=signed_on.isoformat())
        tell("change_consented", change, written, at=at)
        return change


def check_proof(
    *, change_pk: int, kind: str, issued_on: date, reference: str, actor: Actor, at: datetime
) -> ChangeProof:
    """Tick one paper as seen, with its day of issue and reference; whether it is in date is asked at the decision.

    A tick after the proposal makes the proposal stale: it has to be made anew. Raises `NotAllowed`, `WrongState`,
    `Refused` for a paper that this kind of request does not rest on, or one from the future.
    """
    with transaction.atomic(durable=True):
        change = changing.lock(change_pk)
        rule = check(TABLE, "check_proof", change, actor)
        if kind not in proofs_for(change):
            words = _("This request does not rest on that paper.")
            raise Refused(words, {"kind": words})
        if issued_on > timezone.localdate(at):
            words = _("A paper cannot be issued in the future.")
            raise Refused(words, {"issued_on": words})
        seen = {"issued_on": issued_on, "reference": reference, "checked_by": actor.user, "checked_at": at}
        proof, _made = ChangeProof.objects.update_or_create(
            change=change, kind=kind, defaults=seen, create_defaults={**seen, "stated_by": actor.user}
        )
        write(rule, change, actor=actor, at=at, proof=kind, issued_on=issued_on.isoformat())
        return proof


def propose_change(*, change_pk: int, reason: str, actor: Actor, at: datetime) -> ChangeRequest:
    """Fix what is to be decided, with its hash. Proposing anew voids the yeses given to the old text.

    Raises `NotAllowed`; `WrongState` (protected after a recovery); `Refused` naming what is missing.
    """
    with transaction.atomic(durable=True):
        change = changing.lock(change_pk)
        rule = check(TABLE, "propose_change", change, actor)
        refuse_restricted(change.kind, change.items.values_list("registration_id", flat=True), at=at)
        refuse_missing(change, at=at)
        change.proposal = changing.decision_facts(change)
        change.proposal_hash = changing.hash_to_sign(change.proposal)
        change.proposal_reason, change.proposed_by, change.proposed_at = reason, actor.user, at
        change.status = S.PROPOSED
        change.save()
        void = ChangeApproval.objects.filter(change=change, void_at=None).update(void_at=at)
        write(
            rule,
            change,
            actor=actor,
            at=at,
            about=changing.about_all(change),
            hash=change.proposal_hash,
            approvals_void=void,
        )
        return change


def approve_change(*, change_pk: int, signed_hash: str, reason: str, actor: Actor, at: datetime) -> ChangeRequest:
    """Say yes to exactly what the page showed (`signed_hash`). With the last yes that is wanted it is approved.

    The view has made the fresh check. Raises `NotAllowed` for whoever had a hand in preparing it; `WrongState` when
    something changed, this role or this human has said yes; `Refused` when a paper is out of date by now.
    """
    with transaction.atomic(durable=True):
        change = changing.lock(change_pk)
        rule = check(TABLE, "approve_change", change, actor)
        refuse_restricted(change.kind, change.items.values_list("registration_id", flat=True), at=at)
        refuse_changed(change, signed_hash)
        refuse_missing(change, at=at)
        role = _role_to_give(change, actor)
        ChangeApproval.objects.create(
            change=change, by=actor.user, role=role, signed_hash=signed_hash, reason=reason, at=at
        )
        given = ChangeApproval.objects.filter(change=change, void_at=None).values_list("role", flat=True)
        complete = wanted_roles(change) <= set(given)
        if complete:
            change.status = S.APPROVED
            change.save(update_fields=["status"])
        facts = {"hash": signed_hash, "role": role, "complete": complete}
        written = write(rule, change, actor=actor, at=at, about=changing.about_all(change), **facts)
        if complete:
            tell("change_approved", change, written, at=at)
        return change


def _role_to_give(change: ChangeRequest, actor: Actor) -> str:
    """Return in which role this person's yes counts; one natural person counts once."""
    standing = ChangeApproval.objects.filter(change=change, void_at=None)
    if standing.filter(by__in=User.objects.filter(accounts_of(actor.user))).exists():
        raise WrongState(_("You have approved this already. A second yes has to come from another person."))
    lacking = wanted_roles(change) - set(standing.values_list("role", flat=True))
    for role in (Role.APPROVER.value, Role.SENIOR.value):
        if role in lacking and actor.has(role):
            return role
    raise WrongState(_("This waits for a yes in another role than yours. Nothing was changed."))


def refuse_change(*, change_pk: int, reason: str, actor: Actor, at: datetime) -> ChangeRequest:
    """Refuse with a reason that everybody concerned reads. What the provider keeps already, it goes on keeping.

    Raises `NotAllowed`, `WrongState`.
    """
    with transaction.atomic(durable=True):
        change = changing.lock(change_pk)
        rule = check(TABLE, "refuse_change", change, actor)
        was = change.status
        changing.end(change, S.REFUSED, reason=reason, by=actor.user, at=at)
        written = write(rule, change, actor=actor, at=at, about=changing.about_all(change), was=was)
        tell("change_ended", change, written, at=at)
        return change
