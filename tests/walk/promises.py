"""Promises for the walk: one to hand over, one inquiry to end, one that ended, one whose clock stands still."""

from typing import Any

from desk import transitions
from desk.models import Word
from tests.cast import Cast, actor
from tests.desk.promised import asked, held
from tests.stock import NOW
from tests.walk.posts import Data

TOKEN = "5f0c0a54-8f5b-4a57-9c7a-0d7c6b1f9e%02d"


def paths(cast: Cast) -> tuple[dict[str, list[Any]], dict[str, Data]]:
    """Return arguments and bodies of the paths about promises."""
    address = "東京都千代田区千代田1-1"
    inquiry, _code = asked(cast.agent, address=address, answer_by="letter")
    hold = held(inquiry, cast.agent)
    ended, _code = asked(cast.agent)
    transitions.close_inquiry(
        ended.pk, ground="agreed", agreed_by="相田 透", agreed_how="phone", actor=actor(cast.agent), at=NOW
    )
    still, _code = asked(cast.agent)
    transitions.pause_clock(still.pk, reason="papers", actor=actor(cast.agent), at=NOW)
    number = [inquiry.receipt_number]
    addresses: dict[str, list[Any]] = {
        "desk:shift_of": [cast.agent.pk],
        "desk:close_inquiry": number,
        "desk:remind": number,
        "desk:pause": number,
        "desk:needs": number,
        "desk:reopen_inquiry": [ended.receipt_number],
        "desk:resume": [still.receipt_number],
    }
    handing = {"holds": [hold.pk], "to": cast.supervisor.pk}
    posts: dict[str, Data] = {
        "desk:close_hold": {"agreed_by": "相田 透", "agreed_how": "phone"},
        "desk:shift": {**handing, "token": TOKEN % 1},
        "desk:shift_of": {**handing, "token": TOKEN % 2},
        "desk:close_inquiry": {
            "ground": "agreed",
            "agreed_by": "相田 透",
            "agreed_how": "phone",
            "token": TOKEN % 3,
        },
        "desk:remind": {"medium": "letter", "token": TOKEN % 4},
        "desk:pause": {"reason": "papers"},
        "desk:needs": {"chosen": ["no_phone"], "words": ""},
        "desk:print_words": {"words": list(Word.objects.filter(channel="letter").values_list("pk", flat=True))},
    }
    return addresses, posts
