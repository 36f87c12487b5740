"""The procedures that ship: put in force by migrations, and never in place of what an installation made its own."""

from datetime import datetime
from typing import Any

from recovery.procedure import digest, load, read


def put_in_force(model: Any, *, version: int, at: datetime) -> None:
    """Make the shipped `version` the one in force, unless it is here. `model` is `ProcedureVersion` as of now."""
    data = load(version)
    read(data)  # what is inconsistent never becomes the procedure
    model.objects.get_or_create(
        version=version,
        defaults={
            "status": "live",
            "data": data,
            "data_hash": digest(data),
            "live_since": at,
        },
    )


def succeed(model: Any, *, shipped: int, at: datetime) -> bool:
    """Put the shipped version `shipped` in force in place of the shipped one before it; claims keep theirs.

    Returns False, and changes nothing, where the installation's people published a version of their own: it is offered
    to them as a draft instead (`transitions.begin_shipped_draft`). `model` is `ProcedureVersion` as of now. The number
    is the next free one, which is `shipped` unless drafts took it.
    """
    live = model.objects.get(status="live")
    if not is_as_shipped(live):
        return False
    number = max(model.objects.values_list("version", flat=True)) + 1
    data = {**load(shipped), "version": number}
    read(data)  # what is inconsistent never becomes the procedure
    live.status, live.retired_at = "retired", at
    live.save(update_fields=["status", "retired_at"])
    new = {"status": "live", "data": data, "data_hash": digest(data), "live_since": at, "shipped": shipped}
    model.objects.create(version=number, **new)
    return True


def is_as_shipped(version: Any) -> bool:
    """Tell whether nobody changed anything in `version` since it shipped."""
    return digest({**version.data, "version": 0}) == digest({**load(version.shipped), "version": 0})
