"""Scenes of explanations and of one act on many registrations."""

import uuid
from datetime import datetime

from config.demo import holdings, story
from config.demo.announced import announce
from config.demo.story import STEP, Story, actor
from desk import clock as calls
from desk import transitions as at_desk
from desk.models import CallIntention
from handover import bulk, transitions
from handover.models import BulkJob, ExplanationRequest, Registration


def somebody_asks_what_it_is(told: Story) -> None:
    """次郎 wants the offered line explained and waits for the call; 太郎 was called, and says whether it is clear."""
    told.goes_to(1, 15)
    done = _asks(told, holdings.TO_HAND_OVER, "taro", "請求書のどの行がこの登録の料金ですか。")
    told.once(lambda at: _announced(done, at))
    told.once(lambda at: _explained(done, at))
    _asks(told, holdings.OFFERED, "jiro", "停電のときに使う電話機との関係がわかりません。")


def an_administrator_looks_after_many(told: Story) -> None:
    """花子 wanted to look after two at once, which others hold: the job says so of each."""
    told.goes_to(1, 17)
    number = told.once(_begins).removeprefix("job:")
    if BulkJob.objects.filter(number=number, status=BulkJob.Status.RUNNING).exists():
        bulk.work(number, clock=lambda: told.at)


def _asks(told: Story, number: str, who: str, unclear: str) -> str:
    def act(at: datetime) -> None:
        transitions.ask_explanation(
            registration_pk=story.registration(number).pk,
            phone="0312345678",
            unclear=unclear,
            hours=ExplanationRequest.Hours.AFTERNOON,
            not_on=[],
            actor=actor(who),
            at=at,
        )

    label = told.once(act)
    told.once(lambda at: at_desk.pull_explanation(_key(label), actor=calls.CLOCK, at=at))
    return label


def _key(label: str) -> int:
    return int(label.removeprefix("explanation:"))


def _announced(label: str, at: datetime) -> None:
    request = ExplanationRequest.objects.select_related("call__inquiry").get(pk=_key(label))
    announce(request.call.inquiry, "agent", CallIntention.Purpose.EXPLAIN, at=at, until=at + 2 * STEP)


def _explained(label: str, at: datetime) -> None:
    request = ExplanationRequest.objects.select_related("call").get(pk=_key(label))
    at_desk.finish_explanation(
        request.call.inquiry_id,
        outcome="explained",
        minutes=8,
        text="請求書の見方を商品の説明に沿ってご案内。",
        actor=actor("agent"),
        at=at,
    )


def _begins(at: datetime) -> None:
    numbers = (holdings.TO_HAND_OVER, holdings.OFFERED)
    keys = list(Registration.objects.filter(number__in=numbers).values_list("pk", flat=True))
    transitions.start_bulk(
        kind="take_into_care",
        registration_pks=keys,
        confirmed=len(keys),
        arguments={},
        token=uuid.uuid4(),
        actor=actor("hanako"),
        at=at,
    )
