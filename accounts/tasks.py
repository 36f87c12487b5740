"""Background work of sign-in."""

from datetime import datetime

from django.db import transaction
from django_tasks import task

from accounts.actors import find_actor
from accounts.queries import find_account
from audit import record
from outbox import cipher


def sealed(email: str) -> str:
    """Return a mail address for a task's arguments: encrypted, and of one length for all (254, RFC 5321)."""
    return cipher.encrypt(email[:254].ljust(254)).decode()


@task()
def note_failed_sign_in(email: str, at: str) -> bool:
    """Write the event of a wrong password, if the address (sealed) has an account. Returns whether it has."""
    user = find_account(cipher.decrypt(email).strip())
    if user is None:
        return False
    actor = find_actor(user)
    with transaction.atomic(durable=True):
        record.event(
            "accounts.sign_in_failed",
            actor=record.Public(),
            at=datetime.fromisoformat(at),
            subject=user.label,
            about=[actor.organisation_label] if actor else [],
        )
    return True
