"""A letter that left, written down. Plain functions: they run inside the transaction of somebody's act."""

from datetime import date, datetime

from accounts.models import User
from desk.models import Inquiry, PostLetter


def left(
    inquiry: Inquiry, *, kind: str, on: date, due_on: date | None, number: str, owner: User, by: User, at: datetime
) -> PostLetter:
    """Write down that a letter left on `on`; without `due_on` nothing is expected back. `number` as it is kept."""
    is_open = due_on is not None
    return PostLetter.objects.create(
        direction=PostLetter.Direction.OUT,
        inquiry=inquiry,
        kind=kind,
        registered_number=number,
        on=on,
        due_on=due_on,
        owner=owner,
        status=PostLetter.Status.OPEN if is_open else PostLetter.Status.ANSWERED,
        closed_at=None if is_open else at,
        noted_by=by,
        noted_at=at,
    )
