"""Where a handover stands, as the numbered steps of its page."""

from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from handover.models import Handover
from handover.printing.era import era_date
from handover.rules.handovers import EXPIRES_AFTER_DAYS

S = Handover.Status
REACHED = {S.DRAFT: 0, S.OFFERED: 1, S.ACCEPTED: 2, S.CONFIRMED: 3, S.OVERLAP: 4, S.CLOSED: 5}


def steps(handover: Handover, may: set[str]) -> list[dict[str, Any]]:
    """Return the steps for the tag `steps`; an ended handover (declined, expired, withdrawn) shows how far it came."""
    reached = REACHED.get(S(handover.status), _reached_before_end(handover))
    named = [
        (1, _("Offer to the successor"), _moment(handover.offered_at), "offer" if "offer" in may else ""),
        (2, _("Successor marks every item and accepts"), _moment(handover.accepted_at), _url_of_items(may)),
    ]
    if handover.needs_confirmation:
        link = "confirm" if "confirm" in may else ""
        named.append((3, _("Administrator confirms"), _moment(handover.confirmed_at), link))
    elif reached == 2:
        reached = 3
    named += [
        (4, _("The person in charge changes"), _day(handover), ""),
        (5, _("Predecessor reads for %(days)d days") % {"days": handover.overlap_days}, "", ""),
    ]
    done = handover.status not in Handover.OPEN
    rows = []
    for place, title, note, link in named:
        state = "done" if reached >= place else "now" if reached == place - 1 and _moves(handover) else "todo"
        if state == "now" and place == 5 and handover.status != S.OVERLAP:
            state = "todo"
        url = reverse(f"handover:{link}", args=[handover.number]) if link and not done else ""
        rows.append({"title": title, "note": note, "state": state, "url": url})
    return rows


def answer_by(handover: Handover) -> date | None:
    """Return the last day on which an offer can be answered, None unless it is offered."""
    if handover.status != S.OFFERED or handover.offered_at is None:
        return None
    return timezone.localdate(handover.offered_at + timedelta(days=EXPIRES_AFTER_DAYS))


def _moves(handover: Handover) -> bool:
    return handover.status in Handover.OPEN or handover.status == S.OVERLAP


def _reached_before_end(handover: Handover) -> int:
    if handover.accepted_at:
        return 2
    return 1 if handover.offered_at else 0


def _url_of_items(may: set[str]) -> str:
    return "items" if "mark_items" in may else ""


def _moment(value: datetime | None) -> str:
    return era_date(timezone.localdate(value), get_language() or "ja") if value else ""


def _day(handover: Handover) -> str:
    if handover.effective_at:
        return _moment(handover.effective_at)
    return _("planned for %(day)s") % {"day": era_date(handover.effective_on, get_language() or "ja")}
