"""People, organisations and invitations."""

from collections.abc import Iterable
from datetime import datetime

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import callers, links, memberships, notices, queries, rules
from accounts.actors import Actor
from accounts.errors import Refused
from accounts.models import (
    Invitation,
    InvitationStatus,
    Membership,
    Organisation,
    OrganisationKind,
    Person,
    Role,
    User,
    is_corporate_number,
    same_address,
)
from accounts.rulebook import Rule, check, check_state
from audit import record
from audit.models import Event

# The first two people of the provider do everything until they have invited others.
FIRST_PROVIDER_ROLES = [Role.OPERATOR.value, Role.APPROVER.value, Role.SENIOR.value, Role.EDITOR.value]
_TAKEN = _("Somebody works with this address already. One account works for one organisation at a time.")


def create_organisation(
    *,
    kind: str,
    legal_name: str,
    kana: str,
    corporate_number: str,
    postal_code: str,
    address: str,
    actor: Actor,
    at: datetime,
) -> Organisation:
    """Add a customer, contractor or agency. Raises `Refused` for a corporate number that is wrong or already here."""
    with transaction.atomic(durable=True):
        actor = memberships.still_here(actor)
        rule = check(rules.TABLE, "create_organisation", None, actor)
        if kind not in rules.FIRST_ROLES:
            words = _("Choose customer, contractor or agency.")
            raise Refused(words, {"kind": words})
        _refuse_corporate_number(corporate_number)
        organisation = Organisation.objects.create(
            kind=kind,
            legal_name=legal_name,
            kana=kana,
            corporate_number=corporate_number,
            postal_code=postal_code,
            address=address,
        )
        record.event(rule.event, actor=actor, at=at, subject=organisation.label, facts={"kind": kind})
    return organisation


def view_organisation(organisation: Organisation, *, actor: Actor, at: datetime) -> Organisation:
    """Write down that somebody of the provider opened the page of another organisation's people, before it is shown.

    One's own colleagues are no look. Raises `NotAllowed`.
    """
    with transaction.atomic(durable=True):
        actor = memberships.still_here(actor)
        rule = check(rules.TABLE, "view_organisation", organisation, actor)
        if actor.organisation != organisation:
            record.event(rule.event, actor=actor, at=at, subject=organisation.label)
    return organisation


def invite(
    organisation: Organisation,
    *,
    email: str,
    display_name: str,
    roles: Iterable[str],
    staff_number: str = "",
    language: str = "ja",
    actor: Actor,
    at: datetime,
) -> Invitation:
    """Invite `email` into `organisation`; the link is mailed now, or once a second person agreed.

    Raises `NotAllowed`, or `Refused` when a role is not the inviter's to give, the address has an account or an open
    invitation, or the staff number is missing (staff) or in use.
    """
    with transaction.atomic(durable=True):
        actor = memberships.still_here(actor)
        organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        rule = check(rules.TABLE, "invite", organisation, actor)
        wanted = sorted(set(roles))
        if not wanted or set(wanted) - set(rules.grantable(actor, organisation)):
            raise Refused(_("You cannot give this role."), {"roles": _("You cannot give this role.")})
        email = same_address(email)
        _refuse_address(email, organisation)
        _refuse_staff_number(organisation, staff_number)
        invitation = Invitation(
            organisation=organisation,
            email=email,
            display_name=display_name,
            roles=wanted,
            staff_number=staff_number,
            language=language,
            invited_by=actor.user,
            created_at=at,
            status=InvitationStatus.PROPOSED,
        )
        token = None if rules.needs_second_person(actor, organisation, email) else links.issue(invitation, at)
        invitation.save()
        event = _note(rule, invitation, actor, at)
        if token:
            notices.invited(invitation, token, event=event, at=at)
    return invitation


def second_invitation(invitation: Invitation, *, actor: Actor, at: datetime) -> Invitation:
    """Agree, as a different natural person, to an invitation that one person may not make alone; sends the link."""
    with transaction.atomic(durable=True):
        actor = memberships.still_here(actor)
        invitation = _locked(invitation)
        rule = check(rules.TABLE, "second_invitation", invitation, actor)
        rules.refuse_too_late(invitation)
        _refuse_address(invitation.email, invitation.organisation, but=invitation)
        invitation.seconded_by = actor.user
        token = links.issue(invitation, at)
        invitation.save()
        event = _note(rule, invitation, actor, at)
        notices.invited(invitation, token, event=event, at=at)
    return invitation


