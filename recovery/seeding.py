"""The procedure that ships: put in force by the first migration."""

import hashlib
import json
from datetime import datetime
from typing import Any

from recovery.procedure import load, read


def put_in_force(model: Any, *, version: int, at: datetime) -> None:
    """Make the shipped `version` the one in force, unless it is here. `model` is `ProcedureVersion` as of now."""
    data = load(version)
    read(data)  # what is inconsistent never becomes the procedure
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    model.objects.get_or_create(
        version=version,
        defaults={
            "status": "live",
            "data": data,
            "data_hash": hashlib.sha256(text.encode()).hexdigest(),
            "live_since": at,
        },
    )
