"""Who is who in a claim. Natural persons count, not accounts (invariant 10)."""

from typing import Any

from django.db.models import Q

from accounts.actors import Actor
from accounts.models import OrganisationKind, Role, User
from accounts.persons import accounts_of
from audit.record import Public, System
from desk.models import Call, Contact
from recovery.models import (
    CaseException,
    Claim,
    ContactAttempt,
    Dispatch,
    DnsCheck,
    Evidence,
    RouteChoice,
    VouchRequest,
)


def works_at_provider(actor: Any, *roles: str) -> bool:
    """Whether `actor` is one of the provider's people with one of `roles`."""
    return isinstance(actor, Actor) and actor.kind == OrganisationKind.PROVIDER and actor.has(*roles)


def is_operator(actor: Any, thing: Any = None) -> bool:
    return works_at_provider(actor, Role.OPERATOR)


def is_deciding(actor: Any, thing: Any = None) -> bool:
    """An approver or a senior, whatever they had to do with the case."""
    return works_at_provider(actor, Role.APPROVER, Role.SENIOR)


def is_senior(actor: Any, thing: Any = None) -> bool:
    return works_at_provider(actor, Role.SENIOR)


def is_clock(actor: Any, thing: Any = None) -> bool:
    return isinstance(actor, System)


def anybody(actor: Any, thing: Any = None) -> bool:
    """The page asks for something that only the right person holds: a code, a receipt number with its tracking code."""
    return isinstance(actor, Public | Actor)


def is_public(actor: Any, thing: Any = None) -> bool:
    """Somebody without a session, known by receipt number and tracking code."""
    return isinstance(actor, Public)


def takes_in(actor: Any, thing: Any = None) -> bool:
    """The inquirer, the desk, or an operator."""
    if isinstance(actor, Public):
        return True
    if isinstance(actor, Actor) and actor.kind == OrganisationKind.AGENCY:
        return actor.has(Role.AGENT, Role.SUPERVISOR)
    return is_operator(actor)


def _is_among(user: User, accounts: Q) -> bool:
    """Whether one of the accounts that `accounts` finds is the same natural person as `user`."""
    return accounts_of(user).filter(accounts).exists()


def _spoke(claim: Claim) -> Q:
    theirs = Contact.objects.filter(inquiry=claim.inquiry_id, party=Contact.Party.CLAIMANT)
    return Q(pk__in=theirs.values("by")) | _on_the_phone(claim)


def _on_the_phone(claim: Claim) -> Q:
    """Who spoke on a call about the case, also while it runs and for somebody from whom it was taken over."""
    calls = Call.objects.filter(inquiry=claim.inquiry_id)
    return Q(pk__in=calls.values("by")) | Q(pk__in=calls.values("begun_by"))


def saw_a_code(user: User, claim: Claim) -> bool:
    """Whether this human printed a letter of the case that carried a code."""
    return _is_among(user, _saw(claim))


def _saw(claim: Claim) -> Q:
    printed = Dispatch.objects.filter(claim=claim, purpose=Dispatch.Purpose.CODE, printed_by__isnull=False)
    return Q(pk__in=printed.values("printed_by"))


def owes(user: User) -> Q:
    """Return the letters that this human does not print: somebody else sees that they leave, and holds their codes.

    Those that an own act ordered, and codes of cases of which this human checked evidence.
    """
    accounts = accounts_of(user)
    checked = Evidence.objects.filter(checked_by__in=accounts).values("claim")
    return Q(ordered_by__in=accounts) | Q(purpose=Dispatch.Purpose.CODE, claim__in=checked)


def prepared(user: User, claim: Claim) -> bool:
    """Whether this human had a hand in the case.

    Accepted or proposed it, checked any of the evidence, ordered a code, took the head office, tried to reach the
    predecessor, chose the route, asked for an exception, for a colleague's vouch or for an entry in the DNS.
    """
    return _is_among(user, _prepared(claim))


def _prepared(claim: Claim) -> Q:
    evidence = Evidence.objects.filter(claim=claim)
    checked = Q(pk__in=evidence.filter(checked_by__isnull=False).values("checked_by"))
    second = Q(pk__in=evidence.filter(second_checked_by__isnull=False).values("second_checked_by"))
    ordered = Q(pk__in=Dispatch.objects.filter(claim=claim, ordered_by__isnull=False).values("ordered_by"))
    tried = Q(pk__in=ContactAttempt.objects.filter(claim=claim).values("by"))
    office = Q(pk__in=[pk for name in ("by", "seconded_by") if (pk := (claim.head_office or {}).get(name))])
    bent = Q(pk__in=CaseException.objects.filter(claim=claim).values("asked_by"))
    asked = Q(pk__in=VouchRequest.objects.filter(claim=claim).values("asked_by"))
    named = Q(pk__in=DnsCheck.objects.filter(claim=claim).values("made_by"))
    routed = Q(pk__in=RouteChoice.objects.filter(claim=claim).values("by"))
    return Q(pk=claim.proposed_by_id) | office | checked | second | ordered | tried | bent | asked | named | routed


def _on_a_call(claim: Claim) -> Q:
    return Q(pk__in=Contact.objects.filter(inquiry=claim.inquiry_id).values("by")) | _on_the_phone(claim)


def may_propose(actor: Any, claim: Claim) -> bool:
    """An operator who neither spoke with the claimant nor held a code letter of the case in hands."""
    if not is_operator(actor):
        return False
    return not _is_among(actor.user, _spoke(claim) | _saw(claim))


def is_untouched(actor: Any, claim: Claim) -> bool:
    """Whether `actor` decides at the provider and had nothing to do with the case so far."""
    if not is_deciding(actor):
        return False
    # One question for all of it: the claim's page asks it for every button.
    touched = _prepared(claim) | _on_a_call(claim) | _saw(claim)
    return not (_is_among(actor.user, touched) or is_claimant(actor, claim))


def may_execute(actor: Any, claim: Claim) -> bool:
    """An approver with nothing else to do with the case: usually the one who approved."""
    return is_untouched(actor, claim) and actor.has(Role.APPROVER)


def is_claimant(actor: Any, claim: Claim) -> bool:
    """The person who opened the account that the approval made."""
    opened = claim.invitation.accepted_by_id if claim.invitation else None
    return isinstance(actor, Actor) and actor.is_claimant and opened == actor.user.pk
