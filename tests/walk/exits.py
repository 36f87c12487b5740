"""A colleague who is asked for a vouch, and one of another customer."""

from datetime import timedelta

from recovery import transitions
from recovery.models import VouchRequest
from tests import claims
from tests.cast import Cast, actor
from tests.stock import NOW
from tests.walk.cases import Arguments, Posts, lost

POSTS: Posts = {"recovery:vouch": {"answer": "yes"}}


def paths(cast: Cast, collecting: str) -> tuple[Arguments, Arguments]:
    """Return the arguments of the paths, for 青葉商事 and of somebody else; `collecting` is the number of a claim."""
    came = NOW - timedelta(days=11)
    claim = claims.accepted(cast, lost(cast, "C-41"), at=came, claim=claims.received(at=came, sender="walk"))
    made = transitions.ask_to_vouch(claim.pk, actor=actor(cast.colleague), at=came)
    asked = next(one for one in made if one.user == cast.jiro)
    theirs = VouchRequest.objects.create(claim=claim, user=cast.minoru, asked_by=cast.colleague, asked_at=came)
    transitions.open_dns_check(claim.pk, actor=actor(cast.colleague), at=came)
    own: Arguments = {
        "recovery:vouch": [asked.pk],
        **{f"recovery:{name}": [collecting] for name in ("ask_to_vouch", "open_dns_check")},
        "recovery:check_dns": [claim.number],
    }
    return own, {"recovery:vouch": [theirs.pk]}
