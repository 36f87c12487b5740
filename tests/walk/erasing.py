"""Papers for the walk: one to be proposed, one that waits for the second person, and papers held fast."""

import uuid
from typing import Any

from accounts.models import Organisation, User
from tests.handover.erased import held_fast, proposed
from tests.handover.paper_files import kept
from tests.stock import registration
from tests.walk.posts import Data


def arguments(home: Organisation, letter: str, custodian: User, administrator: User) -> dict[str, list[Any]]:
    """Return the arguments of the paths about erasing for one customer."""
    main, fast = (registration(home, f"{letter}-{number}", custodian=custodian) for number in (61, 62))
    paper, waiting = kept(main, custodian), kept(main, custodian)
    erasure = proposed(waiting, custodian)
    hold = held_fast(fast, administrator)
    names = ("erasure", "agree_erasure", "decline_erasure", "withdraw_erasure")
    return {
        "handover:place_hold": [main.number],
        "handover:lift_hold": [fast.number, hold.pk],
        "handover:propose_erasure": [paper.pk],
        **{f"handover:{name}": [erasure.pk] for name in names},
    }


def posts() -> dict[str, Data]:
    """Return what is typed."""
    return {
        "handover:place_hold": {"reason": "dispute", "words": ""},
        "handover:propose_erasure": {"what": "whole", "reason": "twice", "token": str(uuid.uuid4())},
        "handover:agree_erasure": {},
    }
