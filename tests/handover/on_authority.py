"""What tests about reassignment on authority begin with."""

from handover.models import (
    AuthorityCase,
    Registration,
)

Status = AuthorityCase.Status


CUSTOMERS = ["hanako", "taro", "jiro", "wakako", "worker", "agent", "supervisor"]


def records(two: list[Registration], template: str) -> list[tuple[str, str]]:
    return [(template, f"contact_point:{one.contact_points.get().pk}") for one in two]
