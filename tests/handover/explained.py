"""What tests about explaining a registration begin with."""

from typing import Any

import time_machine
from django.test import Client
from django.urls import reverse

from desk import clock
from desk import transitions as at_desk
from desk.models import Contact, Inquiry
from handover import transitions
from handover.models import (
    ExplanationRequest,
    Registration,
)
from tests.announced import announced
from tests.cast import Cast, actor
from tests.stock import NOW

TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


PHONE = "0312345678"


CARD = {
    "name_ja": "広域イーサネット",
    "name_en": "Wide area Ethernet",
    "what_ja": "本社と支社をつなぐ回線です。",
    "what_en": "The line between the offices.",
    "where_ja": "本社の機械室",
    "where_en": "In the machine room.",
    "stops_ja": "支社の業務システムが止まります。",
    "stops_en": "The systems of the branches stop.",
    "bill_ja": "請求書には「広域イーサ」と印字されます。",
    "bill_en": "The bill says WAN.",
    "printed_ja": "広域イーサ\n回線終端装置",
    "printed_en": "WAN",
    "cost_ja": "毎月同じ額です。",
    "cost_en": "The same every month.",
    "whom_ja": "情報システム部",
    "whom_en": "The IT department.",
}


def ask(cast: Cast, held: Registration, *, who: str = "taro", at: Any = NOW, **changes: Any) -> ExplanationRequest:
    given: dict[str, Any] = {"phone": PHONE, "unclear": "請求書のどの行ですか", "hours": "any", "not_on": []} | changes
    return transitions.ask_explanation(registration_pk=held.pk, **given, actor=actor(getattr(cast, who)), at=at)


def pulled(cast: Cast, held: Registration, **changes: Any) -> tuple[ExplanationRequest, Inquiry]:
    made = ask(cast, held, **changes)
    inquiry = at_desk.pull_explanation(made.pk, actor=clock.CLOCK, at=NOW)
    made.refresh_from_db()
    return made, inquiry


def page(client: Client, name: str, *arguments: Any) -> str:
    with time_machine.travel(NOW, tick=False):
        response = client.get(reverse(name, args=arguments))
    assert response.status_code == 200, name
    return str(response.content.decode())


def finish(cast: Cast, inquiry: Inquiry, *, who: str = "agent", outcome: str = "explained", at: Any = NOW) -> Contact:
    announced(inquiry, getattr(cast, who), at=at, purpose="explain")
    return at_desk.finish_explanation(
        inquiry.pk, outcome=outcome, minutes=7, text="請求書の見方", actor=actor(getattr(cast, who)), at=at
    )
