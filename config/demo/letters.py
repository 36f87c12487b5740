"""Scenes of the post: a letter that came, and a formal answer that waits for its release."""

from datetime import datetime, timedelta

from django.utils import timezone

from config.demo.story import Story, actor, user
from desk import transitions
from desk.models import Contact, FormalAnswer, Inquiry, PostLetter, Statement

ASKED = Statement(
    organisation_name="𠮷野髙倉庫株式会社",
    department="総務部",
    name="渡邉 𠮷広",
    kana="ワタナベ ヨシヒロ",
    own_phone="03-5555-0108",
    postal_code="100-0005",
    address="東京都千代田区丸の内一丁目2番3号 青葉ビル8階",
    remarks="請求書の送付先を変えたいとのお手紙。書面での回答をご希望。",
)
ANSWER = (
    "ご請求書の送付先は、12月発行分から新しい部署あてに変更いたします。\n"
    "すでにお送りした11月分は、窓口であらためて発行いたします。お手元の控えは破棄していただいて差し支えございません。"
)


def an_answer_waits_for_release(told: Story) -> None:
    """渡邉 𠮷広 wrote by registered mail; the operator has drafted the answer, and the approver is to read it."""
    told.goes_to(1, 18)
    label = told.once(_asks)
    told.once(lambda at: _letter_came(label, at))
    told.once(lambda at: _drafts(label, at))
    told.once(lambda at: _proposes(label, at))
    told.note("answers", waiting=label)


def _inquiry(label: str) -> Inquiry:
    return Inquiry.objects.get(receipt_number=label.removeprefix("inquiry:"))


def _asks(at: datetime) -> None:
    transitions.open_inquiry(
        topic=Inquiry.Topic.BILL,
        statement=ASKED,
        capacity=Inquiry.Capacity.CUSTOMER,
        answer_by=Inquiry.Answer.LETTER,
        language="ja",
        actor=actor("agent"),
        at=at,
    )


def _letter_came(label: str, at: datetime) -> None:
    transitions.note_letter_in(
        _inquiry(label).pk,
        kind=PostLetter.Kind.REQUEST,
        sender="𠮷野髙倉庫株式会社 総務部 渡邉 𠮷広",
        party=Contact.Party.CLAIMANT,
        registered_number="131-12-38385-2",
        received_on=timezone.localdate(at - timedelta(days=1)),
        owner=user("operator"),
        actor=actor("agent"),
        at=at,
    )


def _drafts(label: str, at: datetime) -> None:
    transitions.draft_answer(
        _inquiry(label).pk,
        template="answer",
        chosen=["our_mistake", "decided"],
        text=ANSWER,
        way=FormalAnswer.Way.LETTER,
        actor=actor("operator"),
        at=at,
    )


def _proposes(label: str, at: datetime) -> None:
    draft = _inquiry(label).answers.latest("pk")
    transitions.propose_answer(draft.pk, actor=actor("operator"), at=at)
