"""Mails that the desk's acts owe to people with an account."""

from collections.abc import Iterable
from datetime import datetime

from accounts.models import User
from audit.models import Event
from handover import notices


def caller_confirmed(person: User, *, event: Event, at: datetime) -> None:
    """Tell whose PIN was read out that a call was confirmed by it, so that a PIN in wrong hands is noticed."""
    notices.tell("caller_confirmed", [person], event=event, at=at, when=at)


def customer_posed_as(people: Iterable[User], *, event: Event, at: datetime) -> None:
    """Tell a customer that contractors said more than once to be the customer. It names nobody and no registration."""
    notices.tell("customer_posed_as", people, event=event, at=at)
