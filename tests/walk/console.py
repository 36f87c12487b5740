"""Running calls: of the agent about an inquiry, of the operator about nothing yet."""

import uuid
from typing import Any

from desk import calling
from desk import transitions as at_desk
from desk.models import Statement
from tests.cast import Cast, actor
from tests.stock import NOW
from tests.walk.cases import Arguments, Posts


def paths(cast: Cast) -> tuple[Arguments, Posts]:
    """Return the arguments of the paths and what is posted to them."""
    calls = {
        user: at_desk.begin_call(name="渡邉 翔", number="03-1234-5678", actor=actor(user), at=NOW)
        for user in (cast.agent, cast.operator)
    }
    asked: dict[str, Any] = {"topic": "question", "capacity": "unknown", "answer_by": "phone", "language": "ja"}
    said = {"name": "渡邉 翔", "own_phone": "03-1234-5678", "remarks": "書類の届け先"}
    on_the_line, _tracking = at_desk.open_inquiry(statement=Statement(**said), **asked, actor=actor(cast.agent), at=NOW)
    other, _tracking = at_desk.open_inquiry(statement=Statement(**said), **asked, actor=actor(cast.supervisor), at=NOW)
    token = str(uuid.uuid4())
    _start, until = calling.windows(NOW)[-1]
    promise = {"wish": "折り返し", "window": until.isoformat(), "next_action": "call", "reason": "call_back"}
    arguments: Arguments = {
        "recovery:console_of": [on_the_line.receipt_number],
        "desk:take_over_call": [calls[cast.agent].pk],
    }
    posts: Posts = {
        "desk:begin_call": {"name": "渡邉 翔", "number": "03-1234-5678", "token": token},
        "desk:go_on_with": {"number": other.receipt_number},
        "desk:take_down": {**asked, **said, "token": token},
        "desk:promise": {**promise, "token": token},
        "desk:warn_caller": {"warning": "words"},
        "desk:end_call": {"ending": "cut_off", "text": "書類の届け先のご質問", "token": token},
    }
    return arguments, posts
