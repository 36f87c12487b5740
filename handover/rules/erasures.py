"""Who may hold papers fast, propose that one is erased, and be the second person. No clock decides any of it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Membership, OrganisationKind, Role, User
from accounts.persons import accounts_of, is_same_human
from accounts.rulebook import Rule
from handover.models import Document, Erasure, LegalHold, Registration
from handover.models.erasures import DECIDING
from handover.rules.handovers import holds

S = Erasure.Status


def _administers(actor: Any, organisation_pk: int) -> bool:
    return isinstance(actor, Actor) and actor.is_administrator and actor.organisation.pk == organisation_pk


def is_senior(actor: Any) -> bool:
    """A senior of the provider."""
    return isinstance(actor, Actor) and actor.kind == OrganisationKind.PROVIDER and actor.has(Role.SENIOR)


def may_hold(actor: Any, registration: Registration) -> bool:
    """An administrator of the holder; a senior of the provider for an open case, which the transition asks for."""
    return _administers(actor, registration.organisation_id) or is_senior(actor)


def may_lift(actor: Any, hold: LegalHold) -> bool:
    """The side that placed it: neither takes away what protects the other."""
    return is_senior(actor) if hold.case else _administers(actor, hold.registration.organisation_id)


def may_propose(actor: Any, document: Document) -> bool:
    """Who is in charge of the registration, or an administrator of the holder."""
    if not isinstance(actor, Actor) or not actor.is_customer:
        return False
    registration = document.registration
    if actor.organisation.pk != registration.organisation_id:
        return False
    return actor.is_administrator or holds(actor, registration)


def is_proposer(actor: Any, erasure: Erasure) -> bool:
    return isinstance(actor, Actor) and actor.user.pk == erasure.proposed_by_id


def may_withdraw(actor: Any, erasure: Erasure) -> bool:
    """Who proposed it, and the administrators of that organisation."""
    return is_proposer(actor, erasure) or _administers(actor, erasure.organisation_id)


def second_persons(organisation_pk: int, proposer: User | None) -> list[User]:
    """Return the administrators of the customer who are not the natural person that proposed."""
    rows = Membership.objects.current().filter(
        organisation=organisation_pk, role=Role.ADMINISTRATOR, user__is_active=True
    )
    if proposer:
        rows = rows.exclude(user__in=accounts_of(proposer))
    return [row.user for row in rows.select_related("user").order_by("pk")]


def needs_provider(erasure: Erasure) -> bool:
    """Whether the customer has no second person, so that one of the provider is it."""
    return not second_persons(erasure.organisation_id, erasure.proposed_by)


def may_decide(actor: Any, erasure: Erasure) -> bool:
    """Another natural person: an administrator of the customer, or, where there is none, an approver or senior."""
    if not isinstance(actor, Actor) or erasure.proposed_by is None or is_same_human(actor.user, erasure.proposed_by):
        return False
    if _administers(actor, erasure.organisation_id):
        return True
    return actor.kind == OrganisationKind.PROVIDER and actor.has(*DECIDING) and needs_provider(erasure)


def decides_at_provider(actor: Any, erasure: Erasure) -> bool:
    """Whoever of the provider may look at what waits for it."""
    return isinstance(actor, Actor) and actor.kind == OrganisationKind.PROVIDER and actor.has(*DECIDING)


_ONLY_OTHER = _(
    "Only another person can decide: an administrator of the customer, or the provider where there is none."
)
_OPEN = frozenset({S.PROPOSED})

ERASURES: dict[str, Rule] = {
    "place_hold": Rule(
        "legal_hold.placed",
        _("Hold the papers fast"),
        may_hold,
        _("Only an administrator of the customer, or a senior of the provider for an open case, can do this."),
    ),
    "lift_hold": Rule(
        "legal_hold.lifted",
        _("Lift the hold"),
        may_lift,
        _("Only the side that placed this hold can lift it."),
        frozenset({LegalHold.Status.STANDING}),
    ),
    "propose_erasure": Rule(
        "erasure.proposed",
        _("Propose to erase this paper"),
        may_propose,
        _("Only the person in charge or an administrator can propose to erase a paper."),
    ),
    "look_at_erasure": Rule("erasure.looked", _("Look at it"), decides_at_provider, _ONLY_OTHER),
    "agree_erasure": Rule("erasure.agreed", _("Agree and erase for good"), may_decide, _ONLY_OTHER, _OPEN),
    "decline_erasure": Rule("erasure.declined", _("Decline, and keep the paper"), may_decide, _ONLY_OTHER, _OPEN),
    "withdraw_erasure": Rule(
        "erasure.withdrawn",
        _("Take the proposal back"),
        may_withdraw,
        _("Only who proposed it or an administrator can take it back."),
        _OPEN,
    ),
}
