"""The first administrator of a customer, invited by two people of the provider in an act of another app."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts import links, notices, queries
from accounts.errors import Refused, WrongState
from accounts.models import Invitation, Membership, Organisation, Role, User, same_address
from audit.models import Event


def is_claimed(organisation: Organisation) -> bool:
    """Whether anybody works for `organisation` by now."""
    return bool(Membership.objects.current().filter(organisation=organisation).exists())


def invite(
    organisation: Organisation, *, email: str, display_name: str, language: str, by: User, second: User, at: datetime
) -> tuple[Invitation, str]:
    """Make the invitation of the first administrator; returns it with the token of its link.

    Runs in the transaction of the act that it is part of, which holds the lock on `organisation`, writes the event and
    sends the link. `by` and `second` are two natural persons of the provider. Raises `WrongState` when somebody works
    for the organisation by now, `Refused` when the address has an account or an open invitation.
    """
    if is_claimed(organisation):
        raise WrongState(_("Somebody works for this organisation by now: ask them. Nothing was changed."))
    email = same_address(email)
    waiting = Invitation.objects.filter(organisation=organisation, status__in=queries.OPEN)
    if queries.find_account(email) is not None or waiting.exists():
        raise Refused(_("This address has an account already, or an invitation into this organisation is open."))
    invitation = Invitation(
        organisation=organisation,
        email=email,
        display_name=display_name,
        roles=[Role.ADMINISTRATOR.value],
        language=language,
        invited_by=by,
        seconded_by=second,
        created_at=at,
    )
    token = links.issue(invitation, at)
    invitation.save()
    return invitation, token


def send(invitation: Invitation, token: str, *, event: Event, at: datetime) -> None:
    """Mail the link to the invited address."""
    notices.invited(invitation, token, event=event, at=at)
