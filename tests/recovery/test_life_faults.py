"""The machine finds what it is there to find: each planted mistake, by the invariant that forbids it."""

import pytest

from tests.recovery.life.driver import Found, Stage
from tests.recovery.life.faults import FAULTS, Fault

SEQUENCES = 200
"""So many are enough for each of them, whichever they are."""


@pytest.mark.either_database
@pytest.mark.django_db
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.plant.__name__)
def test_planted_fault_is_found(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(fault.often)
    stage.shortens = False
    fault.plant(monkeypatch)
    with pytest.raises(Found) as found:
        stage.run(range(SEQUENCES))
    print(f"{fault.plant.__name__}: invariant {found.value.which}, sequence {found.value.trouble.seed}")
    assert found.value.which == fault.found_by
