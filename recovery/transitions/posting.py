"""Letters leave once, and what became of letters and mails."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import User
from accounts.persons import is_same_human
from accounts.rulebook import check
from audit.record import event
from handover.models import ContactPoint
from handover.printing.errors import FactRefused
from handover.printing.letter_facts import ENDS, LetterFacts
from handover.printing.letters import letters_pdf
from handover.receipts import issuer
from outbox import letters as office
from outbox.models import Notice
from recovery import claimant_post, steps
from recovery.models import Claim, Dispatch
from recovery.procedure import tier_for
from recovery.queries import weighing
from recovery.rules import TABLE
from recovery.rules.people import owes

RUN = 50
"""Letters of one print run: what prints in a few seconds, so that nobody presses twice."""


def print_letters(dispatch_pks: Iterable[int], *, actor: Actor, at: datetime) -> bytes:
    """Hand the chosen letters out for printing, once, as one PDF; nobody can open them again.

    The PDF is made before the transaction ends: if that fails, every letter is still there. Whoever prints a code
    letter decides nothing in its case. Whoever ordered one, or checked evidence where it holds a code, does not print
    it: a second person sees that it leaves.
    Of more than `RUN` the rest waits for the next run. Raises `NotAllowed`, `WrongState` (nothing left to print).
    """
    with transaction.atomic(durable=True):
        rule = check(TABLE, "print_letters", None, actor)
        rows = Dispatch.objects.to_print().filter(pk__in=list(dispatch_pks))
        rows = rows.exclude(owes(actor.user)).order_by("pk")
        # Only what this run prints is handed out: what is handed out is wiped.
        rows = rows.select_related("notice", "code", "claim__procedure")[:RUN]
        waiting = list(rows.select_for_update(no_key=True, of=("self",)))
        contents = {notice.pk: content for notice, content in office.hand_out([one.notice for one in waiting], at=at)}
        run = [one for one in waiting if one.notice_id in contents]
        if not run:
            raise WrongState(_("Nothing is left to print here: somebody else printed it, or it was called off."))
        printed = letters_pdf([_checked_facts(contents[one.notice_id], one, at) for one in run])
        for one in run:
            _leave(one, actor, at)
        labels = sorted({one.claim.label for one in run})
        facts = {"letters": [one.letter_number for one in run]}
        event(rule.event, actor=actor, at=at, subject=f"print_run:{at:%Y%m%d%H%M%S}", about=labels, facts=facts)
        return printed


def _leave(one: Dispatch, actor: Actor, at: datetime) -> None:
    one.printed_at, one.printed_by = at, actor.user
    one.save(update_fields=["printed_at", "printed_by"])
    if one.code and one.gives:
        # The days of a code letter count from posting (A6).
        days = one.claim.procedure.procedure.letters.valid_days
        type(one.code).objects.filter(pk=one.code.pk, used_at=None).update(expires_at=at + timedelta(days=days))


def _checked_facts(content: dict[str, Any], one: Dispatch, at: datetime) -> LetterFacts:
    """Return what a letter says. Raises `WrongState` that names the one which cannot be printed: the others can."""
    try:
        return _facts(content, one, at)
    except FactRefused as refused:
        words = _("Letter %(number)s cannot be printed: a name or address in it is too long. Print the others.")
        raise WrongState(words % {"number": one.letter_number}) from refused


def _facts(content: dict[str, Any], one: Dispatch, at: datetime) -> LetterFacts:
    if one.to == claimant_post.TO:
        return claimant_post.facts(content, at)

    def day(name: str) -> Any:
        return datetime.fromisoformat(content[name]).date() if content.get(name) else None

    until = None
    if one.gives:
        until = timezone.localdate(at + timedelta(days=one.claim.procedure.procedure.letters.valid_days))
    return LetterFacts(
        letter_number=content["letter_number"],
        kind=content["kind"],
        receipt_number=content["receipt_number"],
        addressee=(*(line for line in content["addressee"] if line), "登録ご担当者様"),
        postal_code=content["postal_code"],
        address=content["address"],
        issued_at=timezone.localtime(at),
        asked_on=day("asked_on"),
        claimant=content["claimant"],
        code=content["code"].replace("-", ""),
        code_until=until,
        object_code=content["object_code"].replace("-", ""),
        call_code=content.get("call_code", ""),
        window_until=day("window_until") if content["kind"] in ENDS else None,
        public_origin=settings.PUBLIC_ORIGIN,
        phone=settings.SUPPORT_PHONE,
        hours=settings.SUPPORT_HOURS,
        issuer=issuer("ja"),
    )


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
