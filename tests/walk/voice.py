"""What the paths of help, feedback and mistakes lead to."""

import uuid
from datetime import timedelta
from typing import Any

from desk import transitions
from desk.models import ScriptTask
from recovery.models import ProcedureVersion
from tests.announced import announced
from tests.cast import Cast, actor
from tests.desk.heard import PHONE, answered, asked, mistaken, recorded, sent, shared
from tests.stock import NOW

Arguments = dict[str, list[Any]]
Posts = dict[str, dict[str, Any]]


def paths(cast: Cast) -> tuple[Arguments, Posts]:
    """Make what they lead to; return the arguments of the paths and what is posted to them."""
    inquiry = asked(cast)
    task = _task(cast)
    heard = recorded(cast, inquiry)
    waiting = shared(cast, recorded(cast, inquiry))
    made, mended = mistaken(cast, inquiry), mistaken(cast, inquiry)
    transitions.mend_mistake(mended.pk, words="お詫びした", actor=actor(cast.operator), at=NOW)
    addresses: Arguments = {
        "desk:help": ["bill"],
        "desk:script_task": [task.pk],
        "recovery:draft_script": [task.pk],
        "desk:one_feedback": [heard.pk],
        "desk:share_feedback": [heard.pk],
        "desk:answer_feedback": [waiting.pk],
        "desk:tell_feedback": [_answered(cast)],
        "desk:mistake": [made.pk],
        "desk:name_registration": [made.pk],
        "desk:mend_mistake": [made.pk],
        "desk:close_mistake": [mended.pk],
    }
    addresses |= {f"desk:{name}": [inquiry.receipt_number] for name in ("pass_on", "record_feedback")}
    return addresses, _posts()


def _task(cast: Cast) -> ScriptTask:
    for _time in range(3):
        inquiry = asked(cast, "use")
        transitions.pass_on(inquiry.pk, reason="no_words", words="使い方", actor=actor(cast.agent), at=NOW)
    return ScriptTask.objects.get()


def _answered(cast: Cast) -> int:
    """Feedback whose answer the desk wrote to the inquirer, which nobody has noted yet."""
    made = answered(cast, shared(cast, sent(PHONE, answer_by="letter")))
    wanted: dict[str, Any] = {"direction": "out", "channel": "letter", "party": "claimant", "minutes": 0, "text": "x"}
    at = NOW + timedelta(minutes=5)
    assert made.inquiry
    announced(made.inquiry, cast.agent, at=at, channel="letter")
    transitions.note_contact(made.inquiry.pk, **wanted, actor=actor(cast.agent), at=at)
    return made.pk


def _posts() -> Posts:
    token = str(uuid.uuid4())
    draft = ProcedureVersion.objects.get(status=ProcedureVersion.Status.DRAFT)
    sentence = {
        "seen_hash": draft.data_hash,
        "code": "how_to_use",
        "moment": "site_user",
        "rule": "A3",
        "when_ja": "使い方を尋ねられたとき",
        "when_en": "When asked how to use it",
        "text_ja": "画面の案内をご覧ください。",
        "text_en": "Please see the guide on the screen.",
    }
    said = {"kind": "idea", "tag": "portal", "words": "字を大きく", "token": token}
    return {
        "desk:script_task": {"why_not": "製品の説明で足りる"},
        "recovery:draft_script": sentence,
        "recovery:add_script": sentence,
        "desk:pass_on": {"reason": "product", "words": "つながらない", "token": token},
        "desk:send_feedback": {**said, "name": "相田", "answer_by": "letter", "reach": "100-0001 東京都千代田区"},
        "desk:record_feedback": said,
        "desk:challenge_rule": {"number": "A8", "kind": "complaint", "words": "長い", "token": token},
        "desk:share_feedback": {"department": "desk", "tag": "waiting"},
        "desk:answer_feedback": {"became": "training", "words": "練習します"},
        "desk:record_mistake": {"kind": "promise", "noticed": "desk", "words": "忘れた", "number": "", "token": token},
        "desk:name_registration": {"number": "R-1"},
        "desk:mend_mistake": {"words": "お詫びした"},
    }
