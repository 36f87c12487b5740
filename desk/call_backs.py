"""Calls back to a number of record: what booking, dialling and ending one share. Plain functions."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from desk.models import Hold, Inquiry
from handover import reaching
from handover.models import ContactPoint, Registration
from outbox import cipher

TENURE = timedelta(days=30)
"""How long a number has to be on record before it shows anything (invariant 15)."""
LASTS = timedelta(minutes=30)
"""How long the call code of a call back answers that it is ours."""
DEAD = (ContactPoint.Health.BOUNCED, ContactPoint.Health.RETURNED, ContactPoint.Health.GONE)
HEAD, TAIL = 4, 2
"""Digits that a masked number keeps: 03-12**-**78."""


def find_point(registration: Registration, at: datetime) -> ContactPoint | None:
    """Return the phone number of record that may be called: the one longest on record, None where there is none.

    At least 30 days on record, alive, confirmed since the name last changed, given for procedures, and never one
    where whoever is called pays.
    """
    rows = ContactPoint.objects.current().filter(registration=registration, kind=ContactPoint.Kind.PHONE)
    rows = rows.filter(since__lte=timezone.localdate(at) - TENURE, to_confirm=False)
    alive = rows.exclude(health__in=DEAD).order_by("since", "pk")
    return next((one for one in alive if reaching.serves(one, reaching.PROCEDURE)), None)


def masked(number: str) -> str:
    """Return a phone number with all digits hidden but the first four and the last two: 03-12**-**78."""
    digits = sum(sign.isdecimal() for sign in number)
    shown, place = [], 0
    for sign in number:
        place += sign.isdecimal()
        hides = sign.isdecimal() and HEAD < place <= digits - TAIL
        shown.append("*" if hides else sign)
    return "".join(shown)


def promise(inquiry: Inquiry, *, window: tuple[datetime, datetime], by: User, at: datetime) -> Hold:
    """Put a locked inquiry on hold until it is called back; an earlier promise is followed by this one.

    What the inquirer wants stays what was written down last.
    """
    earlier = Hold.objects.filter(inquiry=inquiry, closed_at=None)
    before = earlier.first()
    wish = bytes(before.sealed_wish) if before else cipher.encrypt(inquiry.statement.remarks)
    earlier.update(closed_at=at, closed_by=by, outcome=Hold.Outcome.FOLLOWED)
    made = Hold.objects.create(
        inquiry=inquiry,
        reason=Hold.Reason.CALL_BACK,
        owner=by,
        next_action=Hold.NextAction.CALL,
        promised_from=window[0],
        promised_until=window[1],
        sealed_wish=wish,
        opened_by=by,
        opened_at=at,
    )
    inquiry.status, inquiry.next_on = Inquiry.Status.HELD, timezone.localdate(window[1])
    inquiry.save(update_fields=["status", "next_on"])
    return made
