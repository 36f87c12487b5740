"""Exceptions that wait, a rule to review, and recoveries that can be put back."""

from datetime import timedelta

from django.utils import timezone

from recovery import transitions
from recovery.models import Claim, RuleReview
from tests import claims
from tests.cast import Cast, actor
from tests.stock import NOW
from tests.walk.cases import Arguments, Posts, lost

CAME = NOW - timedelta(days=40)
"""When the claims came in that are carried out now, and protected."""
WORDS = {"text": "水害", "control": "本店へ折り返し", "risk": "本店の誤り", "compared": "前例なし"}


def _executed(cast: Cast, number: str, mail: str, days: int) -> Claim:
    came = CAME - timedelta(days=days)
    said = claims.received(at=came, statement={"mail": mail})
    ready = claims.ready(cast, lost(cast, number), at=came, claim=said)
    at = claims.decided_at(ready)
    return transitions.execute(ready.pk, signed_hash=ready.proposal_hash, actor=actor(cast.approver), at=at)


def paths(cast: Cast, collecting: str) -> tuple[Arguments, Posts]:
    """Return the arguments of the paths and what is posted to them; `collecting` is the number of such a claim."""
    claim = Claim.objects.get(number=collecting)
    until = timezone.localdate(NOW) + timedelta(days=30)
    asked = transitions.ask_exception(
        claim.pk,
        rule="points",
        reason_code="disaster",
        missing_proof="",
        words=WORDS,
        expires_on=until,
        actor=actor(cast.colleague),
        at=NOW,
    )
    review = RuleReview.objects.create(
        reason_code="disaster", rules=[["category:O", 3]], count=3, opened_at=NOW - timedelta(days=1)
    )
    done = _executed(cast, "C-21", "done@new.example", 1)
    undone = _executed(cast, "C-22", "undone@new.example", 0)
    transitions.ask_rollback(undone.pk, reason="本人ではなかった", actor=actor(cast.operator), at=NOW)
    own: Arguments = {
        "ask_exception": [collecting],
        **{name: [collecting, asked.pk] for name in ("exception", "refuse_exception", "end_exception")},
        "close_rule_review": [review.pk],
        "ask_rollback": [done.number],
        **{name: [undone.number] for name in ("confirm_rollback", "decline_rollback")},
    }
    posts: Posts = {
        "ask_exception": {
            "rule": "category:C",
            "reason_code": "disaster",
            "missing_proof": "C1",
            "expires_on": until.isoformat(),
            **WORDS,
        },
        "exception": {"reason": "よい", "signed_hash": asked.facts_hash},
        "refuse_exception": {"reason": "足りない"},
        "end_exception": {"reason": "不要になった"},
        "close_rule_review": {"outcome": "stays", "words": "特例で足りる"},
        "ask_rollback": {"reason": "本人ではなかった"},
        "decline_rollback": {"reason": "本人でした"},
    }
    return (
        {f"recovery:{name}": value for name, value in own.items()},
        {f"recovery:{name}": value for name, value in posts.items()},
    )
