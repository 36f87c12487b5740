"""Who may ask for a change of name or holder or for a cancellation, examine, decide and carry it out (B4, B5)."""

import calendar
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Membership, OrganisationKind, Role, User
from accounts.rulebook import Rule
from handover.models import ChangeConsent, ChangeProof, ChangeRequest, Custody, Registration, Restriction
from handover.rules.handovers import is_system
from handover.rules.register import ACTIVE, ONLY_OPERATOR, is_operator, may_change_record

K, P, S = ChangeRequest.Kind, ChangeProof.Kind, ChangeRequest.Status
PROOF_MONTHS = 3
"""A paper counts within this many months of its date of issue, at the time of the decision (procedure.md A4)."""
PIECE = 500
"""Registrations carried out in one transaction: the log makes one writer wait for another (architecture.md)."""
MOST = 5_000
"""Registrations of one request."""

PROOFS: dict[str, tuple[str, ...]] = {
    K.RENAME: (P.REGISTRY,),
    K.SUCCESSION: (P.CLOSED_REGISTRY, P.SUCCESSOR_REGISTRY),
    K.TRANSFER: (P.SEAL_GIVER, P.SEAL_RECEIVER),
    K.REORGANISATION: (P.OFFICIAL_LETTER,),
    K.CANCELLATION: (),
}
"""Which papers each act rests on (procedure.md B5)."""
_CASES = (Restriction.Kind.CONTESTED, Restriction.Kind.COOLING_OFF, Restriction.Kind.AUTHORITY)
SHUT_BY: dict[str, tuple[str, ...]] = {
    K.RENAME: _CASES,
    K.SUCCESSION: _CASES,
    K.TRANSFER: _CASES,
    K.REORGANISATION: _CASES,
    K.CANCELLATION: tuple(Restriction.Kind.values),
}
"""Marks of a recovery that keep each act away (A9). A claim that is only open hinders no custodian, but what somebody
says to have lost is not closed under their feet."""


def proofs_for(change: ChangeRequest) -> tuple[str, ...]:
    """Return the papers that `change` needs. A cancellation on paper comes from whoever winds the holder up (B5)."""
    if change.kind == K.CANCELLATION and change.on_paper:
        return (P.LIQUIDATOR,)
    return PROOFS[change.kind]


def is_current(issued_on: date, day: date) -> bool:
    """Whether a paper issued on `issued_on` counts on `day`: not from the future, and within `PROOF_MONTHS` months.

    The last day has the number of the day of issue, or is the last one of a shorter month.
    """
    month = issued_on.month - 1 + PROOF_MONTHS
    year, month = issued_on.year + month // 12, month % 12 + 1
    last = date(year, month, min(issued_on.day, calendar.monthrange(year, month)[1]))
    return issued_on <= day <= last


def wanted_roles(change: ChangeRequest) -> frozenset[str]:
    """Return who has to say yes: an approver, and legal (the seniors) wherever the holder changes or it ends (B4)."""
    if change.moves or change.kind == K.CANCELLATION:
        return frozenset({Role.APPROVER, Role.SENIOR})
    return frozenset({Role.APPROVER})


def colleagues_who_agree(change: ChangeRequest) -> list[int]:
    """Return who may agree to a cancellation: administrators but the asker; without any, the other custodian."""
    members = Membership.objects.current().filter(organisation=change.organisation_id, user__is_active=True)
    others = members.exclude(user=change.requested_by_id)
    administrators = list(others.filter(role=Role.ADMINISTRATOR).values_list("user_id", flat=True))
    held = Custody.objects.current().filter(registration__in=change.items.values("registration"))
    return administrators or list(others.filter(user__in=held.values("user")).values_list("user_id", flat=True))


def wanted_sides(change: ChangeRequest) -> tuple[str, ...]:
    """Return whose yes `change` needs before it is proposed."""
    if change.kind == K.TRANSFER:
        return (ChangeConsent.Side.GIVER, ChangeConsent.Side.RECEIVER)
    if change.kind == K.CANCELLATION and not change.on_paper and colleagues_who_agree(change):
        return (ChangeConsent.Side.COLLEAGUE,)
    return ()


def side_of(actor: Any, change: ChangeRequest) -> str | None:
    """Return for which side `actor` may say yes in the portal, None for everybody else."""
    if not isinstance(actor, Actor) or not actor.is_customer:
        return None
    if change.kind == K.CANCELLATION:
        may = not change.on_paper and actor.user.pk in colleagues_who_agree(change)
        return ChangeConsent.Side.COLLEAGUE if may else None
    if change.kind != K.TRANSFER or not actor.is_administrator:
        return None
    sides = {change.organisation_id: ChangeConsent.Side.GIVER, change.receiver_id: ChangeConsent.Side.RECEIVER}
    return sides.get(actor.organisation.pk)


def asks_for(actor: Any, registrations: Sequence[Registration]) -> bool:
    """An administrator of the holder, whoever holds all of them, or an operator to whom the papers came by post."""
    if is_operator(actor):
        return True
    if not isinstance(actor, Actor) or not actor.is_customer:
        return False
    if any(one.organisation_id != actor.organisation.pk for one in registrations):
        return False
    if actor.is_administrator:
        return True
    keys = [one.pk for one in registrations]
    held = Custody.objects.current().filter(registration__in=keys, user=actor.user)
    return held.count() == len(keys)


def consents(actor: Any, change: ChangeRequest) -> bool:
    return side_of(actor, change) is not None


