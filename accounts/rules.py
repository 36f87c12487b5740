"""Who may do what with people and organisations. Buttons and transitions read the same table."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import persons, queries
from accounts.actors import Actor
from accounts.errors import WrongState
from accounts.models import (
    ROLES_OF,
    Invitation,
    InvitationStatus,
    Organisation,
    OrganisationKind,
    Role,
    UndertakingDraft,
    User,
)
from accounts.rulebook import Rule

DECIDING = (Role.OPERATOR, Role.APPROVER, Role.SENIOR)
# Whose presence means that an organisation invites its own people.
OWN_INVITERS: dict[str, tuple[str, ...]] = {
    OrganisationKind.CUSTOMER: (Role.ADMINISTRATOR,),
    OrganisationKind.CONTRACTOR: (Role.MEMBER,),
    OrganisationKind.AGENCY: (Role.SUPERVISOR,),
    OrganisationKind.PROVIDER: DECIDING,
    OrganisationKind.CLAIMANT: (),
}
# What the provider may give to the first people of an organisation.
FIRST_ROLES: dict[str, tuple[str, ...]] = {
    OrganisationKind.CUSTOMER: (Role.ADMINISTRATOR,),
    OrganisationKind.CONTRACTOR: (Role.MEMBER,),
    OrganisationKind.AGENCY: (Role.SUPERVISOR,),
}


def decides_at_provider(actor: Actor, thing: Any = None) -> bool:
    return actor.kind == OrganisationKind.PROVIDER and actor.has(*DECIDING)


def invites_own(actor: Actor, organisation: Organisation) -> bool:
    """Whether `actor` looks after the people of `organisation` as one of them."""
    return actor.organisation == organisation and actor.has(*OWN_INVITERS[organisation.kind])


def may_invite(actor: Actor, organisation: Organisation) -> bool:
    """Own people invite; the provider only the first ones, while there is nobody who could."""
    if invites_own(actor, organisation):
        return True
    is_first = not queries.holds_role(organisation, *OWN_INVITERS[organisation.kind])
    return decides_at_provider(actor) and organisation.kind != OrganisationKind.PROVIDER and is_first


def grantable(actor: Actor, organisation: Organisation) -> tuple[str, ...]:
    """Return the roles that `actor` may invite into `organisation`."""
    if invites_own(actor, organisation):
        return ROLES_OF[organisation.kind]
    return FIRST_ROLES.get(organisation.kind, ())


def looks_after(actor: Actor, invitation: Invitation) -> bool:
    return invites_own(actor, invitation.organisation) or decides_at_provider(actor)


def may_second(actor: Actor, invitation: Invitation) -> bool:
    """Another natural person than the inviter and the invited; for what the provider invites one who approves."""
    if is_same_human(actor.user, invitation):
        return False
    if invitation.organisation.kind == OrganisationKind.PROVIDER or is_from_outside(invitation):
        return actor.kind == OrganisationKind.PROVIDER and actor.has(Role.APPROVER, Role.SENIOR)
    return looks_after(actor, invitation)


def is_from_outside(invitation: Invitation) -> bool:
    """Whether somebody of the provider invited into another organisation. Only staff have a `person`."""
    inviter = invitation.invited_by
    if inviter is None or inviter.person is None:
        return False
    return bool(inviter.person.organisation_id != invitation.organisation_id)


def refuse_too_late(invitation: Invitation) -> None:
    """Raise `WrongState` for a first person's invitation where meanwhile somebody invites the organisation's people."""
    home = invitation.organisation
    if is_from_outside(invitation) and queries.holds_role(home, *OWN_INVITERS[home.kind]):
        raise WrongState(
            _("This organisation has somebody who invites its people by now: ask them. This invitation is void.")
        )


def is_same_human(user: User, invitation: Invitation) -> bool:
    """Whether `user` is the inviter or the invited: by account, and by staff number where there are such."""
    inviter = invitation.invited_by
    if inviter is not None and (inviter == user or (user.person_id and user.person_id == inviter.person_id)):
        return True
    if not invitation.staff_number or user.person is None:
        return False
    invited = (invitation.organisation_id, invitation.staff_number)
    return (user.person.organisation_id, user.person.staff_number) == invited


def two_invite(actor: Actor, organisation: Organisation) -> bool:
    """Whether one person is not enough: into the provider, and from outside, where whoever is let in decides all."""
    return organisation.kind == OrganisationKind.PROVIDER or actor.organisation != organisation


def needs_second_person(actor: Actor, organisation: Organisation, email: str) -> bool:
    """Whether an invitation waits for a second person; also for who lost a second factor (nobody resets one)."""
    return two_invite(actor, organisation) or queries.had_second_factor(email, organisation)


def shows_leaving(actor: Actor, organisation: Organisation) -> bool:
    """Whether rows of people offer to end a membership. Whether it may be done is asked again where it is done."""
    if actor.organisation == organisation:
        return actor.has(Role.ADMINISTRATOR, Role.SUPERVISOR, Role.APPROVER, Role.SENIOR)
    return decides_at_provider(actor)


def sees_people(actor: Actor, organisation: Organisation) -> bool:
    """Whether `actor` may see who works for `organisation`: its own people, and who decides at the provider."""
    return actor.organisation == organisation or decides_at_provider(actor)


def is_self(actor: Actor, user: User) -> bool:
    return actor.user == user


def is_own_staff(actor: Actor, organisation: Organisation) -> bool:
    return actor.organisation == organisation and organisation.is_staff


def sees_undertakings(actor: Actor) -> bool:
    """A supervisor of the own agency; seniors and auditors of the provider of everybody who has to sign."""
    if actor.kind == OrganisationKind.AGENCY:
        return actor.has(Role.SUPERVISOR)
    return actor.kind == OrganisationKind.PROVIDER and actor.has(Role.SENIOR, Role.AUDITOR)


def writes_undertakings(actor: Actor, thing: Any = None) -> bool:
    """A senior or an editor of the provider, who writes the procedure as well."""
    return actor.kind == OrganisationKind.PROVIDER and actor.has(Role.SENIOR, Role.EDITOR)


def publishes_undertakings(actor: Actor, draft: UndertakingDraft) -> bool:
    """A senior of the provider who is another natural person than whoever wrote the words."""
    is_senior = actor.kind == OrganisationKind.PROVIDER and actor.has(Role.SENIOR)
    return is_senior and not persons.is_same_human(draft.written_by, actor.user)


def calls_the_desk(actor: Actor, thing: Any = None) -> bool:
    """Whoever the desk helps: people of customers and of contractors."""
    return actor.kind in (OrganisationKind.CUSTOMER, OrganisationKind.CONTRACTOR)


def anybody(actor: Actor, thing: Any) -> bool:
    """The link itself is the permission."""
    return True


def nobody(actor: Actor, thing: Any) -> bool:
    """No person: a command of the machine's owner."""
    return False


