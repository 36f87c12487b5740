"""What is asked of a draft before it is kept, proposed or published, and how it is kept. Plain functions."""

import copy
import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from django.utils.translation import gettext as _

from accounts.errors import Refused, WrongState
from recovery.models import ProcedureReplay, ProcedureVersion
from recovery.procedure import Procedure, check_version, digest, load, read, sections_changed

Data = Mapping[str, Any]

_HEARSAY = re.compile(r"苦情|クレーム|ご意見|申し立てがあ|complain|c-\d{4}-\d{3}-\d{3}", re.IGNORECASE)
"""That somebody said something, in either language, or a receipt number: no reason of a rule."""


@cache
def needed() -> Procedure:
    """Return the first version that shipped: what it names, the code asks for by name.

    Later ones only add to it: an installation with a procedure of its own may do without their routes.
    """
    return read(load(1))


def findings_of(data: Data) -> list[dict[str, Any]]:
    """Return what keeps `data` from being published, as plain JSON. About a second; no database.

    Raises `Refused` with the place where something contradicts itself.
    """
    # The number of a version is no rule, and one spelling of the rules has one answer.
    return copy.deepcopy(_findings(json.dumps({**data, "version": 0}, ensure_ascii=False, sort_keys=True)))


@lru_cache(maxsize=16)
def _findings(text: str) -> list[dict[str, Any]]:
    """Return the findings of the data that `text` spells: nothing else goes into them."""
    return [one.plain() for one in check_version(read_or_refuse(json.loads(text)), needed())]


def read_or_refuse(data: Data) -> Procedure:
    """Return what `data` describes, or raise `Refused` with the place where it is wrong."""
    try:
        return read(data)
    except ValueError as wrong:
        raise Refused(_("This is no procedure yet. %(place)s") % {"place": wrong}) from wrong


def refuse_unready(version: ProcedureVersion, findings: list[dict[str, Any]], seen_hash: str) -> None:
    """Raise what keeps exactly this data from being proposed or published; `findings` are of `version.data`."""
    if seen_hash != version.data_hash or digest(version.data) != version.data_hash:
        raise WrongState(_("The draft changed while the page was open. Read it again before you decide."))
    if version.based_on is None or version.based_on.status != ProcedureVersion.Status.LIVE:
        raise WrongState(_("Another version came into force since this draft was begun. Begin a new one."))
    if digest({**version.data, "version": 0}) == digest({**version.based_on.data, "version": 0}):
        raise Refused(_("The draft does not differ from what is in force."))
    if findings:
        raise Refused(_("The check found something. Put that right first."))
    if not ProcedureReplay.objects.filter(
        version=version, data_hash=version.data_hash, finished_at__isnull=False
    ).exists():
        raise WrongState(_("Replay the draft over past claims first, as it is now."))


def refuse_hearsay(reason: str) -> None:
    """Raise `Refused` where a reason says that somebody complained, or names an inquiry (capability K11).

    A rule is changed because of what is wrong with it, which everybody may read. Who said so first stays with the
    feedback, where the version is kept.
    """
    if _HEARSAY.search(unicodedata.normalize("NFKC", reason)):
        words = _("Say what is wrong with the rule itself. Who said so, or that somebody did, is no reason.")
        raise Refused(words, {"reason": words})


def keep(draft: ProcedureVersion, whole: Data, findings: list[dict[str, Any]], *, at: datetime) -> dict[str, Any]:
    """Write `whole`, which has these `findings`, as the draft; a proposal falls by it. Return the facts for the log."""
    sections = sections_changed(draft.data, whole)
    was_proposed = draft.proposed_by_id is not None
    draft.data, draft.data_hash, draft.findings, draft.changed_at = dict(whole), digest(whole), findings, at
    draft.proposed_by = draft.proposed_at = None
    draft.proposal_reason = ""
    draft.save()
    return {"hash": draft.data_hash, "sections": sections, "findings": len(findings), "proposal_void": was_proposed}
