"""Who may do what with a handover, and when (procedure.md B2, B4)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Role
from accounts.rulebook import Rule
from audit.record import System
from handover.models import Custody, Deputy, Handover, Registration, StandIn

S = Handover.Status
EXPIRES_AFTER_DAYS = 14
"""Days after the offer when an unanswered handover expires (procedure.md B2)."""
REMINDERS_ON_DAYS = (3, 7, 12)
"""Days after the offer when the successor is reminded (procedure.md B2)."""
LATEST_DAYS_AHEAD = 30
"""How far ahead the effective date may lie (procedure.md B2)."""
NOTICE_DAYS = 3
"""Business days of notice to a custodian who does not hand over in person (procedure.md B4, B5)."""
OVERLAP_DAYS = 30
"""How long the predecessor reads and answers after the switch (procedure.md B2)."""
MOVED_INSIDE_DAYS = 90
"""The same for somebody who moved inside the organisation and stays reachable (procedure.md B5)."""


def holds(actor: Any, registration: Registration) -> bool:
    """Whether `actor` is the current custodian or caretaker of `registration`.

    A page that has read who holds it leaves that in `holder_pk`, so that its buttons cost no query each. Rows that a
    transition has locked carry no such thing and are asked for.
    """
    if isinstance(actor, System):
        return False
    if hasattr(registration, "holder_pk"):
        return bool(registration.holder_pk == actor.user.pk)
    return Custody.objects.current().filter(registration=registration, user=actor.user).exists()


def stands_in(actor: Any, registration: Registration) -> bool:
    """Whether `actor` is a deputy of `registration`; a page leaves what it has read in `deputy_pks`, as above."""
    if isinstance(actor, System):
        return False
    if hasattr(registration, "deputy_pks"):
        return actor.user.pk in registration.deputy_pks
    return Deputy.objects.current().filter(registration=registration, user=actor.user).exists()


def acts_for(actor: Any, registration: Registration) -> bool:
    """Whether `actor` is an activated deputy of `registration`; a page leaves what it has read in `acting_pks`."""
    if isinstance(actor, System):
        return False
    if hasattr(registration, "acting_pks"):
        return actor.user.pk in registration.acting_pks
    return StandIn.objects.current().filter(deputy__registration=registration, deputy__user=actor.user).exists()


def may_start(actor: Any, registration: Registration) -> bool:
    """The holder, an activated deputy, or an administrator of the customer."""
    return not isinstance(actor, System) and (
        (actor.is_administrator and actor.organisation.pk == registration.organisation_id)
        or (actor.is_customer and (holds(actor, registration) or acts_for(actor, registration)))
    )


def is_system(actor: Any, thing: Any) -> bool:
    """Only the clock."""
    return isinstance(actor, System)


def administers(actor: Any, handover: Handover) -> bool:
    """Whether `actor` is an administrator of the handover's customer."""
    return (
        not isinstance(actor, System) and actor.is_administrator and actor.organisation.pk == handover.organisation_id
    )


def offers(actor: Any, handover: Handover) -> bool:
    """Whoever started it, or an administrator."""
    return not isinstance(actor, System) and (actor.user.pk == handover.offered_by_id or administers(actor, handover))


def may_offer(actor: Any, handover: Handover) -> bool:
    """Whoever started it, as long as a deputy among them still stands in; an administrator; or the holder.

    For the holder an administrator may have prepared it.
    """
    if not isinstance(actor, System) and actor.user.pk == handover.given_by_id:
        return True
    if not offers(actor, handover):
        return False
    if handover.is_by_giver or administers(actor, handover):
        return True
    # Deputies and administrators start what they do not hold; who is neither any more offers nothing.
    started = Registration.objects.filter(handover_items__handover=handover, handover_items__is_open=True)
    return all(holds(actor, one) or acts_for(actor, one) for one in started.distinct())


def succeeds(actor: Any, handover: Handover) -> bool:
    """The named successor and nobody else."""
    return not isinstance(actor, System) and actor.user.pk == handover.given_to_id


