"""A contractor with a mandate it uses, and a question that waits for its answer."""

import uuid
from datetime import datetime, timedelta
from functools import partial

from config.demo import holdings, story
from config.demo.story import SYSTEM, Story, actor
from handover import transitions
from handover.models import Mandate, MandateRegistration


def a_contractor_asks(told: Story) -> None:
    """Asked, granted by the person in charge for less, looked, a fault reported; and asked for more, still open."""
    told.goes_to(4, 19)
    label = _question(told, "保守契約に基づく点検", 1, [])
    told.once(partial(_grant, label, "saburo"))
    told.once(partial(_look, label))
    told.once(partial(_report, label, "今朝から、かかってきた電話がつながりにくいとのことです。"))
    waiting = _question(told, "年末年始の営業時間の設定", 2, ["announcements", "hours"])
    told.note("mandates", granted=label, asked=waiting)


def _question(told: Story, reason: str, scope: int, settings: list[str]) -> str:
    ends_on = told.today + timedelta(days=180)

    def ask(at: datetime) -> None:
        transitions.ask_mandate(
            customer="青葉商事株式会社",
            registrations=[holdings.BILLED],
            scope=scope,
            settings=settings,
            ends_on=ends_on,
            reason=reason,
            token=uuid.uuid5(uuid.NAMESPACE_URL, f"{holdings.BILLED}/{reason}"),
            actor=actor("takumi"),
            at=at,
        )

    label = told.once(ask)
    told.once(lambda at: transitions.deliver_mandate(mandate_pk=_mandate(label).pk, actor=SYSTEM, at=at))
    return label


def _mandate(label: str) -> Mandate:
    return Mandate.objects.get(number=label.removeprefix("mandate:"))


def _row(label: str) -> MandateRegistration:
    return _mandate(label).registrations.get()


def _grant(label: str, by: str, at: datetime) -> None:
    asked = _mandate(label)
    transitions.approve_mandate(
        mandate_pk=asked.pk,
        registrations=[story.registration(holdings.BILLED).pk],
        scope=asked.scope,
        settings=asked.settings,
        ends_on=asked.ends_on,
        actor=actor(by),
        at=at,
    )


def _look(label: str, at: datetime) -> None:
    transitions.look_by_mandate(row_pk=_row(label).pk, actor=actor("takumi"), at=at)


def _report(label: str, text: str, at: datetime) -> None:
    token = uuid.uuid5(uuid.NAMESPACE_URL, f"{holdings.BILLED}/{text}")
    transitions.report_fault(row_pk=_row(label).pk, text=text, token=token, actor=actor("takumi"), at=at)
