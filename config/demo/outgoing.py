"""A call of ours, from its announcement to its documented end."""

from datetime import datetime, timedelta
from functools import partial

from config.demo import announced, story
from config.demo.story import Story, actor
from desk import transitions
from desk.models import Call, CallIntention

WHO = "supervisor"


def somebody_is_called(told: Story) -> None:
    """The supervisor announces a call to whoever is spoken to slowly, makes it, and writes down what it showed."""
    told.at = told.moment(1, 13) + timedelta(minutes=20)
    label = told.notable["inquiries"]["slowly"]
    made = told.once(partial(_announce, label))
    call = told.once(partial(_dial, made))
    told.once(partial(_end, call))
    told.note("calls", out=call)


def _announce(label: str, at: datetime) -> None:
    inquiry = story.inquiry(label.removeprefix("inquiry:"))
    announced.announce(inquiry, WHO, CallIntention.Purpose.EXPLAIN, at=at, until=at + timedelta(hours=2))


def _dial(made: str, at: datetime) -> None:
    transitions.call_out(_key(made), actor=actor(WHO), at=at)


def _end(call: str, at: datetime) -> None:
    text = "転送の設定の替え方を、一つずつゆっくりご説明しました。ご自身で設定できたとのこと。"
    transitions.end_call(_key(call), ending=Call.Ending.SETTLED, text=text, actor=actor(WHO), at=at)


def _key(label: str) -> int:
    return int(label.partition(":")[2])
