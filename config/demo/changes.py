"""A request of change in the demo: asked for with its paper, which an operator has seen."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from config.demo import holdings
from config.demo.story import Story, actor, change
from handover import transitions
from handover.changing import Proof, Wish


def changes_are_asked_for(told: Story) -> None:
    """青葉商事 is going to be called differently."""
    issued = told.today - timedelta(days=20)
    told.goes_to(1, 12)

    def ask(at: datetime) -> None:
        proof = Proof("registry", issued, "登記事項証明書 第12号")
        wish = Wish(
            "rename",
            (holdings.BILLED,),
            "商号を変更しました。",
            new_name="青葉ホールディングス株式会社",
            new_kana="アオバホールディングスカブシキガイシャ",
            proofs=(proof,),
        )
        transitions.request_change(wish=wish, token=_token("rename"), actor=actor("hanako"), at=at)

    label = told.once(ask)

    def tick(at: datetime) -> None:
        given: dict[str, Any] = {"kind": "registry", "issued_on": issued, "reference": "登記事項証明書 第12号"}
        transitions.check_proof(change_pk=change(label).pk, **given, actor=actor("operator"), at=at)

    told.once(tick)
    told.note("changes", examined=label)


def _token(name: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"demo/changes/{name}")
