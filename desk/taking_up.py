"""What the inquirer does not agree with, on the status page: when that is possible, who gets it, what is promised.

Plain functions: they run inside a transition.
"""

from datetime import date, datetime, time
from typing import Any

from django.db.models import Q
from django.utils import timezone

from accounts.models import Membership, OrganisationKind, User
from desk import closing, progress, promising, telling
from desk.models import Contact, Hold, Inquiry, Site
from desk.models.inquiries import TAKE_UP_AGAIN
from handover.calendar import business_days_after

FROM, UNTIL = time(9), time(18)
"""Between when on the promised day the inquirer hears from us."""


def agreement_of(inquiry: Inquiry) -> Hold | None:
    """Return the promise that closed because, as we noted, the inquirer agreed; None once another followed it."""
    last = inquiry.holds.order_by("-opened_at", "-pk").first()
    return last if last is not None and last.outcome == Hold.Outcome.AGREED else None


def until(inquiry: Inquiry, agreed: Hold | None) -> datetime | None:
    """Return until when the inquirer may say not to agree, None where there is nothing to disagree with.

    After the end of the matter, or of its last promise by `agreed`: 180 days. Claims and calls that explain end by
    acts of their own.
    """
    if inquiry.topic in closing.ENDS_ELSEWHERE:
        return None
    ended = inquiry.closed_at or (agreed.closed_at if agreed else None)
    return ended + TAKE_UP_AGAIN if ended else None


def find_owner(inquiry: Inquiry) -> User | None:
    """Return who sees to it: whoever answered in writing, else who had the last promise, else whoever ended it.

    Only people who still keep promises, at a place that works and at the desk that has it; where none of them does,
    one of the provider's. None where the provider has nobody at all.
    """
    last = inquiry.closings.order_by("-at", "-pk").select_related("by").first()
    hold = inquiry.holds.order_by("-opened_at", "-pk").select_related("owner").first()
    answer = closing.find_answer(inquiry)
    people = [answer.drafted_by if answer else None, hold.owner if hold else None, last.by if last else None]
    return next((one for one in people if one and _keeps_promises(one, inquiry)), None) or _anybody()


def _keeping(**where: Any) -> Any:
    roles = {role for several in promising.LOOKS_AFTER.values() for role in several}
    rows = Membership.objects.current().filter(role__in=roles, user__is_active=True, **where)
    return rows.exclude(seat__site__status=Site.Status.FAILED)


def _keeps_promises(user: User, inquiry: Inquiry) -> bool:
    """Whether `user` still keeps promises, at the desk that has `inquiry` or at the provider."""
    rows = _keeping(user=user)
    if inquiry.agency_id:
        here = Q(organisation=inquiry.agency_id) | Q(organisation__kind=OrganisationKind.PROVIDER)
        rows = rows.filter(here)
    return bool(rows.exists())


def _anybody() -> User | None:
    roles = promising.LOOKS_AFTER[OrganisationKind.PROVIDER]
    rows = list(
        _keeping(organisation__kind=OrganisationKind.PROVIDER).select_related("user").order_by("since", "pk")[:100]
    )
    rows.sort(key=lambda row: roles.index(row.role))
    return rows[0].user if rows else None


def promise(inquiry: Inquiry, at: datetime) -> dict[str, Any]:
    """Return reason, next action and window of the new promise: two business days, as for a new inquiry.

    Where the inquirer is called, never on a day on which we were asked not to call.
    """
    calls = telling.way_to(inquiry) == Contact.Channel.PHONE
    day = business_days_after(timezone.localdate(at), progress.ANSWER_WITHIN)
    barred = [date.fromisoformat(one) for one in inquiry.statement.not_on.split()] if calls else []
    while day in barred:
        day = business_days_after(day, 1)
    return {
        "reason": Hold.Reason.TAKEN_UP,
        "next_action": Hold.NextAction.CALL if calls else Hold.NextAction.MAIL,
        "promised_from": timezone.make_aware(datetime.combine(day, FROM)),
        "promised_until": timezone.make_aware(datetime.combine(day, UNTIL)),
    }


def turn_of(owner: User) -> str:
    """Return whose turn it is by who sees to it."""
    rows = Membership.objects.current().filter(user=owner, organisation__kind=OrganisationKind.PROVIDER)
    return str(Inquiry.Turn.PROVIDER if rows.exists() else Inquiry.Turn.DESK)