def withdraw_invitation(invitation: Invitation, *, actor: Actor, at: datetime) -> Invitation:
    """Make the link useless."""
    with transaction.atomic(durable=True):
        actor = memberships.still_here(actor)
        invitation = _locked(invitation)
        rule = check(rules.TABLE, "withdraw_invitation", invitation, actor)
        invitation.status, invitation.closed_at = InvitationStatus.WITHDRAWN, at
        invitation.save()
        _note(rule, invitation, actor, at)
    return invitation


def resend_invitation(invitation: Invitation, *, actor: Actor, at: datetime) -> Invitation:
    """Send a new link, good for seven days from now; the old one leads nowhere."""
    with transaction.atomic(durable=True):
        actor = memberships.still_here(actor)
        invitation = _locked(invitation)
        rule = check(rules.TABLE, "resend_invitation", invitation, actor)
        rules.refuse_too_late(invitation)
        token = links.issue(invitation, at)
        invitation.save()
        event = _note(rule, invitation, actor, at)
        notices.invited(invitation, token, event=event, at=at)
    return invitation


def accept_invitation(
    token: str,
    *,
    display_name: str,
    kana: str,
    department: str,
    language: str,
    password: str,
    actor: record.Public,
    at: datetime,
) -> User:
    """Create the account of the person who holds the link. The event is the newcomer's own act.

    Raises `Invitation.DoesNotExist` for a token that is none, `WrongState` when it was used, withdrawn or is too old
    or when it was for the first person and there is one, `Refused` when the address got an account in between.
    """
    hashed = make_password(password)  # outside of the transaction: it takes its time by design
    with transaction.atomic(durable=True):
        invitation = _invitations().get(token_hash=links.hash_of(token))
        rule = rules.TABLE["accept_invitation"]
        check_state(rule, invitation)
        links.refuse_expired(invitation, at)
        if rules.is_from_outside(invitation):
            # Two links for the first person, opened at once, would each find nobody.
            Organisation.objects.select_for_update(no_key=True).get(pk=invitation.organisation_id)
        rules.refuse_too_late(invitation)
        user = User(
            email=invitation.email,
            display_name=display_name,
            kana=kana,
            department=department,
            language=language,
            password=hashed,
            date_joined=at,
        )
        newcomer = _join(user, invitation, at)
        invitation.status, invitation.closed_at, invitation.accepted_by = InvitationStatus.ACCEPTED, at, user
        invitation.save()
        event = _note(rule, invitation, newcomer, at, user.label)
        notices.accepted(invitation, event=event, at=at)
    return user


def bootstrap(
    *, email: str, display_name: str, staff_number: str, actor: record.System, at: datetime
) -> tuple[Invitation, str]:
    """Make a link for one of the provider's first two people; returns it with its token, which is kept nowhere.

    The provider's organisation is made if it is missing. An earlier link of this kind is withdrawn, so that never
    more than one is open. Raises `Refused` once two natural persons are members: they invite the others.
    """
    with transaction.atomic(durable=True):
        provider = Organisation.objects.select_for_update(no_key=True).filter(kind=OrganisationKind.PROVIDER).first()
        if provider is None:
            provider = Organisation.objects.create(
                kind=OrganisationKind.PROVIDER, legal_name=settings.PROVIDER_NAME, kana=""
            )
        if queries.natural_persons(provider) >= 2:
            raise Refused(_("The provider has two members; they invite everybody else."))
        earlier = Invitation.objects.filter(organisation=provider, invited_by=None, status=InvitationStatus.SENT)
        earlier.update(status=InvitationStatus.WITHDRAWN, closed_at=at)
        email = same_address(email)
        _refuse_address(email, provider)
        _refuse_staff_number(provider, staff_number)
        invitation = Invitation(
            organisation=provider,
            email=email,
            display_name=display_name,
            roles=FIRST_PROVIDER_ROLES,
            staff_number=staff_number,
            created_at=at,
        )
        token = links.issue(invitation, at)
        invitation.save()
        _note(rules.TABLE["bootstrap"], invitation, actor, at)
    return invitation, token


