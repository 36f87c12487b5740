"""Adding a paper without a mouse, for journeys that begin with one."""

from collections.abc import Sequence
from pathlib import Path

from tests.journeys.conftest import Visitor
from tests.journeys.test_handover import tab_to


def paper_sent(visitor: Visitor, files: Path | Sequence[str]) -> None:
    """Fill the form of R-1 with a contract of `files` and send it, by keyboard alone."""
    visitor.go("/registrations/R-1/papers/add/")
    tab_to(visitor, "[name=kind]")
    visitor.page.keyboard.press("ArrowDown")
    tab_to(visitor, "[name=title]")
    visitor.page.keyboard.insert_text("利用契約書")
    visitor.page.set_input_files("[name=paper]", files)  # what the system's own window does
    visitor.page.keyboard.press("Enter")
