"""A call back that waits with its number found, a contractor who posed, and what is typed into checks."""

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from desk import calling
from desk import transitions as at_desk
from desk.models import Call, Statement
from handover.models import ContactPoint, Registration
from tests.cast import Cast, actor
from tests.stock import NOW, TODAY
from tests.walk.cases import Arguments, Posts

ACTS = ("checks", "check_receipt", "check_pin", "check_mandate", "book_call_back", "find_capacity")


def paths(cast: Cast) -> tuple[Arguments, Posts]:
    """Return the arguments of the paths and what is posted to them. The agent is on a call: tests/walk/console.py."""
    speaks = Call.objects.running().get(by=cast.agent)
    waiting, posed = _done(cast)
    token = str(uuid.uuid4())
    last = calling.windows(timezone.now())[-1][1].isoformat()
    by_pin = {"number": "00001111", "pin": "000000"}
    mandate = {"mandate": "M-2026-AAAAAA", "registration": "R-1", "matter": "fault", "name": "緑川 工"}
    arguments: Arguments = {f"desk:{name}": [speaks.pk] for name in ACTS}
    arguments |= {f"desk:{name}": [waiting] for name in ("call_back", "dial", "end_call_back")}
    posts: dict[str, dict[str, Any]] = {
        "pin": {},
        "check_receipt": {"number": "C-0000-000-000", "tracking": "ABCDE-FGHJK"},
        "check_pin": by_pin,
        "check_mandate": mandate | by_pin,
        "book_call_back": {"window": last},
        "find_capacity": {"capacity": "contractor", "signs": ["said_so"]},
        "call_back": {"registration": "R-5"},
        "dial": {},
        "end_call_back": {"result": "no_number", "note": ""},
        "posed_as": {"registration": "R-5"},
    }
    typed: Posts = {f"desk:{name}": {**said, "token": token} for name, said in posts.items()}
    return arguments | {"desk:posed_as": [posed]}, typed


def _done(cast: Cast) -> tuple[int, int]:
    """Book a call back and find its number, and let a contractor pose; return the keys of both."""
    held = Registration.objects.get(number="R-5")
    since = TODAY - timedelta(days=60)
    ContactPoint.objects.create(
        registration=held, kind="phone", value="03-1298-7678", since=since, health="good", purposes=["procedure"]
    )
    who: dict[str, Any] = {"actor": actor(cast.supervisor), "at": NOW}
    call = at_desk.begin_call(name="相田 透", number="03-1111-2222", **who)
    at_desk.open_inquiry(
        topic="question",
        statement=Statement(name="相田 透", organisation_name="青葉商事", own_phone="03-1111-2222"),
        capacity="customer",
        answer_by="phone",
        language="ja",
        **who,
    )
    made = at_desk.book_call_back(call.pk, window=calling.windows(NOW)[-1], **who)
    posed = at_desk.find_capacity(call.pk, capacity="contractor", signs=["papers"], **who)
    at_desk.end_call(call.pk, ending="promised", text="請求先のご質問", **who)
    at_desk.find_call_back_number(made.pk, registration="R-5", actor=actor(cast.operator), at=NOW)
    return made.pk, posed.pk
