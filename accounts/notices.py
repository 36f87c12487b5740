"""Mails about invitations."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils import translation

from accounts import links
from accounts.models import Invitation, Role, User
from audit.models import Event
from outbox import post


def role_names(invitation: Invitation) -> list[str]:
    """Return the roles as people read them, in the language that is active now."""
    return [str(Role(role).label) for role in invitation.roles]


def invited(invitation: Invitation, token: str, *, event: Event, at: datetime) -> None:
    """Send the link to the invited address."""
    with translation.override(invitation.language):
        roles = role_names(invitation)
    inviter = invitation.invited_by
    post.mail(
        "invitation",
        to=invitation.email,
        language=invitation.language,
        context={
            "link": links.link(token),
            "name": invitation.display_name,
            "organisation": invitation.organisation.legal_name,
            "inviter": inviter.display_name if inviter else settings.PROVIDER_NAME,
            "roles": roles,
            "until": invitation.expires_at,
        },
        event=event,
        recipient=invitation.label,
        at=at,
    )


def accepted(invitation: Invitation, *, event: Event, at: datetime) -> None:
    """Tell the inviter who joined, so that a link in the wrong hands is noticed."""
    inviter, newcomer = invitation.invited_by, invitation.accepted_by
    if inviter is None or newcomer is None or not inviter.is_active:
        return
    post.mail(
        "invitation_accepted",
        to=inviter.email,
        language=inviter.language,
        context={"name": newcomer.display_name, "email": newcomer.email, "inviter": inviter.display_name},
        event=event,
        recipient=inviter.label,
        at=at,
    )


def undertaking_proposed(people: Iterable[User], *, event: Event, at: datetime) -> None:
    """Tell who may publish them that new words of the undertaking wait for a second person."""
    for one in people:
        post.mail(
            "undertaking_proposed",
            to=one.email,
            language=one.language,
            context={},
            event=event,
            recipient=one.label,
            at=at,
        )
