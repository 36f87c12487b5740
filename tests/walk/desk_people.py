"""What the walk meets of the people of the desk."""

from typing import Any

from accounts.models import OrganisationKind, Undertaking
from handover import transitions
from tests.cast import Cast, actor, organisation
from tests.stock import NOW, registration
from tests.walk.posts import Data

POSTS: dict[str, Data] = {
    "accounts:publish_undertaking": {
        "words_ja": "守秘義務誓約書\n\n1. 画面を他人に見せません。",
        "words_en": "Undertaking\n\n1. I show the screen to nobody.",
        "reason": "在宅での業務が始まるため",
    },
    "handover:mark_canary": {"number": "Z-2"},
}


def addresses(cast: Cast) -> dict[str, list[Any]]:
    """Return the arguments of the paths about people of the staff, and about an invented registration."""
    invented = organisation(OrganisationKind.CUSTOMER, "架空商事株式会社", "カクウショウジ")
    for number in ("Z-1", "Z-2"):
        registration(invented, number, custodian=None)
    canary = transitions.mark_canary(number="Z-1", actor=actor(cast.editor), at=NOW)
    signed = Undertaking.objects.get(user=cast.agent).pk
    return {
        "accounts:signed_undertaking": [signed],
        "accounts:signed_words": [signed],
        "handover:end_canary": [canary.pk],
    }
