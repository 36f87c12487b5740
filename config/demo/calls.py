"""Two calls at the desk: one that ended with a promise, and one that nobody has ended."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from config.demo.story import Story, actor, user
from desk import calling, transitions
from desk.models import Call, Statement

AGENT = "agent"


def somebody_calls(told: Story) -> None:
    """A caller asks where a bill is sent, hears a receipt number, and is promised an answer."""
    begins = told.moment(3, 10) + timedelta(seconds=40)
    for minutes, act in ((0, _begin), (2, _take_down), (5, _promise), (7, _end)):
        _plan(told, begins + timedelta(minutes=minutes), partial(act, begins))


def a_call_goes_on(told: Story) -> None:
    """The call of yesterday evening still runs: its clock warns, and the supervisor may take it over."""
    at = told.moment(1, 22) + timedelta(minutes=41, seconds=20)
    _plan(told, at, partial(_begin, at))


def _plan(told: Story, at: datetime, act: Callable[[datetime], object]) -> None:
    def play() -> None:
        told.once_at(at, act)

    told.plan(at, play)


def _begin(_begins: datetime, at: datetime) -> None:
    transitions.begin_call(name="北川 澪", number="03-0000-4180", actor=actor(AGENT), at=at)


def _call(begins: datetime) -> Call:
    return Call.objects.get(begun_by=user(AGENT), began_at=begins)


def _take_down(_begins: datetime, at: datetime) -> None:
    said = Statement(
        name="北川 澪",
        own_phone="03-0000-4180",
        organisation_name="北川製菓",
        hours="午前中",
        remarks="請求書の送り先を本社に変えるには、どうすればよいですか。",
    )
    transitions.open_inquiry(
        topic="bill",
        statement=said,
        capacity="customer",
        answer_by="phone",
        language="ja",
        actor=actor(AGENT),
        at=at,
    )


def _promise(begins: datetime, at: datetime) -> None:
    start, until = calling.windows(at)[-1]
    transitions.hold(
        _call(begins).inquiry_id or 0,
        reason="waiting_provider",
        owner=user(AGENT),
        next_action="call",
        promised_from=start,
        promised_until=until,
        wish="送り先の変え方を電話で知りたい。",
        actor=actor(AGENT),
        at=at,
    )


def _end(begins: datetime, at: datetime) -> None:
    text = "請求書の送り先の変え方のご質問。審査担当に確かめて、お電話することをお約束しました。"
    transitions.end_call(_call(begins).pk, ending="promised", text=text, actor=actor(AGENT), at=at)


SCENES = (somebody_calls, a_call_goes_on)
