"""A version that two people published, a refused claim that it would not have refused, and the next draft, proposed."""

from typing import Any

from accounts.models import Role
from recovery import transitions
from recovery.forms.procedures import as_text, leaves
from recovery.views.provider.drafting import ALONE, FIGURES
from tests import claims, drafts
from tests.cast import Cast, actor, somebody
from tests.stock import NOW
from tests.walk.cases import HELD, lost

Arguments = dict[str, list[Any]]
Posts = dict[str, dict[str, Any]]


def procedures(cast: Cast) -> tuple[Arguments, Posts]:
    """Make them; return the arguments of their paths and what is posted to them."""
    said = claims.received(at=HELD, statement={"mail": "refused@new.example"})
    claim = claims.accepted(cast, lost(cast, "C-20"), at=HELD, claim=said)
    for code in ("O4", "P2", "A2", "C2"):
        claims.prove(cast, claim, code, at=HELD)
    claims.tried(cast, claim, at=HELD)
    transitions.refuse(claim.pk, reason="not_confirmed", words="足りない", actor=actor(cast.approver), at=NOW)
    first = drafts.published(cast)
    # By another editor, so that whoever walks as editor may publish it.
    other = somebody(cast.provider, "雲居 改", "クモイ アラタ", "other@provider.example", Role.EDITOR)
    draft = drafts.changed(cast, lambda data: data.update(tenure_days=40))
    drafts.replayed(cast, draft)
    draft = transitions.propose_publication(
        draft.pk, seen_hash=draft.data_hash, reason="短すぎる", actor=actor(other), at=NOW
    )
    seen = {"seen_hash": draft.data_hash}
    figures = {key: draft.data[key] for key in (*ALONE, *FIGURES)}
    posts: Posts = {
        "change_entry": {**_typed(drafts.kind(draft.data, "O2")), "points": 25, **seen},
        "change_figures": {**_typed(figures), "tenure_days": 50, **seen},
        "change_whole": {"whole": as_text({**draft.data, "tenure_days": 60}), **seen},
        "publish": {"reason": "よい", **seen},
        "propose_publication": {"reason": "よい", **seen},
    }
    addresses: Arguments = {
        "procedure": [first.version],
        "change_entry": ["kinds", "O2"],
        "reopen_by_rule": [claim.number],
    }
    return (
        {f"recovery:{name}": value for name, value in addresses.items()},
        {f"recovery:{name}": value for name, value in posts.items()},
    )


def _typed(entry: dict[str, Any]) -> dict[str, Any]:
    return {".".join(path): value for path, value in leaves(entry)}
