"""What tests about claims share."""

import pytest

from recovery.transitions import posting


@pytest.fixture
def plain_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Print runs without the printing, for tests of what comes after; `test_journey` prints the real thing."""
    monkeypatch.setattr(posting, "letters_pdf", lambda letters: b"%PDF-")
