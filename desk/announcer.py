"""Announcements of letters and calls of handover: see `handover.announced.Announcer`, which this module is."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused
from accounts.models import User
from desk import announcing
from desk.models import CallIntention
from desk.models.trust import CallIntentionQuerySet
from handover.announced import Matter

CALLS_WITHIN = timedelta(hours=2)
"""How long the code of such a call answers: it is announced when somebody is about to dial."""
_P, _T = CallIntention.Purpose, CallIntention.Topic
WORDED: dict[Matter, tuple[str, str]] = {
    Matter.ACCESS: (_P.ACCESS, _T.ACCESS),
    Matter.TOLD: (_P.NOTICE, _T.ACCESS),
    Matter.CONFIRM: (_P.CONFIRM, _T.ACCESS),
    Matter.IN_CHARGE: (_P.IN_CHARGE, _T.IN_CHARGE),
}
"""Purpose and topic that whoever gets it reads."""


def letter(matter: Matter, *, about: str, by: User | None, at: datetime) -> str:
    """Announce a letter about the thing labelled `about`; return its call code of eight digits."""
    purpose, topic = WORDED[matter]
    return announcing.announce_letter(inquiry=None, purpose=purpose, topic=topic, by=by, about=about, at=at)[1]


def call(matter: Matter, *, about: str, actor: Actor, at: datetime) -> str:
    """Announce a call that `actor` makes within two hours; return its call code."""
    purpose, topic = WORDED[matter]
    _made, code = announcing.announce(
        inquiry=None,
        about=about,
        purpose=purpose,
        topic=topic,
        channel=CallIntention.Channel.PHONE,
        window_from=at,
        window_until=at + CALLS_WITHIN,
        actor=actor,
        at=at,
    )
    return code


def use(*, about: str, actor: Actor, at: datetime) -> int:
    """Use up a call of `actor` about `about`; return its key. Raises `Refused` where none was announced."""
    found = announcing.find_to_use(_own(about, actor), began=at, at=at)
    if found is None:
        words = _(
            "Announce the call before you dial, and say its call code: whoever is called can check that it is us."
        )
        raise Refused(words, {"kind": words})
    announcing.use_up(found, at)
    return found.pk


def codes(*, about: str, actor: Actor, at: datetime) -> list[str]:
    """Return the call codes that `actor` announced about `about` and has not used, as they are said: 1234 5678."""
    return [one.code for one in _own(about, actor).live(at).order_by("window_until", "pk")]


def _own(about: str, actor: Actor) -> CallIntentionQuerySet:
    return CallIntention.objects.filter(inquiry=None, about=about, by=actor.user, channel=CallIntention.Channel.PHONE)
