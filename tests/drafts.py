"""Drafts of the procedure that tests begin with, brought to any stage by the acts of the people themselves."""

import copy
from collections.abc import Callable
from typing import Any

from recovery import replaying, transitions
from recovery.models import ProcedureReplay, ProcedureVersion
from tests.cast import Cast, actor
from tests.stock import NOW

Change = Callable[[dict[str, Any]], Any]


def kind(data: dict[str, Any], code: str) -> dict[str, Any]:
    return next(one for one in data["kinds"] if one["code"] == code)


def tier(data: dict[str, Any], number: int) -> dict[str, Any]:
    return next(one for one in data["tiers"] if one["number"] == number)


def live() -> ProcedureVersion:
    return ProcedureVersion.objects.get(status="live")


def begun(cast: Cast) -> ProcedureVersion:
    return transitions.begin_draft(actor=actor(cast.editor), at=NOW)


def changed(cast: Cast, change: Change, draft: ProcedureVersion | None = None, **more: Any) -> ProcedureVersion:
    """The editor changes the draft as `change` does it with its data."""
    draft = draft or begun(cast)
    data = copy.deepcopy(draft.data)
    change(data)
    wanted = {"seen_hash": draft.data_hash, "actor": actor(cast.editor), "at": NOW, **more}
    return transitions.change_draft(draft.pk, data=data, **wanted)


def easier(data: dict[str, Any]) -> None:
    """Ask for fewer points at tier 3: a rule that changes for the claimants' good, and opens no hole."""
    tier(data, 3)["points"] = 80


def replayed(cast: Cast, draft: ProcedureVersion) -> ProcedureReplay:
    """The worker plays the draft over all past claims."""
    replay = transitions.begin_replay(draft.pk, actor=actor(cast.editor), at=NOW)
    work(replay.pk)
    replay.refresh_from_db()
    return replay


def work(replay_pk: int) -> None:
    while replaying.work(replay_pk, clock=lambda: NOW):
        pass


def proposed(cast: Cast, change: Change = easier) -> ProcedureVersion:
    draft = changed(cast, change)
    replayed(cast, draft)
    return transitions.propose_publication(
        draft.pk, seen_hash=draft.data_hash, reason="封書が届かない地域がある", actor=actor(cast.editor), at=NOW
    )


def published(cast: Cast, change: Change = easier) -> ProcedureVersion:
    draft = proposed(cast, change)
    return transitions.publish(
        draft.pk, signed_hash=draft.data_hash, reason="確かめました", actor=actor(cast.senior), at=NOW
    )
