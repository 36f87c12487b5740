"""Scenes of what people say about us: a question that comes again and again, a complaint, a mistake, a rule."""

from datetime import datetime
from functools import partial
from typing import Any

from audit.record import Public
from config.demo.story import Story, actor
from desk import transitions
from desk.models import Inquiry, Statement

QUESTIONS = (
    ("戸田 実", "昔の請求書をもう一度見たい"),
    ("三輪 恵", "3年前の請求書の写しがほしい"),
    ("堀 大輔", "前の年度の請求書はどこで見られるか"),
)


def people_say_what_they_think(told: Story) -> None:
    """Three ask for old bills, and the desk has no words for it; one is kept waiting, and we gave one a wrong date."""
    told.goes_to(3, 14)
    for name, words in QUESTIONS:
        label = told.once(partial(_asks, name))
        told.once(partial(_passes_on, label, words))
    first = told.once(partial(_asks, "高木 薫"))
    complaint = told.once(partial(_says, first))
    told.once(partial(_shares, _pk(complaint)))
    told.once(partial(_records, first))
    told.once(_writes)
    told.once(_challenges)


def _pk(label: str) -> int:
    return int(label.partition(":")[2])


def _inquiry(label: str) -> Inquiry:
    return Inquiry.objects.get(receipt_number=label.partition(":")[2])


def _asks(name: str, at: datetime) -> None:
    transitions.open_inquiry(
        topic=Inquiry.Topic.BILL,
        statement=Statement(name=name, own_phone="03-5555-0101", remarks="請求書について"),
        capacity=Inquiry.Capacity.CUSTOMER,
        answer_by=Inquiry.Answer.PHONE,
        language="ja",
        actor=actor("agent"),
        at=at,
    )


def _passes_on(label: str, words: str, at: datetime) -> None:
    transitions.pass_on(_inquiry(label).pk, reason="no_words", words=words, actor=actor("agent"), at=at)


def _says(label: str, at: datetime) -> None:
    said: dict[str, Any] = {"kind": "complaint", "tag": "waiting", "words": "電話がつながるまで10分待った。"}
    transitions.record_feedback(_inquiry(label).pk, **said, actor=actor("agent"), at=at)


def _shares(pk: int, at: datetime) -> None:
    transitions.share_feedback(pk, department="desk", tag="waiting", actor=actor("operator"), at=at)


def _records(label: str, at: datetime) -> None:
    wrong = {"kind": "wrong_words", "noticed": "desk", "words": "請求書の締め日を1日早く伝えた。"}
    transitions.record_mistake(**wrong, inquiry_pk=_inquiry(label).pk, actor=actor("supervisor"), at=at)


def _writes(at: datetime) -> None:
    transitions.send_feedback(
        kind="idea",
        tag="portal",
        words="進み具合の画面の文字が小さいので、大きくできるとうれしいです。",
        statement=Statement(name="小川 静", mail="shizuka@new.example", own_phone="03-5555-0121"),
        answer_by=Inquiry.Answer.MAIL,
        language="ja",
        about="",
        actor=Public(),
        at=at,
    )


def _challenges(at: datetime) -> None:
    words = "「登録の有無を含め」の説明が長く、急いでいる方に伝わりにくい。先に、いま受付できることを言いたい。"
    transitions.challenge_rule(number="A8", kind="idea", words=words, actor=actor("agent"), at=at)
