"""When people in charge are asked whether they still are, who answers, and when somebody counts as absent (R7)."""

import calendar
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import OrganisationKind, Role
from accounts.rulebook import Rule
from handover.models import Attestation
from handover.rules.handovers import is_system

EVERY_MONTHS = 12
"""How long an answer, or the beginning of a custody, counts (procedure.md B5, last row; RAM 12 months)."""
ASKED_DAYS_BEFORE = 40
"""How many days before the due day the question comes (procedure.md B5). Whoever is asked late has as many."""
SOON, DUE, TELL_OTHERS, LETTER = 1, 2, 3, 4
"""The stages after the question, in their order: what `Attestation.reminded` holds."""
DAYS = {SOON: -14, DUE: 0, TELL_OTHERS: 14, LETTER: 30}
"""Days from the due day at which a stage is reached (procedure.md B5)."""
SILENT_MONTHS = 13
"""Without any act for so long the person in charge counts as absent (issue 4: no sign-in for 13 months)."""
SEASON_MONTHS = (3, 9)
"""Before the changes of staff of April and October."""
PIECE = 500
"""Registrations of one transaction: the chain of events serialises writers."""


def months_after(day: date, months: int) -> date:
    """Return `day` so many months later (earlier when negative); the last of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def last_base(due_on: date) -> date:
    """Return the last day from which `EVERY_MONTHS` lead to `due_on` or before: 29 February for the 28th a year on."""
    base = months_after(due_on, -EVERY_MONTHS)
    while months_after(base + timedelta(days=1), EVERY_MONTHS) <= due_on:
        base += timedelta(days=1)
    return base


def midnight(day: date) -> datetime:
    """Return the instant at which `day` begins here."""
    return timezone.make_aware(datetime.combine(day, time.min))


def due_on(base: datetime, today: date) -> date:
    """Return by when to answer, asked `today` about a custody or an answer of the instant `base`."""
    usual = months_after(timezone.localdate(base), EVERY_MONTHS)
    return max(usual, today + timedelta(days=ASKED_DAYS_BEFORE))


def silent_since(at: datetime) -> datetime:
    """Return the instant before which somebody's last act lies who counts as absent at `at`."""
    return midnight(months_after(timezone.localdate(at), -SILENT_MONTHS))


def is_asked(actor: Any, thing: Sequence[Attestation]) -> bool:
    """Only the person who was asked answers, each for what was asked of them."""
    return isinstance(actor, Actor) and actor.is_customer and all(one.user_id == actor.user.pk for one in thing)


def may_print(actor: Any, thing: object = None) -> bool:
    """An operator of the provider: sees that letters leave, and writes down which came back."""
    return isinstance(actor, Actor) and actor.kind == OrganisationKind.PROVIDER and actor.has(Role.OPERATOR)


_ONLY_CLOCK = _("This happens by itself on its date.")
_ONLY_OPERATOR = _("Only an operator of the provider can do this.")

ATTESTATION: dict[str, Rule] = {
    "ask_attestation": Rule("attestation.asked", _("Ask"), is_system, _ONLY_CLOCK),
    "remind_attestation": Rule("attestation.reminded", _("Remind"), is_system, _ONLY_CLOCK),
    "escalate_attestation": Rule("attestation.escalated", _("Tell the administrators"), is_system, _ONLY_CLOCK),
    "post_attestation": Rule("attestation.posted", _("Send a letter"), is_system, _ONLY_CLOCK),
    "attest": Rule(
        "attestation.answered", _("Answer"), is_asked, _("Only the person in charge who was asked can answer.")
    ),
    "record_bounce": Rule("mail.bounced", _("Note that a mail came back"), is_system, _ONLY_CLOCK),
    "note_absence": Rule("absence.noted", _("Note an absence"), is_system, _ONLY_CLOCK),
    "end_absence": Rule("absence.ended", _("End an absence"), is_system, _ONLY_CLOCK),
    "begin_season": Rule("season.begun", _("Begin the handover season"), is_system, _ONLY_CLOCK),
    "tell_season": Rule("season.told", _("Tell of the handover season"), is_system, _ONLY_CLOCK),
    "print_notices": Rule("notices.printed", _("Print"), may_print, _ONLY_OPERATOR),
    "record_notice_return": Rule("notice.returned", _("It came back"), may_print, _ONLY_OPERATOR),
}
