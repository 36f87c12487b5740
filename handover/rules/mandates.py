"""Who may ask for, grant, end and use a contractor's mandate (procedure.md B4, B6), and how long things take."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.errors import Words
from accounts.models import OrganisationKind
from accounts.rulebook import Rule
from audit.record import System
from handover.models import Custody, Deputy, Mandate, MandateRegistration
from handover.rules.handovers import is_system

MONTHS = 12
"""The longest a mandate lasts (procedure.md B6)."""
RENEWAL_DAYS = 40
"""From how many days before its end a contractor may ask to go on (procedure.md B6)."""
REMINDERS_BEFORE_DAYS = (40, 14)
"""How many days before its end both sides are reminded, the first on the day the renewal opens."""
OPEN_QUESTIONS = 10
"""How many unanswered questions one contractor may have (as open claims of one organisation, procedure.md A10)."""
MOST_REGISTRATIONS = 50
"""How many registrations one mandate names, so that each can be read before it is granted."""

# Daily settings only. What changes holder, address of record or the contract (T5) can never stand here.
SETTINGS: Mapping[str, Words] = {
    "forwarding": _("Call forwarding"),
    "announcements": _("Announcements"),
    "ringing": _("Ringing groups"),
    "hours": _("Opening hours"),
    "short_numbers": _("Short numbers"),
    "displayed_number": _("Displayed number"),
}


def is_contractor(actor: Any, thing: object = None) -> bool:
    """Somebody who works for a contractor."""
    return isinstance(actor, Actor) and actor.kind == OrganisationKind.CONTRACTOR


def is_customer(actor: Any, thing: object = None) -> bool:
    """Somebody of a customer; which registrations are theirs to open is asked of each."""
    return isinstance(actor, Actor) and actor.is_customer


def asks(actor: Any, mandate: Mandate) -> bool:
    """Somebody of the contractor whose mandate it is."""
    return is_contractor(actor) and actor.organisation.pk == mandate.contractor_id


def decides(actor: Any, mandate: Mandate) -> bool:
    """An administrator of the customer, or the custodian of a registration that waits for an answer."""
    if not is_customer(actor) or actor.organisation.pk != mandate.customer_id:
        return False
    if actor.is_administrator:
        return True
    waiting = MandateRegistration.objects.undecided().filter(mandate=mandate)
    return _holds_any(actor, waiting)


def ends(actor: Any, mandate: Mandate) -> bool:
    """Either side; of the customer an administrator, or who holds or stands in for every registration of it."""
    if isinstance(actor, System):
        return False
    if asks(actor, mandate):
        return True
    if not is_customer(actor) or actor.organisation.pk != mandate.customer_id:
        return False
    # What waits for an answer is declined, not ended, by the customer.
    if mandate.status == Mandate.Status.ASKED:
        return False
    if actor.is_administrator:
        return True
    rows = MandateRegistration.objects.granted().filter(mandate=mandate)
    mine = _of(actor, rows)
    return bool(mine) and mine == set(rows.values_list("pk", flat=True))


def takes_out(actor: Any, row: MandateRegistration) -> bool:
    """Either side; of the customer an administrator, or who holds or stands in for that registration."""
    if asks(actor, row.mandate):
        return True
    if not is_customer(actor) or actor.organisation.pk != row.mandate.customer_id:
        return False
    return bool(actor.is_administrator or _of(actor, MandateRegistration.objects.filter(pk=row.pk)))


def removable(actor: Any, mandate: Mandate) -> set[int]:
    """Return the rows of a granted mandate that `actor` may take out, for the buttons of its page."""
    rows = MandateRegistration.objects.granted().filter(mandate=mandate)
    if asks(actor, mandate) or (is_customer(actor) and actor.is_administrator):
        return set(rows.values_list("pk", flat=True))
    return _of(actor, rows)


def uses(actor: Any, row: MandateRegistration) -> bool:
    """Somebody of the contractor; whether the mandate is in force now is asked beside this, for it takes the time."""
    return asks(actor, row.mandate)


def represents(actor: Any, row: MandateRegistration) -> bool:
    """The one person of the contractor who was named to stand for the person in charge."""
    return uses(actor, row) and row.mandate.scope == Mandate.Scope.REPRESENTATIVE and _is_named(actor, row.mandate)


def _is_named(actor: Actor, mandate: Mandate) -> bool:
    return actor.user.pk == mandate.representative_id


def _holds_any(actor: Actor, rows: Any) -> bool:
    held = Custody.objects.current().filter(user=actor.user)
    return bool(rows.filter(registration__in=held.values("registration")).exists())


def _of(actor: Actor, rows: Any) -> set[int]:
    """Return which of `rows` are about a registration that `actor` holds or stands in for."""
    held = Custody.objects.current().filter(user=actor.user).values_list("registration_id", flat=True)
    stood = Deputy.objects.current().filter(user=actor.user).values_list("registration_id", flat=True)
    return set(rows.filter(registration__in=[*held, *stood]).values_list("pk", flat=True))


S = Mandate.Status
_ASKED, _ACTIVE = frozenset({S.ASKED}), frozenset({S.ACTIVE})
_ONLY_CONTRACTOR = _("Only a contractor can ask for a mandate.")
_ONLY_ASKER = _("Only the contractor whose mandate it is can do this.")
_ONLY_CUSTOMER = _("Only the person in charge or an administrator of the customer can decide on a mandate.")
_ONLY_NAMED = _("Only who was named to stand for the person in charge opens papers by a mandate.")
_ONLY_CLOCK = _("This happens by itself on its date.")

MANDATES: dict[str, Rule] = {
    "ask_mandate": Rule("mandate.asked", _("Ask for a mandate"), is_contractor, _ONLY_CONTRACTOR),
    "deliver_mandate": Rule("mandate.delivered", _("Deliver"), is_system, _ONLY_CLOCK, _ASKED),
    "approve_mandate": Rule("mandate.granted", _("Grant this mandate"), decides, _ONLY_CUSTOMER, _ASKED),
    "decline_mandate": Rule("mandate.declined", _("Do not grant it"), decides, _ONLY_CUSTOMER, _ASKED),
    "grant_mandate": Rule("mandate.granted", _("Grant a mandate"), is_customer, _ONLY_CUSTOMER),
    "renew_mandate": Rule("mandate.renewal_asked", _("Ask to go on"), asks, _ONLY_ASKER, _ACTIVE),
    "end_mandate": Rule(
        "mandate.ended",
        _("End this mandate"),
        ends,
        _("Only the contractor, or who is responsible for all its registrations, can end this mandate."),
        frozenset(Mandate.OPEN),
    ),
    "remove_registration": Rule(
        "mandate.registration_removed",
        _("Take it out of the mandate"),
        takes_out,
        _("Only the contractor, or who is responsible for this registration, can take it out of the mandate."),
    ),
    "look_by_mandate": Rule("registration.viewed", _("Look"), uses, _ONLY_ASKER),
    "read_by_mandate": Rule(
        "document.downloaded",
        _("Download"),
        represents,
        _ONLY_NAMED,
    ),
    "look_at_paper_by_mandate": Rule("document.viewed", _("Look at it"), represents, _ONLY_NAMED),
    "report_fault": Rule("mandate.fault_reported", _("Report a fault"), uses, _ONLY_ASKER),
    "remind_mandate": Rule("mandate.reminded", _("Remind"), is_system, _ONLY_CLOCK, _ACTIVE),
    "expire_mandate": Rule("mandate.expired", _("Run out"), is_system, _ONLY_CLOCK, _ACTIVE),
}
"""A new mandate has no state yet; a registration of one is judged by its row."""


def latest_end(starts_on: date) -> date:
    """Return the last day of the longest mandate that begins on `starts_on`: the day before the same day next year."""
    try:
        following = starts_on.replace(year=starts_on.year + 1)
    except ValueError:  # 29 February
        following = starts_on.replace(year=starts_on.year + 1, day=28)
    return following - timedelta(days=1)


def reminders_passed(ends_on: date, today: date) -> int:
    """Return how many of the days on which both sides are reminded have come by `today`."""
    return sum(ends_on - today <= timedelta(days=days) for days in REMINDERS_BEFORE_DAYS)


def may_be_renewed(mandate: Mandate, today: date) -> bool:
    """Whether `mandate` is in its last `RENEWAL_DAYS` days."""
    left = mandate.ends_on - today
    return mandate.status == S.ACTIVE and timedelta(0) <= left <= timedelta(days=RENEWAL_DAYS)
