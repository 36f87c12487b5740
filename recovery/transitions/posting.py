"""Letters leave once, and what became of letters and mails."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import User
from accounts.persons import is_same_human
from accounts.rulebook import check
from handover.models import ContactPoint
from outbox.models import Notice
from recovery import leaving, steps
from recovery.models import Claim, Dispatch
from recovery.procedure import tier_for
from recovery.queries import weighing
from recovery.rules import TABLE


def print_letters(dispatch_pks: Iterable[int], *, actor: Actor, at: datetime) -> bytes:
    """Hand the chosen letters out for printing, once, as one PDF; nobody can open them again.

    The PDF is made before the transaction ends: if that fails, every letter is still there. Whoever prints a code
    letter decides nothing in its case. Whoever ordered one, or checked evidence where it holds a code, does not print
    it: a second person sees that it leaves.
    Of more than `RUN` the rest waits for the next run. Raises `NotAllowed`, `WrongState` (nothing left to print).
    """
    with transaction.atomic(durable=True):
        rule = check(TABLE, "print_letters", None, actor)
        return leaving.claim_letters(dispatch_pks, rule=rule, actor=actor, at=at).or_refuse().pdf


def record_delivery(dispatch_pk: int, *, delivered_at: datetime, actor: Actor, at: datetime) -> Dispatch:
    """Write down when a letter arrived, as the post tells. Windows count from the last such day (A5).

    Whoever proposed does not say so of the notices that begin the window. Raises `NotAllowed`, `WrongState` (not
    printed yet, or its end is known), `Refused` (a time that cannot be).
    """
    with transaction.atomic(durable=True):
        rule = check(TABLE, "record_delivery", None, actor)
        claim, found = _lock(dispatch_pk)
        _refuse_proposer(found, claim, actor)
        if found.printed_at is None or found.delivered_at or found.returned_at:
            raise WrongState(_("This letter has not been printed yet, or what became of it is known already."))
        # The post knows days, not hours: what was printed in the morning may arrive the same day.
        if timezone.localdate(delivered_at) < timezone.localdate(found.printed_at) or delivered_at > at:
            words = _("Enter a day between the print run and today.")
            raise Refused(words, {"delivered_on": words})
        found.delivered_at = max(delivered_at, found.printed_at)
        found.save(update_fields=["delivered_at"])
        steps.note(rule, claim, actor=actor, at=at, dispatch=found.pk, letter=found.letter_number)
        return found


def record_return(dispatch_pk: int, *, actor: Actor, at: datetime) -> Dispatch:
    """Write down that a letter or mail came back: its channel is dead and the claim is weighed anew (A6).

    Where that places the claim higher, a proposal is taken back. Raises `NotAllowed`, `WrongState`.
    """
    with transaction.atomic(durable=True):
        rule = check(TABLE, "record_return", None, actor)
        claim, found = _lock(dispatch_pk)
        _refuse_proposer(found, claim, actor)
        if found.returned_at or found.delivered_at or not _has_left(found):
            raise WrongState(_("This has not left yet, or what became of it is known already."))
        found.returned_at = at
        found.save(update_fields=["returned_at"])
        if found.contact_point_id:
            dead = ContactPoint.Health.RETURNED if found.letter_number else ContactPoint.Health.BOUNCED
            ContactPoint.objects.filter(pk=found.contact_point_id).update(health=dead, came_back_at=at)
        steps.note(rule, claim, actor=actor, at=at, dispatch=found.pk, letter=found.letter_number)
        if claim.is_open and claim.registration:
            _weigh_anew(claim, at)
        return found


def _refuse_proposer(found: Dispatch, claim: Claim, actor: Actor) -> None:
    if found.purpose != Dispatch.Purpose.PROPOSED or claim.proposed_by_id is None:
        return
    if is_same_human(User.objects.get(pk=claim.proposed_by_id), actor.user):
        raise NotAllowed(_("You proposed this case. Another operator writes down what became of its notices."))


def _has_left(found: Dispatch) -> bool:
    if found.channel == Dispatch.Channel.LETTER:
        return found.printed_at is not None
    # A mail that was given up came back as well; one that still waits to be sent proves nothing of its address.
    return Notice.objects.filter(pk=found.notice_id, status__in=[Notice.Status.SENT, Notice.Status.FAILED]).exists()


def _weigh_anew(claim: Claim, at: datetime) -> None:
    procedure = claim.procedure.procedure
    if claim.registration is None:
        return
    claim.circumstances = weighing.circumstances_of(claim, claim.registration, procedure, at)
    before, claim.tier = claim.tier, tier_for(procedure, claim.circumstances, claim.route)
    claim.save(update_fields=["circumstances", "tier"])
    if claim.tier != before and claim.status in (Claim.Status.PROPOSED, Claim.Status.NOTIFIED, Claim.Status.APPROVED):
        steps.back_to_collecting(claim, at=at)


def _lock(dispatch_pk: int) -> tuple[Claim, Dispatch]:
    claim = steps.lock(Dispatch.objects.only("claim_id").get(pk=dispatch_pk).claim_id)
    return claim, Dispatch.objects.select_for_update(no_key=True, of=("self",)).get(pk=dispatch_pk)
