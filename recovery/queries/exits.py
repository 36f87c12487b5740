"""Cheaper ways than a recovery (procedure.md A2): who can vouch, who can settle it inside, which kit a number names."""

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from accounts.models import Membership, OrganisationKind, Role, User, same_address
from accounts.persons import accounts_of, is_same_human
from handover import custody
from handover.folding import fold
from handover.models import Custody, RecoveryKit, Registration, StandIn
from recovery.models import Claim, DnsCheck, ExitOffer, VouchRequest
from recovery.queries.tracking import PROVEN

MOST_ASKED = 20
"""Colleagues who are asked at once; another press asks others."""


def find_kit(number: str) -> RecoveryKit | None:
    """Return the valid kit of this number, of a custody that still runs."""
    rows = RecoveryKit.objects.filter(number=number, void_at=None, custody__to_at=None)
    return rows.select_related("custody__registration", "custody__user").first()


# Vouching -----------------------------------------------------------------------------------------------------------


def may_vouch(user: User, claim: Claim) -> bool:
    """Whether `user` could speak for the claimant: a member of the holder, and neither the claimant nor a contractor.

    The claimant's natural person: the account of the claim, the mail address, or the same name as stated. A namesake
    loses nothing; another colleague is asked. Whoever is in charge signs in and hands over instead.
    """
    registration = claim.registration
    if registration is None or not user.is_active:
        return False
    humans = accounts_of(user)
    here = Membership.objects.current().filter(user__in=humans)
    if not here.filter(user=user, organisation=registration.organisation_id).exists():
        return False
    if here.exclude(organisation__kind=OrganisationKind.CUSTOMER).exists():
        return False
    if Custody.objects.current().filter(registration=registration, user__in=humans).exists():
        return False
    return not _is_claimant(user, claim)


def _is_claimant(user: User, claim: Claim) -> bool:
    stated = claim.inquiry.statement
    addresses = {same_address(one) for one in (claim.mailbox, stated.mail) if one}
    if any(same_address(one.email) in addresses for one in accounts_of(user)):
        return True
    if claim.claimant is not None and is_same_human(user, claim.claimant):
        return True
    same_name = bool(stated.name) and _plain(user.display_name) == _plain(stated.name)
    return same_name or (bool(stated.kana) and _plain(user.kana) == _plain(stated.kana))


def _plain(name: str) -> str:
    return fold("".join(name.split()))


def vouchers(claim: Claim) -> list[User]:
    """Return the colleagues to ask next, administrators first, at most `MOST_ASKED`."""
    registration = claim.registration
    if registration is None:
        return []
    asked = VouchRequest.objects.filter(claim=claim)
    rows = Membership.objects.current().filter(organisation=registration.organisation_id, user__is_active=True)
    found: dict[int, User] = {}
    # By role: "administrator" comes before "member".
    for row in rows.exclude(user__in=asked.values("user")).select_related("user").order_by("role", "since", "pk"):
        if len(found) == MOST_ASKED:
            break
        if row.user.pk not in found and may_vouch(row.user, claim):
            found[row.user.pk] = row.user
    return list(found.values())


def find_request(actor: Actor | None, pk: int) -> VouchRequest | None:
    """Return what `actor` was asked, with the claim; None for everybody else."""
    if actor is None:
        return None
    rows = VouchRequest.objects.asked_of(actor.user).select_related("claim__inquiry", "claim__registration")
    return rows.filter(pk=pk).first()


# Settling it inside -------------------------------------------------------------------------------------------------


def settlers(registration: Registration) -> list[User]:
    """Return who can settle it without a recovery: administrators, and deputies who stand in; not whoever holds it."""
    standing_in = StandIn.objects.current().filter(deputy__registration=registration, deputy__user__is_active=True)
    deputies = [one.deputy.user for one in standing_in.select_related("deputy__user").order_by("pk")]
    held = Custody.objects.current().filter(registration=registration).first()
    people = {user.pk: user for user in [*custody.administrators(registration.organisation), *deputies]}
    return [user for user in people.values() if held is None or user.pk != held.user_id]


def for_offering() -> list[int]:
    """Return the examined claims of which nobody who could settle them inside was told yet."""
    since = Coalesce(OuterRef("reopened_at"), OuterRef("received_at"))
    offered = ExitOffer.objects.filter(claim=OuterRef("pk"), at__gte=since)
    holds = Custody.objects.current().filter(registration=OuterRef(OuterRef("registration")))
    administrators = Membership.objects.current().filter(
        ~Exists(holds.filter(user=OuterRef("user"))),
        organisation=OuterRef("registration__organisation"),
        role=Role.ADMINISTRATOR,
        user__is_active=True,
    )
    standing_in = StandIn.objects.current().filter(
        deputy__registration=OuterRef("registration"), deputy__user__is_active=True
    )
    rows = Claim.objects.filter(Q(Exists(administrators)) | Q(Exists(standing_in)), status=Claim.Status.COLLECTING)
    return list(rows.filter(~Exists(offered), frozen_at=None).order_by("pk").values_list("pk", flat=True))


def last_offer(claim: Claim) -> ExitOffer | None:
    """Return the offer that stands for `claim` since it came in or was reopened."""
    return ExitOffer.objects.filter(claim=claim, at__gte=claim.since).order_by("-at", "-pk").first()


# A domain on record -------------------------------------------------------------------------------------------------


def dns_value(claim: Claim, rung: int) -> str:
    """Return what the claimant is to set in the DNS, "" before organisation and person are proven (A8).

    Which domain is not told: whoever belongs to the organisation knows its mail addresses.
    """
    if rung < PROVEN or claim.status != Claim.Status.COLLECTING:
        return ""
    made = DnsCheck.objects.filter(claim=claim).first()
    return made.value if made else ""
