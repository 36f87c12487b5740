"""What the provider's pages share."""

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render

from accounts import refusal
from accounts.asking import Request
from accounts.errors import Refused
from accounts.rulebook import check
from recovery.models import Claim
from recovery.rules import TABLE
from recovery.views.desk import visible


def open_case(request: Request, number: str, action: str) -> Claim:
    """Return the claim called `number`, or answer 404, 403 (not this person) or 409 (not now)."""
    found = visible(request, number)
    check(TABLE, action, found, request.actor)
    return found


def went_through(form: Form, act: Callable[[], Any]) -> bool:
    """Do `act` with a valid form; where it refuses, put its words into the form for another try."""
    try:
        act()
    except Refused as refused:
        refusal.put(form, refused)
        return False
    return True


def page(request: Request, template: str, claim: Claim, **context: Any) -> HttpResponse:
    """Answer with a page about `claim`."""
    return render(request, f"recovery/{template}.html", {"claim": claim, **context})
