"""What is asked of a draft before it is kept, proposed or published. Plain functions; nothing here writes."""

import copy
import json
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from django.utils.translation import gettext as _

from accounts.errors import Refused, WrongState
from recovery.models import ProcedureReplay, ProcedureVersion
from recovery.procedure import Procedure, check_version, digest, load, read

Data = Mapping[str, Any]


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
