"""An account without rights for somebody whose claim was approved, and how it gets its rights."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts import links
from accounts.errors import WrongState
from accounts.models import Invitation, Membership, Organisation, OrganisationKind, Role, User


def invite(
    *, number: str, email: str, display_name: str, language: str, by: User, at: datetime
) -> tuple[Invitation, str]:
    """Make an invitation into a tenant of the claim's own; returns it with the token of its link.

    Runs in the transaction of the act that it is part of, which writes the event and sends the link. `number` is the
    claim's and all that this tenant is called. The account it leads to sees nothing but its own claim.
    """
    home = Organisation.objects.filter(kind=OrganisationKind.CLAIMANT, legal_name=number).first()
    home = home or Organisation.objects.create(kind=OrganisationKind.CLAIMANT, legal_name=number)
    invitation = Invitation(
        organisation=home,
        email=email,
        display_name=display_name[:100],
        roles=[Role.CLAIMANT],
        language=language,
        invited_by=by,
        created_at=at,
    )
    token = links.issue(invitation, at)
    invitation.save()
    return invitation, token


def become_member(user: User, organisation: Organisation, *, at: datetime) -> Membership:
    """End the account's time as a claimant and make it a member of the customer, at one instant.

    Raises `WrongState` when it is no claimant's account any more. Runs in the transaction of the execution.
    """
    ended = Membership.objects.current().filter(user=user, role=Role.CLAIMANT).update(until=at)
    if not ended or not User.objects.filter(pk=user.pk, is_active=True).exists():
        raise WrongState(_("The claimant's account has ended. Invite the claimant anew, then carry it out."))
    return Membership.objects.create(user=user, organisation=organisation, role=Role.MEMBER, since=at)
