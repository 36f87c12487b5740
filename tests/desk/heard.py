"""Inquiries, feedback and mistakes that tests of the voice begin with, made by the acts of the people themselves."""

from datetime import datetime
from typing import Any

from audit.record import Public
from desk import transitions
from desk.models import Feedback, Inquiry, Mistake, Statement
from tests.cast import Cast, actor
from tests.stock import NOW

MAIL = Statement(name="相田 透", mail="toru@aida.example", own_phone="03-1111-2222")
PHONE = Statement(name="相田 透", own_phone="03-1111-2222")


def asked(cast: Cast, topic: str = "bill", *, by_mail: bool = False) -> Inquiry:
    """Somebody asks something in a call, and wants to hear by mail or by phone."""
    wanted: dict[str, Any] = {"topic": topic, "capacity": "unknown", "language": "ja"}
    wanted |= {"statement": MAIL, "answer_by": "mail"} if by_mail else {"statement": PHONE, "answer_by": "phone"}
    return transitions.open_inquiry(**wanted, actor=actor(cast.agent), at=NOW)[0]


def recorded(cast: Cast, inquiry: Inquiry | None = None, **changes: Any) -> Feedback:
    """The agent takes down a complaint."""
    inquiry = inquiry or asked(cast, by_mail=True)
    wanted = {"kind": "complaint", "tag": "waiting", "words": "待たされた", "actor": actor(cast.agent), **changes}
    return transitions.record_feedback(inquiry.pk, **wanted, at=NOW)


def sent(statement: Statement = MAIL, **changes: Any) -> Feedback:
    """Somebody sends the public form."""
    wanted: dict[str, Any] = {"kind": "idea", "tag": "portal", "words": "字を大きく", "answer_by": "mail", "about": ""}
    wanted |= {"statement": statement, "language": "ja", "actor": Public(), "at": NOW, **changes}
    inquiry, _tracking = transitions.send_feedback(**wanted)
    return Feedback.objects.get(inquiry=inquiry)


def challenged(cast: Cast, **changes: Any) -> Feedback:
    """The agent challenges a rule."""
    wanted = {"number": "A8", "kind": "complaint", "words": "説明が長い", "actor": actor(cast.agent), **changes}
    return transitions.challenge_rule(**wanted, at=NOW)


def shared(cast: Cast, feedback: Feedback, **changes: Any) -> Feedback:
    wanted = {"department": "desk", "tag": feedback.tag, "actor": actor(cast.senior), **changes}
    return transitions.share_feedback(feedback.pk, **wanted, at=NOW)


def answered(cast: Cast, feedback: Feedback, *, at: datetime = NOW, **changes: Any) -> Feedback:
    wanted = {"became": "training", "words": "早くお答えします", "actor": actor(cast.senior), **changes}
    return transitions.answer_feedback(feedback.pk, **wanted, at=at)


def mistaken(cast: Cast, inquiry: Inquiry | None = None, **changes: Any) -> Mistake:
    """The agent records that we said something wrong."""
    wanted = {"kind": "wrong_words", "noticed": "inquirer", "words": "期日を誤って伝えた", **changes}
    wanted.setdefault("actor", actor(cast.agent))
    return transitions.record_mistake(**wanted, inquiry_pk=inquiry.pk if inquiry else None, at=NOW)
