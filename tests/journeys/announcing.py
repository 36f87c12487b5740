"""A call is announced in the browser before it is made."""

from tests.journeys.conftest import Visitor


def announces(operator: Visitor, page: str, channel: str = "phone") -> None:
    """Announce a call from the `page` of a claim: whoever is called can ask whether it is us."""
    operator.go(page)
    operator.press("a[href$='/announce/']")
    operator.page.select_option("[name=purpose]", "confirm")
    operator.page.check(f"[name=channel][value={channel}]")
    operator.submit()
    assert operator.path == "/desk/calls/announced/", operator.text
