"""Reading people, organisations and invitations. The `visible_to` functions are the only way to rows for a page."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Lower

from accounts import links, undertakings
from accounts.actors import Actor
from accounts.models import (
    Invitation,
    InvitationStatus,
    Membership,
    Organisation,
    OrganisationKind,
    Role,
    Undertaking,
    UndertakingDraft,
    UndertakingVersion,
    User,
    same_address,
)
from accounts.persons import is_same_human
from accounts.standing import FACTORS

OPEN = (InvitationStatus.PROPOSED, InvitationStatus.SENT)


def has_signed_undertaking(actor: Actor) -> bool:
    """Tell whether `actor` signed the current words for the organisation they work for now."""
    newest = UndertakingVersion.objects.order_by("-number").values("number")[:1]
    return Undertaking.objects.filter(
        user=actor.user,
        organisation=actor.organisation,
        version=Coalesce(Subquery(newest), Value(undertakings.FIRST)),
    ).exists()


def signed_visible_to(actor: Actor) -> QuerySet[Undertaking]:
    """Return the signed undertakings `actor` may read, of people who left too: the own; a supervisor's agency's; all
    of the agencies and the provider for its seniors and auditors.
    """
    if actor.kind == OrganisationKind.PROVIDER and actor.has(Role.SENIOR, Role.AUDITOR):
        return Undertaking.objects.all()
    if actor.kind == OrganisationKind.AGENCY and actor.has(Role.SUPERVISOR):
        return Undertaking.objects.filter(organisation=actor.organisation)
    return Undertaking.objects.filter(user=actor.user)


def find_signed(actor: Actor, pk: int) -> Undertaking | None:
    """Return the signed undertaking if `actor` may read it."""
    return signed_visible_to(actor).select_related("user", "organisation").filter(pk=pk).first()


def may_publish_undertaking(draft: UndertakingDraft) -> list[User]:
    """Return the seniors of the provider who are other natural persons than whoever wrote `draft`."""
    rows = Membership.objects.current().filter(organisation__kind=OrganisationKind.PROVIDER, role=Role.SENIOR)
    people = User.objects.filter(pk__in=rows.values("user"), is_active=True).order_by("pk")
    return [one for one in people if not is_same_human(one, draft.written_by)]


def left_at(signed: Undertaking) -> datetime | None:
    """Return when whoever signed left the organisation it was signed for, None while they work there."""
    rows = Membership.objects.filter(user=signed.user, organisation=signed.organisation)
    ended = rows.order_by(F("until").desc(nulls_first=True)).values_list("until", flat=True)
    return ended.first()


def signers(actor: Actor) -> QuerySet[User]:
    """Return everybody whose signing `actor` oversees, those who left too, those who have signed nothing first.

    With `home` (the organisation's name), `since`, `until` (None while somebody works there), `signed_now` and
    `signed`, the newest first.
    """
    staff = Membership.objects.filter(organisation__kind__in=[OrganisationKind.AGENCY, OrganisationKind.PROVIDER])
    if not (actor.kind == OrganisationKind.PROVIDER and actor.has(Role.SENIOR, Role.AUDITOR)):
        staff = staff.filter(organisation=actor.organisation)
    theirs = staff.filter(user=OuterRef("pk")).order_by(F("until").desc(nulls_first=True), "since", "pk")
    signed = signed_visible_to(actor).order_by("-version", "-pk")
    now = signed.filter(user=OuterRef("pk"), version=undertakings.current()).order_by()
    rows = User.objects.filter(Exists(theirs.order_by())).annotate(
        home=Subquery(theirs.values("organisation__legal_name")[:1]),
        since=Subquery(theirs.values("since")[:1]),
        until=Subquery(theirs.values("until")[:1]),
        signed_now=Exists(now),
    )
    order = ("home", F("until").asc(nulls_first=True), "signed_now", "kana", "pk")
    return rows.prefetch_related(Prefetch("undertakings", signed, to_attr="signed")).order_by(*order)


def organisations_visible_to(actor: Actor) -> QuerySet[Organisation]:
    """Return the organisations whose page `actor` may open: the provider's people all, everybody else their own."""
    if actor.kind == OrganisationKind.PROVIDER:
        # What a claimant's account lives in until the claim is carried out is no customer.
        return Organisation.objects.exclude(kind=OrganisationKind.CLAIMANT)
    return Organisation.objects.filter(pk=actor.organisation.pk)


def search_organisations(actor: Actor, words: str) -> QuerySet[Organisation]:
    """Return those that carry every one of `words` in name, kana or corporate number, in the order of their kana."""
    found = organisations_visible_to(actor)
    for word in words.split():
        found = found.filter(
            Q(legal_name__icontains=word) | Q(kana__icontains=word) | Q(corporate_number__startswith=word)
        )
    return found.order_by("kana", "legal_name", "pk")


def find_organisation(actor: Actor, pk: int) -> Organisation | None:
    """Return the organisation if `actor` may open its page."""
    return organisations_visible_to(actor).filter(pk=pk).first()


def people_of(organisation: Organisation) -> QuerySet[User]:
    """Return who works for `organisation` now, with `roles_now` and `has_factor`, in the order of their kana."""
    current = Membership.objects.current().filter(organisation=organisation).order_by("role")
    factors = Authenticator.objects.filter(user_id=OuterRef("pk"), type__in=FACTORS)
    return (
        User.objects.filter(Exists(current.filter(user_id=OuterRef("pk")).order_by()))
        .annotate(has_factor=Exists(factors))
        .prefetch_related(Prefetch("memberships", current, to_attr="roles_now"))
        .order_by("kana", "display_name", "pk")
    )


def open_invitations(organisation: Organisation) -> QuerySet[Invitation]:
    """Return invitations into `organisation` that somebody can still act on, newest first."""
    return (
        Invitation.objects.filter(organisation=organisation, status__in=OPEN)
        .select_related("organisation", "invited_by__person", "seconded_by")
        .order_by("-created_at", "-pk")
    )


def find_invitation(actor: Actor, pk: int) -> Invitation | None:
    """Return the invitation if `actor` may see the organisation it leads into."""
    return (
        Invitation.objects.filter(organisation__in=organisations_visible_to(actor), pk=pk)
        .select_related("organisation", "invited_by__person", "seconded_by")
        .first()
    )


def find_by_token(token: str) -> Invitation | None:
    """Return the invitation whose link carries `token`."""
    return (
        Invitation.objects.filter(token_hash=links.hash_of(token))
        .select_related("organisation", "invited_by__person")
        .first()
    )


def find_account(email: str) -> User | None:
    """Return the account that uses a mail address now."""
    return User.objects.filter(is_active=True).annotate(lower=Lower("email")).filter(lower=same_address(email)).first()


def had_second_factor(email: str, organisation: Organisation) -> bool:
    """Tell whether an ended account of this address in `organisation` had a second factor enrolled."""
    ended = (
        User.objects.filter(is_active=False, memberships__organisation=organisation)
        .annotate(lower=Lower("email"))
        .filter(lower=same_address(email))
    )
    return bool(Authenticator.objects.filter(user__in=ended, type__in=FACTORS).exists())


def holds_role(organisation: Organisation, *roles: str) -> bool:
    """Tell whether anybody holds one of `roles` in `organisation` now."""
    return Membership.objects.current().filter(organisation=organisation, role__in=roles).exists()


def natural_persons(organisation: Organisation) -> int:
    """Count the natural persons who are members of `organisation` now, however many accounts each has."""
    rows = Membership.objects.current().filter(organisation=organisation, user__is_active=True)
    return rows.values("user__person").distinct().count()


def working_as(organisation: Organisation, staff_number: str) -> User | None:
    """Return the current account of the natural person with `staff_number`."""
    return User.objects.filter(
        is_active=True, person__organisation=organisation, person__staff_number=staff_number
    ).first()