def withdraws(actor: Any, change: ChangeRequest) -> bool:
    """Who asked, or an administrator of the holder; what came on paper an operator takes back."""
    if is_operator(actor):
        return change.on_paper
    if not isinstance(actor, Actor) or actor.organisation.pk != change.organisation_id:
        return False
    return actor.user.pk == change.requested_by_id or actor.is_administrator


def accounts_of(user: User) -> Q:
    """Return what finds every account of the natural person behind `user`."""
    return Q(pk=user.pk) | (Q(person=user.person_id) if user.person_id else Q(pk=user.pk))


def prepared(user: User, change: ChangeRequest) -> bool:
    """Whether this human, under whichever account, brought, examined or proposed the request."""
    checked = ChangeProof.objects.filter(change=change, checked_by__isnull=False).values("checked_by")
    agreed = ChangeConsent.objects.filter(change=change).values("by")
    hands = Q(pk__in=[change.requested_by_id, change.proposed_by_id or 0]) | Q(pk__in=checked) | Q(pk__in=agreed)
    return User.objects.filter(accounts_of(user)).filter(hands).exists()


def _works_at_provider(actor: Any, *roles: str) -> bool:
    return isinstance(actor, Actor) and actor.kind == OrganisationKind.PROVIDER and actor.has(*roles)


def decides(actor: Any, change: ChangeRequest) -> bool:
    """An approver or a senior who had no hand in preparing it: natural persons count, not accounts."""
    return _works_at_provider(actor, Role.APPROVER, Role.SENIOR) and not prepared(actor.user, change)


def carries_out(actor: Any, change: ChangeRequest) -> bool:
    """An approver who had no hand in preparing it; usually the one who said yes."""
    return _works_at_provider(actor, Role.APPROVER) and not prepared(actor.user, change)


def refuses(actor: Any, change: ChangeRequest) -> bool:
    return decides(actor, change)


_ONLY_HOLDER = _("Only the person in charge or an administrator of the holder can ask for this.")
_ONLY_SIDES = _("Only an administrator of one of the two sides can agree, and never who asked for a cancellation.")
_OTHER_PERSON = _("Only another person of the provider, who had no hand in preparing this, can decide it.")
_ONLY_CLOCK = _("This happens by itself.")
_ONLY_KEEPERS = _("Only the person in charge or an administrator can change this.")
_BEFORE = frozenset({S.REQUESTED, S.PROPOSED})

CHANGES: dict[str, Rule] = {
    "request_change": Rule("change.requested", _("Ask for a change of name or holder"), asks_for, _ONLY_HOLDER),
    "ask_to_cancel": Rule("change.cancellation_asked", _("Ask to cancel"), asks_for, _ONLY_HOLDER),
    "find_receiver": Rule(
        "change.receiver_found",
        _("Name the receiving organisation"),
        is_operator,
        ONLY_OPERATOR,
        frozenset({S.REQUESTED}),
    ),
    "consent": Rule("change.consented", _("Agree"), consents, _ONLY_SIDES, frozenset({S.REQUESTED})),
    "record_consent": Rule(
        "change.consent_recorded", _("Record consent on paper"), is_operator, ONLY_OPERATOR, frozenset({S.REQUESTED})
    ),
    "check_proof": Rule("change.proof_checked", _("Tick a proof"), is_operator, ONLY_OPERATOR, _BEFORE),
    "propose_change": Rule("change.proposed", _("Propose"), is_operator, ONLY_OPERATOR, _BEFORE),
    "approve_change": Rule("change.approved", _("Read and decide"), decides, _OTHER_PERSON, frozenset({S.PROPOSED})),
    "refuse_change": Rule(
        "change.refused",
        _("Refuse"),
        refuses,
        _OTHER_PERSON,
        frozenset({S.REQUESTED, S.PROPOSED, S.APPROVED, S.RELEASED}),
    ),
    "withdraw_change": Rule(
        "change.withdrawn",
        _("Withdraw this request"),
        withdraws,
        _("Only who asked for this or an administrator of the holder can withdraw it."),
        frozenset({S.REQUESTED, S.PROPOSED, S.APPROVED, S.RELEASED}),
    ),
    "release_for_change": Rule(
        "change.released",
        _("Take into the provider's keeping"),
        carries_out,
        _OTHER_PERSON,
        frozenset({S.APPROVED}),
    ),
    "execute_change": Rule(
        "change.executed", _("Carry out"), carries_out, _OTHER_PERSON, frozenset({S.APPROVED, S.RELEASED})
    ),
    "continue_change": Rule(
        "change.continued", _("Go on"), is_system, _ONLY_CLOCK, frozenset({S.RELEASING, S.EXECUTING})
    ),
    "confirm_contact_point": Rule(
        "contact_point.confirmed", _("Confirm this contact point"), may_change_record, _ONLY_KEEPERS, ACTIVE
    ),
    "change_unit": Rule("unit.changed", _("Change the using unit"), may_change_record, _ONLY_KEEPERS, ACTIVE),
    "confirm_unit": Rule("unit.confirmed", _("Confirm the using unit"), may_change_record, _ONLY_KEEPERS, ACTIVE),
    "ask_for_unit": Rule("unit.asked_for", _("Ask for the using units"), is_operator, ONLY_OPERATOR),
    "record_affiliation": Rule("affiliation.recorded", _("Record an affiliation"), is_operator, ONLY_OPERATOR),
    "end_affiliation": Rule("affiliation.ended", _("End this affiliation"), is_operator, ONLY_OPERATOR),
}
