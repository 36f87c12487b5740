"""Formal answers of tests, brought to any state by the acts of the people themselves."""

from datetime import datetime
from typing import Any

from accounts.models import User
from desk import composing, transitions
from desk.models import FormalAnswer, Inquiry, Statement
from tests.cast import Cast, actor
from tests.stock import NOW

LETTER = Statement(
    organisation_name="𠮷田髙橋商店",
    department="情報システム部",
    name="渡邉 翔",
    postal_code="100-0005",
    address="東京都千代田区丸の内一丁目2番3号",
    mail="sho@new.example",
    own_phone="03-1111-2222",
)


def asked(
    cast: Cast, *, by: str = "letter", statement: Statement = LETTER, topic: str = "question", language: str = "ja"
) -> Inquiry:
    """Somebody asks on the phone, and the agent takes it down."""
    made, _tracking = transitions.open_inquiry(
        topic=topic,
        statement=statement,
        capacity="unknown",
        answer_by=by,
        language=language,
        actor=actor(cast.agent),
        at=NOW,
    )
    return made


def drafted(cast: Cast, inquiry: Inquiry, *, by: User | None = None, **changes: Any) -> FormalAnswer:
    """An operator drafts a decision."""
    wanted: dict[str, Any] = {
        "template": "answer",
        "chosen": ["decided", "passed_on"],
        "text": "ご請求書は、12月分から新しい部署あてにお送りいたします。",
        "way": composing.ways_of(inquiry)[0],
        **changes,
    }
    return transitions.draft_answer(inquiry.pk, **wanted, actor=actor(by or cast.operator), at=NOW)


def proposed(cast: Cast, inquiry: Inquiry, **changes: Any) -> FormalAnswer:
    """Drafted and proposed by the operator."""
    made = drafted(cast, inquiry, **changes)
    return transitions.propose_answer(made.pk, actor=actor(changes.get("by") or cast.operator), at=NOW)


def released(
    cast: Cast, inquiry: Inquiry, *, by: User | None = None, at: datetime = NOW, **changes: Any
) -> FormalAnswer:
    """Proposed by the operator and released by the approver."""
    return let_leave(proposed(cast, inquiry, **changes), by or cast.approver, at=at)


def let_leave(answer: FormalAnswer, by: User, *, at: datetime = NOW) -> FormalAnswer:
    """`by` presses release on what is shown."""
    shown = FormalAnswer.objects.select_related("inquiry").get(pk=answer.pk)
    signed = composing.fingerprint(shown)
    return transitions.release_answer(answer.pk, signed_hash=signed, actor=actor(by), at=at)
