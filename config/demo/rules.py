"""The scene of the next version of the procedure: a draft that stands beside the one in force."""

import copy
from datetime import datetime

from config.demo.story import Story, actor
from recovery import transitions
from recovery.models import ProcedureVersion


def an_editor_drafts_the_next_version(told: Story) -> None:
    """雲井 編 thinks that 90 points are more than a clean claim needs, and that 40 days on record are safer than 30."""
    told.goes_to(3, 10)
    told.once(lambda at: transitions.begin_draft(actor=actor("editor"), at=at))
    told.once(_change)


def _change(at: datetime) -> None:
    draft = ProcedureVersion.objects.get(status=ProcedureVersion.Status.DRAFT)
    data = copy.deepcopy(draft.data)
    next(tier for tier in data["tiers"] if tier["number"] == 3)["points"] = 85
    data["tenure_days"] = 40
    transitions.change_draft(draft.pk, data=data, seen_hash=draft.data_hash, actor=actor("editor"), at=at)
