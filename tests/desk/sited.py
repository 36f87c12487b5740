"""Places of the agency, and who works there."""

from typing import Any

from accounts.models import User
from desk import transitions
from desk.models import Site
from tests.cast import Cast, actor
from tests.stock import NOW, TODAY


def placed(cast: Cast, *people: User, name: str = "札幌センター", **changes: Any) -> Site:
    """Enter a place of the agency where `people` work."""
    wanted: dict[str, Any] = {
        "organisation": cast.desk,
        "company": "",
        "name": name,
        "notification_number": "A-02-01234",
        "valid_from": TODAY,
        **changes,
    }
    made = transitions.record_site(**wanted, actor=actor(cast.senior), at=NOW)
    for person in people:
        transitions.seat_member(made.pk, person=person, actor=actor(cast.senior), at=NOW)
    return made