def may_accept(actor: Any, handover: Handover) -> bool:
    """The named successor, unless the same person offered it (invariant 4)."""
    return succeeds(actor, handover) and actor.user.pk != handover.offered_by_id


def may_confirm(actor: Any, handover: Handover) -> bool:
    """An administrator who is not the successor, where a confirmation is asked for.

    Not the one who offered it, if there is another administrator: a second pair of eyes is the point of it.
    """
    if not handover.needs_confirmation or not administers(actor, handover) or actor.user.pk == handover.given_to_id:
        return False
    if actor.user.pk != handover.offered_by_id:
        return True
    others = Membership.objects.current().filter(
        organisation_id=handover.organisation_id, role=Role.ADMINISTRATOR, user__is_active=True
    )
    return not others.exclude(user__in=[handover.offered_by_id, handover.given_to_id]).exists()


def precedes(actor: Any, handover: Handover) -> bool:
    """Who handed over: the former holder, or who offered in the holder's place."""
    return not isinstance(actor, System) and actor.user.pk in (handover.given_by_id, handover.offered_by_id)


_ONLY_SUCCESSOR = _("Only the successor named in this handover can do this, signed in as that person.")
_ONLY_CLOCK = _("This happens by itself on its date.")

HANDOVERS: dict[str, Rule] = {
    "draft_handover": Rule(
        "handover.drafted",
        _("Hand over"),
        may_start,
        _("Only the person in charge, a deputy who stands in or an administrator can start a handover."),
        frozenset({Registration.Status.ACTIVE}),
    ),
    "offer": Rule(
        "handover.offered",
        _("Offer to the successor"),
        may_offer,
        _("Only the person who prepared this handover or an administrator can offer it."),
        frozenset({S.DRAFT}),
    ),
    "withdraw": Rule(
        "handover.withdrawn",
        _("Withdraw this handover"),
        offers,
        _("Only the person who offered this handover or an administrator can withdraw it."),
        frozenset({S.DRAFT, S.OFFERED, S.FROZEN}),
    ),
    "mark_items": Rule("handover.marked", _("Save the marks"), may_accept, _ONLY_SUCCESSOR, frozenset({S.OFFERED})),
    "accept": Rule("handover.accepted", _("Accept"), may_accept, _ONLY_SUCCESSOR, frozenset({S.OFFERED})),
    "decline": Rule("handover.declined", _("Decline"), succeeds, _ONLY_SUCCESSOR, frozenset({S.OFFERED})),
    "confirm": Rule(
        "handover.confirmed",
        _("Confirm"),
        may_confirm,
        _("Only an administrator who is not the successor can confirm this handover."),
        frozenset({S.ACCEPTED}),
    ),
    "refuse_confirmation": Rule(
        "handover.confirmation_refused",
        _("Do not confirm"),
        may_confirm,
        _("Only an administrator who is not the successor can decide on this handover."),
        frozenset({S.ACCEPTED}),
    ),
    "ask": Rule(
        "handover.asked", _("Ask the predecessor"), succeeds, _ONLY_SUCCESSOR, frozenset({S.OFFERED, S.OVERLAP})
    ),
    "answer": Rule(
        "handover.answered",
        _("Answer"),
        precedes,
        _("Only the predecessor can answer."),
        frozenset({S.OFFERED, S.ACCEPTED, S.CONFIRMED, S.FROZEN, S.OVERLAP}),
    ),
    "switch": Rule("handover.switched", _("Switch"), is_system, _ONLY_CLOCK, frozenset({S.ACCEPTED, S.CONFIRMED})),
    "remind": Rule("handover.reminded", _("Remind"), is_system, _ONLY_CLOCK, frozenset({S.OFFERED})),
    "expire": Rule("handover.expired", _("Expire"), is_system, _ONLY_CLOCK, frozenset({S.OFFERED})),
    "close_overlap": Rule("handover.closed", _("Close"), is_system, _ONLY_CLOCK, frozenset({S.OVERLAP})),
}
