"""What tests about claims share."""

import pytest

from handover.models import Registration
from recovery import leaving
from tests import claims
from tests.cast import Cast
from tests.recovery import kits


@pytest.fixture
def lost(cast: Cast) -> Registration:
    """A registration of 青葉商事 whose custodian is not heard of any more."""
    return claims.held(cast)


@pytest.fixture
def kit(cast: Cast, lost: Registration) -> tuple[str, str]:
    """Number and code of the kit that its custodian printed in good time."""
    return kits.printed(cast, lost)


@pytest.fixture
def plain_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Print runs without the printing, for tests of what comes after; `test_journey` prints the real thing."""
    monkeypatch.setattr(leaving, "letters_pdf", lambda letters: b"%PDF-")
