"""What an inquirer reads of a matter that is no claim: where it stands, who promised what until when."""

from dataclasses import dataclass
from datetime import date, datetime

from accounts.errors import Words
from accounts.models import Membership, Role
from desk import progress, taking_up
from desk.models import Hold, Inquiry, Pause, Word


@dataclass(frozen=True)
class Promise:
    """An open promise as its inquirer reads it: the owner by role, never by name (names of staff are not told)."""

    owner: Words
    reason: str
    next_action: str
    promised_from: datetime
    promised_until: datetime
    wish: str


@dataclass(frozen=True)
class Standing:
    """All that the status page says of one inquiry."""

    stage: Inquiry.Stage
    turn: Inquiry.Turn
    next_on: date | None
    is_open: bool
    promise: Promise | None
    words: list[Word]
    pause: Pause | None
    agreed: Hold | None
    """The promise that ended because, as we noted, the inquirer agreed: nothing followed it."""
    take_up_until: datetime | None
    """Until when the inquirer may say on the page not to agree, None where there is nothing to disagree with."""


def find_inquiry(pk: int) -> Inquiry | None:
    """Return the inquiry that a session's mark names."""
    return Inquiry.objects.filter(pk=pk).first()


def promise_of(inquiry_pk: int, *, with_wish: bool) -> Promise | None:
    """Return what was promised to the inquirer and is not kept yet.

    `with_wish`: not of a claim, where the words of the staff could tell what is on record (invariant 22).
    """
    hold = Hold.objects.filter(inquiry=inquiry_pk, closed_at=None).first()
    if hold is None:
        return None
    role = Membership.objects.filter(user=hold.owner_id).order_by("until", "pk").values_list("role", flat=True).first()
    return Promise(
        owner=Role(role).label if role else "",
        reason=hold.get_reason_display(),
        next_action=hold.get_next_action_display(),
        promised_from=hold.promised_from,
        promised_until=hold.promised_until,
        wish=hold.wish if with_wish else "",
    )


def standing_of(inquiry: Inquiry, at: datetime) -> Standing:
    """Return where `inquiry` stands at `at`, as its inquirer reads it."""
    words = inquiry.words.exclude(said_at=None).order_by("-said_at", "-pk")
    agreed = taking_up.agreement_of(inquiry)
    until = taking_up.until(inquiry, agreed)
    return Standing(
        stage=Inquiry.Stage(inquiry.stage),
        turn=Inquiry.Turn(inquiry.turn),
        next_on=inquiry.next_on and progress.ahead(inquiry.next_on, at),
        is_open=inquiry.closed_at is None,
        promise=promise_of(inquiry.pk, with_wish=True),
        words=list(words),
        pause=inquiry.pauses.filter(ended_at=None).first(),
        agreed=agreed,
        take_up_until=until if until and at < until else None,
    )
