"""What tests of promises begin with."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from desk import transitions
from desk.models import Hold, Inquiry, Statement
from tests.cast import Cast, actor, somebody
from tests.stock import NOW


def asked(
    by: User,
    *,
    at: datetime = NOW,
    mail: str = "",
    address: str = "",
    topic: str = "question",
    answer_by: str = "phone",
    language: str = "ja",
    **more: Any,
) -> tuple[Inquiry, str]:
    """Somebody asked on the phone something that is no claim; returns the inquiry and its tracking code."""
    statement = Statement(
        name="相田 透",
        own_phone="03-1111-2222",
        mail=mail,
        postal_code="100-0001" if address else "",
        address=address,
        remarks="請求書の送り先",
    )
    wanted = {"topic": topic, "capacity": "unknown", "answer_by": answer_by, "language": language, **more}
    return transitions.open_inquiry(statement=statement, **wanted, actor=actor(by), at=at)


def held(inquiry: Inquiry, owner: User, *, at: datetime = NOW, days: int = 3, **changes: Any) -> Hold:
    """Somebody promised to be back."""
    wanted: dict[str, Any] = {
        "reason": "call_back",
        "owner": owner,
        "next_action": "call",
        "promised_from": at + timedelta(days=days),
        "promised_until": at + timedelta(days=days, hours=2),
        "wish": "折り返しの電話",
        **changes,
    }
    return transitions.hold(inquiry.pk, **wanted, actor=actor(owner), at=at)


def another_agent(cast: Cast) -> User:
    """A second agent of the same agency."""
    return somebody(actor(cast.agent).organisation, "早番 桃子", "ハヤバン モモコ", "early@desk.example", "agent")
