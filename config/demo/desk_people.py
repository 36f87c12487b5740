"""Somebody who hears badly calls, and whoever picks up next knows it."""

from datetime import datetime
from functools import partial

from config.demo.story import Story, actor
from desk import transitions
from desk.models import Inquiry, Statement


def somebody_asks_to_be_spoken_to_slowly(told: Story) -> None:
    """A question by phone; the agent notes, from the list, what is worth knowing before the next call."""
    told.goes_to(1, 13)
    label = told.once(_asks)
    told.once(partial(_is_noted, label))
    told.note("inquiries", slowly=label)


def _asks(at: datetime) -> None:
    transitions.open_inquiry(
        topic=Inquiry.Topic.USE,
        statement=Statement(
            organisation_name="三浦製麺所",
            name="森下 静江",
            kana="モリシタ シズエ",
            own_phone="0468812345",
            remarks="転送の設定を替えたい。早口だと聞き取れないとのこと。",
        ),
        capacity=Inquiry.Capacity.CUSTOMER,
        answer_by=Inquiry.Answer.PHONE,
        language="ja",
        actor=actor("agent"),
        at=at,
    )


def _is_noted(label: str, at: datetime) -> None:
    inquiry = Inquiry.objects.get(receipt_number=label.removeprefix("inquiry:"))
    transitions.note_person(inquiry.pk, word="slowly", days=180, actor=actor("agent"), at=at)
