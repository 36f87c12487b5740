"""The fresh check inside a confirm page."""

from accounts.asking import Request
from accounts.freshness import FreshCheckForm


def fresh_check(request: Request) -> FreshCheckForm:
    """Return the form that asks for what is missing; bound on POST, even when nothing is missing."""
    return FreshCheckForm(request, request.POST if request.method == "POST" else None)
