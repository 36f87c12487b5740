"""What an inquirer asks for on the page of an own case is taken down at once, and done by the worker (0024)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import tallies
from accounts.errors import Refused, WrongState
from accounts.rulebook import check
from audit.record import Actor, event
from recovery import steps
from recovery.models import CaseRequest, Claim
from recovery.queries import afterwards, inbox
from recovery.rules import TABLE

A_DAY = timedelta(days=1)


def hand_in(claim_pk: int, *, act: str, words: str = "", sender: str = "", actor: Actor, at: datetime) -> CaseRequest:
    """Take down that the inquirer withdraws, appeals (with `words`) or takes an ended claim up again (by `sender`).

    One row of one size and one event, whatever is on record: nobody tells by the time it takes whether a registration
    was found. The worker does the act as of this instant. A second press gives back the first one's row.
    Raises `NotAllowed`; `WrongState` (not at this stage, too late, something else was asked for); `Refused` (limit).
    """
    seen = Claim.objects.select_related("procedure").get(pk=claim_pk)
    check(TABLE, act, seen, actor)
    if act == CaseRequest.Act.REOPEN:
        limit = seen.procedure.procedure.limits["per_sender_a_day"]
        if not tallies.charge(f"claims:sender:{sender}", limit=limit, period=A_DAY, at=at):
            words = _("Too many inquiries came from your connection today. Please call us, or try again tomorrow.")
            raise Refused(words)
    with transaction.atomic(durable=True):
        # The claim alone: what an act touches besides is locked when it is done.
        rows = Claim.objects.select_for_update(no_key=True, of=("self",)).select_related("inquiry", "procedure")
        claim = rows.get(pk=claim_pk)
        rule = check(TABLE, "hand_in", claim, actor)
        check(TABLE, act, claim, actor)
        _refuse_late(claim, act, at)
        if standing := inbox.waiting_of(claim):
            if standing.act == act:
                return standing
            raise WrongState(_("You asked for something else a moment ago. Please wait until that is done."))
        made = CaseRequest.hand_in(claim, act, words, at=at)
        facts = {"request": made.pk, "act": act}
        event(rule.event, actor=actor, at=at, subject=claim.label, about=[claim.inquiry.label], facts=facts)
        return made


def _refuse_late(claim: Claim, act: str, at: datetime) -> None:
    """Raise `WrongState` when it is too late at `at` to appeal or to take `claim` up again, or it was appealed."""
    if act == CaseRequest.Act.WITHDRAW:
        return
    after = afterwards.after_of(claim, at)
    if act == CaseRequest.Act.APPEAL and (after is None or not after.may_appeal):
        raise WrongState(_("The time to appeal is over. You can take the claim up again, or begin anew."))
    if act == CaseRequest.Act.REOPEN and (after is None or not after.may_reopen):
        raise WrongState(_("This can no longer be taken up again. Please begin anew; it takes five minutes."))


def turn_down(request_pk: int, *, actor: Actor, at: datetime) -> CaseRequest:
    """Write down that a request could not be done: the case had changed before the worker came to it.

    The page of the case says so. Raises `WrongState` when it is done already.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(CaseRequest.objects.only("claim_id").get(pk=request_pk).claim_id)
        found = CaseRequest.objects.select_for_update(no_key=True).get(pk=request_pk)
        rule = check(TABLE, "turn_down", None, actor)
        if found.done_at:
            raise WrongState(_("This is done already. Nothing was changed."))
        found.done_at, found.is_turned_down = at, True
        found.save(update_fields=["done_at", "is_turned_down"])
        facts = {"request": found.pk, "act": found.act}
        event(rule.event, actor=actor, at=at, subject=claim.label, about=[claim.inquiry.label], facts=facts)
        return found
