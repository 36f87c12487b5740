"""Calls of the demo that are announced; one is still to come, for whoever tries the public page."""

from datetime import datetime, timedelta
from functools import partial

from django.utils import timezone

from config.demo import joining
from config.demo.story import Story, actor, user
from desk import transitions
from desk.models import CallIntention, Inquiry, Site

SITES = (
    ("desk", "", "札幌センター", "A-02-01234", "011-000-0101"),
    ("desk", "", "仙台センター", "A-02-01234", "03-0000-0102"),
    ("provider", "", "登録窓口", "", "03-0000-0100"),
    ("", "みちのく通信販売", "本店", "B-09-00077", "03-0000-0777"),
)
"""Whose place (a key of the demo's organisations, "" for a reseller), company, place, notification number, number."""


def announce(
    inquiry: Inquiry, by: str, purpose: str, *, at: datetime, until: datetime, begin: datetime | None = None
) -> CallIntention:
    """Let `by` announce a call between `begin`, or now, and `until`."""
    made, _code = transitions.announce_call(
        inquiry.pk,
        purpose=purpose,
        channel=CallIntention.Channel.PHONE,
        window_from=begin or at,
        window_until=until,
        actor=actor(by),
        at=at,
    )
    return made


def places_are_registered(told: Story) -> None:
    """A senior enters who works for the provider and from which numbers; the desk's people sit in one place."""
    told.goes_to(18, 8)
    for home, company, name, notification, number in SITES:
        label = told.once(partial(_enter, told, (home, company, name, notification)))
        told.once(partial(_add_line, _key(label), number))
    first = Site.objects.get(name=SITES[0][2])
    for who in ("agent", "supervisor"):
        told.once(partial(_seat, first.pk, who))


def _enter(told: Story, site: tuple[str, str, str, str], at: datetime) -> Site:
    home, company, name, notification = site
    return transitions.record_site(
        organisation=joining.organisation(home) if home else None,
        company=company,
        name=name,
        notification_number=notification,
        valid_from=told.today - timedelta(days=365),
        actor=actor("senior"),
        at=at,
    )


def _add_line(pk: int, number: str, at: datetime) -> None:
    transitions.add_line(pk, number=number, actor=actor("senior"), at=at)


def _seat(pk: int, key: str, at: datetime) -> None:
    transitions.seat_member(pk, person=user(key), actor=actor("supervisor"), at=at)


def _key(label: str) -> int:
    return int(label.removeprefix("site:"))


def a_call_is_coming(told: Story) -> None:
    """The agent announces tomorrow's call back about the claim that came by phone."""
    told.goes_to(1, 19)
    noon = told.moment(-1, 12)

    def act(at: datetime) -> None:
        receipt = told.notable["claims"]["by_phone"].removeprefix("claim:")
        inquiry = Inquiry.objects.get(receipt_number=receipt)
        announce(inquiry, "agent", CallIntention.Purpose.CALL_BACK, at=at, begin=noon - timedelta(hours=2), until=noon)

    told.note("intentions", coming=told.once(act))


def find_coming(told: Story) -> tuple[str, datetime] | None:
    """Return the call code of the call to come and until when it answers; None when that is over."""
    pk = int(told.notable["intentions"]["coming"].removeprefix("intention:"))
    found = CallIntention.objects.genuine(timezone.now()).filter(pk=pk).first()
    return (found.code, found.window_until) if found else None
