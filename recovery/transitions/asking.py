"""No letter came: the inquirer says so here, instead of by phone."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.rulebook import check
from audit.record import Actor
from desk.models import Inquiry
from recovery import steps
from recovery.models import Claim
from recovery.rules import TABLE

WISHES = frozenset({"letter", "mail", "other"})
"""The letter again; a mail to an address of record instead; neither reaches the organisation."""


def ask_for_code(claim_pk: int, *, wish: str, actor: Actor, at: datetime) -> Claim:
    """Take down that no code arrived and what is wished. An operator looks; nothing is sent by itself.

    The same for every case, whether or not anything was sent. Raises `NotAllowed`, `WrongState`, `Refused` (no such
    wish).
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "ask_for_code", claim, actor)
        if wish not in WISHES:
            words = _("Choose one of the answers.")
            raise Refused(words, {"wish": words})
        asked = claim.inquiry
        stage, turn, next_on = asked.stage, asked.turn, asked.next_on or steps.soon(at)
        if claim.status == Claim.Status.COLLECTING and claim.frozen_at is None:
            stage, turn, next_on = Inquiry.Stage.COLLECTING, Inquiry.Turn.PROVIDER, steps.soon(at)
        # Written in any case: that there is something to collect does not show in the time it takes.
        steps.stand(claim, stage, turn, next_on)
        steps.note(rule, claim, actor=actor, at=at, wish=wish)
        return claim