_SENT = frozenset({InvitationStatus.SENT.value})
_PROPOSED = frozenset({InvitationStatus.PROPOSED.value})
_ONLY_WRITERS_OF_UNDERTAKINGS = _("Only a senior or an editor of the provider proposes or drops words.")
_NOT_YOURS = _("Only people who look after this organisation's members may do this.")

TABLE: dict[str, Rule] = {
    "create_organisation": Rule(
        "organisation.created",
        _("Add an organisation"),
        decides_at_provider,
        _("Only the provider adds organisations."),
    ),
    "view_organisation": Rule(
        "organisation.viewed",
        _("Look at the people of an organisation"),
        sees_people,
        _("Only an organisation's own people and those who decide at the provider see who works there."),
    ),
    "invite": Rule(
        "invitation.made",
        _("Invite a person"),
        may_invite,
        _("The administrators of an organisation invite its people; the provider invites only the first one."),
    ),
    "second_invitation": Rule(
        "invitation.seconded",
        _("Agree to the invitation"),
        may_second,
        _(
            "A second, different person has to agree: one who looks after this organisation's members, or an approver"
            " of the provider where the provider invites."
        ),
        _PROPOSED,
    ),
    "withdraw_invitation": Rule(
        "invitation.withdrawn", _("Withdraw the invitation"), looks_after, _NOT_YOURS, _SENT | _PROPOSED
    ),
    "resend_invitation": Rule("invitation.resent", _("Send a new link"), looks_after, _NOT_YOURS, _SENT),
    "accept_invitation": Rule("invitation.accepted", _("Join"), anybody, _("This link is not for you."), _SENT),
    "bootstrap": Rule("invitation.printed", _("Set up the provider"), nobody, _("This is done on the server itself.")),
    "sign_undertaking": Rule(
        "undertaking.signed", _("Sign"), is_own_staff, _("Only people of the provider and its agencies sign this.")
    ),
    "publish_undertaking": Rule(
        "undertaking.published",
        _("Publish new words"),
        publishes_undertakings,
        _("Only a senior of the provider publishes new words, and another person than who wrote them."),
    ),
    "propose_undertaking": Rule(
        "undertaking.proposed", _("Propose new words"), writes_undertakings, _ONLY_WRITERS_OF_UNDERTAKINGS
    ),
    "drop_undertaking": Rule(
        "undertaking.dropped", _("Drop these words"), writes_undertakings, _ONLY_WRITERS_OF_UNDERTAKINGS
    ),
    "change_profile": Rule(
        "accounts.profile_changed", _("Save"), is_self, _("Everybody changes only their own profile.")
    ),
    "make_pin": Rule(
        "caller.pin_made",
        _("Show a PIN for a call"),
        calls_the_desk,
        _("This is for people of customers and contractors who call the desk."),
    ),
}

# The part of the table whose thing is an invitation, for the buttons of its row.
ON_INVITATION = {name: TABLE[name] for name in ("second_invitation", "resend_invitation", "withdraw_invitation")}
