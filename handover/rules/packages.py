"""Who may open, split, change and withdraw a package, and what else both sides may do with its handovers."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Role, User
from accounts.rulebook import Rule
from audit.record import System
from handover.models import Custody, Handover, HandoverItem, Package, Registration
from handover.rules.handovers import S, administers, is_system, may_start, offers, precedes

OPEN = frozenset({Package.Status.OPEN})
MOST_AT_ONCE = 500
"""How many registrations one act on a package moves at most: longer ones would keep every other writer waiting."""
MOST_ITEMS = 500
"""How many items one successor gets in one handover: as many as one receipt prints (handover/printing/facts.py)."""
LATEST_LAST_DAY = 365
"""How many days ahead a last day may lie: a year is as far as staff changes are known."""
REMINDERS_BEFORE = (7, 1)
"""Days before the last day on which leaver and administrators are reminded of what has no successor yet."""


def may_open(actor: Any, person: User) -> bool:
    """A person of the customer for itself, an administrator for anybody of the organisation."""
    if isinstance(actor, System) or not actor.is_customer:
        return False
    if actor.user.pk == person.pk:
        return True
    belongs = Membership.objects.current().filter(user=person, organisation=actor.organisation)
    return bool(actor.is_administrator and belongs.exists())


def minds(actor: Any, package: Package) -> bool:
    """The person whose holdings they are, or an administrator; who opened it may be neither by now."""
    if isinstance(actor, System) or not actor.is_customer or actor.organisation.pk != package.organisation_id:
        return False
    return bool(actor.user.pk == package.person_id or actor.is_administrator)


def may_object(actor: Any, handover: Handover) -> bool:
    """Who holds it, when somebody else hands it over (B5: the objection is heard)."""
    return (
        not isinstance(actor, System)
        and actor.user.pk == handover.given_by_id
        and actor.user.pk != handover.offered_by_id
    )


def may_settle(actor: Any, handover: Handover) -> bool:
    """An administrator who neither objected nor succeeds; not the one who offered it, if there is another."""
    if not administers(actor, handover) or actor.user.pk in (handover.given_by_id, handover.given_to_id):
        return False
    if actor.user.pk != handover.offered_by_id:
        return True
    others = Membership.objects.current().filter(
        organisation_id=handover.organisation_id, role=Role.ADMINISTRATOR, user__is_active=True
    )
    sides = [handover.offered_by_id, handover.given_to_id, handover.given_by_id]
    return not others.exclude(user__in=[pk for pk in sides if pk]).exists()


def may_reopen(actor: Any, handover: Handover) -> bool:
    """Who holds one of its registrations now, or an administrator."""
    if isinstance(actor, System) or not actor.is_customer:
        return False
    if administers(actor, handover):
        return True
    listed = HandoverItem.objects.standing().filter(handover=handover, kind=HandoverItem.Kind.REGISTRATION)
    return Custody.objects.current().filter(user=actor.user, registration__in=listed.values("registration")).exists()


_ONLY_MINDERS = _("Only the person who hands over or an administrator can do this.")
_ONLY_CLOCK = _("This happens by itself on its date.")

# About a person, not yet about a package: kept apart so that a page's buttons never ask it of a package.
OPENING: dict[str, Rule] = {
    "open_package": Rule(
        "package.opened",
        _("Hand over everything"),
        may_open,
        _("Only the person itself or an administrator of the organisation can hand over everything somebody holds."),
    ),
}

PACKAGES: dict[str, Rule] = {
    "extend_package": Rule("package.extended", _("Take up the rest"), minds, _ONLY_MINDERS, OPEN),
    "assign": Rule("package.assigned", _("Give to this successor"), minds, _ONLY_MINDERS, OPEN),
    "entrust": Rule(
        "package.entrusted",
        _("Prepare for a successor"),
        may_start,
        _("Only the person in charge or an administrator can start a handover."),
        frozenset({Registration.Status.ACTIVE}),
    ),
    "offer_package": Rule("package.offered", _("Offer everything"), minds, _ONLY_MINDERS, OPEN),
    "change_package": Rule("package.changed", _("Change the dates"), minds, _ONLY_MINDERS, OPEN),
    "withdraw_package": Rule("package.withdrawn", _("Withdraw the package"), minds, _ONLY_MINDERS, OPEN),
    "remind_package": Rule("package.reminded", _("Remind"), is_system, _ONLY_CLOCK, OPEN),
    "hold_leaving_date": Rule("package.leaving_held", _("Hold the date"), is_system, _ONLY_CLOCK, OPEN),
    "keep_leaving_date": Rule("membership.ended", _("Keep the date"), is_system, _ONLY_CLOCK, OPEN),
}

LISTS: dict[str, Rule] = {
    "add_item": Rule(
        "handover.item_added",
        _("Add to the list"),
        offers,
        _("Only the person who prepared this handover or an administrator can change its list."),
        frozenset({S.DRAFT, S.OFFERED}),
    ),
    "drop_item": Rule(
        "handover.item_dropped",
        _("Take off the list"),
        offers,
        _("Only the person who prepared this handover or an administrator can change its list."),
        frozenset({S.DRAFT}),
    ),
    "countersign": Rule(
        "handover.countersigned",
        _("Sign the marks"),
        precedes,
        _("Only the person who handed over can sign the marks of the successor."),
        frozenset({S.ACCEPTED, S.CONFIRMED, S.OVERLAP, S.CLOSED}),
    ),
    "raise_objection": Rule(
        "handover.objected",
        _("Object"),
        may_object,
        _("Only the person in charge can object, when somebody else hands the registration over."),
        frozenset({S.OFFERED, S.ACCEPTED, S.CONFIRMED}),
    ),
    "settle_objection": Rule(
        "handover.resumed",
        _("Answer the objection and go on"),
        may_settle,
        _("Only an administrator who is on neither side can answer an objection."),
        frozenset({S.FROZEN}),
    ),
    "reopen_overlap": Rule(
        "handover.reading_reopened",
        _("Let the predecessor read again"),
        may_reopen,
        _("Only the person in charge or an administrator can let the predecessor read again."),
        frozenset({S.OVERLAP, S.CLOSED}),
    ),
}
