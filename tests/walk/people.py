"""What the walk meets of the people of the desk."""

from typing import Any

from accounts.models import Undertaking
from tests.cast import Cast
from tests.walk.posts import Data

POSTS: dict[str, Data] = {
    "accounts:publish_undertaking": {
        "words_ja": "守秘義務誓約書\n\n1. 画面を他人に見せません。",
        "words_en": "Undertaking\n\n1. I show the screen to nobody.",
        "reason": "在宅での業務が始まるため",
    },
}


def addresses(cast: Cast) -> dict[str, list[Any]]:
    """Return the arguments of the paths about the agent: what was signed."""
    signed = Undertaking.objects.get(user=cast.agent).pk
    return {"accounts:signed_undertaking": [signed], "accounts:signed_words": [signed]}
