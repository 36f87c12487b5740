"""Ending access."""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, find_actor
from accounts.errors import NotAllowed
from accounts.models import Invitation, InvitationStatus, Membership, Organisation, User

# Left in the emptied session of somebody whose access ended, so that the next click is answered in plain words.
ENDED_KEY = "accounts.ended"


def close(user: User, *, organisation: Organisation, at: datetime) -> list[str]:
    """End every current membership of `user` in `organisation` and all access at once. Returns the roles that ended.

    Runs inside the transaction of the act that it is part of, which also writes the event. The account stays (it is
    in the history); its mail address becomes free, so that the person can be invited anew as a new account. Enrolled
    factors stay as rows of the ended account: they tell that an address must not be invited again by one person alone.
    Raises `TransactionManagementError` outside a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("access ends in the transaction of the act that ends it")
    current = Membership.objects.current().filter(user=user, organisation=organisation)
    roles = sorted(current.values_list("role", flat=True))
    current.update(until=at)
    if not Membership.objects.current().filter(user=user).exists():
        User.objects.filter(pk=user.pk).update(is_active=False)
        EmailAddress.objects.filter(user=user).delete()
        end_sessions(user)
    return roles


def still_here(actor: Actor) -> Actor:
    """Lock the account of `actor` and return what it may do now: the request read it before the transaction began.

    To be asked first in a transaction, so that somebody dismissed meanwhile does nothing more. Raises `NotAllowed`.
    """
    found = find_actor(User.objects.select_for_update(no_key=True).get(pk=actor.user.pk))
    if found is None or found.organisation != actor.organisation:
        raise NotAllowed(_("Your access has ended. Nothing was changed."))
    return found


def withdraw_invitations_by(user: User, *, at: datetime) -> list[int]:
    """Withdraw the open invitations that `user` sent: whoever leaves leaves no door open. Returns their keys."""
    still_open = Invitation.objects.filter(
        invited_by=user, status__in=[InvitationStatus.PROPOSED, InvitationStatus.SENT]
    )
    keys = list(still_open.order_by("pk").values_list("pk", flat=True))
    still_open.update(status=InvitationStatus.WITHDRAWN, closed_at=at)
    return keys


def end_sessions(user: User) -> None:
    """Empty every session of `user` but for a mark that says why."""
    for row in UserSession.objects.filter(user=user):
        store = SessionStore(row.session_key)
        if store.exists(row.session_key):
            store.clear()
            store[ENDED_KEY] = True
            store.save()
        row.delete()