def change_profile(
    user: User, *, display_name: str, kana: str, department: str, language: str, actor: Actor, at: datetime
) -> User:
    """Change one's own name as shown, its reading, department and language. The event names the fields, not values."""
    with transaction.atomic(durable=True):
        actor = memberships.still_here(actor)
        user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        rule = check(rules.TABLE, "change_profile", user, actor)
        wanted = {"display_name": display_name, "kana": kana, "department": department, "language": language}
        changed = sorted(name for name, value in wanted.items() if getattr(user, name) != value)
        for name in changed:
            setattr(user, name, wanted[name])
        if changed:
            user.save(update_fields=changed)
            record.event(
                rule.event,
                actor=actor,
                at=at,
                subject=user.label,
                about=[actor.organisation_label],
                facts={"fields": changed},
            )
    return user


def make_pin(*, actor: Actor, at: datetime) -> tuple[str, str]:
    """Return the actor's number for calls and a new PIN of one use. Raises `NotAllowed`, `Refused` (asked just now)."""
    with transaction.atomic(durable=True):
        actor = memberships.still_here(actor)
        rule = check(rules.TABLE, "make_pin", None, actor)
        number = callers.number_of(actor.user, at=at)
        pin = callers.issue(number, at=at)
        record.event(rule.event, actor=actor, at=at, subject=actor.label)
        return str(number), pin


def _locked(invitation: Invitation) -> Invitation:
    return _invitations().get(pk=invitation.pk)


def _invitations() -> QuerySet[Invitation]:
    rows = Invitation.objects.select_related("organisation", "invited_by__person")
    return rows.select_for_update(of=("self",), no_key=True)


def _note(rule: Rule, invitation: Invitation, actor: record.Actor, at: datetime, *about: str) -> Event:
    return record.event(
        rule.event,
        actor=actor,
        at=at,
        subject=invitation.label,
        about=[invitation.organisation.label, *about],
        facts={"roles": invitation.roles, "status": invitation.status},
    )


def _join(user: User, invitation: Invitation, at: datetime) -> Actor:
    organisation = invitation.organisation
    if organisation.is_staff:
        _refuse_staff_number(organisation, invitation.staff_number)
        user.person, _made = Person.objects.get_or_create(
            organisation=organisation, staff_number=invitation.staff_number
        )
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        # Two links for one address, opened at the same moment.
        raise Refused(_TAKEN) from error
    EmailAddress.objects.create(user=user, email=invitation.email, verified=True, primary=True)
    for role in invitation.roles:
        Membership.objects.create(user=user, organisation=organisation, role=role, since=at)
    return Actor(user, organisation, frozenset(invitation.roles))


def _refuse_address(email: str, organisation: Organisation, but: Invitation | None = None) -> None:
    if queries.find_account(email) is not None:
        raise Refused(_TAKEN, {"email": _TAKEN})
    waiting = Invitation.objects.filter(organisation=organisation, email=email, status__in=queries.OPEN)
    if (waiting.exclude(pk=but.pk) if but else waiting).exists():
        words = _("This address has an open invitation already. Send it again or withdraw it in the list of people.")
        raise Refused(words, {"email": words})


def _refuse_staff_number(organisation: Organisation, staff_number: str) -> None:
    if not organisation.is_staff:
        return
    if not staff_number:
        words = _("Enter the staff number: approvals count people, not accounts.")
        raise Refused(words, {"staff_number": words})
    if queries.working_as(organisation, staff_number) is not None:
        words = _("The person with this staff number has an account already.")
        raise Refused(words, {"staff_number": words})


def _refuse_corporate_number(number: str) -> None:
    if not number:
        return
    if not is_corporate_number(number):
        words = _("This is no corporate number: 13 digits, of which the first is a check digit.")
        raise Refused(words, {"corporate_number": words})
    if Organisation.objects.filter(corporate_number=number).exists():
        words = _("An organisation with this corporate number is here already.")
        raise Refused(words, {"corporate_number": words})
