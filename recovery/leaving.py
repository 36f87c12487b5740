"""Letters of claims that leave: handed out once, in the transaction of a print run."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import WrongState
from accounts.rulebook import Rule
from audit.record import event
from handover.leaving import RUN, Printed, registered_in
from handover.printing.errors import FactRefused
from handover.printing.letter_facts import ENDS, LetterFacts
from handover.printing.letters import letters_pdf
from handover.receipts import issuer
from outbox import letters as office
from recovery import claimant_post
from recovery.models import Dispatch
from recovery.rules.people import owes


def claim_letters(pks: Iterable[int], *, rule: Rule, actor: Actor, at: datetime, most: int = 0) -> Printed:
    """Hand out letters of claims, but those that `actor` does not print (`owes`); at most `most`, 0 for `RUN`."""
    rows = Dispatch.objects.to_print().filter(pk__in=list(pks))
    rows = rows.exclude(owes(actor.user)).order_by("pk")
    # Only what this run prints is handed out: what is handed out is wiped.
    rows = rows.select_related("notice", "code", "claim__procedure")[: most or RUN]
    waiting = list(rows.select_for_update(no_key=True, of=("self",)))
    contents = {notice.pk: content for notice, content in office.hand_out([one.notice for one in waiting], at=at)}
    run = [one for one in waiting if one.notice_id in contents]
    if not run:
        return Printed()
    said = [_checked_facts(contents[one.notice_id], one, at) for one in run]
    printed = letters_pdf(said)
    for one in run:
        _leave(one, actor, at)
    numbers, about = [str(one.letter_number) for one in run], sorted({one.claim.label for one in run})
    subject = f"print_run:{at:%Y%m%d%H%M%S}"
    event(rule.event, actor=actor, at=at, subject=subject, about=about, facts={"letters": numbers})
    return Printed(printed, tuple(numbers), registered_in(said))


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
