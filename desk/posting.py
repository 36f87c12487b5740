"""A letter that left, written down. Plain functions: they run inside the transaction of somebody's act."""

from datetime import date, datetime

from accounts.models import User
from audit.record import Entry
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


def came_back(inquiry: Inquiry, *, on: date, owner: User, by: User, at: datetime) -> PostLetter:
    """Write down that what left on `on` came back: in its own row where it has one, else in a new one."""
    rows = PostLetter.objects.filter(inquiry=inquiry, direction=PostLetter.Direction.OUT, kind=PostLetter.Kind.ANSWER)
    row = rows.filter(on=on).exclude(status=PostLetter.Status.RETURNED).order_by("-pk").first()
    row = row or left(inquiry, kind=PostLetter.Kind.ANSWER, on=on, due_on=None, number="", owner=owner, by=by, at=at)
    row.status, row.closed_by, row.closed_at = PostLetter.Status.RETURNED, by, at
    row.save(update_fields=["status", "closed_by", "closed_at"])
    return row


def entry(letter: PostLetter, *, to: User) -> Entry:
    """Return what the log says of one letter that changed hands; `letter` as it was before."""
    facts = {"letter": letter.pk, "kind": letter.kind, "from": f"user:{letter.owner_id}", "owner": to.label}
    return Entry(letter.inquiry.label, facts=facts)


def pass_on(*, owners: list[int], to: User) -> list[PostLetter]:
    """Let `to` owe what is due on the open letters of `owners` (primary keys of users); returns those that moved.

    The day on which something is due stays, and so does who noted the letter. Writes no event.
    """
    rows = PostLetter.objects.open().filter(owner__in=owners).exclude(owner=to)
    moved = list(rows.select_for_update(no_key=True, of=("self",)).select_related("inquiry").order_by("pk"))
    PostLetter.objects.filter(pk__in=[one.pk for one in moved]).update(owner=to)
    return moved
