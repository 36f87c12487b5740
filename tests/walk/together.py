"""Urgent settings: one to be made, one that waits for the second person."""

from datetime import timedelta

from django.utils import timezone

from recovery import transitions
from recovery.models import Claim
from tests import claims
from tests.cast import Cast, actor
from tests.stock import NOW
from tests.walk.cases import Arguments, Posts, lost

WORDS = {"before": "転送なし", "after": "本社へ", "reason": "不通", "note": "総務の方と話した"}


def paths(cast: Cast) -> tuple[Arguments, Posts]:
    """Return the arguments of the paths and what is posted to them."""
    still = _matched(cast, "C-31", 11)
    phone = claims.point(still.registration, "phone") if still.registration else None
    given = {"code": "forwarding", "remind_on": (timezone.localdate(NOW) + timedelta(days=7)).isoformat(), **WORDS}
    helped = _matched(cast, "C-32", 12)
    assert phone and helped.registration
    made = transitions.make_setting(
        helped.pk,
        **{**WORDS, "code": "forwarding", "remind_on": timezone.localdate(NOW) + timedelta(days=7), "number": ""},
        contact_point_pk=claims.point(helped.registration, "phone").pk,
        actor=actor(cast.operator),
        at=NOW - timedelta(hours=2),
    )
    own: Arguments = {
        "recovery:make_setting": [still.number],
        **{f"recovery:{name}": [helped.number, made.pk] for name in ("confirm_setting", "reverse_setting")},
    }
    posts: Posts = {
        "recovery:make_setting": {**given, "contact_point": phone.pk},
        "recovery:reverse_setting": {"reason": "復旧した"},
    }
    return own, posts


def _matched(cast: Cast, number: str, days: int) -> Claim:
    came = NOW - timedelta(days=days)
    return claims.linked(cast, lost(cast, number), at=came, claim=claims.received(at=came, sender="together"))
