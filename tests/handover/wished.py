"""What tests about requests for a change begin with."""

from typing import Any

from handover.models import (
    ChangeRequest,
)

S = ChangeRequest.Status


KINDS = ["rename", "succession", "transfer", "cancellation"]


def told(template: str, *people: Any) -> list[tuple[str, str]]:
    return sorted((template, one if isinstance(one, str) else one.label) for one in people)
