"""Links of invitations: how long they live, what is kept of them, what they look like."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.errors import WrongState
from accounts.models import Invitation, InvitationStatus

LIFE = timedelta(days=7)


def hash_of(token: str) -> str:
    """Return what is kept of a link's token: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def link(token: str) -> str:
    """Return the address of an invitation. Its token is in the path and nowhere else; our origin, not a request's."""
    return settings.PUBLIC_ORIGIN + reverse("accounts:invitation", args=[token])


def refuse_expired(invitation: Invitation, at: datetime) -> None:
    """Raise `WrongState` when the link is too old at `at`: checked at use, whatever a clean-up did or did not."""
    if invitation.expires_at is None or invitation.expires_at <= at:
        raise WrongState(_("This link has expired. Ask the person who invited you for a new one."))


def issue(invitation: Invitation, at: datetime) -> str:
    """Give an invitation that is about to be saved a new link, good for `LIFE` from `at`; returns its token."""
    token = secrets.token_urlsafe(32)
    invitation.token_hash = hash_of(token)
    invitation.expires_at = at + LIFE
    invitation.status = InvitationStatus.SENT
    return token
