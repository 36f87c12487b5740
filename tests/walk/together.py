"""Urgent settings: one to be made, one that waits for the second person."""

from datetime import timedelta

from django.utils import timezone

from recovery import transitions
from recovery.models import Claim
from tests import claims
from tests.announced import announced
from tests.cast import Cast, actor
from tests.recovery import bulk
from tests.stock import NOW, registration
from tests.walk.cases import Arguments, Posts, lost

WORDS = {"before": "転送なし", "after": "本社へ", "reason": "不通", "note": "総務の方と話した"}


def paths(cast: Cast) -> tuple[Arguments, Posts]:
    """Return the arguments of the paths and what is posted to them."""
    still = _matched(cast, "C-31", 11)
    phone = claims.point(still.registration, "phone") if still.registration else None
    given = {"code": "forwarding", "remind_on": (timezone.localdate(NOW) + timedelta(days=7)).isoformat(), **WORDS}
    helped = _matched(cast, "C-32", 12)
    assert phone and helped.registration
    announced(helped.inquiry, cast.operator, at=NOW - timedelta(hours=2), purpose="setting")
    made = transitions.make_setting(
        helped.pk,
        **{**WORDS, "code": "forwarding", "remind_on": timezone.localdate(NOW) + timedelta(days=7), "number": ""},
        contact_point_pk=claims.point(helped.registration, "phone").pk,
        actor=actor(cast.operator),
        at=NOW - timedelta(hours=2),
    )
    listed = _listed(cast)
    free = registration(cast.aoba, "C-34", custodian=None)
    unknown, found = listed.lines.get(status="unknown"), listed.lines.get(status="listed")
    names = ("covered", "take_list", "invite_people", "list_receipt", "own_list")
    own: Arguments = {
        **{f"recovery:{name}": [listed.number] for name in names},
        "recovery:match_line": [listed.number, unknown.pk],
        "recovery:leave_out": [listed.number, found.pk],
        "recovery:make_setting": [still.number],
        **{f"recovery:{name}": [helped.number, made.pk] for name in ("confirm_setting", "reverse_setting")},
    }
    posts: Posts = {
        "recovery:take_list": {"numbers": "C-35"},
        "recovery:match_line": {"registration_number": free.number},
        "recovery:leave_out": {"words": "別件"},
        "recovery:make_setting": {**given, "contact_point": phone.pk},
        "recovery:reverse_setting": {"reason": "復旧した"},
    }
    return own, posts


def _listed(cast: Cast) -> Claim:
    """A claim that collects proofs, with a list of which one line was not found."""
    came = NOW - timedelta(days=2)
    claim = claims.accepted(cast, lost(cast, "C-33"), at=came, claim=claims.received(at=came, sender="together"))
    one = registration(cast.aoba, "C-36", custodian=None)
    return bulk.listed(cast, claim, [(one.number, ""), ("?", "")], at=came)


def _matched(cast: Cast, number: str, days: int) -> Claim:
    came = NOW - timedelta(days=days)
    return claims.linked(cast, lost(cast, number), at=came, claim=claims.received(at=came, sender="together"))
